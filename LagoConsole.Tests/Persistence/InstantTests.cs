using LagoConsole.Core.Buyers;
using LagoConsole.Core.Persistence;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Persistence;

/// <summary>SQLite has no instants: it must still order and compare them by when they are, not by how they are written.</summary>
public sealed class InstantTests : IDisposable
{
    // As text, 00:30+02:00 of the 2nd stands after 23:00 of the 1st; as an instant it is half an hour earlier.
    private static readonly DateTimeOffset HalfPastTen = new(2026, 3, 2, 0, 30, 0, TimeSpan.FromHours(2));
    private static readonly DateTimeOffset Eleven = new(2026, 3, 1, 23, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset HalfPastEleven = new(2026, 3, 1, 18, 30, 0, TimeSpan.FromHours(-5));

    private readonly TestDatabase _database = new();

    public InstantTests()
    {
        using LagoConsoleDbContext db = _database.CreateDbContext();
        db.Buyers.AddRange(
            new Buyer { Id = Guid.Parse("0195b000-0000-7000-8000-000000000001"), Name = "23:30", CreatedAt = HalfPastEleven },
            new Buyer { Id = Guid.Parse("0195b000-0000-7000-8000-000000000002"), Name = "22:30", CreatedAt = HalfPastTen },
            new Buyer { Id = Guid.Parse("0195b000-0000-7000-8000-000000000003"), Name = "23:00", CreatedAt = Eleven });
        db.SaveChanges();
    }

    [Fact]
    public async Task Instants_are_ordered_by_when_they_are()
    {
        await using LagoConsoleDbContext db = _database.CreateDbContext();

        Assert.Equal(
            ["22:30", "23:00", "23:30"],
            await db.Buyers.OrderBy(buyer => buyer.CreatedAt).Select(buyer => buyer.Name).ToListAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Ranges_include_their_start_and_exclude_their_end_in_the_database_too()
    {
        await using LagoConsoleDbContext db = _database.CreateDbContext();

        Assert.Equal(
            ["22:30", "23:00"],
            await db.Buyers.Where(buyer => buyer.CreatedAt >= HalfPastTen && buyer.CreatedAt < HalfPastEleven)
                .OrderBy(buyer => buyer.CreatedAt).Select(buyer => buyer.Name).ToListAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_same_instant_written_in_another_zone_is_found()
    {
        await using LagoConsoleDbContext db = _database.CreateDbContext();
        DateTimeOffset sameInTokyo = Eleven.ToOffset(TimeSpan.FromHours(9));

        Assert.Equal("23:00", (await db.Buyers.SingleAsync(buyer => buyer.CreatedAt == sameInTokyo, TestContext.Current.CancellationToken)).Name);
    }

    [Fact]
    public async Task An_instant_comes_back_in_UTC_exact_to_the_tick()
    {
        DateTimeOffset exact = HalfPastTen.AddTicks(1_234_567);
        Guid id = Guid.Parse("0195b000-0000-7000-8000-000000000004");
        await using (LagoConsoleDbContext db = _database.CreateDbContext())
        {
            db.Buyers.Add(new Buyer { Id = id, Name = "exact", CreatedAt = exact });
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        await using LagoConsoleDbContext again = _database.CreateDbContext();
        DateTimeOffset stored = (await again.Buyers.SingleAsync(buyer => buyer.Id == id, TestContext.Current.CancellationToken)).CreatedAt;

        Assert.Equal(exact, stored);
        Assert.Equal(TimeSpan.Zero, stored.Offset);
    }

    [Fact]
    public async Task The_latest_instant_is_found_by_the_database()
    {
        await using LagoConsoleDbContext db = _database.CreateDbContext();

        Assert.Equal(HalfPastEleven, await db.Buyers.MaxAsync(buyer => buyer.CreatedAt, TestContext.Current.CancellationToken));
    }

    public void Dispose() => _database.Dispose();
}
