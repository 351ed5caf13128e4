namespace LagoConsole.Tests.Lago;

/// <summary>Answers in the shape of a real Lago, with fields and values its published schema does not know.</summary>
internal static class LagoAnswers
{
    public const string Organization =
        """{"organization":{"lago_id":"0f2c7a10-1111-4a6b-8a11-000000000001","name":"Harbour Software","default_currency":"USD","timezone":"UTC","webhook_urls":[],"events_store":"clickhouse","future_field":{"a":[1]}}}""";

    public const string NotFound = """{"status":404,"error":"Not Found","code":"resource_not_found"}""";

    /// <summary>Two charges of one metric (19 000 + 4 500), a third with filters and groups of nulls and a pricing unit (E1, E12).</summary>
    public const string CurrentUsage =
        """
        {"customer_usage":{
          "from_datetime":"2026-07-31T22:00:00Z","to_datetime":"2026-08-31T21:59:59Z","issuing_date":"2026-08-31","currency":"EUR",
          "amount_cents":24225,"total_amount_cents":24225,"taxes_amount_cents":0,"lago_invoice_id":null,
          "charges_usage":[
            {"units":"9500.0","total_aggregated_units":"9500.0","events_count":9500,"amount_cents":19000,"amount_currency":"EUR","pricing_unit_details":null,
             "charge":{"lago_id":"c1","code":"calls_volume","charge_model":"volume","invoice_display_name":"Calls"},
             "billable_metric":{"lago_id":"m1","name":"Calls","code":"calls","aggregation_type":"count_agg"},"filters":[],"grouped_usage":[],"presentation_breakdowns":[]},
            {"units":"9500.0","events_count":9500,"amount_cents":4500,"amount_currency":"EUR",
             "charge":{"lago_id":"c2","charge_model":"some_future_model","invoice_display_name":null},
             "billable_metric":{"lago_id":"m1","name":"Calls","code":"calls","aggregation_type":"custom_agg"}},
            {"units":"2177.4193548387096774","total_aggregated_units":"14.5","events_count":3,"amount_cents":725,"amount_currency":"EUR",
             "pricing_unit_details":{"amount_cents":30000,"short_name":"CRD","conversion_rate":"0.5"},
             "charge":{"lago_id":"c3","code":"storage","charge_model":"standard","invoice_display_name":null},
             "billable_metric":{"lago_id":"m2","name":"Storage","code":"storage_gb","aggregation_type":"sum_agg"},
             "filters":[
               {"units":"10.0","events_count":2,"amount_cents":500,"pricing_unit_details":null,"invoice_display_name":null,"values":{"region":["us-east-1"]},"presentation_breakdowns":[]},
               {"units":"4.5","events_count":1,"amount_cents":225,"pricing_unit_details":null,"invoice_display_name":null,"values":null,"presentation_breakdowns":[]}],
             "grouped_usage":[{"units":"0.0","events_count":0,"amount_cents":0,"pricing_unit_details":null,"grouped_by":{"region":null},"filters":[],"presentation_breakdowns":[]}],
             "presentation_breakdowns":[]}]}}
        """;

    public const string Invoice =
        """
        {"invoice":{"lago_id":"i1","status":"finalized","invoice_type":"subscription","number":"HAR-001","currency":"EUR","total_amount_cents":99999,
          "billing_periods":[{"lago_subscription_id":"s1","external_subscription_id":"sub.one","charges_from_datetime":"2026-06-30T22:00:00Z","charges_to_datetime":"2026-07-31T21:59:59Z","invoicing_reason":"subscription_periodic"}],
          "fees":[
            {"lago_id":"f1","lago_charge_id":"c1","lago_subscription_id":"s1","amount_cents":17400,"amount_currency":"EUR","units":"8700.0","pay_in_advance":false,"lago_true_up_parent_fee_id":null,"item":{"type":"charge","code":"calls","name":"Calls"}},
            {"lago_id":"f2","lago_charge_id":"c1","lago_subscription_id":"s1","amount_cents":2600,"amount_currency":"EUR","units":"1.0","pay_in_advance":false,"lago_true_up_parent_fee_id":"f1","item":{"type":"charge","code":"calls","name":"Calls"}},
            {"lago_id":null,"lago_charge_id":null,"amount_cents":50000,"item":{"type":"subscription","code":"plan_a","name":"Plan A"}}]}}
        """;

    public static string Meta(int page, int? next, int? pages = null, int count = 900) =>
        $$"""{"current_page":{{page}},"next_page":{{(next is null ? "null" : next)}},"prev_page":null,"total_pages":{{(pages is null ? "null" : pages)}},"total_count":{{count}}}""";

    public static string Customers(int page, int? next, params (string LagoId, string ExternalId)[] rows) =>
        $$"""{"customers":[{{string.Join(',', rows.Select(row => Customer(row.LagoId, row.ExternalId)))}}],"meta":{{Meta(page, next)}}}""";

    public static string Customer(string lagoId, string externalId) =>
        $$"""{"lago_id":"{{lagoId}}","external_id":"{{externalId}}","name":null,"currency":null,"timezone":null,"applicable_timezone":"Europe/Paris","billing_configuration":{"invoice_grace_period":null},"created_at":"2026-05-19T16:20:00Z","metadata":[]}""";

    public static string Subscriptions(int page, int? next, params string[] rows) =>
        $$"""{"subscriptions":[{{string.Join(',', rows)}}],"meta":{{Meta(page, next)}}}""";

    public static string Subscription(string lagoId, string customerId = "cus", string status = "active", string externalId = "sub", string? plan = null) =>
        $$"""
        {"lago_id":"{{lagoId}}","external_id":"{{externalId}}","lago_customer_id":"c","external_customer_id":"{{customerId}}","name":null,"status":"{{status}}",
         "plan_code":"scale","plan_amount_currency":"EUR","billing_time":"calendar","started_at":"2026-08-12T14:05:09.482Z","terminated_at":null,"ending_at":null,
         "current_billing_period_started_at":"2026-08-12T16:05:09+02:00","current_billing_period_ending_at":null,"on_termination_credit_note":null,
         "payment_method":{"payment_method_id":null},"on_termination_invoice":"generate"{{(plan is null ? "" : ",\"plan\":" + plan)}}}
        """;

    public static string Metrics(params string[] codes) =>
        $$"""{"billable_metrics":[{{string.Join(',', codes.Select((code, index) => $$"""{"lago_id":"m{{index}}","code":"{{code}}","name":"N","description":null,"aggregation_type":"sum_agg","recurring":true,"expression":null}"""))}}],"meta":{{Meta(1, null)}}}""";
}
