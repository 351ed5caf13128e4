using LagoConsole.Core.Lago;
using LagoConsole.Core.Polling;
using LagoConsole.Tests.Lago;
using Xunit;
using static LagoConsole.Tests.Lago.LagoServer;

namespace LagoConsole.Tests.Polling;

/// <summary>One look at one subscription over a real socket: what is added up, and which answers are taken.</summary>
public sealed class UsageReaderTests : LagoTest
{
    /// <summary>The period of <see cref="LagoAnswers.CurrentUsage"/>.</summary>
    private static readonly DateTimeOffset August = new(2026, 7, 31, 22, 0, 0, TimeSpan.Zero);

    private static readonly DateTimeOffset Upgraded = new(2026, 8, 12, 14, 5, 9, TimeSpan.Zero);

    [Fact]
    public async Task R5_T2_T3_A_metrics_total_is_the_sum_of_its_charges_and_of_nothing_else()
    {
        Server.Next(Json(200, LagoAnswers.CurrentUsage.Replace("\"total_amount_cents\":24225", "\"total_amount_cents\":29070", StringComparison.Ordinal)));

        SubscriptionReading reading = Assert.IsType<UsageAnswer.Read>(await ReadAsync(Listed("s1", August))).Reading;

        // 19 000 + 4 500 of two charges; 725 of one whose filters add up to 725 once more, and that is 30 000 in a pricing unit.
        Assert.Equal([("calls", 23_500L), ("storage_gb", 725L)], reading.Metrics.Select(metric => (metric.Code, metric.TotalMinor)));
    }

    [Fact]
    public async Task R1_A_sum_beyond_64_bits_throws_and_is_no_small_number()
    {
        Server.Next(Json(200, LagoAnswers.CurrentUsage.Replace("\"amount_cents\":19000", "\"amount_cents\":9223372036854775807", StringComparison.Ordinal)));

        await Assert.ThrowsAsync<OverflowException>(() => ReadAsync(Listed("s1", August)));
    }

    [Fact]
    public async Task T19_Yen_are_counted_in_yen()
    {
        Server.Next(Json(200, LagoExamples.Get("jpy")));

        SubscriptionReading reading = Assert.IsType<UsageAnswer.Read>(await ReadAsync(Listed("s1", new DateTimeOffset(2026, 7, 31, 15, 0, 0, TimeSpan.Zero)))).Reading;

        Assert.Equal("61,700 JPY", Core.Money.MoneyText.Format(Assert.Single(reading.Metrics).TotalMinor, reading.Currency));
    }

    [Fact]
    public async Task T8_Usage_after_an_upgrade_is_never_counted_for_the_subscription_that_the_older_list_shows()
    {
        string usage = LagoAnswers.CurrentUsage.Replace("2026-07-31T22:00:00Z", "2026-08-12T14:05:09Z", StringComparison.Ordinal);
        Server.Next(
            Json(200, usage), // the upgrade came between list and look
            Json(200, LagoAnswers.Subscriptions(1, null, LagoAnswers.Subscription("old", status: "terminated"), LagoAnswers.Subscription("new"))),
            Json(200, usage));

        SubscriptionReading reading = Assert.IsType<UsageAnswer.Read>(await ReadAsync(Listed("old", August))).Reading;

        Assert.Equal(("new", Upgraded), (reading.SubscriptionLagoId, reading.PeriodStart));
        Assert.Equal(3, Server.Targets.Length);
    }

    [Fact]
    public async Task T8_Usage_that_never_fits_the_list_is_not_taken()
    {
        Server.Otherwise = context => Json(
            200,
            context.Request.Path.Value!.EndsWith("/current_usage", StringComparison.Ordinal)
                ? LagoAnswers.CurrentUsage
                : LagoAnswers.Subscriptions(1, null, LagoAnswers.Subscription("s1")))(context);

        LagoFailure failure = Assert.IsType<UsageAnswer.Failed>(await ReadAsync(Listed("s1", Upgraded))).Failure;

        Assert.Contains("another period", failure.Sentence, StringComparison.Ordinal);
        Assert.Equal(3, Server.Targets.Count(target => target.Contains("/current_usage", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("terminated", 1)] // ended since it was listed
    [InlineData("active", 3)] // Lago's list and its usage disagree
    public async Task T21_No_active_subscription_is_a_state_that_leaves_it_to_the_close(string listed, int looks)
    {
        Server.Otherwise = context => (context.Request.Path.Value!.EndsWith("/current_usage", StringComparison.Ordinal)
            ? Json(405, """{"status":405,"error":"Method Not Allowed","code":"no_active_subscription"}""")
            : Json(200, LagoAnswers.Subscriptions(1, null, LagoAnswers.Subscription("s1", status: listed))))(context);

        Assert.IsType<UsageAnswer.NotActive>(await ReadAsync(Listed("s1", August)));

        Assert.Equal(looks, Server.Targets.Count(target => target.Contains("/current_usage", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task T21_A_customer_that_is_gone_is_told_as_such()
    {
        Assert.IsType<LagoFailure.NotFound>(Assert.IsType<UsageAnswer.Failed>(await ReadAsync(Listed("s1", August))).Failure);
        Assert.Single(Server.Targets);
    }

    private Task<UsageAnswer> ReadAsync(SubscriptionResponse subscription) => UsageReader.ReadAsync(Lago, subscription, Clock, Token);

    private static SubscriptionResponse Listed(string lagoId, DateTimeOffset periodStart) => new()
    {
        LagoId = lagoId,
        ExternalId = "sub",
        ExternalCustomerId = "cus",
        Status = SubscriptionResponse.Active,
        CurrentBillingPeriodStartedAt = periodStart,
    };
}
