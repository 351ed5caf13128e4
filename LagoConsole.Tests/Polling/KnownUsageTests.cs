using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Polling;

/// <summary>A poll that sees nothing new writes nothing; one that has something left to do is never left out.</summary>
public sealed class KnownUsageTests : IAsyncDisposable
{
    private readonly ConsoleWorld _world = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R2_An_unchanged_answer_writes_no_row()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100);
        await _world.NextHourAsync(integration);
        int before = await RowsAsync();

        PollOutcome outcome = await _world.PollAsync(integration);

        Assert.Equal((1, 0, 0), (outcome.Subscriptions, outcome.Snapshots, outcome.Increments));
        Assert.Equal(before, await RowsAsync());
    }

    [Theory]
    [InlineData("api_calls", "charge-1", true)]
    [InlineData("api_calls", "charge-2", false)] // a charge that was added to the plan
    [InlineData("seats", "charge-1", false)] // a metric that had been left out as zero
    public void R8_T11_What_appears_within_a_period_is_not_known_until_its_plan_is_read(string code, string charge, bool isKnown)
    {
        HighWaterMark mark = new()
        {
            Id = Guid.Empty,
            PeriodId = Guid.Empty,
            MetricCode = "api_calls",
            Currency = "USD",
            BaselineMinor = 0,
            AmountMinor = 0,
            FirstSeenAt = _world.Now,
            LastTotalMinor = 0,
            LastTotalAt = _world.Now,
            LastCharges = [new ChargeAmount("charge-1", "standard", 0)],
        };
        SubscriptionReading reading = new(
            "sub", "acme-prod", "cus_acme", _world.Now, _world.Now.AddDays(30), "USD", _world.Now, SnapshotSource.Poll,
            [new MetricReading(code, code, IsProjection: false, 200, [new ChargeAmount(charge, "standard", 200)])]);

        Assert.Equal(isKnown, KnownUsage.Knows([mark], reading));
    }

    [Fact]
    public async Task R7_What_a_link_from_zero_showed_flows_though_the_next_poll_shows_the_same()
    {
        Guid integration = await _world.ConnectAsync();
        Guid buyer = await _world.BuyerAsync(await _world.ProductAsync());
        _world.Use(100);
        await _world.LinkAsync(buyer, integration);
        await _world.TurnOnAsync(integration);

        await _world.NextHourAsync(integration); // nothing was used since

        Assert.Equal(200, _world.Billed);
    }

    [Fact]
    public async Task R3_T5_The_same_totals_in_the_next_period_are_new()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100);
        await _world.NextHourAsync(integration);
        _world.MoveTo(new DateTimeOffset(2026, 9, 1, 0, 30, 0, TimeSpan.Zero));
        _world.Use(100);

        await _world.NextHourAsync(integration);

        Assert.Equal(400, _world.Billed);
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private async Task<int> RowsAsync()
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        return await db.UsageSnapshots.CountAsync(Stop) + await db.UsageIncrements.CountAsync(Stop)
            + await db.HighWaterMarks.SumAsync(mark => (int)mark.AmountMinor, Stop) + await db.BillingPeriods.SumAsync(period => period.Version, Stop);
    }
}
