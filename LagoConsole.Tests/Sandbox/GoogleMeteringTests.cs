using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using LagoConsole.Sandbox;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Sandbox.Google;
using Xunit;

namespace LagoConsole.Tests.Sandbox;

public sealed class GoogleMeteringTests : IDisposable
{
    private const string Consumer = "project_number:404012345678";
    private const string OtherConsumer = "project_number:404012345679";

    private readonly SandboxWorlds _world = new(new DateTimeOffset(2026, 8, 20, 14, 5, 7, TimeSpan.Zero), furnished: true);
    private readonly GoogleCaller _google;

    public GoogleMeteringTests() => _google = new GoogleCaller(_world);

    [Fact]
    public void An_operation_is_taken_and_billed_at_its_metrics_price()
    {
        (int status, JsonElement body) = _google.Report(Operation("a", 1_250), Operation("b", 3, "gold_api_units"), Operation("c", 5, "gold_storage_fee"));

        Assert.Equal(200, status);
        Assert.Empty(Errors(body));
        SandboxGoogleBill bill = _world.Control.GoogleBill();
        Assert.Equal(1_550.5m, bill.TotalCents); // 1 250 × 1 cent, 3 × 1 dollar, 5 × a tenth of a cent
        Assert.Equal(("a", Consumer, "gold_usage_fee", 1_250L), (bill.Operations[0].OperationId, bill.Operations[0].Consumer, bill.Operations[0].Metric, bill.Operations[0].Quantity));
        Assert.Equal(Instant("2026-08-20T13:00:00Z"), bill.Operations[0].Hour);
    }

    [Fact]
    public void The_same_operation_is_answered_alike_and_counted_once()
    {
        (_, JsonElement first) = _google.Report(Operation("a", 7));

        (_, JsonElement second) = _google.Report(Operation("a", 7), Operation("a", 7));

        Assert.Equal(first.GetRawText(), second.GetRawText());
        Assert.Equal(7, _world.Control.GoogleBill().TotalCents);
        Assert.Empty(_world.Control.GoogleBill().Mistakes);
    }

    [Fact]
    public void Another_content_under_the_id_of_a_taken_operation_is_kept_as_the_callers_mistake()
    {
        _google.Report(Operation("a", 7));

        (int status, JsonElement body) = _google.Report(Operation("a", 8), Operation("b", 1), Operation("b", 2));

        Assert.Equal(200, status);
        Assert.Equal([("a", 3), ("b", 3)], Errors(body));
        Assert.Equal([7L, 1L], _world.Control.GoogleBill().Operations.Select(taken => taken.Quantity));
        Assert.Collection(
            _world.World.Google.Mistakes,
            mistake =>
            {
                Assert.Equal(("a", GoogleCaller.Service, _world.Now), (mistake.OperationId, mistake.Service, mistake.At));
                Assert.Contains("\"int64Value\":\"7\"", mistake.Taken, StringComparison.Ordinal);
                Assert.Contains("\"int64Value\":\"8\"", mistake.Sent, StringComparison.Ordinal);
            },
            mistake => Assert.Equal("b", mistake.OperationId));
    }

    [Fact]
    public void An_id_is_of_its_service_and_upper_and_lower_case_differ()
    {
        const string other = "other.endpoints.vendor-public.cloud.goog";
        _world.Control.Save(new GoogleService(other, "Other", [new("usage", 1)]));
        _world.Control.Save(new GoogleEntitlement("e-1", other, Consumer, "globex", GoogleEntitlementState.Active, Instant("2026-08-01T00:00:00Z")));

        _google.Report(Operation("a", 1), Operation("A", 2));
        _google.Call(":report", JsonSerializer.Serialize(new { operations = new[] { GoogleCaller.Operation("a", 4, "usage", service: other) } }), other);

        Assert.Equal(7, _world.Control.GoogleBill().TotalCents);
        Assert.Empty(_world.World.Google.Mistakes);
    }

    [Fact]
    public void An_hour_may_hold_several_operations_and_they_add_up()
    {
        _google.Report(Operation("a", 10));
        _google.Report(Operation("b", 20));

        Assert.Equal(30, _world.Control.GoogleBill().TotalCents);
    }

    [Fact]
    public void A_bad_operation_is_named_and_leaves_the_others_alone()
    {
        (int status, JsonElement body) = _google.Report(
            Operation("good", 5),
            Operation("metric", 5, "usage_fee"),
            Operation("consumer", 5, consumer: "project_number:1"),
            Operation("negative", -1),
            Operation("backwards", 5, start: "2026-08-20T14:00:00Z", end: "2026-08-20T13:00:00Z"),
            Operation("future", 5, end: "2026-08-20T14:05:08Z"),
            Operation("old", 5, start: "2026-07-21T13:00:00Z", end: "2026-07-21T14:05:06Z"));

        Assert.Equal(200, status);
        Assert.Equal([("metric", 3), ("consumer", 5), ("negative", 3), ("backwards", 3), ("future", 3), ("old", 3)], Errors(body));
        Assert.Equal("good", Assert.Single(_world.Control.GoogleBill().Operations).OperationId);
    }

    [Theory]
    [InlineData("2026-08-20T13:00:00Z", "2026-08-20T14:00:00Z", "2026-08-20T14:00:00Z", true)]
    [InlineData("2026-08-20T13:00:00Z", "2026-08-20T14:00:01Z", "2026-08-20T14:00:00Z", false)] // the future
    [InlineData("2026-08-20T13:00:00Z", "2026-08-20T12:59:59Z", "2026-08-20T14:00:00Z", false)]
    [InlineData("2026-06-01T00:00:00Z", "2026-07-21T14:00:00Z", "2026-08-20T14:00:00Z", true)]
    [InlineData("2026-06-01T00:00:00Z", "2026-07-21T13:59:59Z", "2026-08-20T14:00:00Z", false)]
    public void An_interval_is_over_and_at_most_thirty_days_old(string start, string end, string now, bool taken) =>
        Assert.Equal(taken, GoogleWindow.Takes(Instant(start), Instant(end), Instant(now)));

    [Theory]
    [InlineData("""{"operations":[]}""")]
    [InlineData("""{}""")]
    [InlineData("[]")]
    [InlineData("not json")]
    [InlineData("""{"operations":[],"operations":[]}""")]
    [InlineData("""{"operations":[7]}""")]
    public void A_body_out_of_shape_fails_the_whole_call(string body)
    {
        (int status, JsonElement answer) = _google.Call(":report", body);

        Assert.Equal((400, "INVALID_ARGUMENT"), (status, Name(answer)));
    }

    [Theory]
    [InlineData("\"operationId\":\"bad\",", "")]
    [InlineData("\"operationName\":\"vendor-platform.endpoints.vendor-public.cloud.goog/report\",", "")]
    [InlineData("\"consumerId\":\"project_number:404012345678\",", "")]
    [InlineData("\"startTime\":\"2026-08-20T13:00:00Z\",", "")]
    [InlineData("2026-08-20T14:00:00Z", "later")]
    [InlineData("\"int64Value\":\"1\"", "\"int64Value\":1")] // 64-bit integers are texts in Google's JSON
    [InlineData("\"int64Value\":\"1\"", "\"int64Value\":\"1.5\"")]
    [InlineData("\"int64Value\":\"1\"", "\"doubleValue\":1")]
    [InlineData("\"metricValues\":[{\"int64Value\":\"1\"}]", "\"metricValues\":[]")]
    public void A_field_out_of_shape_fails_the_whole_call(string field, string instead)
    {
        string sound = JsonSerializer.Serialize(Operation("bad", 1));
        string bad = sound.Replace(field, instead, StringComparison.Ordinal);
        Assert.NotEqual(sound, bad);

        (int status, JsonElement answer) = _google.Call(":report", $$"""{"operations":[{{JsonSerializer.Serialize(Operation("good", 5))}},{{bad}}]}""");

        Assert.Equal((400, "INVALID_ARGUMENT"), (status, Name(answer)));
        Assert.Empty(_world.Control.GoogleBill().Operations);
    }

    [Fact]
    public void A_check_passes_or_names_why_not()
    {
        (int status, JsonElement passed) = _google.Check(Operation("a", 1));
        Assert.Equal((200, "a", "404012345678"), (status, Text(passed, "operationId"), Text(passed.GetProperty("checkInfo").GetProperty("consumerInfo"), "projectNumber")));
        Assert.False(passed.TryGetProperty("checkErrors", out _));

        Assert.Equal("NOT_FOUND", CheckError("project_number:1"));
        _world.Control.SetGoogle("e-4711", GoogleEntitlementState.Suspended);
        Assert.Equal("BILLING_DISABLED", CheckError());
        _world.Control.SetGoogle("e-4711", GoogleEntitlementState.ActivationRequested);
        Assert.Equal("SERVICE_NOT_ACTIVATED", CheckError());
        Assert.Null(CheckError(OtherConsumer));
        Assert.Empty(_world.Control.GoogleBill().Operations);
    }

    [Theory]
    [InlineData(GoogleConsumerTrouble.ServiceNotActivated, "SERVICE_NOT_ACTIVATED", 7)]
    [InlineData(GoogleConsumerTrouble.BillingDisabled, "BILLING_DISABLED", 7)]
    [InlineData(GoogleConsumerTrouble.ProjectDeleted, "PROJECT_DELETED", 5)]
    [InlineData(GoogleConsumerTrouble.ServiceStatusUnavailable, "SERVICE_STATUS_UNAVAILABLE", 0)] // Google cannot tell: nothing is refused
    [InlineData(GoogleConsumerTrouble.BillingStatusUnavailable, "BILLING_STATUS_UNAVAILABLE", 0)]
    public void A_trouble_of_the_buyers_project_fails_its_checks_until_it_is_over(GoogleConsumerTrouble trouble, string code, int reported)
    {
        _world.Control.TroubleGoogle(Consumer, trouble);

        Assert.Equal(code, CheckError());
        (string?, int)[] refused = reported == 0 ? [] : [("a", reported)];
        Assert.Equal(refused, Errors(_google.Report(Operation("a", 1)).Body));
        Assert.Null(CheckError(OtherConsumer));

        _world.Control.TroubleGoogle(Consumer, trouble: null);
        Assert.Null(CheckError());
        Assert.Empty(Errors(_google.Report(Operation("a", 1)).Body));
        Assert.Equal(1, _world.Control.GoogleBill().TotalCents);
    }

    [Theory]
    [InlineData(GoogleEntitlementState.Suspended)]
    [InlineData(GoogleEntitlementState.ActivationRequested)]
    public void Usage_of_a_purchase_that_is_not_active_is_refused_until_it_is(GoogleEntitlementState state)
    {
        _world.Control.SetGoogle("e-4711", state);
        Assert.Equal([("a", 7)], Errors(_google.Report(Operation("a", 1)).Body));

        _world.Control.SetGoogle("e-4711", GoogleEntitlementState.Active);

        Assert.Empty(Errors(_google.Report(Operation("a", 1)).Body));
    }

    [Fact]
    public void A_cancelled_purchase_takes_what_lies_strictly_before_its_end_for_an_hour()
    {
        _world.Control.EndGoogleEntitlement("e-4711", Instant("2026-08-20T13:30:00Z"));

        _world.Clock.SetUtcNow(Instant("2026-08-20T14:29:59Z"));
        Assert.Null(CheckError());
        Assert.Equal([("at", 5)], Errors(_google.Report(Operation("before", 1, end: "2026-08-20T13:29:59Z"), Operation("at", 1, end: "2026-08-20T13:30:00Z")).Body));

        _world.Clock.SetUtcNow(Instant("2026-08-20T14:30:00Z"));
        Assert.Equal("SERVICE_NOT_ACTIVATED", CheckError());
        Assert.Equal([("late", 5)], Errors(_google.Report(Operation("late", 1, end: "2026-08-20T13:29:59Z")).Body));
        Assert.Empty(Errors(_google.Report(Operation("before", 1, end: "2026-08-20T13:29:59Z")).Body)); // taken long ago
        Assert.Equal(1, _world.Control.GoogleBill().TotalCents);
    }

    [Fact]
    public void A_buyer_that_bought_again_reports_for_the_same_consumer()
    {
        _world.Control.EndGoogleEntitlement("e-4711", Instant("2026-08-20T11:30:00Z"));
        _world.Control.Save(new GoogleEntitlement("e-9000", GoogleCaller.Service, Consumer, "globex", GoogleEntitlementState.Active, Instant("2026-08-20T13:20:00Z")));

        Assert.Null(CheckError());
        Assert.Equal(
            [("between", 5)],
            Errors(_google.Report(Operation("between", 1, start: "2026-08-20T12:00:00Z", end: "2026-08-20T13:00:00Z"), Operation("new", 1, start: "2026-08-20T13:20:00Z")).Body));
    }

    [Fact]
    public void Usage_from_before_the_hour_of_the_purchase_is_refused()
    {
        _world.Control.Save(new GoogleEntitlement("e-9000", GoogleCaller.Service, "project_number:9", "new", GoogleEntitlementState.Active, Instant("2026-08-20T13:20:00Z")));

        Assert.Equal(
            [("early", 3)],
            Errors(_google.Report(
                Operation("early", 1, consumer: "project_number:9", start: "2026-08-20T12:59:59Z"), Operation("in", 1, consumer: "project_number:9")).Body));
    }

    [Fact]
    public void Who_calls_is_known_has_asked_for_the_scope_and_has_the_role_on_the_service()
    {
        const string foreign = "foreign.endpoints.vendor-public.cloud.goog";
        _world.Control.Save(new GoogleService(foreign, "Foreign", [new("usage", 1)], "someone@else.iam.gserviceaccount.example"));

        foreach (string verb in (string[])[":check", ":report"])
        {
            Assert.Equal((403, "PERMISSION_DENIED"), Refused(verb, foreign));
            Assert.Equal((404, "NOT_FOUND"), Refused(verb, "unknown.endpoints.vendor-public.cloud.goog"));
        }

        Assert.Equal(404, _google.Call(":allocateQuota", "{}").Status);
        _google.Authorization = "";
        Assert.Equal((401, "UNAUTHENTICATED"), Refused(":report"));
        _google.Authorization = "Bearer made-up";
        Assert.Equal((401, "UNAUTHENTICATED"), Refused(":report"));
        _google.Authorization = $"Bearer {Text(_google.Token(scope: "https://www.googleapis.com/auth/devstorage.read_only").Body, "access_token")}";
        Assert.Equal((403, "PERMISSION_DENIED"), Refused(":report"));
        _google.Authorization = $"Bearer {Text(_google.Token(scope: "openid https://www.googleapis.com/auth/cloud-platform").Body, "access_token")}";
        Assert.Equal(200, _google.Report(Operation("a", 1)).Status);
        _world.Clock.Advance(TimeSpan.FromSeconds(3599));
        Assert.Equal((401, "UNAUTHENTICATED"), Refused(":report"));
    }

    [Fact]
    public void A_token_is_given_for_an_assertion_of_the_known_account_for_here_and_now()
    {
        using RSA strange = RSA.Create(2048);

        Assert.Equal((200, null), Result(_google.Token()));
        Assert.Equal((400, "invalid_grant"), Result(_google.Token(privateKey: strange.ExportPkcs8PrivateKeyPem())));
        Assert.Equal((400, "invalid_grant"), Result(_google.Token(issuer: "someone@else.iam.gserviceaccount.example")));
        Assert.Equal((400, "invalid_grant"), Result(_google.Token(audience: "https://login.example/token")));
        Assert.Equal((400, "invalid_grant"), Result(_google.Token(issuedAgo: 3600)));
        Assert.Equal((400, "invalid_grant"), Result(_google.Token(issuedAgo: -301)));
        Assert.Equal((400, "invalid_grant"), Result(_google.Token(lastsSeconds: 3601)));
        Assert.Equal((400, "invalid_scope"), Result(_google.Token(scope: "")));
        Assert.Equal((400, "invalid_grant"), Result(_google.Form("a.b")));
        Assert.Equal((400, "invalid_grant"), Result(_google.Form("a.b.%25")));
        Assert.Equal((400, "unsupported_grant_type"), Result(_google.Form("a.b.c", grant: "password")));

        static (int, string?) Result((int Status, JsonElement Body) answer) => (answer.Status, answer.Body.TryGetProperty("error", out JsonElement error) ? error.GetString() : null);
    }

    [Fact]
    public void One_key_serves_many_at_once()
    {
        int[] statuses = new int[64];

        Parallel.For(0, statuses.Length, number => statuses[number] = _google.Token().Status);

        Assert.All(statuses, status => Assert.Equal(200, status));
    }

    [Fact]
    public void A_body_is_JSON_and_at_most_a_megabyte()
    {
        string sound = JsonSerializer.Serialize(new { operations = new[] { Operation("a", 1) } });

        (int status, JsonElement tooMuch) = _google.Call(":report", sound.PadRight((1024 * 1024) + 1));
        Assert.Equal((400, "INVALID_ARGUMENT"), (status, Name(tooMuch)));
        Assert.Equal(200, _google.Call(":report", sound.PadRight(1024 * 1024)).Status);
        _google.ContentType = "application/x-protobuf";
        Assert.Equal(400, _google.Call(":report", sound).Status);
        Assert.Equal(400, _google.Call(":check", JsonSerializer.Serialize(new { operation = Operation("a", 1) })).Status);
    }

    [Fact]
    public void Google_can_fail_on_an_operation_by_itself_and_it_is_then_not_billed()
    {
        _world.Control.Faults.Next(SandboxService.Google, FaultKind.Unprocessed);

        Assert.Equal([("b", 14)], Errors(_google.Report(Operation("a", 1), Operation("b", 2)).Body));
        Assert.Equal(1, _world.Control.GoogleBill().TotalCents);

        Assert.Empty(Errors(_google.Report(Operation("a", 1), Operation("b", 2)).Body));
        Assert.Equal(3, _world.Control.GoogleBill().TotalCents);
    }

    [Fact]
    public void An_interval_is_billed_at_the_price_in_force_at_its_last_moment_the_purchases_own_before_the_listings()
    {
        _world.Control.Save(new GooglePrice(GoogleCaller.Service, "gold_usage_fee", Consumer: null, 3, Instant("2026-08-20T13:00:00Z")));
        _world.Control.Save(new GooglePrice(GoogleCaller.Service, "gold_usage_fee", Consumer, 2, Instant("2026-08-20T13:30:00Z")));

        _google.Report(
            Operation("a", 100, start: "2026-08-20T12:00:00Z", end: "2026-08-20T13:00:00Z"),
            Operation("b", 100, end: "2026-08-20T13:30:00Z"),
            Operation("c", 100),
            Operation("d", 100, consumer: OtherConsumer));

        Assert.Equal([100m, 300m, 200m, 300m], _world.Control.GoogleBill().Operations.Select(taken => taken.AmountCents));
        Assert.Equal(2, _world.World.Google.Read(state => state.UnitPriceCents(GoogleCaller.Service, Consumer, "gold_usage_fee", Instant("2026-08-20T13:59:59Z"))));
    }

    [Fact]
    public void What_is_not_there_cannot_be_changed_or_sold()
    {
        Assert.Throws<SandboxRefusedException>(() => _world.Control.SetGoogle("unknown", GoogleEntitlementState.Suspended));
        Assert.Throws<SandboxRefusedException>(() => _world.Control.EndGoogleEntitlement("unknown", _world.Now));
        Assert.Throws<SandboxRefusedException>(() => _world.Control.TroubleGoogle("project_number:1", GoogleConsumerTrouble.ProjectDeleted));
        Assert.Throws<SandboxRefusedException>(() => _world.Control.Save(new GooglePrice(GoogleCaller.Service, "unknown", Consumer: null, 3, _world.Now)));
        Assert.Throws<SandboxRefusedException>(() => _world.Control.Save(new GoogleEntitlement("e-1", "unknown", Consumer, "x", GoogleEntitlementState.Active, _world.Now)));
    }

    public void Dispose() => _world.Dispose();

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static object Operation(
        string id, long quantity, string metric = "gold_usage_fee", string consumer = Consumer, string start = "2026-08-20T13:00:00Z", string end = "2026-08-20T14:00:00Z") =>
        GoogleCaller.Operation(id, quantity, metric, consumer, start, end);

    private static string? Text(JsonElement body, string name) => body.GetProperty(name).GetString();

    private static string? Name(JsonElement answer) => Text(answer.GetProperty("error"), "status");

    private static (string?, int)[] Errors(JsonElement body) => body.TryGetProperty("reportErrors", out JsonElement errors)
        ? [.. errors.EnumerateArray().Select(error => (Text(error, "operationId"), error.GetProperty("status").GetProperty("code").GetInt32()))]
        : [];

    private string? CheckError(string consumer = Consumer) =>
        _google.Check(Operation("a", 1, consumer: consumer)).Body.TryGetProperty("checkErrors", out JsonElement errors) ? Text(errors[0], "code") : null;

    private (int Status, string? Name) Refused(string verb, string service = GoogleCaller.Service)
    {
        (int status, JsonElement answer) = _google.Call(verb, "{}", service);
        return (status, Name(answer));
    }
}
