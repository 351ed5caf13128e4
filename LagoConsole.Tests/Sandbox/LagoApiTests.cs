using System.Text;
using System.Text.Json;
using LagoConsole.Sandbox;
using LagoConsole.Sandbox.Lago;
using Xunit;

namespace LagoConsole.Tests.Sandbox;

public sealed class LagoApiTests : IDisposable
{
    private readonly SandboxWorlds _lago = new(new DateTimeOffset(2026, 8, 20, 14, 0, 0, TimeSpan.Zero));

    public LagoApiTests()
    {
        _lago.Control.Save(new LagoMetric("calls", "Calls", LagoAggregation.Count));
        _lago.Plan("plan", "USD", new LagoCharge { Code = "calls", MetricCode = "calls", Model = LagoChargeModel.Standard, Amount = 1 });
        _lago.Subscribe("acme.com", "sub.1", "plan");
        _lago.Subscribe("acme", "sub-2", "plan");
        _lago.Subscribe("a/b c", "sub-3", "plan");
    }

    [Theory]
    [InlineData("customers/acme%2Ecom", 200, "acme.com")]
    [InlineData("customers/acme.com", 200, "acme")] // the rest is taken for a format: another customer
    [InlineData("customers/a%2Fb%20c", 200, "a/b c")]
    [InlineData("customers/nobody", 404, null)]
    public void A_raw_dot_ends_an_id_and_an_encoded_one_does_not(string target, int status, string? customer)
    {
        SandboxResponse answer = _lago.Get(target);

        Assert.Equal(status, answer.Status);
        Assert.Equal(
            customer,
            status == 200 ? JsonDocument.Parse(answer.Body).RootElement.GetProperty("customer").GetProperty("external_id").GetString() : null);
    }

    [Theory]
    [InlineData("customers/acme.com/current_usage?external_subscription_id=sub.1", "resource_not_found")]
    [InlineData("customers/a.b.c", "resource_not_found")]
    [InlineData("customers//current_usage?external_subscription_id=sub.1", "customer_not_found")] // the customer "current_usage"
    [InlineData("customers/nobody/current_usage?external_subscription_id=x", "resource_not_found")]
    [InlineData("customers/nobody/subscriptions", "customer_not_found")]
    [InlineData("subscriptions/nothing", "subscription_not_found")]
    [InlineData("billable_metrics/nothing", "billable_metric_not_found")]
    [InlineData("invoices/5e3a9c77-8f0e-4a2a-b7a4-0c9f3d1e5002", "invoice_not_found")]
    [InlineData("wallets", "resource_not_found")]
    public void What_is_not_there_is_404_with_its_own_code(string target, string code)
    {
        SandboxResponse answer = _lago.Get(target);

        Assert.Equal(404, answer.Status);
        Assert.Equal($$"""{"status":404,"error":"Not Found","code":"{{code}}"}""", Encoding.UTF8.GetString(answer.Body.Span));
    }

    [Fact]
    public void A_subscriptions_id_may_hold_a_dot() =>
        Assert.Equal("sub.1", _lago.Lago("subscriptions/sub.1").GetProperty("subscription").GetProperty("external_id").GetString());

    [Fact]
    public void The_route_is_checked_before_the_key_the_key_before_the_permission_and_that_before_the_action()
    {
        _lago.Control.AddLagoKey("reads-customers", ["customer"]);

        Assert.Equal(404, _lago.Get("nothing", key: null).Status);
        Assert.Equal(401, _lago.Get("customers/nobody/current_usage", key: null).Status);
        Assert.Equal(401, _lago.Get("customers/nobody/current_usage", key: "unknown").Status);
        SandboxResponse forbidden = _lago.Get("customers/nobody/current_usage", key: "reads-customers");
        Assert.Equal(403, forbidden.Status);
        Assert.Contains("read_action_not_allowed_for_customer_usage", Encoding.UTF8.GetString(forbidden.Body.Span), StringComparison.Ordinal);
        Assert.Equal(200, _lago.Get("customers", key: "reads-customers").Status);
        Assert.Equal(404, _lago.Get("customers/nobody/current_usage").Status);
    }

    [Theory]
    [InlineData("customers/acme/current_usage")]
    [InlineData("customers/acme/current_usage?external_subscription_id=unknown")]
    [InlineData("customers/acme/current_usage?external_subscription_id=sub-3")] // another customer's
    public void Without_an_active_subscription_of_that_customer_it_is_405(string target)
    {
        SandboxResponse answer = _lago.Get(target);

        Assert.Equal(405, answer.Status);
        Assert.Contains("no_active_subscription", Encoding.UTF8.GetString(answer.Body.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void Past_usage_demands_a_subscription_and_is_empty_for_an_unknown_one()
    {
        Assert.Equal(422, _lago.Get("customers/acme/past_usage").Status);

        Assert.Equal(
            """{"usage_periods":[],"meta":{"current_page":0,"next_page":null,"prev_page":null,"total_pages":0,"total_count":0}}""",
            _lago.Lago("customers/acme/past_usage?external_subscription_id=unknown").GetRawText());
    }

    [Fact]
    public void Current_period_of_a_subscription_is_the_one_of_its_usage()
    {
        JsonElement usage = _lago.Lago("customers/acme/current_usage?external_subscription_id=sub-2").GetProperty("customer_usage");
        JsonElement subscription = _lago.Lago("subscriptions?external_customer_id=acme").GetProperty("subscriptions")[0];

        Assert.Equal(usage.GetProperty("from_datetime").GetString(), subscription.GetProperty("current_billing_period_started_at").GetString());
        Assert.Equal(usage.GetProperty("to_datetime").GetString(), subscription.GetProperty("current_billing_period_ending_at").GetString());
    }

    [Theory]
    [InlineData("subscriptions", 3)]
    [InlineData("subscriptions?external_customer_id=acme", 1)]
    [InlineData("subscriptions?external_customer_id=unknown", 0)]
    [InlineData("subscriptions?status[]=terminated", 1)]
    [InlineData("subscriptions?status%5B%5D=active&status%5B%5D=terminated", 4)]
    [InlineData("subscriptions?status[]=terminated&status[]=ended", 4)] // one unknown value switches the filter off
    [InlineData("subscriptions?external_id=sub.1", 1)]
    public void Subscriptions_are_filtered_as_Lago_does(string target, int count)
    {
        _lago.Control.AddSubscription("acme", "old", "plan");
        _lago.Control.Terminate("old");

        Assert.Equal(count, _lago.Lago(target).GetProperty("subscriptions").GetArrayLength());
    }

    [Fact]
    public void Pages_tell_where_they_are()
    {
        JsonElement second = _lago.Lago("customers?page=2&per_page=2");

        Assert.Equal("acme.com", Assert.Single(second.GetProperty("customers").EnumerateArray()).GetProperty("external_id").GetString());
        Assert.Equal(
            """{"current_page":2,"next_page":null,"prev_page":1,"total_pages":2,"total_count":3}""",
            second.GetProperty("meta").GetRawText());
        Assert.Equal(2, _lago.Lago("customers?page=1&per_page=2").GetProperty("meta").GetProperty("next_page").GetInt32());
    }

    [Theory]
    [InlineData("customers?search_term=B%20C", "a/b c")]
    [InlineData("customers?external_id=acme%2Ecom", "acme.com")]
    public void Customers_are_searched(string target, string found) =>
        Assert.Equal(found, Assert.Single(_lago.Lago(target).GetProperty("customers").EnumerateArray()).GetProperty("external_id").GetString());

    [Theory]
    [InlineData("customers/acme/current_usage?external_subscription_id=sub-2", "200", "199")]
    [InlineData("customers", "50", "49")]
    public void Each_answer_tells_the_limit_and_what_is_left_of_it(string target, string limit, string left)
    {
        SandboxResponse answer = _lago.Get(target);

        Assert.Equal(limit, answer.Headers["X-RateLimit-Limit"]);
        Assert.Equal(left, answer.Headers["X-RateLimit-Remaining"]);
        Assert.Equal("1", answer.Headers["X-RateLimit-Reset"]);
    }

    [Fact]
    public void An_event_is_taken_once()
    {
        const string body = """{"event":{"transaction_id":"t1","external_subscription_id":"sub-2","code":"calls","properties":{}}}""";

        Assert.Equal(200, Post(body));
        Assert.Equal(422, Post(body));
        Assert.Equal(400, Post("""{"event":{"transaction_id":"t2"}}"""));
        Assert.Equal(400, Post("not JSON"));
        Assert.Equal(100, _lago.AmountOf("acme", "sub-2"));
    }

    [Fact]
    public void Bad_encoding_is_400() => Assert.Equal(400, _lago.Get("customers/%FF").Status);

    [Fact]
    public void A_charge_that_is_not_there_is_404_and_one_that_is_narrows_the_sums()
    {
        _lago.Count("sub-2", "calls", 3);

        Assert.Equal(404, _lago.Get("customers/acme/current_usage?external_subscription_id=sub-2&billable_metric_code=other").Status);
        Assert.Equal(300, _lago.Lago("customers/acme/current_usage?external_subscription_id=sub-2&billable_metric_code=calls")
            .GetProperty("customer_usage").GetProperty("amount_cents").GetInt64());
    }

    [Fact]
    public void A_deleted_customer_is_gone()
    {
        _lago.Control.DeleteCustomer("acme");

        Assert.Equal(404, _lago.Get("customers/acme").Status);
        Assert.Equal(404, _lago.Get("customers/acme/current_usage?external_subscription_id=sub-2").Status);
    }

    [Fact]
    public void What_is_impossible_is_refused_with_a_sentence()
    {
        Assert.Contains("exists already", Refusal(() => _lago.Control.AddCustomer(new LagoCustomer("acme", "Again"))), StringComparison.Ordinal);
        Assert.Contains("active already", Refusal(() => _lago.Control.AddSubscription("acme", "sub-2", "plan")), StringComparison.Ordinal);
        Assert.Contains("no plan", Refusal(() => _lago.Control.Upgrade("sub-2", "none")), StringComparison.Ordinal);
        Assert.Contains("time zone", Refusal(() => _lago.Control.AddCustomer(new LagoCustomer("x", "X", "Mars/Olympus"))), StringComparison.Ordinal);
        Assert.Contains("cannot fall", Refusal(() => _lago.Control.SendUsage("sub-2", "calls", -1)), StringComparison.Ordinal);
    }

    public void Dispose() => _lago.Dispose();

    private static string Refusal(Action impossible) => Assert.Throws<SandboxRefusedException>(impossible).Message;

    private int Post(string body) => _lago.World.Lago.Requests.Answer(new SandboxRequest(
        "POST",
        "/sandbox/lago/api/v1/events",
        new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Authorization"] = "Bearer " + SandboxWorlds.ApiKey },
        Encoding.UTF8.GetBytes(body))).Status;
}
