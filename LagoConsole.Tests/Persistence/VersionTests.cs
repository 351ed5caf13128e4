using LagoConsole.Core.Buyers;
using LagoConsole.Core.Persistence;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Xunit;

namespace LagoConsole.Tests.Persistence;

/// <summary>Two writers of one row: the second is refused, it never overwrites the first unseen (R2, R12).</summary>
public sealed class VersionTests : IDisposable
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TestDatabase _database = new();
    private readonly Guid _id = Guid.Parse("0195b000-0000-7000-8000-000000000001");

    public VersionTests()
    {
        using LagoConsoleDbContext db = _database.CreateDbContext();
        db.Buyers.Add(new Buyer { Id = _id, Name = "Acme", CreatedAt = At });
        db.SaveChanges();
    }

    [Fact]
    public async Task Each_change_counts_the_version_up_by_one()
    {
        Assert.Equal(0, await VersionAsync());

        await RenameAsync("Acme Ltd");
        Assert.Equal(1, await VersionAsync());

        await RenameAsync("Acme plc");
        Assert.Equal(2, await VersionAsync());
    }

    [Fact]
    public async Task A_change_saved_without_waiting_counts_too_and_is_refused_when_stale()
    {
        using LagoConsoleDbContext late = _database.CreateDbContext();
        Buyer stale = late.Buyers.Single();
        using (LagoConsoleDbContext db = _database.CreateDbContext())
        {
            db.Buyers.Single().Name = "First";
            db.SaveChanges();
        }

        Assert.Equal(1, await VersionAsync());
        stale.Name = "Second";
        Assert.Throws<DbUpdateConcurrencyException>(() => late.SaveChanges());
    }

    [Fact]
    public async Task Saving_what_did_not_change_counts_nothing()
    {
        await RenameAsync("Acme");

        Assert.Equal(0, await VersionAsync());
    }

    [Fact]
    public async Task Two_changes_through_one_context_count_twice()
    {
        await using LagoConsoleDbContext db = _database.CreateDbContext();
        Buyer buyer = await db.Buyers.SingleAsync(TestContext.Current.CancellationToken);
        buyer.Name = "Acme Ltd";
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        buyer.Name = "Acme plc";
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, await VersionAsync());
    }

    [Fact]
    public async Task Who_saves_what_another_changed_meanwhile_is_refused_and_the_other_stands()
    {
        await using LagoConsoleDbContext late = _database.CreateDbContext();
        Buyer stale = await late.Buyers.SingleAsync(TestContext.Current.CancellationToken);
        await RenameAsync("First");

        stale.Name = "Second";
        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => late.SaveChangesAsync(TestContext.Current.CancellationToken));

        await using LagoConsoleDbContext db = _database.CreateDbContext();
        Assert.Equal("First", (await db.Buyers.SingleAsync(TestContext.Current.CancellationToken)).Name);
        Assert.Equal(1, await VersionAsync());
    }

    [Fact]
    public async Task Who_removes_what_another_changed_meanwhile_is_refused()
    {
        await using LagoConsoleDbContext late = _database.CreateDbContext();
        Buyer stale = await late.Buyers.SingleAsync(TestContext.Current.CancellationToken);
        await RenameAsync("First");

        late.Buyers.Remove(stale);
        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => late.SaveChangesAsync(TestContext.Current.CancellationToken));

        Assert.Equal(1, await VersionAsync());
    }

    [Fact]
    public void Every_row_that_two_nodes_may_change_has_a_guard()
    {
        using LagoConsoleDbContext db = _database.CreateDbContext();
        List<string> guarded = [.. db.Model.GetEntityTypes()
            .SelectMany(entity => entity.GetProperties().Where(property => property.IsConcurrencyToken)
                .Select(property => $"{entity.ClrType.Name}.{property.Name}"))
            .Order(StringComparer.Ordinal)];

        Assert.Equal(
            [
                "BillingPeriod.Version",
                "Buyer.Version",
                "Entitlement.Version",
                "HighWaterMark.AmountMinor", // the mark is raised only from the value that was read (R2)
                "Integration.Version",
                "MarketplaceAccount.Version",
                "Meter.Version",
                "NotificationChannel.Version",
                "Product.Version",
                "ReceivedNotice.Version",
                "RecordReading.Version",
                "UsageIncrement.Version",
                "UsageReading.Version",
                "UsageRecord.Version",
            ],
            guarded);
    }

    [Fact]
    public void What_is_called_Version_is_counted()
    {
        using LagoConsoleDbContext db = _database.CreateDbContext();
        IEnumerable<IProperty> versions = db.Model.GetEntityTypes().Select(entity => entity.FindProperty("Version")).OfType<IProperty>();

        Assert.All(versions, version => Assert.True(
            version.IsConcurrencyToken && version.ClrType == typeof(int), $"{version.DeclaringType.ClrType.Name}.Version is not counted."));
    }

    public void Dispose() => _database.Dispose();

    private async Task RenameAsync(string name)
    {
        await using LagoConsoleDbContext db = _database.CreateDbContext();
        (await db.Buyers.SingleAsync(TestContext.Current.CancellationToken)).Name = name;
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
    }

    private async Task<int> VersionAsync()
    {
        await using LagoConsoleDbContext db = _database.CreateDbContext();
        return await db.Buyers.Where(buyer => buyer.Id == _id).Select(buyer => buyer.Version).SingleAsync(TestContext.Current.CancellationToken);
    }
}
