using System.Globalization;
using System.Text;

namespace LagoConsole.Bench.Servers;

/// <summary>
/// What a Lago answers that has so many customers (<c>cus-0</c>, <c>cus-1</c> and so on), each with one subscription of one plan.
/// Usage grows only when it is told to.
/// </summary>
internal sealed class LagoAnswers(int customers, int metrics)
{
    private const string EmptyMeta = "\"meta\":{\"current_page\":1,\"next_page\":null,\"prev_page\":null,\"total_pages\":0,\"total_count\":0}";

    private static readonly DateTimeOffset From = new(2026, 8, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset To = new(2026, 8, 31, 23, 59, 59, TimeSpan.Zero);

    private readonly Lock _turn = new();
    private readonly int[] _amounts = new int[customers];
    private byte[][] _usage = [];

    /// <summary>Usage of so many customers grows, in each metric.</summary>
    public void Grow(int changed)
    {
        lock (_turn)
        {
            for (int customer = 0; customer < changed; customer++)
            {
                _amounts[customer]++;
            }
        }
    }

    /// <summary>The answer to a call below <c>/api/v1</c>; null is 404.</summary>
    /// <param name="path">Without a slash at its beginning.</param>
    public byte[]? Answer(string path, int page, int perPage) => path.Split('/') switch
    {
        ["organizations"] => Bytes("""{"organization":{"lago_id":"0e7f1f0a-4a0c-4a50-9a57-1b5ac5f5a001","name":"Bench"}}"""),
        ["customers" or "billable_metrics" or "applied_coupons" or "invoices"] => Bytes($$"""{"{{path}}":[],{{EmptyMeta}}}"""),
        ["subscriptions"] => Bytes(Subscriptions(page, perPage)),
        ["subscriptions", var id] when NumberOf(id) is { } number => Bytes($$"""{"subscription":{{Subscription(number, withPlan: true)}}}"""),
        ["customers", var id, "current_usage"] when NumberOf(id) is { } number => UsageOf(number),
        _ => null,
    };

    private static byte[] Bytes(string json) => Encoding.UTF8.GetBytes(json);

    private int? NumberOf(string id) =>
        int.TryParse(id.AsSpan(id.LastIndexOf('-') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < customers ? number : null;

    private string Subscriptions(int page, int perPage)
    {
        int first = (page - 1) * perPage;
        int last = Math.Min(customers, first + perPage);
        IEnumerable<string> rows = Enumerable.Range(first, Math.Max(0, last - first)).Select(number => Subscription(number, withPlan: false));
        return string.Create(
            CultureInfo.InvariantCulture,
            $$$"""{"subscriptions":[{{{string.Join(',', rows)}}}],"meta":{"current_page":{{{page}}},"next_page":{{{(last < customers ? (page + 1).ToString(CultureInfo.InvariantCulture) : "null")}}},"prev_page":null,"total_pages":{{{(customers + perPage - 1) / perPage}}},"total_count":{{{customers}}}}}""");
    }

    private string Subscription(int number, bool withPlan) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        {"lago_id":"00000000-0000-4000-8000-{{number:x12}}","external_id":"sub-{{number}}","lago_customer_id":"00000000-0000-4000-9000-{{number:x12}}","external_customer_id":"cus-{{number}}",
        "name":null,"plan_code":"bench","plan_amount_cents":0,"plan_amount_currency":"USD","status":"active","billing_time":"calendar","subscription_at":"2026-07-01T00:00:00Z","started_at":"2026-07-01T00:00:00Z",
        "trial_ended_at":null,"ending_at":null,"terminated_at":null,"canceled_at":null,"created_at":"2026-07-01T00:00:00Z","previous_plan_code":null,"next_plan_code":null,"downgrade_plan_date":null,
        "current_billing_period_started_at":"2026-08-01T00:00:00Z","current_billing_period_ending_at":"2026-08-31T23:59:59Z","on_termination_invoice":"generate"{{(withPlan ? Plan() : "")}}}
        """);

    private string Plan() =>
        $$""","plan":{"code":"bench","interval":"monthly","charges":[{{string.Join(',', Enumerable.Range(0, metrics).Select(metric =>
            string.Create(CultureInfo.InvariantCulture, $$"""{"lago_id":"{{ChargeId(metric)}}","billable_metric_code":"metric_{{metric}}","charge_model":"standard","pay_in_advance":false,"invoiceable":true,"prorated":false,"min_amount_cents":0}""")))}}]}""";

    /// <summary>The same bytes for all customers that changed as often.</summary>
    private byte[] UsageOf(int customer)
    {
        lock (_turn)
        {
            int changes = _amounts[customer];
            if (changes >= _usage.Length)
            {
                Array.Resize(ref _usage, changes + 1);
            }

            return _usage[changes] ??= Encoding.UTF8.GetBytes(Usage(changes));
        }
    }

    private string Usage(int changes)
    {
        StringBuilder json = new(700 * metrics);
        json.Append(CultureInfo.InvariantCulture, $$"""{"customer_usage":{"from_datetime":"{{From:yyyy-MM-ddTHH:mm:ssZ}}","to_datetime":"{{To:yyyy-MM-ddTHH:mm:ssZ}}","issuing_date":"2026-08-31","currency":"USD","amount_cents":0,"total_amount_cents":0,"taxes_amount_cents":0,"lago_invoice_id":null,"charges_usage":[""");
        for (int metric = 0; metric < metrics; metric++)
        {
            long amount = changes == 0 ? 0 : 1_000 + metric + (changes * 150L);
            json.Append(CultureInfo.InvariantCulture, $$"""{{(metric > 0 ? "," : "")}}{"units":"{{amount}}.0","total_aggregated_units":"{{amount}}.0","events_count":{{amount}},"amount_cents":{{amount}},"amount_currency":"USD","pricing_unit_details":null,"charge":{"lago_id":"{{ChargeId(metric)}}","code":"charge_{{metric}}","charge_model":"standard","invoice_display_name":"Metric {{metric}}"},"billable_metric":{"lago_id":"{{MetricId(metric)}}","name":"Metric {{metric}}","code":"metric_{{metric}}","aggregation_type":"sum_agg"},"filters":[],"grouped_usage":[],"presentation_breakdowns":[]}""");
        }

        return json.Append("]}}").ToString();
    }

    private static string ChargeId(int metric) => string.Create(CultureInfo.InvariantCulture, $"00000000-0000-4000-a000-{metric:x12}");

    private static string MetricId(int metric) => string.Create(CultureInfo.InvariantCulture, $"00000000-0000-4000-b000-{metric:x12}");
}
