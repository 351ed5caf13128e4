using LagoConsole.Core.Buyers;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Sandbox.Lago;
using LagoConsole.Tests.Lago;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static LagoConsole.Tests.Lago.LagoServer;

namespace LagoConsole.Tests.Scenarios;

/// <summary>The sums of Lago's own tests and of recorded answers: the increments that each must give.</summary>
public sealed class LagosOwnNumbersTests : LagoTest
{
    private static readonly DateTimeOffset August = new(2026, 8, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task T12_A_volume_tier_that_falls_from_12_500_to_8_000_gives_12_500_and_then_nothing()
    {
        await using ConsoleWorld world = new();
        LagoCharge volume = new()
        {
            Code = "volume",
            MetricCode = "api_calls",
            Model = LagoChargeModel.Volume,
            Tiers = [new(UpTo: 10, 25m, 0), new(UpTo: null, 5m, 5m)],
        };
        world.Sandbox.Save(new LagoPlan("tiers", "Tiers", "USD", 0, LagoInterval.Monthly, PayInAdvance: false, [volume]));
        world.Sandbox.AddSubscription("cus_acme", "tiers-1", "tiers", startsAt: August);
        (Guid integration, _, _) = await world.SetUpAsync();

        world.Use(5, subscription: "tiers-1"); // 5 × 25.00
        await world.NextHourAsync(integration);
        world.Use(10, subscription: "tiers-1"); // 15 × 5.00 + 5.00
        await world.NextHourAsync(integration);
        Assert.Equal((12_500, 8_000), await MarkAndTotalAsync(world, "api_calls"));

        world.Use(11, subscription: "tiers-1"); // 26 × 5.00 + 5.00
        await world.NextHourAsync(integration);

        Assert.Equal([("api_calls", 0L, 12_500L), ("api_calls", 12_500L, 1_000L)], await IncrementsAsync(world));
        Assert.Equal(13_500, world.Billed);
        await world.AssertBalancedAsync();
    }

    [Fact]
    public async Task T12_A_latest_value_that_falls_from_5_000_to_1_500_gives_5_000_and_then_nothing()
    {
        await using ConsoleWorld world = new();
        world.Sandbox.Save(new LagoMetric("level", "Level", LagoAggregation.Latest));
        LagoCharge latest = new() { Code = "level", MetricCode = "level", Model = LagoChargeModel.Standard, Amount = 1 };
        world.Sandbox.Save(new LagoPlan("latest", "Latest", "USD", 0, LagoInterval.Monthly, PayInAdvance: false, [latest]));
        world.Sandbox.AddSubscription("cus_acme", "latest-1", "latest", startsAt: August);
        (Guid integration, _, _) = await world.SetUpAsync(metrics: ["level"]);

        world.Use(50, "level", "latest-1");
        await world.NextHourAsync(integration);
        world.Use(15, "level", "latest-1");
        await world.NextHourAsync(integration);
        Assert.Equal((5_000, 1_500), await MarkAndTotalAsync(world, "level"));

        world.Use(60, "level", "latest-1");
        await world.NextHourAsync(integration);

        Assert.Equal([("level", 0L, 5_000L), ("level", 5_000L, 1_000L)], await IncrementsAsync(world));
        Assert.Equal(6_000, world.Billed);
        await world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R8_T11_A_weighted_sum_that_shows_217_742_at_once_gives_nothing_until_the_close()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync(metrics: ["disk_level"]);

        world.Sandbox.Send(new LagoEvent("level", "acme-prod", "disk_level", August.AddDays(4), Value: 2_500)); // 2 500 × 27 of 31 days × 1.00
        await world.NextHourAsync(integration);
        Assert.Equal((0, 217_742), await MarkAndTotalAsync(world, "disk_level"));
        Assert.Empty(await IncrementsAsync(world));

        world.MoveTo(August.AddMonths(1).AddHours(2));
        await world.CloseAsync(integration);
        await world.NextHourAsync(integration);

        Assert.Equal([("disk_level", 0L, 217_742L)], await IncrementsAsync(world));
        Assert.Equal(217_742, world.Billed);
        await world.AssertBalancedAsync();
    }

    [Fact]
    public async Task T2_T12_Two_charges_of_one_metric_that_fall_from_23_500_to_20_300_give_23_500_once_and_a_new_period_begins_at_zero()
    {
        await using ConsoleWorld world = new();
        await world.SetUpAsync();
        BuyerLink link = await LinkAsync(world);

        await LookAsync(world, link, "two_charges_one_metric", "2026-07-31T22:00:00Z");
        Assert.Equal([("api_calls", 0L, 23_500L), ("storage_gb", 0L, 725L)], await IncrementsAsync(world));

        // The volume charge fell by 3 700 while the package charge rose by 500: a mark per charge would report the 500.
        ReadingOutcome fallen = await LookAsync(world, link, "after_decrease", "2026-07-31T22:00:00Z");
        Assert.Equal((0, 0L), (fallen.Increments, fallen.IncreaseMinor));
        Assert.Equal((23_500, 20_300), await MarkAndTotalAsync(world, "api_calls"));

        ReadingOutcome without = await LookAsync(world, link, "no_charges", "2026-07-31T22:00:00Z");
        Assert.Equal((0, 0), (without.Snapshots, without.Increments)); // T14: absent is not zero
        Assert.Equal((23_500, 20_300), await MarkAndTotalAsync(world, "api_calls"));

        world.MoveTo(new DateTimeOffset(2026, 9, 1, 0, 0, 0, TimeSpan.Zero));
        ReadingOutcome september = await LookAsync(world, link, "after_rollover", "2026-08-31T22:00:00Z");
        Assert.Equal((1, 24_000L), (september.Increments, september.IncreaseMinor)); // 12 seats carried over; the calls begin anew (T5)
        await world.AssertBalancedAsync();
    }

    private async Task<ReadingOutcome> LookAsync(ConsoleWorld world, BuyerLink link, string example, string periodStart)
    {
        world.MoveTo(world.Now.AddHours(1));
        Server.Next(Json(200, LagoExamples.Get(example)));
        SubscriptionResponse subscription = new()
        {
            LagoId = "5e3a9c77-8f0e-4a2a-b7a4-0c9f3d1e5001",
            ExternalId = "sub_acme_prod",
            ExternalCustomerId = "cus_acme",
            Status = SubscriptionResponse.Active,
            CurrentBillingPeriodStartedAt = DateTimeOffset.Parse(periodStart, System.Globalization.CultureInfo.InvariantCulture),
        };
        UsageAnswer.Read read = Assert.IsType<UsageAnswer.Read>(await UsageReader.ReadAsync(Lago, subscription, world.Clock, Token));
        return Assert.IsType<ReadingOutcome>(await world.Get<UsageStore>().SaveAsync(link, read.Reading, Token));
    }

    private static async Task<BuyerLink> LinkAsync(ConsoleWorld world)
    {
        await using LagoConsoleDbContext db = world.Database.CreateDbContext();
        return await db.BuyerLinks.AsNoTracking().SingleAsync(Token);
    }

    /// <summary>Metric, from, amount, in the order in which they were seen.</summary>
    private static async Task<IEnumerable<(string, long, long)>> IncrementsAsync(ConsoleWorld world)
    {
        await using LagoConsoleDbContext db = world.Database.CreateDbContext();
        List<UsageIncrement> increments = await db.UsageIncrements.AsNoTracking().ToListAsync(Token);
        return increments.OrderBy(increment => increment.SeenAt).ThenBy(increment => increment.MetricCode, StringComparer.Ordinal)
            .Select(increment => (increment.MetricCode, increment.FromMinor, increment.AmountMinor));
    }

    /// <summary>Of the key of this metric that shows anything.</summary>
    private static async Task<(long, long)> MarkAndTotalAsync(ConsoleWorld world, string metric)
    {
        await using LagoConsoleDbContext db = world.Database.CreateDbContext();
        HighWaterMark mark = await db.HighWaterMarks.AsNoTracking().SingleAsync(row => row.MetricCode == metric && row.HighestTotalMinor > 0, Token);
        return (mark.AmountMinor, mark.LastTotalMinor);
    }
}
