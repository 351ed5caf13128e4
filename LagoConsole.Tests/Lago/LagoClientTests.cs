using System.Globalization;
using System.Reflection;
using LagoConsole.Core.Lago;
using Refit;
using Xunit;
using static LagoConsole.Tests.Lago.LagoServer;

namespace LagoConsole.Tests.Lago;

public sealed class LagoClientTests : LagoTest
{
    [Fact]
    public async Task T24_T29_Usage_is_read_per_charge_and_its_parts_nulls_and_pricing_units_are_left_alone()
    {
        Server.Next(Json(200, LagoAnswers.CurrentUsage));

        UsageResponse usage = Value(await Lago.GetCurrentUsageAsync("cus", "sub", Token));

        Assert.Equal(new DateTimeOffset(2026, 7, 31, 22, 0, 0, TimeSpan.Zero), usage.FromDatetime);
        Assert.Equal(new DateTimeOffset(2026, 8, 31, 21, 59, 59, TimeSpan.Zero), usage.ToDatetime);
        Assert.Equal("EUR", usage.Currency);
        Assert.Null(usage.LagoInvoiceId);
        Assert.Equal(
            [("c1", "calls", 19_000L), ("c2", "calls", 4_500L), ("c3", "storage_gb", 725L)],
            usage.ChargesUsage.Select(charge => (charge.Charge.LagoId, charge.BillableMetric.Code, charge.AmountCents)));
        Assert.Equal("2177.4193548387096774", usage.ChargesUsage[2].Units); // text, digit for digit
        Assert.Equal("some_future_model", usage.ChargesUsage[1].Charge.ChargeModel);
    }

    [Fact]
    public async Task T25_Usage_is_asked_for_without_taxes_so_that_no_tax_provider_can_fail_a_poll()
    {
        Server.Next(Json(200, LagoAnswers.CurrentUsage));

        Value(await Lago.GetCurrentUsageAsync("cus", "sub", Token));

        Assert.Contains("apply_taxes=false", Assert.Single(Server.Targets).Split('?')[1].Split('&'));
    }

    [Fact]
    public async Task T23_Amounts_above_32_bits_and_plans_without_charges_are_read()
    {
        Server.Next(
            Json(200, LagoAnswers.CurrentUsage.Replace("19000", "9007199254740993", StringComparison.Ordinal)),
            Json(200, """{"customer_usage":{"from_datetime":"2026-07-31T15:00:00Z","to_datetime":"2026-08-31T14:59:59Z","currency":"JPY","amount_cents":0,"charges_usage":[]}}"""));

        Assert.Equal(9_007_199_254_740_993L, Value(await Lago.GetCurrentUsageAsync("c", "s", Token)).ChargesUsage[0].AmountCents);
        Assert.Empty(Value(await Lago.GetCurrentUsageAsync("c", "s", Token)).ChargesUsage);
    }

    [Theory]
    [InlineData("\"amount_cents\":4500,", "")]
    [InlineData("\"amount_cents\":4500,", "\"amount_cents\":null,")]
    [InlineData("\"amount_cents\":4500,", "\"amount_cents\":4500.5,")]
    [InlineData("\"amount_cents\":4500,", "\"amount_cents\":9223372036854775808,")]
    [InlineData("\"code\":\"storage_gb\"", "\"code\":null")]
    [InlineData("\"currency\":\"EUR\"", "\"currency\":null")]
    [InlineData("\"from_datetime\":\"2026-07-31T22:00:00Z\"", "\"from_datetime\":\"soon\"")]
    [InlineData("\"from_datetime\":\"2026-07-31T22:00:00Z\"", "\"from_datetime\":7")]
    [InlineData("\"charges_usage\"", "\"charges\"")]
    [InlineData("\"customer_usage\"", "\"customer\"")]
    public async Task T14_T23_An_answer_without_a_part_that_money_depends_on_is_refused_not_read_as_zero(string part, string instead)
    {
        Assert.Contains(part, LagoAnswers.CurrentUsage, StringComparison.Ordinal);
        Server.Next(Json(200, LagoAnswers.CurrentUsage.Replace(part, instead, StringComparison.Ordinal)));

        LagoFailure failure = Failure(await Lago.GetCurrentUsageAsync("c", "s", Token));

        Assert.StartsWith("JSON that lacks what Lago sends, at $", Assert.IsType<LagoFailure.NotLago>(failure).Got, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/html", "<!DOCTYPE html><title>Sign in</title>", "a web page")]
    [InlineData("application/json", "  <html/>", "a web page")]
    [InlineData("application/json", "", "an empty answer")]
    [InlineData("application/json", "null", "an empty answer")]
    [InlineData("application/json", "[]", "JSON that lacks what Lago sends, at $")]
    [InlineData("application/json", "\"ok\"", "not JSON")]
    [InlineData("text/plain", "pong", "not JSON")]
    public async Task A_success_that_is_not_Lagos_is_not_a_value(string type, string body, string got)
    {
        Server.Next(Body(200, type, body));

        Assert.Equal(new LagoFailure.NotLago(got), Failure(await Lago.GetCurrentUsageAsync("c", "s", Token)));
    }

    [Theory]
    [InlineData(401, "{\"status\":401,\"error\":\"Unauthorized\"}", typeof(LagoFailure.KeyRejected))]
    [InlineData(404, LagoAnswers.NotFound, typeof(LagoFailure.NotFound))]
    [InlineData(404, "<html>", typeof(LagoFailure.NotFound))]
    [InlineData(405, "{\"status\":405,\"code\":\"no_active_subscription\"}", typeof(LagoFailure.NoActiveSubscription))]
    [InlineData(400, "", typeof(LagoFailure.Refused))]
    [InlineData(422, "{\"status\":422,\"code\":\"validation_errors\"}", typeof(LagoFailure.Refused))]
    [InlineData(204, "", typeof(LagoFailure.NotLago))]
    public async Task T21_The_status_decides_and_is_asked_for_once(int status, string body, Type failure)
    {
        Server.Otherwise = status == 204
            ? context =>
            {
                context.Response.StatusCode = 204;
                return Task.CompletedTask;
            }
        : Json(status, body);

        Assert.IsType(failure, Failure(await Lago.GetCurrentUsageAsync("c", "s", Token)));
        Assert.Single(Server.Targets);
    }

    [Fact]
    public async Task A_missing_permission_is_named_by_Lago_or_else_by_the_call()
    {
        Server.Next(Forbidden("customer_usage"), Body(403, "text/html", "<html>"), Json(403, """{"code":"read_action_not_allowed_for_<script>"}"""));

        Assert.Equal(new LagoFailure.PermissionMissing("customer_usage"), Failure(await Lago.GetCurrentUsageAsync("c", "s", Token)));
        Assert.Equal(new LagoFailure.PermissionMissing("invoice"), Failure(await Lago.GetInvoiceAsync("i", Token)));
        Assert.Equal(new LagoFailure.PermissionMissing("subscription"), Failure(await Lago.ListSubscriptionsAsync(Token)));
    }

    [Fact]
    public async Task Coupons_are_those_that_are_left_also_where_a_server_ignores_the_filter()
    {
        Server.Next(Json(200, $$"""
            {"applied_coupons":[
              {"lago_id":"a1","coupon_code":"SPRING","external_customer_id":"cus","lago_customer_id":"c","status":"active","amount_cents":400,"amount_cents_remaining":null,"percentage_rate":"10.0"},
              {"lago_id":"a2","external_customer_id":"cus","status":"terminated"},
              {"lago_id":"a3","external_customer_id":"other","status":"active"}],
             "meta":{{LagoAnswers.Meta(1, null)}}}
            """));

        AppliedCouponResponse coupon = Assert.Single(Value(await Lago.ListActiveCouponsOfAsync("cus", Token)));

        Assert.Equal(("a1", "c"), (coupon.LagoId, coupon.LagoCustomerId));
        Assert.Equal("/api/v1/applied_coupons?status=active&external_customer_id=cus&page=1&per_page=100", Assert.Single(Server.Targets));
    }

    [Fact]
    public async Task All_pages_are_read_and_a_row_that_moved_counts_once_as_last_seen()
    {
        Server.Next(
            Json(200, LagoAnswers.Subscriptions(1, 2, LagoAnswers.Subscription("s3"), LagoAnswers.Subscription("s2"))),
            Json(200, LagoAnswers.Subscriptions(2, 3, LagoAnswers.Subscription("s2", status: "terminated"), LagoAnswers.Subscription("s1"))),
            Json(200, LagoAnswers.Subscriptions(3, null)));

        IReadOnlyList<SubscriptionResponse> rows = Value(await Lago.ListSubscriptionsAsync(Token));

        Assert.Equal([("s3", "active"), ("s2", "terminated"), ("s1", "active")], rows.Select(row => (row.LagoId, row.Status)));
        Assert.Equal(["page=1", "page=2", "page=3"], Server.Targets.Select(target => target.Split('&').Single(part => part.StartsWith("page=", StringComparison.Ordinal))), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Where_the_first_page_says_how_many_there_are_the_others_are_read_together()
    {
        int waiting = 0;
        TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Server.Otherwise = async context =>
        {
            int page = int.Parse(context.Request.Query["page"].Single()!, CultureInfo.InvariantCulture);
            if (page > 1 && Interlocked.Increment(ref waiting) == 3)
            {
                all.SetResult();
            }

            await (page > 1 ? all.Task : Task.CompletedTask).WaitAsync(TimeSpan.FromSeconds(30), context.RequestAborted); // one after another, none would be answered
            await Json(200, Page(page, 4, 4, LagoAnswers.Subscription($"s{page}")))(context);
        };

        IReadOnlyList<SubscriptionResponse> rows = Value(await Lago.ListSubscriptionsAsync(Token));

        Assert.Equal(["s1", "s2", "s3", "s4"], rows.Select(row => row.LagoId), StringComparer.Ordinal);
        Assert.Equal(4, Server.Targets.Length);
    }

    [Fact]
    public async Task Pages_that_are_not_one_list_are_read_again_one_after_another()
    {
        // A subscription comes in after the third page was read and before the second: s2 moves past both.
        int calls = 0;
        Server.Otherwise = context =>
        {
            int page = int.Parse(context.Request.Query["page"].Single()!, CultureInfo.InvariantCulture);
            string body = (page, Interlocked.Increment(ref calls)) switch
            {
                (1, 1) => Page(1, 3, 3, LagoAnswers.Subscription("s1")),
                (3, <= 3) => Page(3, 3, 3, LagoAnswers.Subscription("s3")),
                (2, <= 3) => Page(2, 4, 4, LagoAnswers.Subscription("s1")),
                _ => Page(page, 4, 4, LagoAnswers.Subscription(page == 1 ? "s0" : $"s{page - 1}")),
            };
            return Json(200, body)(context);
        };

        IReadOnlyList<SubscriptionResponse> rows = Value(await Lago.ListSubscriptionsAsync(Token));

        Assert.Equal(["s1", "s2", "s3"], rows.Select(row => row.LagoId), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Without_one_of_its_pages_there_is_no_list()
    {
        Server.Otherwise = context => context.Request.Query["page"] == "2"
            ? Json(403, """{"status":403}""")(context)
            : Json(200, Page(int.Parse(context.Request.Query["page"].Single()!, CultureInfo.InvariantCulture), 5, 5, LagoAnswers.Subscription("s")))(context);

        Assert.IsType<LagoFailure.PermissionMissing>(Failure(await Lago.ListSubscriptionsAsync(Token)));
    }

    private static string Page(int page, int pages, int count, params string[] rows) =>
        $$"""{"subscriptions":[{{string.Join(',', rows)}}],"meta":{{LagoAnswers.Meta(page, page < pages ? page + 1 : null, pages, count)}}}""";

    [Fact]
    public async Task T22_Rows_that_were_not_asked_for_are_dropped()
    {
        string all = LagoAnswers.Subscriptions(
            1,
            null,
            LagoAnswers.Subscription("mine"),
            LagoAnswers.Subscription("other", customerId: "somebody_else"),
            LagoAnswers.Subscription("pending", status: "pending"),
            LagoAnswers.Subscription("future", status: "some_future_status"));
        Server.Next(Json(200, all), Json(200, all));

        Assert.Equal(["mine"], Value(await Lago.ListSubscriptionsOfAsync("cus", Token)).Select(row => row.LagoId), StringComparer.Ordinal);
        Assert.Equal(["mine", "other"], Value(await Lago.ListSubscriptionsAsync(Token)).Select(row => row.LagoId), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Half_a_list_is_a_failure()
    {
        Server.Next(Json(200, LagoAnswers.Subscriptions(1, 2, LagoAnswers.Subscription("s1"))), Json(401, "{}"));

        Assert.IsType<LagoFailure.KeyRejected>(Failure(await Lago.ListSubscriptionsAsync(Token)));
    }

    [Fact]
    public async Task A_list_that_does_not_say_whether_it_ends_or_never_ends_is_a_failure()
    {
        Server.Next(
            Json(200, """{"subscriptions":[],"meta":{"current_page":1}}"""),
            Json(200, LagoAnswers.Subscriptions(1, 2)),
            Json(200, LagoAnswers.Subscriptions(2, 2)));

        Assert.IsType<LagoFailure.NotLago>(Failure(await Lago.ListSubscriptionsAsync(Token)));
        Assert.Equal(new LagoFailure.NotLago("a list that does not end"), Failure(await Lago.ListSubscriptionsAsync(Token)));
    }

    [Fact]
    public async Task Subscriptions_keep_milliseconds_and_become_UTC()
    {
        Server.Next(Json(200, LagoAnswers.Subscriptions(1, null, LagoAnswers.Subscription("s1"))));

        SubscriptionResponse row = Assert.Single(Value(await Lago.ListSubscriptionsAsync(Token)));

        Assert.Equal(new DateTimeOffset(2026, 8, 12, 14, 5, 9, 482, TimeSpan.Zero), row.StartedAt);
        Assert.Equal(TimeSpan.Zero, row.CurrentBillingPeriodStartedAt!.Value.Offset);
        Assert.Equal(new DateTimeOffset(2026, 8, 12, 14, 5, 9, TimeSpan.Zero), row.CurrentBillingPeriodStartedAt);
        Assert.Null(row.TerminatedAt);
    }

    [Fact]
    public async Task An_instant_without_an_offset_is_UTC_not_this_machines_time()
    {
        Server.Next(Json(200, LagoAnswers.CurrentUsage.Replace("2026-07-31T22:00:00Z", "2026-07-31T22:00:00", StringComparison.Ordinal)));

        Assert.Equal(new DateTimeOffset(2026, 7, 31, 22, 0, 0, TimeSpan.Zero), Value(await Lago.GetCurrentUsageAsync("c", "s", Token)).FromDatetime);
    }

    [Fact]
    public async Task A_subscription_comes_with_its_charges_or_not_at_all()
    {
        const string plan = """{"code":"scale","interval":"monthly","bill_charges_monthly":null,"charges":[{"lago_id":"c1","billable_metric_code":"calls","charge_model":"volume","pay_in_advance":true,"prorated":false,"min_amount_cents":0},{"lago_id":"c2","billable_metric_code":"seats"}]}""";
        Server.Next(
            Json(200, $$"""{"subscription":{{LagoAnswers.Subscription("s1", plan: plan)}}}"""),
            Json(200, $$"""{"subscription":{{LagoAnswers.Subscription("s1")}}}"""),
            Json(200, $$"""{"subscription":{{LagoAnswers.Subscription("s1", plan: """{"code":"x"}""")}}}"""),
            Json(200, $$"""{"subscription":{{LagoAnswers.Subscription("s1", status: "terminated", plan: plan)}}}"""),
            Json(200, $$"""{"subscription":{{LagoAnswers.Subscription("s1", externalId: "sub2", plan: plan)}}}"""));

        SubscriptionResponse found = Value(await Lago.GetSubscriptionAsync("sub", SubscriptionResponse.Active, Token));
        Assert.Equal([("calls", true), ("seats", (bool?)null)], found.Plan!.Charges!.Select(charge => (charge.BillableMetricCode, charge.PayInAdvance)));
        Assert.IsType<LagoFailure.NotLago>(Failure(await Lago.GetSubscriptionAsync("sub", SubscriptionResponse.Active, Token)));
        Assert.IsType<LagoFailure.NotLago>(Failure(await Lago.GetSubscriptionAsync("sub", SubscriptionResponse.Active, Token)));
        Assert.IsType<LagoFailure.NotFound>(Failure(await Lago.GetSubscriptionAsync("sub", SubscriptionResponse.Active, Token)));
        Assert.IsType<LagoFailure.NotFound>(Failure(await Lago.GetSubscriptionAsync("sub", SubscriptionResponse.Active, Token)));
    }

    [Fact]
    public async Task T20_Another_customer_than_the_one_asked_for_is_not_found()
    {
        Server.Next(
            Json(200, $$"""{"customer":{{LagoAnswers.Customer("l1", "acme.com")}}}"""),
            Json(200, $$"""{"customer":{{LagoAnswers.Customer("l2", "acme")}}}"""),
            Json(200, $$"""{"customer":{{LagoAnswers.Customer("l3", "ACME")}}}"""));

        Assert.Equal("l1", Value(await Lago.GetCustomerAsync("acme.com", Token)).LagoId);
        Assert.Contains("dot", Failure(await Lago.GetCustomerAsync("acme.com", Token)).Sentence, StringComparison.Ordinal);
        Assert.Equal("Lago has no customer acme.", Failure(await Lago.GetCustomerAsync("acme", Token)).Sentence);
    }

    [Fact]
    public async Task The_picker_gets_one_page_and_is_told_of_the_next()
    {
        Server.Next(Json(200, LagoAnswers.Customers(1, 2, ("l1", "a"), ("l2", "b"))));

        LagoPage<CustomerResponse> page = Value(await Lago.SearchCustomersAsync("x", 1, 2, Token));

        Assert.Equal(["a", "b"], page.Rows.Select(row => row.ExternalId), StringComparer.Ordinal);
        Assert.Equal(2, page.NextPage);
        Assert.Equal(900, page.TotalCount);
        Assert.Null(page.Rows[0].BillingConfiguration!.InvoiceGracePeriod);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Lago.SearchCustomersAsync("x", 0, 2, Token));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Lago.SearchCustomersAsync("x", 1, 0, Token));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Lago.SearchCustomersAsync("x", 1, 101, Token));
    }

    [Fact]
    public async Task Organization_and_metrics_are_read()
    {
        Server.Next(Json(200, LagoAnswers.Organization), Json(200, LagoAnswers.Metrics("seats", "Seats")));

        Assert.Equal("Harbour Software", Value(await Lago.GetOrganizationAsync(Token)).Name);
        Assert.Equal(["seats", "Seats"], Value(await Lago.ListBillableMetricsAsync(Token)).Select(metric => metric.Code), StringComparer.Ordinal);
    }

    [Fact]
    public async Task T15_Past_usage_keeps_one_element_per_invoice_and_drops_only_true_repeats()
    {
        static string Period(string invoice, string from) =>
            $$"""{"from_datetime":"{{from}}","to_datetime":"2026-07-31T21:59:59Z","currency":"EUR","amount_cents":72350,"lago_invoice_id":"{{invoice}}","charges_usage":[]}""";
        static string Page(int page, int? next, params string[] rows) =>
            $$"""{"usage_periods":[{{string.Join(',', rows)}}],"meta":{{LagoAnswers.Meta(page, next)}}}""";
        const string start = "2026-06-30T22:00:00Z";
        Server.Next(
            Json(200, Page(1, 2, Period("i1", start), Period("i2", start))),
            Json(200, Page(2, null, Period("i2", start), Period("i2", "2026-07-31T21:59:59Z"))),
            Json(200, """{"usage_periods":[],"meta":{"current_page":0,"next_page":null,"prev_page":null,"total_pages":0,"total_count":0}}"""));

        IReadOnlyList<UsageResponse> periods = Value(await Lago.ListPastUsageAsync("c", "s", Token));

        // i1 and i2 bill the same period (progressive billing, T15); i2 also opens the next (upgrade twin).
        Assert.Equal(["i1", "i2", "i2"], periods.Select(period => period.LagoInvoiceId), StringComparer.Ordinal);
        Assert.Empty(Value(await Lago.ListPastUsageAsync("c", "s", Token)));
    }

    [Fact]
    public async Task T15_T16_An_invoice_tells_why_it_exists_and_which_fees_are_true_ups()
    {
        Server.Next(Json(200, LagoAnswers.Invoice), Json(200, """{"invoice":{"lago_id":"i1","status":"finalized"}}"""));

        InvoiceResponse invoice = Value(await Lago.GetInvoiceAsync("i1", Token));

        Assert.Equal(InvoiceResponse.Finalized, invoice.Status);
        Assert.Equal(("s1", BillingPeriodResponse.Periodic), (invoice.BillingPeriods[0].LagoSubscriptionId, invoice.BillingPeriods[0].InvoicingReason));
        Assert.Equal(
            17_400L,
            invoice.Fees.Where(fee => fee.Item.Type == FeeItemResponse.Charge && fee.LagoTrueUpParentFeeId is null).Sum(fee => fee.AmountCents));
        Assert.IsType<LagoFailure.NotLago>(Failure(await Lago.GetInvoiceAsync("i1", Token))); // no fees is not a sum of zero
    }

    [Fact]
    public void Every_call_is_a_GET_because_every_call_may_be_repeated() =>
        Assert.All(
            typeof(ILagoApi).GetMethods(),
            method => Assert.IsType<GetAttribute>(Assert.Single(method.GetCustomAttributes<HttpMethodAttribute>())));

    [Fact]
    public async Task The_callers_own_cancellation_is_the_only_exception()
    {
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Server.Next(context =>
        {
            source.Cancel();
            return Stall(context);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Lago.GetOrganizationAsync(source.Token));
    }
}
