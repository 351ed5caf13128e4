using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace LagoConsole.Sandbox.Azure;

/// <summary>Microsoft's metering service, its fulfilment service as far as reading goes, and a login, over HTTP.</summary>
public sealed class AzureApi
{
    /// <summary>Where Azure stands in the app.</summary>
    public const string Root = "/sandbox/azure/";

    private const string ApiVersion = "2018-08-31";

    private readonly SandboxAzure _azure;

    internal AzureApi(SandboxAzure azure) => _azure = azure;

    /// <summary>Answers a request.</summary>
    public SandboxResponse Answer(SandboxRequest request)
    {
        string path = request.RawPath[Root.Length..];
        if (path.StartsWith("login/", StringComparison.Ordinal))
        {
            return request.Method == "POST"
                ? _azure.Tokens.Answer(path.EndsWith("/oauth2/v2.0/token", StringComparison.Ordinal), Form(request.Body))
                : AzureFulfilment.Metadata(request, path);
        }

        SandboxResponse answer = Judged(request, path);
        foreach (string id in (string[])["x-ms-requestid", "x-ms-correlationid"])
        {
            answer.Headers[id] = request.Header(id) ?? Guid.NewGuid().ToString();
        }

        return answer;
    }

    private SandboxResponse Judged(SandboxRequest request, string path)
    {
        if (_azure.Tokens.ClientOf(request.Header("Authorization")) is not { } client)
        {
            return SandboxResponse.Json(403, new { message = "Client is not authorized for this usage resource.", code = "Forbidden" });
        }

        Dictionary<string, StringValues> query = QueryHelpers.ParseQuery(request.RawQuery);
        if (query.GetValueOrDefault("api-version") != ApiVersion)
        {
            return BadArgument("api-version", $"The api-version must be {ApiVersion}.");
        }

        return (request.Method, path) switch
        {
            ("POST", "api/batchUsageEvent") => Batch(client, request.Body),
            ("POST", "api/usageEvent") => Single(client, request.Body),
            ("GET", "api/usageEvents") => UsageEvents(query),
            ("POST", "api/saas/subscriptions/resolve") => _azure.Fulfilment.Resolve(request),
            ("GET", _) when path.StartsWith("api/saas/subscriptions/", StringComparison.Ordinal) && path.Contains("/operations/", StringComparison.Ordinal) => _azure.Fulfilment.Operation(path),
            ("GET", _) when path.StartsWith("api/saas/subscriptions/", StringComparison.Ordinal) => Subscription(path["api/saas/subscriptions/".Length..]),
            _ => SandboxResponse.Empty(404),
        };
    }

    private SandboxResponse Batch(string client, ReadOnlyMemory<byte> body)
    {
        if (Parse(body) is not { } root || root["request"] is not JsonArray { Count: >= 1 and <= 25 } events)
        {
            return SandboxResponse.Json(400, new { message = "A batch has 1 to 25 events.", target = "batchUsageEventRequest", code = "BadArgument" });
        }

        IReadOnlyList<AzureVerdict> verdicts = _azure.Meter(client, [.. events.Select(AzureUsageEvent.Read)]);
        return SandboxResponse.Json(200, new { count = verdicts.Count, result = verdicts.Select(Item).ToArray() });
    }

    private SandboxResponse Single(string client, ReadOnlyMemory<byte> body)
    {
        AzureVerdict verdict = _azure.Meter(client, [AzureUsageEvent.Read(Parse(body))])[0];
        return verdict switch
        {
            { Status: "Accepted" } => SandboxResponse.Json(200, Item(verdict)),
            { Status: "Duplicate", Billed: { } held } => SandboxResponse.Json(409, Conflict(held)),
            { Status: "ResourceNotAuthorized" } => SandboxResponse.Json(403, new { message = "Client is not authorized for this usage resource.", code = "Forbidden" }),
            _ => BadArgument(verdict.Target ?? "usageEventRequest", $"The event is refused: {verdict.Status}."), // the single call tells no status
        };
    }

    /// <summary>The caller's event with what became of it. What is stored is told of a duplicate only.</summary>
    private JsonObject Item(AzureVerdict verdict)
    {
        JsonObject item = [];
        if (verdict is { Status: "Accepted", Billed: { } billed })
        {
            item["usageEventId"] = billed.UsageEventId.ToString();
        }

        item["status"] = verdict.Status;
        item["messageTime"] = Instant(_azure.Now, zone: true);
        if (verdict.Status == "Duplicate")
        {
            item["error"] = Conflict(verdict.Billed!);
        }
        else if (verdict.Target is { } target)
        {
            item["error"] = new JsonObject
            {
                ["code"] = "BadArgument",
                ["target"] = "usageEventRequest",
                ["message"] = "One or more errors have occurred.",
                ["details"] = new JsonArray(new JsonObject { ["code"] = "BadArgument", ["target"] = target, ["message"] = $"The {target} is not accepted." }),
            };
        }

        foreach ((string name, JsonNode? value) in verdict.Event.AsSent)
        {
            item.TryAdd(name, value?.DeepClone());
        }

        return item;
    }

    private JsonObject Conflict(AzureBilledEvent held) => new()
    {
        ["additionalInfo"] = new JsonObject
        {
            ["acceptedMessage"] = new JsonObject
            {
                ["usageEventId"] = held.UsageEventId.ToString(),
                ["status"] = "Duplicate", // real answers say so of the event that was accepted
                ["messageTime"] = Instant(held.AcceptedAt, zone: true),
                ["resourceId"] = held.ResourceId.ToString(),
                ["quantity"] = held.Quantity,
                ["dimension"] = held.Dimension,
                ["effectiveStartTime"] = Instant(held.EffectiveStartTime, _azure.WritesZones),
                ["planId"] = held.PlanId,
            },
        },
        ["message"] = "This usage event already exist.",
        ["code"] = "Conflict",
    };

    /// <summary>One row per day, resource, dimension and plan.</summary>
    private SandboxResponse UsageEvents(Dictionary<string, StringValues> query)
    {
        if (Day(query.GetValueOrDefault("usageStartDate")) is not { } from)
        {
            return BadArgument("usageStartDate", "The usageStartDate is missing or no date.");
        }

        DateTimeOffset until = Day(query.GetValueOrDefault("UsageEndDate")) ?? DateTimeOffset.MaxValue;
        return SandboxResponse.Json(200, _azure.Read(state => state.Bill
            .Where(taken => taken.EffectiveStartTime >= from && taken.EffectiveStartTime < until
                && Is("offerId", taken.OfferId) && Is("planId", taken.PlanId) && Is("dimension", taken.Dimension))
            .GroupBy(taken => (Day: new DateTimeOffset(taken.EffectiveStartTime.UtcDateTime.Date, TimeSpan.Zero), taken.ResourceId, taken.Dimension, taken.PlanId, taken.OfferId))
            .OrderBy(row => row.Key.Day)
            .Select(row => new
            {
                usageDate = Instant(row.Key.Day, zone: true),
                usageResourceId = row.Key.ResourceId,
                dimension = row.Key.Dimension,
                planId = row.Key.PlanId,
                planName = state.Offers[row.Key.OfferId].Plans.First(plan => plan.PlanId == row.Key.PlanId).Title,
                offerId = row.Key.OfferId,
                offerName = state.Offers[row.Key.OfferId].Title,
                offerType = "SaaS",
                azureSubscriptionId = StableHash.Id(0, "azure-subscription", row.Key.ResourceId.ToString()),
                reconStatus = "Accepted",
                submittedQuantity = row.Sum(taken => taken.Quantity),
                processedQuantity = row.Sum(taken => taken.Quantity),
                submittedCount = row.Count(),
            })
            .ToArray()));

        bool Is(string name, string value) => !query.TryGetValue(name, out StringValues wanted) || wanted == value;
    }

    private SandboxResponse Subscription(string id) => _azure.Read(state =>
        Guid.TryParse(id, out Guid resource) && state.Subscriptions.TryGetValue(resource, out AzureSubscription? subscription)
            ? SandboxResponse.Json(200, new
            {
                id = subscription.ResourceId,
                publisherId = "vendor",
                offerId = subscription.OfferId,
                name = state.Offers[subscription.OfferId].Title,
                saasSubscriptionStatus = subscription.Status.ToString(),
                beneficiary = new { emailId = subscription.BuyerEmail, tenantId = subscription.BuyerTenantId },
                purchaser = new { emailId = subscription.BuyerEmail, tenantId = subscription.BuyerTenantId },
                planId = subscription.PlanId,
                created = Instant(subscription.StartsAt, zone: true),
            })
            : SandboxResponse.Json(404, new { code = "EntityNotFound", message = "There is no such subscription." }));

    private static SandboxResponse BadArgument(string target, string sentence) => SandboxResponse.Json(400, new
    {
        code = "BadArgument",
        target = "usageEventRequest",
        message = "One or more errors have occurred.",
        details = new[] { new { code = "BadArgument", target, message = sentence } },
    });

    private static JsonObject? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonNode.Parse(body.Span) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Dictionary<string, string> Form(ReadOnlyMemory<byte> body) => QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body.Span))
        .ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.Ordinal);

    private static DateTimeOffset? Day(StringValues text) => DateTimeOffset.TryParse(
        text.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset day) ? day : null;

    /// <summary>Seven decimals, as real answers have; some of their times leave the zone out.</summary>
    private static string Instant(DateTimeOffset instant, bool zone) =>
        instant.UtcDateTime.ToString(zone ? "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'" : "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
}
