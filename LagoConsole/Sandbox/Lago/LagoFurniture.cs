namespace LagoConsole.Sandbox.Lago;

/// <summary>
/// What a new sandbox begins with: metrics of every kind, plans of every price model, and customers whose ids are
/// as awkward as real ones. Written to the journal once, as if a person had made it.
/// </summary>
internal static class LagoFurniture
{
    public static void Into(SandboxLago lago)
    {
        if (lago.IsEmpty)
        {
            lago.DoAll(Everything);
        }
    }

    private static IEnumerable<LagoEntry> Everything(DateTimeOffset now) =>
    [
        new LagoApiKeyAdded(now, SandboxKeys.LagoApiKey, Resources: null),
        .. Metrics.Select(metric => new LagoMetricSaved(now, metric)),
        .. Plans.Select(plan => new LagoPlanSaved(now, plan)),
        .. Customers.Select(customer => new LagoCustomerAdded(now, customer)),
        .. Subscriptions.Select(subscribed => new LagoSubscriptionAdded(
            now,
            subscribed.Customer,
            subscribed.ExternalId,
            subscribed.Plan,
            subscribed.BillingTime,
            StartOfHour(now).AddDays(-subscribed.DaysAgo),
            InvoicePast: true)),
        new LagoSubscriptionTerminated(now, "wayne-trial", Invoice: true),
    ];

    private static readonly LagoMetric[] Metrics =
    [
        new("api_calls", "API calls", LagoAggregation.Count),
        new("storage_gb", "Storage", LagoAggregation.Sum),
        new("peak_nodes", "Peak nodes", LagoAggregation.Max),
        new("contracted_users", "Contracted users", LagoAggregation.Latest),
        new("seats", "Seats", LagoAggregation.UniqueCount, Recurring: true),
        new("disk_level", "Disk level", LagoAggregation.WeightedSum),
    ];

    // Two charges price api_calls on the scale plan: one falls (volume) while the other rises (package).
    private static readonly LagoPlan[] Plans =
    [
        new("starter", "Starter", "USD", 5_000, LagoInterval.Monthly, PayInAdvance: false,
        [
            new LagoCharge { Code = "api_calls", MetricCode = "api_calls", Model = LagoChargeModel.Standard, Amount = 0.02m },
            new LagoCharge { Code = "storage_gb", MetricCode = "storage_gb", Model = LagoChargeModel.Standard, Amount = 0.50m, MinAmountCents = 1_000 },
        ]),
        new("scale", "Scale", "USD", 50_000, LagoInterval.Monthly, PayInAdvance: true,
        [
            new LagoCharge
            {
                Code = "api_calls_volume", MetricCode = "api_calls", Model = LagoChargeModel.Volume, InvoiceDisplayName = "API calls (volume)",
                Tiers = [new(10_000, 0.02m, 0), new(UpTo: null, 0.015m, 0)],
            },
            new LagoCharge
            {
                Code = "api_calls_package", MetricCode = "api_calls", Model = LagoChargeModel.Package, Amount = 5, PackageSize = 1_000, FreeUnits = 500,
            },
            new LagoCharge
            {
                Code = "storage_gb", MetricCode = "storage_gb", Model = LagoChargeModel.Graduated,
                Tiers = [new(100, 0.50m, 0), new(1_000, 0.40m, 10), new(UpTo: null, 0.25m, 0)],
            },
            new LagoCharge { Code = "seats", MetricCode = "seats", Model = LagoChargeModel.Standard, Amount = 20 },
        ]),
        new("compute", "Compute", "EUR", 0, LagoInterval.Monthly, PayInAdvance: false,
        [
            new LagoCharge { Code = "peak_nodes", MetricCode = "peak_nodes", Model = LagoChargeModel.Standard, Amount = 12 },
            new LagoCharge { Code = "contracted_users", MetricCode = "contracted_users", Model = LagoChargeModel.Standard, Amount = 1.50m },
            new LagoCharge { Code = "disk_level", MetricCode = "disk_level", Model = LagoChargeModel.Standard, Amount = 1 },
        ]),
        new("payments", "Payments", "USD", 0, LagoInterval.Weekly, PayInAdvance: false,
        [
            new LagoCharge { Code = "storage_gb", MetricCode = "storage_gb", Model = LagoChargeModel.Percentage, Rate = 1.2m, FixedAmount = 0.10m },
        ]),
        new("nihon", "Nihon", "JPY", 10_000, LagoInterval.Monthly, PayInAdvance: false,
        [
            new LagoCharge { Code = "api_calls", MetricCode = "api_calls", Model = LagoChargeModel.Standard, Amount = 50 },
        ]),
    ];

    private static readonly LagoCustomer[] Customers =
    [
        new("cus_acme", "Acme Corporation", Currency: "USD", Email: "ap@acme.example", Country: "US"),
        new("globex.example", "Globex Inc", TimeZone: "America/New_York", Currency: "USD", Country: "US"),
        new("initech/emea", "Initech EMEA", TimeZone: "Europe/Paris", Currency: "EUR", GracePeriodDays: 3, Country: "FR"),
        new("ops@umbrella.example", "Umbrella Ltd", TimeZone: "Europe/London", Currency: "USD", Email: "ops@umbrella.example", Country: "GB"),
        new("cus_soylent", "Soylent KK", TimeZone: "Asia/Tokyo", Currency: "JPY", Country: "JP"),
        new("Stark Industries", "Stark Industries", TimeZone: "America/Los_Angeles", Currency: "USD", Country: "US"),
        new("cus_wayne", "Wayne Enterprises", Currency: "USD", Country: "US"),
        new("cus_hooli", "Hooli", Email: "billing@hooli.example"),
    ];

    private static readonly Subscribed[] Subscriptions =
    [
        new("cus_acme", "acme-prod", "starter", LagoBillingTime.Calendar, 45),
        new("cus_acme", "acme-staging", "scale", LagoBillingTime.Anniversary, 20),
        new("globex.example", "globex.prod", "scale", LagoBillingTime.Calendar, 75),
        new("initech/emea", "initech-1", "compute", LagoBillingTime.Calendar, 45),
        new("ops@umbrella.example", "umbrella-main", "payments", LagoBillingTime.Anniversary, 30),
        new("cus_soylent", "soylent-jp", "nihon", LagoBillingTime.Calendar, 40),
        new("Stark Industries", "stark-1", "starter", LagoBillingTime.Anniversary, 50),
        new("cus_wayne", "wayne-trial", "starter", LagoBillingTime.Calendar, 25),
        new("cus_wayne", "wayne-next", "starter", LagoBillingTime.Calendar, -7),
    ];

    private static DateTimeOffset StartOfHour(DateTimeOffset now) => new(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);

    // Hooli has none: a customer without an active subscription.
    private sealed record Subscribed(string Customer, string ExternalId, string Plan, LagoBillingTime BillingTime, int DaysAgo);
}
