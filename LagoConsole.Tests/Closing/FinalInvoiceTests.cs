using LagoConsole.Core.Closing;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Polling;
using LagoConsole.Tests.Lago;
using Xunit;
using static LagoConsole.Tests.Lago.LagoServer;

namespace LagoConsole.Tests.Closing;

/// <summary>Which of several invoices closes a period, and what its total is (T15, T16, T17), over recorded answers.</summary>
public sealed class FinalInvoiceTests : LagoTest
{
    private const string Subscription = "5e3a9c77-8f0e-4a2a-b7a4-0c9f3d1e5001";
    private const string Periodic = "c0a8f3de-5b9b-4a6e-9a63-1f7e1c0d0701";
    private const string Progressive = "c0a8f3de-5b9b-4a6e-9a63-1f7e1c0d0699";
    private const string June = "c0a8f3de-5b9b-4a6e-9a63-1f7e1c0d0601";

    private static readonly DateTimeOffset JulyStart = new(2026, 6, 30, 22, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset JulyEnd = new(2026, 7, 31, 22, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task T15_Of_several_invoices_of_a_period_those_of_its_neighbours_and_openings_are_left_out()
    {
        Server.Next(Json(200, LagoExamples.Get("past_usage_page1")), Json(200, LagoExamples.Get("past_usage_page2")));

        IReadOnlyList<UsageResponse> past = Value(await Lago.ListPastUsageAsync("cus_acme", "sub_acme_prod", Token));

        Assert.Equal(4, past.Count);
        Assert.Equal([Periodic, Progressive], FinalInvoice.Candidates(Period(JulyStart, JulyEnd), past));
        Assert.Equal([June], FinalInvoice.Candidates(Period(new DateTimeOffset(2026, 6, 11, 9, 30, 0, TimeSpan.Zero), JulyStart), past));
    }

    [Theory]
    [InlineData(Subscription, "subscription_periodic", "finalized", true)]
    [InlineData(Subscription, "subscription_terminating", "draft", true)]
    [InlineData(Subscription, "subscription_periodic", "voided", false)]
    [InlineData(Subscription, "progressive_billing", "finalized", false)]
    [InlineData(Subscription, "subscription_starting", "finalized", false)] // the opening half of an upgrade's twin
    [InlineData("another", "subscription_periodic", "finalized", false)]
    public void T15_Only_a_periodic_or_terminating_invoice_that_stands_closes_a_period(string subscription, string reason, string status, bool closes) =>
        Assert.Equal(closes, FinalInvoice.Closes(Invoice(status, subscription, reason), Period(JulyStart, JulyEnd)));

    [Theory]
    [InlineData(false, 21_900)]
    [InlineData(true, 24_500)]
    public void T15_T16_The_final_total_is_the_charges_fees_with_true_ups_only_where_they_are_wanted(bool includeTrueUps, long calls)
    {
        InvoiceResponse invoice = Invoice(
            "finalized",
            Subscription,
            "subscription_periodic",
            Fee("calls_volume", "api_calls", 17_400),
            Fee("calls_package", "api_calls", 4_500),
            Fee("calls_package", "api_calls", 2_600) with { LagoTrueUpParentFeeId = "fee-2" },
            Fee("storage", "storage_gb", 450),
            Fee("storage", "storage_gb", 99) with { LagoSubscriptionId = "another" }, // a consolidated invoice bills several subscriptions
            Fee("plan", "starter", 50_000) with { Item = new FeeItemResponse { Type = "subscription", Code = "starter" } });

        IReadOnlyList<MetricReading> totals = FinalInvoice.Totals(invoice, Period(JulyStart, JulyEnd), charges: [], keys: [], includeTrueUps);

        Assert.Equal([("api_calls", calls), ("storage_gb", 450L)], totals.Select(total => (total.Code, total.TotalMinor)));
    }

    [Fact]
    public void T17_What_was_paid_in_advance_is_added_as_last_seen_and_never_twice()
    {
        InvoiceResponse invoice = Invoice(
            "finalized", Subscription, "subscription_periodic", Fee("arrears", "api_calls", 17_400), Fee("advance", "api_calls", 300) with { PayInAdvance = true });
        PlanChargeResponse[] charges =
        [
            new() { LagoId = "arrears", BillableMetricCode = "api_calls", PayInAdvance = false },
            new() { LagoId = "advance", BillableMetricCode = "api_calls", PayInAdvance = true },
        ];
        KeyAtClose key = new("api_calls", MarkMinor: 20_000, [new ChargeAmount("arrears", "standard", 16_000), new ChargeAmount("advance", "standard", 4_000)]);

        MetricReading total = Assert.Single(FinalInvoice.Totals(invoice, Period(JulyStart, JulyEnd), charges, [key], includeTrueUps: false));

        Assert.Equal((21_400, null), (total.TotalMinor, total.Hold)); // 17 400 in arrears + 4 000 in advance
    }

    private static BillingPeriod Period(DateTimeOffset start, DateTimeOffset end) => new()
    {
        Id = Guid.Empty,
        IntegrationId = Guid.Empty,
        BuyerId = Guid.Empty,
        SubscriptionLagoId = Subscription,
        SubscriptionExternalId = "sub_acme_prod",
        LagoCustomerId = "cus_acme",
        PeriodStart = start,
        PeriodEnd = end,
        Currency = "EUR",
        State = BillingPeriodState.Ended,
    };

    private static InvoiceResponse Invoice(string status, string subscription, string reason, params FeeResponse[] fees) => new()
    {
        LagoId = Periodic,
        Status = status,
        Currency = "EUR",
        BillingPeriods =
        [
            new BillingPeriodResponse
            {
                LagoSubscriptionId = subscription,
                ChargesFromDatetime = JulyStart,
                ChargesToDatetime = JulyEnd.AddSeconds(-1),
                InvoicingReason = reason,
            },
        ],
        Fees = fees,
    };

    private static FeeResponse Fee(string charge, string metric, long amount) => new()
    {
        LagoChargeId = charge,
        LagoSubscriptionId = Subscription,
        AmountCents = amount,
        Item = new FeeItemResponse { Type = FeeItemResponse.Charge, Code = metric, Name = metric },
    };
}
