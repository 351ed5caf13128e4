using LagoConsole.Core.Buyers;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Polling;

/// <summary>Lago moves the borders of an open period: the same money must not look new (T27).</summary>
public sealed class MovedPeriodTests : IAsyncDisposable
{
    private readonly ConsoleWorld _world = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2_600, 600, 1)] // totals go on: 26.00 after 20.00 USD
    [InlineData(600, 600, 2)] // totals began anew: a new period
    public async Task T27_A_period_whose_borders_slid_goes_on_unless_its_totals_began_anew(long total, long added, int periods)
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(1_000);
        await _world.PollAsync(integration);
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        BillingPeriod known = await db.BillingPeriods.AsNoTracking().SingleAsync(Stop);
        BuyerLink link = await db.BuyerLinks.AsNoTracking().SingleAsync(Stop);
        _world.MoveTo(_world.Now.AddHours(1));

        ReadingOutcome? outcome = await _world.Get<UsageStore>().SaveAsync(
            link,
            new SubscriptionReading(
                known.SubscriptionLagoId, known.SubscriptionExternalId, known.LagoCustomerId, known.PeriodStart.AddDays(3), known.PeriodEnd.AddDays(3),
                "USD", _world.Now, SnapshotSource.Poll, [new MetricReading("api_calls", "API calls", false, total, [])]),
            Stop);

        Assert.Equal((added, periods == 1), (outcome!.IncreaseMinor, outcome.PeriodSlid));
        Assert.Equal(periods, await db.BillingPeriods.CountAsync(Stop));
        await _world.AssertBalancedAsync();
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();
}
