using LagoConsole.Core.HighWater;
using LagoConsole.Core.Money;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.HighWater;

/// <summary>A fall after reporting leaves more billed than Lago's final total: it is shown, never hidden (R19).</summary>
public sealed class AboveFinalTests : IAsyncDisposable
{
    private static readonly DateTimeOffset AfterTheEnd = new(2026, 9, 1, 0, 25, 0, TimeSpan.Zero);

    private readonly ConsoleWorld _world = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R19_A_fall_after_reporting_is_shown_when_the_period_is_closed()
    {
        (Guid integration, _, _) = await _world.SetUpAsync(metrics: ["storage_gb"]);
        _world.Use(10, "storage_gb"); // 5.00 USD
        await _world.NextHourAsync(integration);
        _world.Use(-4, "storage_gb"); // 3.00 USD in all
        await _world.NextHourAsync(integration);
        Assert.Empty(await SumsAsync()); // suspended, not yet final

        UsageKeyRow open = await KeyAsync(UsageView.Suspended);
        Assert.Equal((true, 500, 200, false), (open.IsSuspended, open.ResumesAboveMinor, open.MissingMinor, open.IsLongPeriod));
        _world.MoveTo(AfterTheEnd);
        await _world.CloseAsync(integration);

        Assert.Equal([new CurrencyAmount("USD", 200)], await SumsAsync());
        UsageKeyRow closed = await KeyAsync(UsageView.AboveFinal);
        Assert.Equal((200, false, false), (closed.AboveFinalMinor, closed.IsSuspended, closed.WentOn));
        Assert.Equal(500, _world.Billed); // nothing is taken back
    }

    [Fact]
    public async Task R19_A_final_that_is_lower_because_an_upgrade_carried_the_units_on_is_no_such_case()
    {
        (Guid integration, _, _) = await _world.SetUpAsync(metrics: ["storage_gb"]);
        _world.Use(10, "storage_gb");
        await _world.NextHourAsync(integration);
        _world.Sandbox.Upgrade("acme-prod", "volume");
        await _world.NextHourAsync(integration);
        await _world.CloseAsync(integration);
        await using (LagoConsoleDbContext db = _world.Database.CreateDbContext())
        {
            // As Lago has it for recurring metrics: the old subscription's final leaves the units out, the new one starts from them.
            BillingPeriod older = await db.BillingPeriods.SingleAsync(period => period.State == BillingPeriodState.Closed, Stop);
            HighWaterMark old = await db.HighWaterMarks.SingleAsync(mark => mark.PeriodId == older.Id && mark.MetricCode == "storage_gb", Stop);
            old.LastTotalMinor = 0;
            BillingPeriod newer = await db.BillingPeriods.SingleAsync(period => period.State == BillingPeriodState.Open, Stop);
            db.HighWaterMarks.Add(new HighWaterMark
            {
                Id = Guid.NewGuid(),
                PeriodId = newer.Id,
                MetricCode = "storage_gb",
                Currency = "USD",
                BaselineMinor = 500,
                BaselineOrigin = BaselineOrigin.Carried,
                AmountMinor = 500,
                FirstSeenAt = _world.Now,
                LastTotalMinor = 500,
                LastTotalAt = _world.Now,
                LastCharges = [],
            });
            await db.SaveChangesAsync(Stop);
        }

        Assert.Empty(await SumsAsync());
        Assert.Equal((0, true), ((await KeyAsync(UsageView.AboveFinal)).AboveFinalMinor, (await KeyAsync(UsageView.AboveFinal)).WentOn));
    }

    [Fact]
    public void R15_What_was_refused_of_a_jump_is_missing_too()
    {
        UsageKeyRow key = Row(totalMinor: 900, markMinor: 700) with { RefusedMinor = 300 };

        Assert.Equal((true, 1_000, 100), (key.IsSuspended, key.ResumesAboveMinor, key.MissingMinor)); // 900 − 300 is 100 below the mark
    }

    [Fact]
    public void T28_A_suspension_in_a_long_period_is_said_to_be_one() =>
        Assert.True((Row(900, 1_000) with { PeriodEnd = new DateTimeOffset(2027, 8, 1, 0, 0, 0, TimeSpan.Zero) }).IsLongPeriod);

    [Fact]
    public void A_held_key_is_not_suspended() => Assert.False((Row(900, 1_000) with { Hold = HoldReason.Overlap }).IsSuspended);

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private static UsageKeyRow Row(long totalMinor, long markMinor)
    {
        DateTimeOffset start = new(2026, 8, 1, 0, 0, 0, TimeSpan.Zero);
        return new UsageKeyRow(
            Guid.Empty, Guid.Empty, "Acme", "sub", start, start.AddMonths(1), BillingPeriodState.Open, "api_calls", "USD", totalMinor, start, markMinor,
            BaselineMinor: 0, ReportAtCloseOnly: false, WaitingMinor: 0, OpenMinor: 0);
    }

    private Task<IReadOnlyList<CurrencyAmount>> SumsAsync() => _world.Get<UsageQueries>().SumAboveFinalAsync(Stop);

    private async Task<UsageKeyRow> KeyAsync(UsageView view) =>
        Assert.Single((await _world.Get<UsageQueries>().ListAsync(new UsageFilter(View: view), 0, 10, Stop)).Rows);
}
