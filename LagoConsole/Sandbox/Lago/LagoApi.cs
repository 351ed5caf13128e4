using System.Text.Json;

namespace LagoConsole.Sandbox.Lago;

/// <summary>Lago's REST API over the sandbox's Lago. Checks in Lago's order: route, key, permission, then the action.</summary>
public sealed class LagoApi
{
    /// <summary>Where Lago stands in the app; its API is below <c>/api/v1</c>.</summary>
    public const string Root = "/sandbox/lago";

    private static readonly string[] KnownStatuses = ["active", "pending", "terminated", "canceled", "incomplete"];

    private readonly SandboxLago _lago;
    private readonly LagoRateLimits _limits;

    internal LagoApi(SandboxLago lago, TimeProvider clock)
    {
        _lago = lago;
        _limits = new LagoRateLimits(clock);
    }

    /// <summary>Answers a request.</summary>
    public SandboxResponse Answer(SandboxRequest request)
    {
        try
        {
            return Routed(request);
        }
        catch (FormatException error)
        {
            return LagoErrors.BadRequest(error.Message);
        }
    }

    private SandboxResponse Routed(SandboxRequest request)
    {
        string path = request.RawPath[Root.Length..];
        if (path == "/health" && request.Method == "GET")
        {
            return SandboxResponse.Lago(200, new { Version = "sandbox", GithubUrl = "https://github.com/getlago/lago-api", Message = "Success" });
        }

        const string api = "/api/v1/";
        if (!path.StartsWith(api, StringComparison.Ordinal)
            || LagoPath.Segments(path[api.Length..]) is not { } segments
            || Route(request.Method, segments) is not { } route)
        {
            return LagoErrors.NotFound("resource");
        }

        SandboxResponse answer = Guarded(request, route);
        _limits.Count(segments, answer);
        return answer;
    }

    private SandboxResponse Guarded(SandboxRequest request, LagoRoute route)
    {
        string[] words = (request.Header("Authorization") ?? "").Split(' '); // the scheme is not checked
        LagoApiKeyAdded? key = words.Length < 2 ? null : _lago.Read(state => state.ApiKeys.GetValueOrDefault(words[1]));
        if (key is null)
        {
            return LagoErrors.Unauthorized();
        }

        return key.Resources is { } allowed && !allowed.Contains(route.Resource, StringComparer.Ordinal)
            ? LagoErrors.Forbidden(route.Writes, route.Resource)
            : route.Action(new LagoQuery(request.RawQuery), request.Body);
    }

    private LagoRoute? Route(string method, string[] segments) => (method, segments) switch
    {
        ("GET", ["organizations"]) => Get("organization", (state, _) => One("organization", LagoJson.Organization(state))),
        ("GET", ["customers"]) => Get("customer", Customers),
        ("GET", ["customers", var id]) => Get("customer", (state, _) => state.FindCustomer(id) is { } customer
            ? One("customer", LagoJson.Customer(customer))
            : LagoErrors.NotFound("customer")),
        ("GET", ["customers", var id, "current_usage"]) => Get("customer_usage", (state, query) => CurrentUsage(state, query, id)),
        ("GET", ["customers", var id, "past_usage"]) => Get("customer_usage", (state, query) => PastUsage(state, query, id)),
        ("GET", ["customers", var id, "subscriptions"]) => Get("subscription", (state, query) => state.FindCustomer(id) is null
            ? LagoErrors.NotFound("customer")
            : Subscriptions(state, query, id)),
        ("GET", ["subscriptions"]) => Get("subscription", (state, query) => Subscriptions(state, query, query["external_customer_id"])),
        ("GET", ["subscriptions", var id]) => Get("subscription", (state, query) => Subscription(state, query, id)),
        ("GET", ["billable_metrics"]) => Get("billable_metric", Metrics),
        ("GET", ["billable_metrics", var code]) => Get("billable_metric", (state, _) => state.Metrics.GetValueOrDefault(code) is { } metric
            ? One("billable_metric", LagoJson.Metric(state, metric))
            : LagoErrors.NotFound("billable_metric")),
        ("GET", ["applied_coupons"]) => Get("applied_coupon", AppliedCoupons),
        ("GET", ["invoices", var id]) => Get("invoice", (state, _) => Invoice(state, id)),
        ("POST", ["events"]) => new LagoRoute("event", Writes: true, (_, body) => PostEvent(body)),
        _ => null,
    };

    private LagoRoute Get(string resource, Func<LagoState, LagoQuery, SandboxResponse> action) =>
        new(resource, Writes: false, (query, _) => _lago.Read(state => action(state, query)));

    private static SandboxResponse One(string root, object value) =>
        SandboxResponse.Lago(200, new Dictionary<string, object>(StringComparer.Ordinal) { [root] = value });

    private static SandboxResponse List<T>(string root, LagoPage<T> page, Func<T, object> write) =>
        SandboxResponse.Lago(200, new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [root] = page.Items.Select(write).ToArray(),
            ["meta"] = page.Meta,
        });

    private static SandboxResponse Customers(LagoState state, LagoQuery query)
    {
        string? term = query["search_term"];
        LagoCustomer[] found =
        [
            .. state.Customers
                .Where(customer => term is null
                    || customer.Name.Contains(term, StringComparison.OrdinalIgnoreCase)
                    || customer.ExternalId.Contains(term, StringComparison.OrdinalIgnoreCase)
                    || (customer.Email?.Contains(term, StringComparison.OrdinalIgnoreCase) ?? false))
                .Where(customer => query["external_id"] is not { } id || customer.ExternalId == id)
                .OrderByDescending(customer => customer.CreatedAt)
                .ThenByDescending(customer => customer.SequentialId),
        ];
        return List("customers", LagoPage<LagoCustomer>.Cut(found, query), LagoJson.Customer);
    }

    private static SandboxResponse Metrics(LagoState state, LagoQuery query)
    {
        LagoMetric[] newestFirst = [.. state.Metrics.Values.Reverse()];
        return List("billable_metrics", LagoPage<LagoMetric>.Cut(newestFirst, query), metric => LagoJson.Metric(state, metric));
    }

    private static SandboxResponse AppliedCoupons(LagoState state, LagoQuery query)
    {
        string? status = query["status"] is "active" or "terminated" ? query["status"] : null; // another value switches the filter off
        LagoAppliedCoupon[] found =
        [
            .. state.Coupons
                .Where(coupon => state.Customers.Contains(coupon.Customer))
                .Where(coupon => query["external_customer_id"] is not { } id || coupon.Customer.ExternalId == id)
                .Where(coupon => status is null || LagoJson.StatusOf(coupon) == status)
                .OrderByDescending(coupon => coupon.GrantedAt),
        ];
        return List("applied_coupons", LagoPage<LagoAppliedCoupon>.Cut(found, query), coupon => LagoJson.AppliedCoupon(state, coupon));
    }

    private static SandboxResponse Subscriptions(LagoState state, LagoQuery query, string? customerId)
    {
        IReadOnlyList<string> asked = query.All("status");
        bool all = asked.Except(KnownStatuses, StringComparer.Ordinal).Any(); // one unknown value switches the filter off
        IReadOnlyList<string> statuses = asked.Count == 0 ? ["active"] : asked;
        LagoSubscription[] found =
        [
            .. state.Subscriptions
                .Where(subscription => customerId is null || subscription.Customer.ExternalId == customerId)
                .Where(subscription => all || statuses.Contains(LagoText.Snake(subscription.Status), StringComparer.Ordinal))
                .Where(subscription => query["external_id"] is not { } id || subscription.ExternalId == id)
                .Where(subscription => query["plan_code"] is not { } code || subscription.PlanCode == code)
                .Where(subscription => query["currency"] is not { } currency || state.Plans[subscription.PlanCode].Currency == currency)
                .OrderByDescending(subscription => subscription.SubscriptionAt)
                .ThenByDescending(subscription => subscription.CreatedAt)
                .ThenBy(subscription => subscription.LagoId),
        ];
        return List("subscriptions", LagoPage<LagoSubscription>.Cut(found, query), subscription => LagoJson.Subscription(state, subscription));
    }

    private static SandboxResponse Subscription(LagoState state, LagoQuery query, string externalId)
    {
        string status = query["status"] ?? "active";
        LagoSubscription? found = state.Subscriptions.LastOrDefault(subscription =>
            subscription.ExternalId == externalId && LagoText.Snake(subscription.Status) == status);
        return found is null
            ? LagoErrors.NotFound("subscription")
            : One("subscription", LagoJson.SubscriptionWithPlan(state, found));
    }

    private static SandboxResponse CurrentUsage(LagoState state, LagoQuery query, string customerId)
    {
        if (state.FindCustomer(customerId) is not { } customer)
        {
            return LagoErrors.NotFound("resource");
        }

        LagoSubscription? subscription = query["external_subscription_id"] is { } id ? state.FindActive(id) : null;
        if (subscription is null || subscription.Customer.LagoId != customer.LagoId)
        {
            return LagoErrors.NotAllowed("no_active_subscription");
        }

        if (query["full_usage"] == "true")
        {
            return LagoErrors.NotAllowed("full_usage_not_allowed");
        }

        LagoPeriod period = state.CurrentPeriod(subscription);
        IReadOnlyList<ChargeUsage> usage = state.UsageOf(subscription, period);
        if (Filter(state, subscription, query) is { } filter)
        {
            usage = [.. usage.Where(filter)];
            if (usage.Count == 0)
            {
                return LagoErrors.NotFound("charge");
            }
        }

        return One("customer_usage", LagoUsageJson.Current(state, subscription, period, usage));
    }

    // The first one given wins, in this order.
    private static Func<ChargeUsage, bool>? Filter(LagoState state, LagoSubscription subscription, LagoQuery query) =>
        query["charge_id"] is { } id ? line => LagoJson.ChargeId(state, subscription.PlanCode, line.Charge).ToString() == id
        : query["charge_code"] is { } code ? line => line.Charge.Code == code
        : query["billable_metric_code"] is { } metric ? line => line.Metric.Code == metric
        : null;

    private static SandboxResponse PastUsage(LagoState state, LagoQuery query, string customerId)
    {
        if (query["external_subscription_id"] is not { } subscriptionId)
        {
            return LagoErrors.Invalid("external_subscription_id", "value_is_mandatory");
        }

        if (query["billable_metric_code"] is { } code && !state.Metrics.ContainsKey(code))
        {
            return LagoErrors.NotFound("billable_metric");
        }

        (LagoInvoice Invoice, LagoInvoicePeriod Row)[] rows =
        [
            .. state.Invoices
                .Where(invoice => invoice.Customer.ExternalId == customerId && state.FindCustomer(customerId) is not null)
                .SelectMany(invoice => invoice.Periods.Select(row => (Invoice: invoice, Row: row)))
                .Where(pair => pair.Row.Subscription.ExternalId == subscriptionId)
                .OrderByDescending(pair => pair.Row.Period.From),
        ];
        LagoPage<(LagoInvoice Invoice, LagoInvoicePeriod Row)> page =
            LagoPage<(LagoInvoice Invoice, LagoInvoicePeriod Row)>.Cut(rows, query, query.Positive("periods_count"));
        return List("usage_periods", page, pair => LagoUsageJson.Past(state, pair.Invoice, pair.Row));
    }

    private static SandboxResponse Invoice(LagoState state, string id) =>
        Guid.TryParse(id, out Guid lagoId) && state.Invoices.FirstOrDefault(invoice => invoice.LagoId == lagoId) is { } found
            ? One("invoice", LagoUsageJson.Invoice(state, found))
            : LagoErrors.NotFound("invoice");

    private SandboxResponse PostEvent(ReadOnlyMemory<byte> body)
    {
        try
        {
            LagoEvent line = _lago.Read(state => LagoEventReader.Read(body, state.Now));
            _lago.Do(now => new LagoEventReceived(now, line));
            return One("event", _lago.Read(state => LagoJson.Event(state, line)));
        }
        catch (JsonException error)
        {
            return LagoErrors.BadRequest(error.Message);
        }
        catch (SandboxRefusedException)
        {
            return LagoErrors.Invalid("transaction_id", "value_already_exist");
        }
    }

    private sealed record LagoRoute(string Resource, bool Writes, Func<LagoQuery, ReadOnlyMemory<byte>, SandboxResponse> Action);
}
