using System.Reflection;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Persistence.Sqlite;
using LagoConsole.Core.Polling;
using LagoConsole.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Xunit;

namespace LagoConsole.Tests.Persistence;

/// <summary>Rows that are written past EF Core are those that EF Core would have written.</summary>
public sealed class SqliteRowsTests : IAsyncDisposable
{
    private readonly ConsoleWorld _world = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Contexts come from a pool: the next one to use it must not write what a failed step left behind.</summary>
    [Fact]
    public async Task Rows_of_a_transaction_that_was_taken_back_are_not_written_by_the_next_one_of_the_same_context()
    {
        (_, UsageIncrement first) = await FirstAsync();
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            await using (await db.BeginMoneyTransactionAsync(Stop))
            {
                db.AddUnseen(Like(first, from: 1_000, to: 1_500)); // the step fails before it is saved
            }

            await using IDbContextTransaction next = await db.BeginMoneyTransactionAsync(Stop);
            Assert.Equal(0, await db.SaveChangesAsync(Stop));
            await next.CommitAsync(Stop);
        });

        await using LagoConsoleDbContext read = _world.Database.CreateDbContext();
        Assert.Equal(first.Id, (await read.UsageIncrements.SingleAsync(Stop)).Id);
    }

    /// <summary>SQLite takes a transaction back by itself after some errors; what is written then would be committed row by row.</summary>
    [Fact]
    public async Task Nothing_is_written_without_a_transaction()
    {
        (_, UsageIncrement first) = await FirstAsync();
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        await db.Database.OpenConnectionAsync(Stop);

        Assert.Throws<InvalidOperationException>(() => new SqliteRows((SqliteConnection)db.Database.GetDbConnection()).Insert([Like(first, from: 1_000, to: 1_500)], db.Model, Stop));

        Assert.Equal(1, await db.UsageIncrements.CountAsync(Stop));
    }

    [Fact]
    public async Task Rows_that_nobody_looks_at_again_are_written_once_with_what_they_came_to_until_then()
    {
        (_, UsageIncrement first) = await FirstAsync();
        UsageIncrement unseen = Like(first, from: 1_000, to: 1_500);

        await MoneyTransaction.RunAsync(
            _world.Database,
            async db =>
            {
                db.AddUnseen(unseen);
                unseen.WaitReason = WaitReason.NoConversion;
                Assert.Equal(1, await db.SaveChangesAsync(Stop));
                return 0; // and saves once more
            },
            Stop);

        await using LagoConsoleDbContext read = _world.Database.CreateDbContext();
        AssertSame(unseen, await read.UsageIncrements.AsNoTracking().SingleAsync(row => row.FromMinor == 1_000, Stop));
        Assert.Throws<InvalidOperationException>(() => read.AddUnseen(unseen)); // no transaction: nothing could say when it is written
    }

    [Fact]
    public async Task Every_column_of_an_increment_and_a_snapshot_comes_back_as_it_was_written()
    {
        (HighWaterMark mark, UsageIncrement model) = await FirstAsync();
        UsageIncrement increment = new()
        {
            Id = Guid.NewGuid(),
            MarkId = mark.Id,
            IntegrationId = Guid.NewGuid(),
            BuyerId = model.BuyerId,
            MetricCode = "Größe \"x\"'; DROP TABLE Buyers;--",
            Currency = "EUR",
            FromMinor = 9_000_000_000_000_001,
            ToMinor = 9_000_000_000_000_008,
            AmountMinor = 7,
            SeenAt = new DateTimeOffset(2026, 8, 20, 15, 4, 5, 678, TimeSpan.FromHours(2)),
            Source = SnapshotSource.Link,
            MeterId = model.MeterId,
            WaitReason = WaitReason.SeveralEntitlements,
            WaitingSince = new DateTimeOffset(2026, 8, 21, 0, 0, 0, TimeSpan.Zero),
            WaivedMinor = 1.25m,
            BilledBeforeRestoreMinor = 0.000001m,
            OpenMinor = 5.749999m,
            IsOpen = true,
            GroupId = null,
            ReportRegardless = true,
            RoutedEntitlementId = Guid.NewGuid(),
            MeterSequence = 77,
            Version = 3,
        };
        UsageSnapshot snapshot = new()
        {
            PeriodId = mark.PeriodId,
            MetricCode = "größe",
            TotalMinor = -5,
            Currency = "EUR",
            TakenAt = increment.SeenAt,
            Source = SnapshotSource.Close,
            Charges = [new ChargeAmount("c-1", "graduated", 3), new ChargeAmount("c-2", "", -8)],
        };

        await MoneyTransaction.RunAsync(
            _world.Database,
            db =>
            {
                db.AddRange(increment, snapshot);
                return Task.FromResult(0);
            },
            Stop);

        await using LagoConsoleDbContext read = _world.Database.CreateDbContext();
        AssertSame(increment, await read.UsageIncrements.AsNoTracking().SingleAsync(row => row.Id == increment.Id, Stop));
        UsageSnapshot stored = await read.UsageSnapshots.AsNoTracking().SingleAsync(row => row.Currency == "EUR", Stop);
        Assert.True(stored.Id > 0);
        AssertSame(snapshot, stored, except: nameof(UsageSnapshot.Id));
    }

    [Fact]
    public async Task Every_column_of_a_mark_that_may_change_is_written()
    {
        (HighWaterMark before, _) = await FirstAsync();

        HighWaterMark changed = await MoneyTransaction.RunAsync(
            _world.Database,
            async db =>
            {
                HighWaterMark mark = await db.HighWaterMarks.SingleAsync(row => row.MetricCode == "api_calls", Stop);
                mark.BaselineMinor = 3;
                mark.BaselineOrigin = BaselineOrigin.Carried;
                mark.AmountMinor = before.AmountMinor + 11;
                mark.ReportAtCloseOnly = true;
                mark.LeftToClose = true;
                mark.LastTotalMinor = 12;
                mark.LastTotalAt = before.LastTotalAt.AddHours(5);
                mark.LastCharges = [new ChargeAmount("c-9", "volume", 12)];
                mark.Hold = HoldReason.PayInAdvanceUnknown;
                mark.HeldSince = before.LastTotalAt.AddHours(6);
                mark.HeldMinor = 13;
                mark.RefusedMinor = 14;
                mark.HighestTotalMinor = 15;
                mark.GivenUpToMinor = 16;
                return mark;
            },
            Stop);

        await using LagoConsoleDbContext read = _world.Database.CreateDbContext();
        AssertSame(changed, await read.HighWaterMarks.AsNoTracking().SingleAsync(row => row.MetricCode == "api_calls", Stop));
        Assert.NotEqual(before.AmountMinor, changed.AmountMinor);
    }

    [Fact]
    public async Task R2_A_mark_that_somebody_else_has_raised_meanwhile_is_not_raised_and_the_step_thinks_again()
    {
        (HighWaterMark before, _) = await FirstAsync();
        int tries = 0;

        await MoneyTransaction.RunAsync(
            _world.Database,
            async db =>
            {
                HighWaterMark mark = await db.HighWaterMarks.SingleAsync(row => row.MetricCode == "api_calls", Stop);
                if (++tries == 1)
                {
                    await db.Database.ExecuteSqlAsync($"UPDATE HighWaterMarks SET AmountMinor = AmountMinor + 100 WHERE MetricCode = 'api_calls'", Stop);
                }

                mark.AmountMinor += 5;
                return mark.AmountMinor;
            },
            Stop);

        await using LagoConsoleDbContext read = _world.Database.CreateDbContext();
        Assert.Equal(2, tries);
        Assert.Equal(before.AmountMinor + 5, (await read.HighWaterMarks.SingleAsync(row => row.MetricCode == "api_calls", Stop)).AmountMinor); // the first try took its own raise back with it
    }

    [Fact]
    public async Task One_context_may_raise_a_mark_twice_in_one_transaction()
    {
        (HighWaterMark before, _) = await FirstAsync();

        await MoneyTransaction.RunAsync(
            _world.Database,
            async db =>
            {
                HighWaterMark mark = await db.HighWaterMarks.SingleAsync(row => row.MetricCode == "api_calls", Stop);
                mark.AmountMinor += 5;
                await db.SaveChangesAsync(Stop);
                mark.AmountMinor += 6;
                return 0;
            },
            Stop);

        await using LagoConsoleDbContext read = _world.Database.CreateDbContext();
        Assert.Equal(before.AmountMinor + 11, (await read.HighWaterMarks.SingleAsync(row => row.MetricCode == "api_calls", Stop)).AmountMinor);
    }

    [Fact]
    public async Task R2_The_same_rise_of_a_mark_twice_is_a_conflict()
    {
        (HighWaterMark _, UsageIncrement model) = await FirstAsync();

        await Assert.ThrowsAnyAsync<DbUpdateException>(() => MoneyTransaction.RunAsync(
            _world.Database,
            db =>
            {
                db.UsageIncrements.Add(Like(model, model.FromMinor, model.ToMinor));
                return Task.FromResult(0);
            },
            Stop));

        await _world.AssertBalancedAsync();
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    /// <summary>A buyer that has used 2.00 USD.</summary>
    private async Task<(HighWaterMark Mark, UsageIncrement Increment)> FirstAsync()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100);
        await _world.PollAsync(integration);
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        return (await db.HighWaterMarks.AsNoTracking().SingleAsync(row => row.MetricCode == "api_calls", Stop), await db.UsageIncrements.AsNoTracking().SingleAsync(Stop));
    }

    private static UsageIncrement Like(UsageIncrement model, long from, long to) => new()
    {
        Id = Guid.NewGuid(),
        MarkId = model.MarkId,
        IntegrationId = model.IntegrationId,
        BuyerId = model.BuyerId,
        MetricCode = model.MetricCode,
        Currency = model.Currency,
        FromMinor = from,
        ToMinor = to,
        AmountMinor = to - from,
        SeenAt = model.SeenAt,
        Source = model.Source,
        OpenMinor = to - from,
        IsOpen = true,
    };

    /// <summary>All of it: what is added to the type later is compared without being named here.</summary>
    private static void AssertSame<T>(T expected, T actual, string? except = null)
    {
        foreach (PropertyInfo property in typeof(T).GetProperties().Where(property => property.Name != except))
        {
            Assert.Equal(property.GetValue(expected), property.GetValue(actual));
        }
    }
}
