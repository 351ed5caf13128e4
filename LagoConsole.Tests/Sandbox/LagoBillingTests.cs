using System.Text.Json;
using LagoConsole.Sandbox.Lago;
using Xunit;

namespace LagoConsole.Tests.Sandbox;

public sealed class LagoBillingTests : IDisposable
{
    private readonly SandboxWorlds _lago = new(new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero));

    public LagoBillingTests()
    {
        _lago.Control.Save(new LagoMetric("calls", "Calls", LagoAggregation.Count));
        _lago.Control.Save(new LagoMetric("seats", "Seats", LagoAggregation.UniqueCount, Recurring: true));
        _lago.Plan("plan", "USD", Calls(1));
    }

    [Fact]
    public void The_biller_runs_ten_minutes_after_midnight_and_the_invoice_is_final()
    {
        _lago.Subscribe("cus", "sub", "plan");
        _lago.Count("sub", "calls", 12);

        _lago.Clock.SetUtcNow(new DateTimeOffset(2026, 9, 1, 0, 9, 59, TimeSpan.Zero));
        Assert.Empty(Elements());
        _lago.Clock.SetUtcNow(new DateTimeOffset(2026, 9, 1, 0, 10, 0, TimeSpan.Zero));

        JsonElement element = Assert.Single(Elements());
        Assert.Equal("2026-08-01T00:00:00Z", element.GetProperty("from_datetime").GetString());
        Assert.Equal("2026-08-31T23:59:59Z", element.GetProperty("to_datetime").GetString());
        Assert.Equal(1_200, element.GetProperty("charges_usage")[0].GetProperty("amount_cents").GetInt64());
        JsonElement invoice = Invoice(element);
        Assert.Equal("finalized", invoice.GetProperty("status").GetString());
        Assert.Equal("subscription_periodic", invoice.GetProperty("billing_periods")[0].GetProperty("invoicing_reason").GetString());
    }

    [Fact]
    public void A_grace_period_keeps_a_draft_whose_sums_stand_still_until_it_is_final()
    {
        _lago.Subscribe("cus", "sub", "plan", graceDays: 3);
        _lago.Count("sub", "calls", 5);
        _lago.Clock.SetUtcNow(new DateTimeOffset(2026, 9, 1, 1, 0, 0, TimeSpan.Zero));
        _lago.Control.Send(new LagoEvent("late", "sub", "calls", new DateTimeOffset(2026, 8, 31, 12, 0, 0, TimeSpan.Zero)));

        _lago.Clock.SetUtcNow(new DateTimeOffset(2026, 9, 4, 0, 19, 59, TimeSpan.Zero));
        Assert.Equal("draft", Invoice(Elements()[0]).GetProperty("status").GetString());
        Assert.Equal(500, Invoice(Elements()[0]).GetProperty("fees_amount_cents").GetInt64());

        _lago.Clock.SetUtcNow(new DateTimeOffset(2026, 9, 4, 0, 20, 0, TimeSpan.Zero));
        Assert.Equal("finalized", Invoice(Elements()[0]).GetProperty("status").GetString());
        Assert.Equal(600, Invoice(Elements()[0]).GetProperty("fees_amount_cents").GetInt64());
    }

    [Fact]
    public void An_event_after_the_final_invoice_is_billed_by_nobody()
    {
        _lago.Subscribe("cus", "sub", "plan");
        _lago.Count("sub", "calls", 5);
        _lago.Clock.SetUtcNow(new DateTimeOffset(2026, 9, 2, 0, 0, 0, TimeSpan.Zero));
        Assert.Single(Elements());

        _lago.Control.Send(new LagoEvent("late", "sub", "calls", new DateTimeOffset(2026, 8, 31, 12, 0, 0, TimeSpan.Zero)));

        Assert.Equal(500, Invoice(Elements()[0]).GetProperty("fees_amount_cents").GetInt64());
        Assert.Equal(0, _lago.AmountOf("cus", "sub"));
    }

    [Fact]
    public void A_coupon_lowers_the_invoice_and_not_its_fees()
    {
        _lago.Subscribe("cus", "sub", "plan");
        _lago.Count("sub", "calls", 10);
        _lago.Control.GrantCoupon("cus", 400);

        _lago.Clock.SetUtcNow(new DateTimeOffset(2026, 9, 1, 1, 0, 0, TimeSpan.Zero));

        JsonElement invoice = Invoice(Elements()[0]);
        Assert.Equal(400, invoice.GetProperty("coupons_amount_cents").GetInt64());
        Assert.Equal(600, invoice.GetProperty("total_amount_cents").GetInt64());
        Assert.Equal(1_000, invoice.GetProperty("fees")[0].GetProperty("amount_cents").GetInt64());
        Assert.Equal("400.0", invoice.GetProperty("fees")[0].GetProperty("precise_coupons_amount_cents").GetString());
    }

    [Fact]
    public void A_coupon_is_used_once()
    {
        _lago.Subscribe("cus", "sub", "plan");
        _lago.Count("sub", "calls", 10);
        _lago.Control.GrantCoupon("cus", 1_300);
        _lago.Clock.SetUtcNow(new DateTimeOffset(2026, 9, 2, 0, 0, 0, TimeSpan.Zero));
        _lago.Count("sub", "calls", 10);
        _lago.Clock.SetUtcNow(new DateTimeOffset(2026, 10, 2, 0, 0, 0, TimeSpan.Zero));

        Assert.Equal([300, 1_000], Elements().Select(element => Invoice(element).GetProperty("coupons_amount_cents").GetInt64()));
    }

    [Fact]
    public void Granted_coupons_are_listed_by_status_and_customer_and_the_oldest_is_used_first()
    {
        _lago.Subscribe("cus", "sub", "plan");
        _lago.Subscribe("other", "sub-2", "plan");
        _lago.Count("sub", "calls", 10);
        _lago.Control.GrantCoupon("cus", 400);
        _lago.Control.GrantCoupon("cus", 1_000);
        _lago.Control.GrantCoupon("other", 700);
        Assert.Equal(3, Coupons("?status=active").Length);

        _lago.Clock.SetUtcNow(new DateTimeOffset(2026, 9, 1, 1, 0, 0, TimeSpan.Zero)); // 10.00 of usage: 4.00 and 6.00 are taken off

        Assert.Equal([(1_000L, 400L)], Coupons("?status=active&external_customer_id=cus"));
        Assert.Equal([(400L, 0L)], Coupons("?status=terminated"));
        Assert.Equal(3, Coupons("").Length);
    }

    private (long Amount, long Remaining)[] Coupons(string query) =>
    [
        .. _lago.Lago("applied_coupons" + query).GetProperty("applied_coupons").EnumerateArray()
            .Select(coupon => (coupon.GetProperty("amount_cents").GetInt64(), coupon.GetProperty("amount_cents_remaining").GetInt64())),
    ];

    [Fact]
    public void A_minimum_is_made_up_by_a_true_up_that_past_usage_hides()
    {
        _lago.Plan("plan", "USD", Calls(1) with { MinAmountCents = 2_000 });
        _lago.Subscribe("cus", "sub", "plan");
        _lago.Count("sub", "calls", 12);
        Assert.Equal(1_200, _lago.AmountOf("cus", "sub"));

        _lago.Clock.SetUtcNow(new DateTimeOffset(2026, 9, 1, 1, 0, 0, TimeSpan.Zero));

        JsonElement element = Assert.Single(Elements());
        Assert.Equal(2_000, element.GetProperty("charges_usage")[0].GetProperty("amount_cents").GetInt64());
        Assert.Equal("13.0", element.GetProperty("charges_usage")[0].GetProperty("units").GetString());
        JsonElement fees = Invoice(element).GetProperty("fees");
        Assert.Equal(1_200, fees[0].GetProperty("amount_cents").GetInt64());
        Assert.Equal(800, fees[1].GetProperty("amount_cents").GetInt64());
        Assert.Equal(fees[0].GetProperty("lago_id").GetString(), fees[1].GetProperty("lago_true_up_parent_fee_id").GetString());
    }

    [Fact]
    public void The_subscription_fee_is_on_the_invoice_by_days_and_never_in_usage()
    {
        _lago.Control.Save(new LagoPlan("paid", "Paid", "USD", 3_100, LagoInterval.Monthly, PayInAdvance: false, [Calls(1)]));
        _lago.Clock.SetUtcNow(new DateTimeOffset(2026, 8, 22, 9, 30, 0, TimeSpan.Zero));
        _lago.Subscribe("cus", "sub", "paid");
        Assert.Equal(0, _lago.AmountOf("cus", "sub"));

        _lago.Clock.SetUtcNow(new DateTimeOffset(2026, 9, 1, 1, 0, 0, TimeSpan.Zero));

        JsonElement element = Assert.Single(Elements());
        Assert.Equal("2026-08-22T09:30:00Z", element.GetProperty("from_datetime").GetString());
        Assert.Equal(1_000, element.GetProperty("amount_cents").GetInt64()); // 31.00 × 10 of 31 days
        Assert.Equal(0, element.GetProperty("charges_usage").GetArrayLength());
    }

    [Fact]
    public void A_charge_paid_in_advance_is_in_usage_but_not_on_the_invoice()
    {
        _lago.Plan("plan", "USD", Calls(1) with { PayInAdvance = true });
        _lago.Subscribe("cus", "sub", "plan");
        _lago.Count("sub", "calls", 7);
        Assert.Equal(700, _lago.AmountOf("cus", "sub"));

        _lago.Clock.SetUtcNow(new DateTimeOffset(2026, 9, 1, 1, 0, 0, TimeSpan.Zero));

        Assert.Equal(0, Elements()[0].GetProperty("charges_usage").GetArrayLength());
    }

    [Fact]
    public void An_upgrade_ends_one_subscription_and_starts_another_of_the_same_external_id()
    {
        _lago.Plan("big", "USD", Calls(2));
        _lago.Subscribe("cus", "sub", "plan");
        _lago.Count("sub", "calls", 4);
        string old = Listed("active")[0].GetProperty("lago_id").GetString()!;
        _lago.Clock.SetUtcNow(new DateTimeOffset(2026, 8, 12, 14, 5, 9, TimeSpan.Zero));

        _lago.Control.Upgrade("sub", "big");

        Assert.Equal(0, _lago.AmountOf("cus", "sub"));
        JsonElement active = Assert.Single(Listed("active"));
        Assert.NotEqual(old, active.GetProperty("lago_id").GetString()!, StringComparer.Ordinal);
        Assert.Equal("2026-08-12T14:05:09Z", active.GetProperty("current_billing_period_started_at").GetString());
        Assert.Equal("2026-08-31T23:59:59Z", active.GetProperty("current_billing_period_ending_at").GetString());
        JsonElement terminated = Assert.Single(Listed("terminated"));
        Assert.Equal(old, terminated.GetProperty("lago_id").GetString());
        Assert.Equal("2026-08-12T14:05:09Z", terminated.GetProperty("terminated_at").GetString());
        JsonElement invoice = Invoice(Assert.Single(Elements()));
        Assert.Equal("subscription_terminating", invoice.GetProperty("billing_periods")[0].GetProperty("invoicing_reason").GetString());
        Assert.Equal(400, invoice.GetProperty("fees")[0].GetProperty("amount_cents").GetInt64());
    }

    [Fact]
    public void An_upgrade_to_a_plan_paid_in_advance_shows_one_invoice_twice_in_past_usage()
    {
        _lago.Control.Save(new LagoPlan("big", "Big", "USD", 5_000, LagoInterval.Monthly, PayInAdvance: true, [Calls(2)]));
        _lago.Subscribe("cus", "sub", "plan");
        _lago.Count("sub", "calls", 4);
        _lago.Clock.Advance(TimeSpan.FromDays(3));

        _lago.Control.Upgrade("sub", "big");

        JsonElement[] twins = Elements();
        Assert.Equal(2, twins.Length);
        Assert.Equal(twins[0].GetProperty("lago_invoice_id").GetString(), twins[1].GetProperty("lago_invoice_id").GetString());
        Assert.Equal(twins[0].GetProperty("charges_usage").GetRawText(), twins[1].GetProperty("charges_usage").GetRawText());
        Assert.Equal(twins[0].GetProperty("from_datetime").GetString(), twins[0].GetProperty("to_datetime").GetString());
    }

    [Fact]
    public void A_recurring_metric_is_left_to_the_next_plan()
    {
        LagoCharge seats = new() { Code = "seats", MetricCode = "seats", Model = LagoChargeModel.Standard, Amount = 20 };
        _lago.Plan("plan", "USD", Calls(1), seats);
        _lago.Plan("big", "USD", Calls(2), seats);
        _lago.Subscribe("cus", "sub", "plan");
        _lago.Control.SendUsage("sub", "seats", 3);
        _lago.Count("sub", "calls", 1);
        _lago.Clock.Advance(TimeSpan.FromDays(3));

        _lago.Control.Upgrade("sub", "big");

        Assert.Equal(6_000, _lago.AmountOf("cus", "sub")); // all three seats again, in full
        JsonElement charged = Assert.Single(Elements()[0].GetProperty("charges_usage").EnumerateArray());
        Assert.Equal("calls", charged.GetProperty("billable_metric").GetProperty("code").GetString());
    }

    [Fact]
    public void A_termination_is_invoiced_unless_it_says_skip()
    {
        _lago.Subscribe("cus", "sub", "plan");
        _lago.Subscribe("other", "other-sub", "plan");
        _lago.Count("sub", "calls", 4);
        _lago.Count("other-sub", "calls", 4);
        _lago.Clock.Advance(TimeSpan.FromDays(3));

        _lago.Control.Terminate("sub");
        _lago.Control.Terminate("other-sub", invoice: false);

        Assert.Single(Elements());
        Assert.Empty(Elements("other", "other-sub"));
        Assert.Equal(405, _lago.Get("customers/cus/current_usage?external_subscription_id=sub").Status);
    }

    [Fact]
    public void A_termination_between_midnight_and_the_biller_leaves_two_invoices()
    {
        _lago.Subscribe("cus", "sub", "plan");
        _lago.Count("sub", "calls", 4);
        _lago.Clock.SetUtcNow(new DateTimeOffset(2026, 9, 1, 0, 5, 0, TimeSpan.Zero));
        _lago.Count("sub", "calls", 1);
        _lago.Clock.Advance(TimeSpan.FromMinutes(1));

        _lago.Control.Terminate("sub");

        JsonElement[] elements = Elements();
        Assert.Equal(2, elements.Length);
        Assert.Equal("2026-09-01T00:00:00Z", elements[0].GetProperty("from_datetime").GetString());
        Assert.Equal(100, elements[0].GetProperty("amount_cents").GetInt64());
        Assert.Equal("2026-08-01T00:00:00Z", elements[1].GetProperty("from_datetime").GetString());
        Assert.Equal(400, elements[1].GetProperty("amount_cents").GetInt64());
    }

    [Fact]
    public void A_pending_subscription_starts_at_its_time()
    {
        _lago.Control.AddCustomer(new LagoCustomer("cus", "Customer"));
        _lago.Control.AddSubscription("cus", "sub", "plan", startsAt: new DateTimeOffset(2026, 8, 10, 0, 0, 0, TimeSpan.Zero));
        Assert.Single(Listed("pending"));
        Assert.Equal(405, _lago.Get("customers/cus/current_usage?external_subscription_id=sub").Status);

        _lago.Clock.SetUtcNow(new DateTimeOffset(2026, 8, 10, 0, 0, 0, TimeSpan.Zero));

        Assert.Single(Listed("active"));
    }

    [Theory]
    [InlineData("2026-01-31T10:00:00Z", "2026-02-15T00:00:00Z", "2026-01-31T10:00:00Z", "2026-02-27T23:59:59Z")]
    [InlineData("2026-01-31T10:00:00Z", "2026-02-28T00:00:00Z", "2026-02-28T00:00:00Z", "2026-03-30T23:59:59Z")]
    public void A_monthly_anniversary_on_the_31st_falls_on_the_last_day_of_shorter_months(string start, string now, string from, string to)
    {
        LagoSubscription subscription = Anchored(start, LagoBillingTime.Anniversary, timeZone: null);

        LagoPeriod period = BillingPeriods.Containing(subscription, LagoInterval.Monthly, Instant(now));

        Assert.Equal(Instant(from), period.From);
        Assert.Equal(Instant(to), period.ToInclusive);
    }

    [Theory]
    [InlineData(LagoBillingTime.Calendar, "2026-08-16T22:00:00Z", "2026-08-23T21:59:59Z")] // Monday in Paris
    [InlineData(LagoBillingTime.Anniversary, "2026-08-18T22:00:00Z", "2026-08-25T21:59:59Z")] // Wednesday 5 August in Paris
    public void A_week_begins_on_Monday_or_on_the_anniversarys_day(LagoBillingTime billingTime, string from, string to)
    {
        LagoSubscription subscription = Anchored("2026-08-04T23:00:00Z", billingTime, "Europe/Paris");

        LagoPeriod period = BillingPeriods.Containing(subscription, LagoInterval.Weekly, Instant("2026-08-20T12:00:00Z"));

        Assert.Equal(Instant(from), period.From);
        Assert.Equal(Instant(to), period.ToInclusive);
    }

    [Fact]
    public void Summer_time_makes_a_period_an_hour_shorter()
    {
        LagoSubscription subscription = Anchored("2026-01-01T00:00:00Z", LagoBillingTime.Calendar, "Europe/Paris");

        LagoPeriod period = BillingPeriods.Containing(subscription, LagoInterval.Monthly, Instant("2026-03-15T00:00:00Z"));

        Assert.Equal(TimeSpan.FromHours((31 * 24) - 1), period.End - period.From);
    }

    public void Dispose() => _lago.Dispose();

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static LagoCharge Calls(decimal amount) => new() { Code = "calls", MetricCode = "calls", Model = LagoChargeModel.Standard, Amount = amount };

    private static LagoSubscription Anchored(string start, LagoBillingTime billingTime, string? timeZone) => new()
    {
        LagoId = Guid.Empty,
        ExternalId = "sub",
        Customer = new LagoCustomer("cus", "Customer", timeZone),
        PlanCode = "plan",
        BillingTime = billingTime,
        SubscriptionAt = Instant(start),
        StartedAt = Instant(start),
        CreatedAt = Instant(start),
    };

    private JsonElement[] Listed(string status) =>
        [.. _lago.Lago($"subscriptions?external_customer_id=cus&status[]={status}").GetProperty("subscriptions").EnumerateArray()];

    private JsonElement[] Elements(string customer = "cus", string subscription = "sub") =>
        [.. _lago.Lago($"customers/{customer}/past_usage?external_subscription_id={subscription}").GetProperty("usage_periods").EnumerateArray()];

    private JsonElement Invoice(JsonElement element) =>
        _lago.Lago($"invoices/{element.GetProperty("lago_invoice_id").GetString()}").GetProperty("invoice");
}
