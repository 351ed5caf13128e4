using System.Text.Json;
using LagoConsole.Sandbox.Lago;
using Xunit;

namespace LagoConsole.Tests.Sandbox;

/// <summary>The sums of the vendor's reference, told by the sandbox.</summary>
public sealed class LagoUsageTests : IDisposable
{
    private readonly SandboxWorlds _lago = new(new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public void A_volume_price_falls_while_usage_grows()
    {
        Metered(LagoAggregation.Count, new LagoCharge
        {
            Code = "m",
            MetricCode = "m",
            Model = LagoChargeModel.Volume,
            Tiers = [new(10, PerUnit: 25, Flat: 0), new(UpTo: null, PerUnit: 5, Flat: 5)],
        });

        _lago.Count("sub", "m", 5);
        Assert.Equal(12_500, Amount()); // 5 × 25.00
        _lago.Count("sub", "m", 10);
        Assert.Equal(8_000, Amount()); // 15 × 5.00 + 5.00
    }

    [Fact]
    public void The_last_value_wins_and_can_be_lower()
    {
        Metered(LagoAggregation.Latest, Standard(5));

        _lago.Send("sub", "m", 10);
        Assert.Equal(5_000, Amount());
        _lago.Clock.Advance(TimeSpan.FromHours(1));
        _lago.Send("sub", "m", 3);
        Assert.Equal(1_500, Amount());
    }

    [Fact]
    public void A_level_shows_the_whole_periods_amount_as_soon_as_it_is_set()
    {
        Metered(LagoAggregation.WeightedSum, Standard(1));
        _lago.Clock.Advance(TimeSpan.FromDays(4));

        _lago.Send("sub", "m", 2_500);

        // 2 500 for 27 of 31 days
        Assert.StartsWith("2177.4193548387096774", Entry().GetProperty("units").GetString(), StringComparison.Ordinal);
        Assert.Equal(217_742, Amount());
        _lago.Clock.Advance(TimeSpan.FromDays(20));
        Assert.Equal(217_742, Amount());
    }

    [Fact]
    public void Unique_keys_count_once_and_removals_subtract()
    {
        Metered(LagoAggregation.UniqueCount, Standard(20), recurring: true);

        Unique("ann");
        Unique("ann");
        Unique("bob");
        Assert.Equal(4_000, Amount());
        Unique("ann", remove: true);
        Assert.Equal(2_000, Amount());
    }

    [Fact]
    public void A_sum_falls_by_a_negative_event_and_never_below_nothing()
    {
        Metered(LagoAggregation.Sum, Standard(2));

        _lago.Send("sub", "m", 10);
        _lago.Send("sub", "m", -4);
        Assert.Equal(1_200, Amount());
        _lago.Send("sub", "m", -100);
        Assert.Equal(0, Amount());
        Assert.Equal("-94.0", Entry().GetProperty("units").GetString());
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(500, 0)] // free
    [InlineData(501, 500)] // one started package
    [InlineData(1_500, 500)]
    [InlineData(1_501, 1_000)]
    public void A_package_is_paid_once_it_is_started(int units, long cents)
    {
        Metered(LagoAggregation.Count, new LagoCharge { Code = "m", MetricCode = "m", Model = LagoChargeModel.Package, Amount = 5, PackageSize = 1_000, FreeUnits = 500 });
        if (units > 0)
        {
            _lago.Count("sub", "m", units);
        }

        Assert.Equal(cents, Amount());
    }

    [Theory]
    [InlineData(10, 1_000)] // 10 × 1.00
    [InlineData(11, 2_050)] // 10 × 1.00 + 1 × 0.50 + 10.00 for entering the tier
    [InlineData(30, 3_000)] // 10 × 1.00 + 20 × 0.50 + 10.00
    public void A_graduated_price_takes_each_tier_at_its_own(int units, long cents)
    {
        Metered(LagoAggregation.Count, new LagoCharge
        {
            Code = "m",
            MetricCode = "m",
            Model = LagoChargeModel.Graduated,
            Tiers = [new(10, 1, 0), new(UpTo: null, 0.5m, 10)],
        });

        _lago.Count("sub", "m", units);

        Assert.Equal(cents, Amount());
    }

    [Fact]
    public void A_percentage_is_a_share_of_the_value_and_an_amount_an_event()
    {
        Metered(LagoAggregation.Sum, new LagoCharge { Code = "m", MetricCode = "m", Model = LagoChargeModel.Percentage, Rate = 1.2m, FixedAmount = 0.10m });

        _lago.Send("sub", "m", 100);
        _lago.Send("sub", "m", 55);

        Assert.Equal(206, Amount()); // 155.00 × 1.2 % = 1.86, and twice 0.10
    }

    [Fact]
    public void Each_charge_is_rounded_half_up_by_itself_and_two_may_price_one_metric()
    {
        LagoCharge half = Standard(0.005m);
        Metered(LagoAggregation.Count, half, half with { Code = "again" });

        _lago.Count("sub", "m", 1);

        Assert.Equal(2, Amount()); // 0.5 and 0.5 cents: 1 and 1, not 1 in all
        Assert.Equal(2, Usage().GetProperty("charges_usage").GetArrayLength());
    }

    [Fact]
    public void Yen_have_no_decimals()
    {
        Metered("JPY", LagoAggregation.Count, Standard(50));

        _lago.Count("sub", "m", 1_234);

        Assert.Equal(61_700, Amount());
    }

    [Fact]
    public void A_period_ends_at_the_customers_midnight_and_usage_starts_again()
    {
        _lago.Control.Save(new LagoMetric("m", "M", LagoAggregation.Count));
        _lago.Plan("plan", "USD", Standard(1));
        _lago.Subscribe("cus", "sub", "plan", timeZone: "Europe/Paris");
        _lago.Count("sub", "m", 3);

        _lago.Clock.SetUtcNow(new DateTimeOffset(2026, 8, 31, 21, 59, 59, TimeSpan.Zero));
        Assert.Equal("2026-08-31T21:59:59Z", Usage().GetProperty("to_datetime").GetString());
        Assert.Equal(300, Amount());

        _lago.Clock.SetUtcNow(new DateTimeOffset(2026, 8, 31, 22, 0, 0, TimeSpan.Zero));
        Assert.Equal("2026-08-31T22:00:00Z", Usage().GetProperty("from_datetime").GetString());
        Assert.Equal("2026-09-30T21:59:59Z", Usage().GetProperty("to_datetime").GetString());
        Assert.Equal(0, Amount());
    }

    [Fact]
    public void A_recurring_metric_is_carried_into_the_next_period()
    {
        Metered(LagoAggregation.UniqueCount, Standard(20), recurring: true);
        Unique("ann");

        _lago.Clock.SetUtcNow(new DateTimeOffset(2026, 9, 2, 0, 0, 0, TimeSpan.Zero));

        Assert.Equal(2_000, Amount());
        Assert.Equal(0, Entry().GetProperty("events_count").GetInt64());
    }

    [Fact]
    public void A_coupon_never_shows_in_running_totals()
    {
        Metered(LagoAggregation.Count, Standard(1));
        _lago.Count("sub", "m", 10);

        _lago.Control.GrantCoupon("cus", 400);

        Assert.Equal(1_000, Amount());
    }

    [Fact]
    public void A_changed_price_holds_for_the_whole_open_period()
    {
        Metered(LagoAggregation.Count, Standard(1));
        _lago.Count("sub", "m", 10);

        _lago.Plan("plan", "USD", Standard(3));

        Assert.Equal(3_000, Amount());
    }

    [Fact]
    public void An_event_of_the_future_counts_at_once_and_one_of_the_past_in_its_own_period()
    {
        Metered(LagoAggregation.Sum, Standard(1));

        _lago.Send("sub", "m", 7, at: new DateTimeOffset(2026, 8, 31, 23, 59, 59, TimeSpan.Zero));
        _lago.Send("sub", "m", 100, at: new DateTimeOffset(2026, 9, 1, 0, 0, 0, TimeSpan.Zero));

        Assert.Equal(700, Amount());
    }

    [Fact]
    public void Growth_is_the_same_in_every_world_of_the_same_seed_and_only_ever_adds_to_a_count()
    {
        using SandboxWorlds left = new(_lago.Now, grows: true);
        using SandboxWorlds right = new(_lago.Now, grows: true);
        foreach (SandboxWorlds world in (SandboxWorlds[])[left, right])
        {
            world.Control.Save(new LagoMetric("m", "M", LagoAggregation.Count));
            world.Plan("plan", "USD", Standard(1));
            world.Subscribe("cus", "sub", "plan");
        }

        left.Clock.Advance(TimeSpan.FromHours(50));
        for (int hour = 0; hour < 50; hour++)
        {
            long before = right.AmountOf("cus", "sub");
            right.Clock.Advance(TimeSpan.FromHours(1));
            Assert.True(right.AmountOf("cus", "sub") >= before);
        }

        Assert.Equal(left.AmountOf("cus", "sub"), right.AmountOf("cus", "sub"));
        Assert.True(left.AmountOf("cus", "sub") > 0);
    }

    [Fact]
    public void Growth_stops_when_it_is_switched_off_and_leaves_no_gap_to_fill_later()
    {
        using SandboxWorlds world = new(_lago.Now, grows: true);
        world.Control.Save(new LagoMetric("m", "M", LagoAggregation.Count));
        world.Plan("plan", "USD", Standard(1));
        world.Subscribe("cus", "sub", "plan");
        world.Clock.Advance(TimeSpan.FromDays(2));
        world.Control.SwitchGrowth(grows: false);
        long still = world.AmountOf("cus", "sub");

        world.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(still, world.AmountOf("cus", "sub"));
        world.Control.SwitchGrowth(grows: true);
        Assert.Equal(still, world.AmountOf("cus", "sub"));
        world.Clock.Advance(TimeSpan.FromDays(2));
        Assert.True(world.AmountOf("cus", "sub") > still);
    }

    public void Dispose() => _lago.Dispose();

    private static LagoCharge Standard(decimal amount) => new() { Code = "m", MetricCode = "m", Model = LagoChargeModel.Standard, Amount = amount };

    private void Metered(LagoAggregation aggregation, params LagoCharge[] charges) => Metered("USD", aggregation, charges);

    private void Metered(LagoAggregation aggregation, LagoCharge charge, bool recurring) => Metered("USD", aggregation, [charge], recurring);

    private void Metered(string currency, LagoAggregation aggregation, params LagoCharge[] charges) => Metered(currency, aggregation, charges, recurring: false);

    private void Metered(string currency, LagoAggregation aggregation, LagoCharge[] charges, bool recurring)
    {
        _lago.Control.Save(new LagoMetric("m", "M", aggregation, recurring));
        _lago.Plan("plan", currency, charges);
        _lago.Subscribe("cus", "sub", "plan");
    }

    private void Unique(string key, bool remove = false)
    {
        _lago.Clock.Advance(TimeSpan.FromSeconds(1));
        _lago.Control.Send(new LagoEvent(Guid.NewGuid().ToString(), "sub", "m", _lago.Now, Key: key, Remove: remove));
    }

    private long Amount() => _lago.AmountOf("cus", "sub");

    private JsonElement Usage() => _lago.Lago("customers/cus/current_usage?external_subscription_id=sub").GetProperty("customer_usage");

    private JsonElement Entry() => Usage().GetProperty("charges_usage")[0];
}
