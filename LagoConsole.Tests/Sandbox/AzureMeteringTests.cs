using System.Globalization;
using System.Text.Json;
using LagoConsole.Sandbox;
using LagoConsole.Sandbox.Azure;
using LagoConsole.Sandbox.Faults;
using Xunit;

namespace LagoConsole.Tests.Sandbox;

public sealed class AzureMeteringTests : IDisposable
{
    private const string Resource = "7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f";
    private const string OtherResource = "0b2d4f68-1a3c-4e5f-9b7d-8c6a5e4d3f2b";
    private const string Slot = "2026-08-20T13:00:00Z";

    private readonly SandboxWorlds _world = new(new DateTimeOffset(2026, 8, 20, 14, 5, 7, TimeSpan.Zero), furnished: true);
    private readonly AzureCaller _azure;

    public AzureMeteringTests() => _azure = new AzureCaller(_world);

    [Fact]
    public void An_event_is_taken_and_billed_at_its_dimensions_price()
    {
        (int status, JsonElement body) = _azure.Batch(Event(1_250), Event(3, "api_units"), Event(12.5m, "storage_fee"));

        Assert.Equal((200, 3), (status, body.GetProperty("count").GetInt32()));
        Assert.Equal(["Accepted", "Accepted", "Accepted"], Statuses(body));
        SandboxAzureBill bill = _world.Control.AzureBill();
        Assert.Equal(1_551.25m, bill.TotalCents); // 1 250 × 1 cent, 3 × 1 dollar, 12.5 × a tenth of a cent
        Assert.Equal(new DateTimeOffset(2026, 8, 20, 13, 0, 0, TimeSpan.Zero), bill.Events[0].Hour);
        Assert.Equal(bill.Events[0].UsageEventId.ToString(), body.GetProperty("result")[0].GetProperty("usageEventId").GetString());
    }

    [Fact]
    public void The_first_event_of_an_hour_wins_and_a_second_is_told_what_is_stored()
    {
        _azure.Batch(Event(5));

        (_, JsonElement body) = _azure.Batch(Event(9, at: "2026-08-20T13:59:59Z"));

        JsonElement item = body.GetProperty("result")[0];
        Assert.Equal(("Duplicate", 9), (Text(item, "status"), item.GetProperty("quantity").GetInt32()));
        Assert.False(item.TryGetProperty("usageEventId", out _));
        Assert.Equal("Conflict", Text(item.GetProperty("error"), "code"));
        JsonElement held = item.GetProperty("error").GetProperty("additionalInfo").GetProperty("acceptedMessage");
        Assert.Equal(("Duplicate", 5, Resource, "gold"), (Text(held, "status"), held.GetProperty("quantity").GetInt32(), Text(held, "resourceId"), Text(held, "planId")));
        Assert.Equal(5, Assert.Single(_world.Control.AzureBill().Events).Quantity);
    }

    [Theory]
    [InlineData(false, "2026-08-20T13:00:00")]
    [InlineData(true, "2026-08-20T13:00:00.0000000Z")]
    public void The_time_of_a_stored_event_is_told_with_its_zone_or_without(bool writesZones, string time)
    {
        _world.World.Azure.WritesZones = writesZones;
        _azure.Batch(Event(5));

        (_, JsonElement body) = _azure.Batch(Event(5));

        Assert.Equal(time, Text(body.GetProperty("result")[0].GetProperty("error").GetProperty("additionalInfo").GetProperty("acceptedMessage"), "effectiveStartTime"));
    }

    [Fact]
    public void A_slot_is_one_subscription_dimension_and_hour_judged_in_order()
    {
        (_, JsonElement body) = _azure.Batch(
            Event(1), Event(2, at: "2026-08-20T13:30:00Z"), Event(4, at: "2026-08-20T12:59:59Z"), Event(8, "storage_fee"), Event(16, resource: OtherResource));

        Assert.Equal(["Accepted", "Duplicate", "Accepted", "Accepted", "Accepted"], Statuses(body));
        Assert.Equal(1 + 4 + 0.8m + 16, _world.Control.AzureBill().TotalCents);
    }

    [Fact]
    public void Twenty_five_events_are_taken_and_the_26th_refuses_them_all()
    {
        object[] events = [.. Enumerable.Range(0, 26).Select(i => Event(
            1, at: _world.Now.AddHours(-1 - (i % 13)).ToString("O", CultureInfo.InvariantCulture), resource: i < 13 ? Resource : OtherResource))];

        (int status, JsonElement body) = _azure.Batch(events);
        Assert.Equal((400, "batchUsageEventRequest"), (status, Text(body, "target")));
        Assert.Equal(400, _azure.Batch().Status);
        Assert.Empty(_world.Control.AzureBill().Events);

        Assert.Equal(200, _azure.Batch(events[..25]).Status);
        Assert.Equal(25, _world.Control.AzureBill().TotalCents);
    }

    [Theory]
    [InlineData("""{"resourceUri":"/subscriptions/x","quantity":1,"dimension":"usage_fee","effectiveStartTime":"2026-08-20T13:00:00Z","planId":"gold","resourceId":"7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f"}""", "BadArgument", "resourceId")]
    [InlineData("""{"quantity":1,"dimension":"usage_fee","effectiveStartTime":"2026-08-20T13:00:00Z","planId":"gold"}""", "BadArgument", "resourceId")]
    [InlineData("""{"resourceUri":"/subscriptions/x","quantity":1,"dimension":"usage_fee","effectiveStartTime":"2026-08-20T13:00:00Z","planId":"gold"}""", "ResourceNotFound", "resourceId")]
    [InlineData("""{"resourceId":"7c1f3c529a404e6e8d0b3f6a1c2d4e5f","quantity":1,"dimension":"usage_fee","effectiveStartTime":"2026-08-20T13:00:00Z","planId":"gold"}""", "BadArgument", "resourceId")]
    [InlineData("""{"resourceId":"{7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f}","quantity":1,"dimension":"usage_fee","effectiveStartTime":"2026-08-20T13:00:00Z","planId":"gold"}""", "BadArgument", "resourceId")]
    [InlineData("""{"resourceId":"00000000-9a40-4e6e-8d0b-3f6a1c2d4e5f","quantity":1,"dimension":"usage_fee","effectiveStartTime":"2026-08-20T13:00:00Z","planId":"gold"}""", "ResourceNotFound", "resourceId")]
    [InlineData("""{"resourceId":"7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f","quantity":0,"dimension":"usage_fee","effectiveStartTime":"2026-08-20T13:00:00Z","planId":"gold"}""", "InvalidQuantity", "quantity")]
    [InlineData("""{"resourceId":"7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f","quantity":-0.5,"dimension":"usage_fee","effectiveStartTime":"2026-08-20T13:00:00Z","planId":"gold"}""", "InvalidQuantity", "quantity")]
    [InlineData("""{"resourceId":"7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f","quantity":"1","dimension":"usage_fee","effectiveStartTime":"2026-08-20T13:00:00Z","planId":"gold"}""", "BadArgument", "quantity")]
    [InlineData("""{"resourceId":"7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f","quantity":1,"dimension":"Usage_Fee","effectiveStartTime":"2026-08-20T13:00:00Z","planId":"gold"}""", "InvalidDimension", "dimension")]
    [InlineData("""{"resourceId":"7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f","quantity":1,"effectiveStartTime":"2026-08-20T13:00:00Z","planId":"gold"}""", "BadArgument", "dimension")]
    [InlineData("""{"resourceId":"7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f","quantity":1,"dimension":"usage_fee","effectiveStartTime":"20.08.2026 13:00","planId":"gold"}""", "BadArgument", "effectiveStartTime")]
    [InlineData("""{"resourceId":"7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f","quantity":1,"dimension":"usage_fee","planId":"gold"}""", "BadArgument", "effectiveStartTime")]
    [InlineData("""{"resourceId":"7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f","quantity":1,"dimension":"usage_fee","effectiveStartTime":"2026-08-20T13:00:00Z"}""", "BadArgument", "planId")]
    [InlineData("""{"resourceId":"7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f","quantity":1,"dimension":"usage_fee","effectiveStartTime":"2026-08-20T13:00:00Z","planId":"silver"}""", "BadArgument", "planId")]
    [InlineData("""{"resourceId":"7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f","quantity":1,"dimension":"usage_fee","effectiveStartTime":"2026-08-19T14:05:06Z","planId":"gold"}""", "Expired", "effectiveStartTime")]
    [InlineData("""{"resourceId":"7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f","quantity":1,"dimension":"usage_fee","effectiveStartTime":"2026-08-20T14:05:08Z","planId":"gold"}""", "Expired", "effectiveStartTime")]
    [InlineData("7", "BadArgument", "usageEvent")]
    public void A_bad_event_is_refused_by_its_status_and_leaves_the_others_alone(string bad, string status, string target)
    {
        (int http, JsonElement body) = _azure.Call("POST", "batchUsageEvent", $$"""{"request":[{{bad}},{{JsonSerializer.Serialize(Event(5))}}]}""");

        Assert.Equal(200, http);
        Assert.Equal([status, "Accepted"], Statuses(body));
        JsonElement error = body.GetProperty("result")[0].GetProperty("error");
        Assert.Equal(("BadArgument", target), (Text(error, "code"), Text(error.GetProperty("details")[0], "target")));
        Assert.Equal(5, _world.Control.AzureBill().TotalCents);
        (int single, JsonElement refused) = _azure.Call("POST", "usageEvent", bad);
        Assert.Equal((400, "BadArgument", target), (single, Text(refused, "code"), Text(refused.GetProperty("details")[0], "target")));
    }

    [Theory]
    [InlineData("2026-08-20T13:00:00Z", "2026-08-21T13:00:00Z", true)]
    [InlineData("2026-08-20T13:00:00Z", "2026-08-21T13:00:01Z", false)]
    [InlineData("2026-08-31T23:00:00Z", "2026-09-01T23:00:00Z", true)] // a month's end changes nothing
    [InlineData("2026-08-20T13:00:00Z", "2026-08-20T13:00:00Z", true)]
    [InlineData("2026-08-20T13:00:01Z", "2026-08-20T13:00:00Z", false)] // the future
    public void An_event_may_be_a_day_late(string time, string now, bool taken) =>
        Assert.Equal(taken, AzureWindow.Takes(Instant(time), Instant(now)));

    [Fact]
    public void A_time_without_a_zone_is_UTC()
    {
        _azure.Batch(Event(1, at: "2026-08-20T13:00:00"), Event(1, "api_units", at: "2026-08-20T15:30:00.1234567+02:00"));

        Assert.Equal(
            [Instant(Slot), Instant("2026-08-20T13:30:00.1234567Z")],
            _world.Control.AzureBill().Events.Select(taken => taken.EffectiveStartTime));
    }

    [Theory]
    [InlineData(AzureSubscriptionStatus.PendingFulfillmentStart)]
    [InlineData(AzureSubscriptionStatus.Suspended)]
    public void Usage_of_a_subscription_that_is_not_active_is_refused_until_it_is(AzureSubscriptionStatus status)
    {
        _world.Control.SetAzure(new Guid(Resource), status);
        Assert.Equal(["ResourceNotActive"], Statuses(_azure.Batch(Event(1)).Body));

        _world.Control.SetAzure(new Guid(Resource), AzureSubscriptionStatus.Subscribed);

        Assert.Equal(["Accepted"], Statuses(_azure.Batch(Event(1)).Body));
    }

    [Fact]
    public void A_cancelled_subscription_takes_usage_from_before_its_end_for_a_day()
    {
        _world.Control.EndAzureSubscription(new Guid(Resource), Instant("2026-08-20T13:30:00Z"));

        Assert.Equal(["Accepted", "ResourceNotActive"], Statuses(_azure.Batch(Event(1), Event(1, "api_units", at: "2026-08-20T13:30:00Z")).Body));
        _world.Clock.SetUtcNow(Instant("2026-08-21T13:29:59Z"));
        _azure.Authorization = $"Bearer {Text(_azure.Login().Body, "access_token")}";
        Assert.Equal(["Accepted", "Expired"], Statuses(_azure.Batch(Event(1, "storage_fee", at: "2026-08-20T13:29:59Z"), Event(1, "api_units", at: "2026-08-20T13:29:58Z")).Body));
        Assert.Equal(1.1m, _world.Control.AzureBill().TotalCents);
    }

    [Fact]
    public void An_end_that_is_still_to_come_has_not_happened()
    {
        _world.Control.EndAzureSubscription(new Guid(Resource), Instant("2026-08-20T15:00:00Z"));
        Assert.Equal("Subscribed", Text(_azure.Call("GET", $"saas/subscriptions/{Resource}").Body, "saasSubscriptionStatus"));
        Assert.Equal(["Accepted"], Statuses(_azure.Batch(Event(1)).Body));

        _world.Clock.SetUtcNow(Instant("2026-08-20T15:00:00Z"));

        Assert.Equal("Unsubscribed", Text(_azure.Call("GET", $"saas/subscriptions/{Resource}").Body, "saasSubscriptionStatus"));
        Assert.Equal(["Accepted", "ResourceNotActive"], Statuses(_azure.Batch(Event(1, at: "2026-08-20T14:59:59Z"), Event(1, at: "2026-08-20T15:00:00Z")).Body));
    }

    [Fact]
    public void Usage_from_before_the_hour_of_the_purchase_is_refused()
    {
        Guid young = new("11111111-2222-4333-8444-555555555555");
        _world.Control.Save(new AzureSubscription(
            young, "vendor-platform", "gold", "new@buyer.example", Guid.Empty, AzureSubscriptionStatus.Subscribed, Instant("2026-08-20T13:20:00Z")));

        Assert.Equal(
            ["ResourceNotActive", "Accepted"],
            Statuses(_azure.Batch(Event(1, at: "2026-08-20T12:59:59Z", resource: young.ToString()), Event(1, at: "2026-08-20T13:20:00Z", resource: young.ToString())).Body));
    }

    [Fact]
    public void Only_the_app_of_the_offer_reports_and_reads()
    {
        Guid foreign = new("99999999-2222-4333-8444-555555555555");
        _world.Control.Save(new AzureOffer("foreign", "Foreign", "another-app", [new AzurePlan("gold", "Gold", [new("usage_fee", 1)])]));
        _world.Control.Save(new AzureSubscription(foreign, "foreign", "gold", "buyer@x.example", Guid.Empty, AzureSubscriptionStatus.Subscribed, Instant("2026-08-01T00:00:00Z")));

        Assert.Equal(["ResourceNotAuthorized"], Statuses(_azure.Batch(Event(1, resource: foreign.ToString())).Body));
        Assert.Equal(403, _azure.Single(Event(1, resource: foreign.ToString())).Status);
        Assert.Equal(403, _azure.Call("GET", $"saas/subscriptions/{foreign}").Status);
        Assert.Empty(_world.Control.AzureBill().Events);
    }

    [Fact]
    public void A_token_is_for_these_services_and_for_an_hour()
    {
        Assert.Equal(200, _azure.Batch(Event(1)).Status);
        _world.Clock.Advance(TimeSpan.FromSeconds(3599));
        Assert.Equal((403, "Forbidden"), Refused());
        _azure.Authorization = "";
        Assert.Equal((403, "Forbidden"), Refused());
        _azure.Authorization = "Bearer made-up";
        Assert.Equal((403, "Forbidden"), Refused());
        _azure.Authorization = $"Bearer {Text(_azure.Login(audience: "https://graph.example").Body, "access_token")}";
        Assert.Equal((403, "Forbidden"), Refused());
        _azure.Authorization = $"Bearer {Text(_azure.Login(version: "").Body, "access_token")}";
        Assert.Equal(200, _azure.Batch(Event(2)).Status);
        Assert.Single(_world.Control.AzureBill().Events);

        (int, string?) Refused()
        {
            (int status, JsonElement body) = _azure.Batch(Event(9, "api_units"));
            return (status, Text(body, "code"));
        }
    }

    [Fact]
    public void Entra_ID_gives_tokens_to_the_app_it_knows_in_two_forms()
    {
        Assert.Equal(JsonValueKind.Number, _azure.Login().Body.GetProperty("expires_in").ValueKind);
        Assert.Equal("3599", Text(_azure.Login(version: "").Body, "expires_in"));
        Assert.Equal((401, "invalid_client"), Refused(_azure.Login(secret: "wrong")));
        Assert.Equal((400, "unauthorized_client"), Refused(_azure.Login(clientId: "unknown")));
        Assert.Equal((400, "invalid_request"), Refused(_azure.Login(grant: "password")));
        Assert.Equal(404, _azure.Login(version: "v3/").Status);

        static (int, string?) Refused((int Status, JsonElement Body) answer) => (answer.Status, Text(answer.Body, "error"));
    }

    [Fact]
    public void The_body_is_JSON_and_called_so_and_the_version_is_named()
    {
        Assert.Equal(400, _azure.Call("POST", "batchUsageEvent", "not json").Status);
        Assert.Equal(400, _azure.Call("POST", "batchUsageEvent", """{"request":[],"request":[]}""").Status);
        Assert.Equal(400, _azure.Call("POST", "usageEvent", "not json").Status);
        _azure.ContentType = "text/plain";
        Assert.Equal(415, _azure.Batch(Event(1)).Status);
        Assert.Equal(415, _azure.Single(Event(1)).Status);
        _azure.ContentType = "application/json";
        _azure.ApiVersion = "2017-01-01";
        Assert.Equal(400, _azure.Batch(Event(1)).Status);
        Assert.Empty(_world.Control.AzureBill().Events);
    }

    [Fact]
    public void The_single_call_answers_by_its_HTTP_status()
    {
        (int status, JsonElement taken) = _azure.Single(Event(12.5m));
        Assert.Equal((200, "Accepted", 12.5m), (status, Text(taken, "status"), taken.GetProperty("quantity").GetDecimal()));

        (status, JsonElement again) = _azure.Single(Event(14));
        Assert.Equal((409, "Conflict"), (status, Text(again, "code")));
        Assert.Equal(12.5m, again.GetProperty("additionalInfo").GetProperty("acceptedMessage").GetProperty("quantity").GetDecimal());

        (status, JsonElement late) = _azure.Single(Event(4, at: "2026-08-18T13:00:00Z"));
        Assert.Equal((400, "BadArgument"), (status, Text(late, "code")));
        Assert.False(late.TryGetProperty("status", out _));
    }

    [Fact]
    public void Usage_is_read_as_totals_of_whole_days()
    {
        _azure.Batch(Event(3, at: "2026-08-20T12:00:00Z"), Event(12.5m), Event(7, "api_units"), Event(1, resource: OtherResource), Event(100, at: "2026-08-19T23:00:00Z"));

        (int status, JsonElement rows) = _azure.Usage("usageStartDate=2026-08-20T15:00&UsageEndDate=2026-08-21&dimension=usage_fee&planId=gold&offerId=vendor-platform");

        Assert.Equal(200, status);
        JsonElement row = Assert.Single(rows.EnumerateArray(), one => Text(one, "usageResourceId") == Resource);
        Assert.Equal(("2026-08-20T00:00:00.0000000Z", "usage_fee", "gold", "Gold", "SaaS", "Accepted"),
            (Text(row, "usageDate"), Text(row, "dimension"), Text(row, "planId"), Text(row, "planName"), Text(row, "offerType"), Text(row, "reconStatus")));
        Assert.Equal((15.5m, 15.5m, 2), (row.GetProperty("submittedQuantity").GetDecimal(), row.GetProperty("processedQuantity").GetDecimal(), row.GetProperty("submittedCount").GetInt32()));
        Assert.Equal(2, rows.GetArrayLength()); // the other subscription's row
    }

    [Theory]
    [InlineData("usageStartDate=2026-08-19", 4)]
    [InlineData("usageStartDate=2026-08-20", 3)]
    [InlineData("usageStartDate=2026-08-19&UsageEndDate=2026-08-20", 1)]
    [InlineData("usageStartDate=2026-08-21", 0)]
    [InlineData("usageStartDate=2026-08-20&dimension=api_units", 1)]
    [InlineData("usageStartDate=2026-08-20&offerId=another", 0)]
    [InlineData("usageStartDate=2026-08-20&planId=silver", 0)]
    [InlineData("usageStartDate=2026-08-20&reconStatus=Accepted", 3)]
    [InlineData("usageStartDate=2026-08-20&reconStatus=Mismatch", 0)]
    [InlineData("usageStartDate=2026-08-20&azureSubscriptionId=00000000-0000-4000-8000-000000000000", 0)]
    public void Reading_is_narrowed_by_each_of_its_parameters(string query, int rows)
    {
        _azure.Batch(Event(3), Event(7, "api_units"), Event(1, resource: OtherResource), Event(100, at: "2026-08-19T23:00:00Z"));

        Assert.Equal(rows, _azure.Usage(query).Body.GetArrayLength());
    }

    [Fact]
    public void Reading_is_narrowed_to_the_buyers_own_Azure_subscription()
    {
        _azure.Batch(Event(3), Event(1, resource: OtherResource));
        string? own = Text(_azure.Usage("usageStartDate=2026-08-20").Body.EnumerateArray().Single(row => Text(row, "usageResourceId") == Resource), "azureSubscriptionId");

        Assert.Equal(Resource, Text(Assert.Single(_azure.Usage($"usageStartDate=2026-08-20&azureSubscriptionId={own}").Body.EnumerateArray()), "usageResourceId"));
    }

    [Theory]
    [InlineData("UsageEndDate=2026-08-21", "usageStartDate")]
    [InlineData("usageStartDate=yesterday", "usageStartDate")]
    [InlineData("usageStartDate=2026-08-20&UsageEndDate=tomorrow", "UsageEndDate")]
    [InlineData("usageStartDate=2026-08-20&azureSubscriptionId=7", "azureSubscriptionId")]
    [InlineData("usageStartDate=2026-08-20&reconStatus=accepted", "reconStatus")]
    public void A_parameter_that_is_missing_or_not_of_its_kind_is_named(string query, string parameter)
    {
        (int status, JsonElement body) = _azure.Usage(query);

        Assert.Equal((400, parameter), (status, Text(body.GetProperty("details")[0], "target")));
    }

    [Fact]
    public void An_event_can_be_taken_and_not_be_shown_yet()
    {
        _world.World.Azure.ReadsLag = TimeSpan.FromHours(3);
        _azure.Batch(Event(3));
        Assert.Equal(0, _azure.Usage("usageStartDate=2026-08-20").Body.GetArrayLength());

        _world.Clock.Advance(TimeSpan.FromHours(3));
        _azure.Authorization = $"Bearer {Text(_azure.Login().Body, "access_token")}";

        Assert.Equal(1, _azure.Usage("usageStartDate=2026-08-20").Body.GetArrayLength());
    }

    [Fact]
    public void Azure_can_fail_on_an_event_by_itself_and_it_is_then_not_billed()
    {
        _world.Control.Faults.Next(SandboxService.Azure, FaultKind.Unprocessed);
        Assert.Equal(["Accepted", "Error"], Statuses(_azure.Batch(Event(1), Event(2, "api_units")).Body));
        Assert.Equal(1, _world.Control.AzureBill().TotalCents);
        _world.Control.Faults.Next(SandboxService.Azure, FaultKind.Unprocessed);
        Assert.Equal(500, _azure.Single(Event(2, "api_units")).Status);

        Assert.Equal(["Duplicate", "Accepted"], Statuses(_azure.Batch(Event(1), Event(2, "api_units")).Body));
        Assert.Equal(201, _world.Control.AzureBill().TotalCents);
    }

    [Fact]
    public void An_hour_is_billed_at_the_price_in_force_the_purchases_own_before_the_plans()
    {
        _world.Control.Save(new AzurePrice("vendor-platform", "gold", "usage_fee", ResourceId: null, 3, Instant("2026-08-20T12:00:00Z")));
        _world.Control.Save(new AzurePrice("vendor-platform", "gold", "usage_fee", new Guid(Resource), 2, Instant(Slot)));

        _azure.Batch(Event(100, at: "2026-08-20T11:59:59Z"), Event(100, at: "2026-08-20T12:00:00Z"), Event(100), Event(100, resource: OtherResource));

        Assert.Equal([100m, 300m, 200m, 300m], _world.Control.AzureBill().Events.Select(taken => taken.AmountCents));
        Assert.Equal(2, _world.World.Azure.Read(state => state.UnitPriceCents(new Guid(Resource), "usage_fee", Instant(Slot))));
    }

    [Fact]
    public void An_answer_gives_the_callers_request_id_back()
    {
        SandboxResponse answer = _world.World.Azure.Requests.Answer(_azure.Request("GET", "usageEvents", "", "&usageStartDate=2026-08-20"));

        Assert.Equal("b7f0a2c4-5d3e-4f1a-8c9b-1e2d3c4b5a60", answer.Headers["x-ms-requestid"]);
        Assert.True(Guid.TryParse(answer.Headers["x-ms-correlationid"], out _));
    }

    [Fact]
    public void What_is_not_there_cannot_be_changed_or_sold()
    {
        Assert.Throws<SandboxRefusedException>(() => _world.Control.SetAzure(Guid.Empty, AzureSubscriptionStatus.Suspended));
        Assert.Throws<SandboxRefusedException>(() => _world.Control.EndAzureSubscription(Guid.Empty, _world.Now));
        Assert.Throws<SandboxRefusedException>(() => _world.Control.Save(new AzurePrice("vendor-platform", "gold", "unknown", ResourceId: null, 3, _world.Now)));
        Assert.Throws<SandboxRefusedException>(() => _world.Control.Save(new AzureSubscription(
            Guid.NewGuid(), "vendor-platform", "silver", "buyer@x.example", Guid.Empty, AzureSubscriptionStatus.Subscribed, _world.Now)));
        Assert.Throws<SandboxRefusedException>(() => _world.Control.Save(new AzureOffer("vendor-platform", "Vendor Platform", "app", [])));
        Assert.Equal(404, _azure.Call("GET", $"saas/subscriptions/{Guid.Empty}").Status);
    }

    public void Dispose() => _world.Dispose();

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static object Event(decimal quantity, string dimension = "usage_fee", string at = Slot, string resource = Resource) =>
        new { resourceId = resource, quantity, dimension, effectiveStartTime = at, planId = "gold" };

    private static string? Text(JsonElement body, string name) => body.GetProperty(name).GetString();

    private static string?[] Statuses(JsonElement body) => [.. body.GetProperty("result").EnumerateArray().Select(item => Text(item, "status"))];
}
