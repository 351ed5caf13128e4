using LagoConsole.Core.Buyers.Mapping;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Money;
using LagoConsole.Core.Polling;
using Xunit;

namespace LagoConsole.Tests.Buyers.Mapping;

public sealed class LookRulesTests
{
    private static readonly DateTimeOffset August = new(2026, 8, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_was_counted_before_is_not_unbilled_and_a_fall_below_it_takes_nothing_from_others()
    {
        SubscriptionReading reading = new(
            "sub-1", "acme-prod", "cus_acme", August, August.AddMonths(1), "USD", August.AddDays(20), SnapshotSource.Poll,
            [Metric("api_calls", 500), Metric("storage_gb", 200), Metric("seats", 30)]);

        UnbilledPeriod period = LookRules.Period(reading, new Dictionary<string, long> { ["api_calls"] = 120, ["storage_gb"] = 900 });

        Assert.Equal((730, 380 + 0 + 30), (period.CountedMinor, period.UnbilledMinor));
    }

    [Fact]
    public void Customers_with_usage_and_no_buyer_come_the_largest_first_with_a_sum_for_each_currency()
    {
        LagoLook look = Look(
            [Customer("small"), Customer("linked"), Customer("idle"), Customer("large")],
            Period("small", "USD", 150), Period("linked", "USD", 9_900), Period("idle", "USD", 0), Period("large", "USD", 2_000), Period("large", "EUR", 50), Period("large", "USD", 1));

        LookReport report = LookRules.Report(look, new HashSet<string> { "linked" }, []);

        Assert.Equal(["large", "small"], report.Unbilled.Select(customer => customer.Customer.LagoCustomerId));
        Assert.Equal([new CurrencyAmount("EUR", 50), new CurrencyAmount("USD", 2_001)], report.Unbilled[0].Unbilled);
        Assert.Equal(3, report.Unbilled[0].Subscriptions);
        Assert.Equal([new CurrencyAmount("EUR", 50), new CurrencyAmount("USD", 2_151)], report.UnbilledTotal);
        Assert.Equal(1, report.Linked);
    }

    [Fact]
    public void Yen_are_held_against_dollars_by_the_whole_unit()
    {
        LookReport report = LookRules.Report(Look([Customer("dollars"), Customer("yen")], Period("dollars", "USD", 10_000), Period("yen", "JPY", 5_000)), new HashSet<string>(), []);

        Assert.Equal(["yen", "dollars"], report.Unbilled.Select(customer => customer.Customer.LagoCustomerId));
    }

    [Fact]
    public void A_customer_that_has_a_buyer_by_now_is_suggested_no_more()
    {
        LagoLook look = Look([Customer("acme"), Customer("globex")]);
        UnlinkedBuyer[] buyers = [new(Guid.NewGuid(), "acme", null, []), new(Guid.NewGuid(), "globex", null, [])];

        LookReport report = LookRules.Report(look, new HashSet<string> { "acme" }, buyers);

        Assert.Equal("globex", Assert.Single(report.Matches.Suggestions).Customer.LagoCustomerId);
    }

    private static LagoLook Look(SeenCustomer[] customers, params UnbilledPeriod[] periods) => new(August, "olga", customers, periods, Unread: 0, Problem: null);

    private static SeenCustomer Customer(string id) => new(id, [id], null);

    private static UnbilledPeriod Period(string customer, string currency, long minor) => new(customer, "sub", August, August.AddMonths(1), currency, minor, minor);

    private static MetricReading Metric(string code, long total) => new(code, code, IsProjection: false, total, []);
}
