using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LagoConsole.Sandbox.Faults;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace LagoConsole.Sandbox.Azure;

/// <summary>Microsoft's metering service, its fulfilment service as far as reading goes, and a login, over HTTP.</summary>
public sealed class AzureApi
{
    /// <summary>Where Azure stands in the app.</summary>
    public const string Root = "/sandbox/azure/";

    private const string ApiVersion = "2018-08-31";
    private const int MostEvents = 25;

    private readonly SandboxAzure _azure;
    private readonly SandboxFaults _faults;

    internal AzureApi(SandboxAzure azure, SandboxFaults faults)
    {
        _azure = azure;
        _faults = faults;
    }

    /// <summary>Whether a request brings usage; the others ask for a token or read.</summary>
    internal static bool IsMetering(SandboxRequest request) => request.Method == "POST" && request.RawPath is Root + "api/batchUsageEvent" or Root + "api/usageEvent";

    /// <summary>Whether a request asks for a token.</summary>
    internal static bool IsLogin(SandboxRequest request) => request.RawPath.StartsWith(Root + "login/", StringComparison.Ordinal);

    /// <summary>Answers a request.</summary>
    public SandboxResponse Answer(SandboxRequest request)
    {
        string path = request.RawPath[Root.Length..];
        if (IsLogin(request))
        {
            return Login(request, path);
        }

        SandboxResponse answer = Judged(request, path);
        foreach (string id in (string[])["x-ms-requestid", "x-ms-correlationid"])
        {
            answer.Headers[id] = request.Header(id) ?? Guid.NewGuid().ToString();
        }

        return answer;
    }

    /// <summary>Any tenant: <c>login/{tenant}/oauth2/token</c>, or version 2 of it.</summary>
    private SandboxResponse Login(SandboxRequest request, string path) => (request.Method, path.Split('/')) switch
    {
        ("POST", [_, _, "oauth2", "token"]) => _azure.Tokens.Answer(isVersion2: false, Form(request.Body)),
        ("POST", [_, _, "oauth2", "v2.0", "token"]) => _azure.Tokens.Answer(isVersion2: true, Form(request.Body)),
        ("GET", [_, _, ".well-known" or "discovery", _]) => AzureFulfilment.Metadata(request, path),
        (_, [_, _, "oauth2", "token"] or [_, _, "oauth2", "v2.0", "token"]) => SandboxResponse.Empty(405),
        _ => SandboxResponse.Empty(404),
    };

    private SandboxResponse Judged(SandboxRequest request, string path)
    {
        if (_azure.Tokens.ClientOf(request.Header("Authorization")) is not { } client)
        {
            return Forbidden(); // documented for a token that is missing, invalid or expired; never 401
        }

        Dictionary<string, StringValues> query = QueryHelpers.ParseQuery(request.RawQuery);
        if (query.GetValueOrDefault("api-version") != ApiVersion)
        {
            return BadArgument("api-version", $"The api-version must be {ApiVersion}.");
        }

        if (IsMetering(request) && !request.IsJson)
        {
            return SandboxResponse.Empty(415);
        }

        return (request.Method, path) switch
        {
            ("POST", "api/batchUsageEvent") => Batch(client, request.Body),
            ("POST", "api/usageEvent") => Single(client, request.Body),
            ("GET", "api/usageEvents") => UsageEvents(client, query),
            ("POST", "api/saas/subscriptions/resolve") => _azure.Fulfilment.Resolve(request),
            ("GET", _) when path.StartsWith("api/saas/subscriptions/", StringComparison.Ordinal) && path.Contains("/operations/", StringComparison.Ordinal) => _azure.Fulfilment.Operation(path),
            ("GET", _) when path.StartsWith("api/saas/subscriptions/", StringComparison.Ordinal) => Subscription(client, path["api/saas/subscriptions/".Length..]),
            _ => SandboxResponse.Empty(404),
        };
    }

    private SandboxResponse Batch(string client, ReadOnlyMemory<byte> body)
    {
        if (Parse(body)?["request"] is not JsonArray { Count: >= 1 and <= MostEvents } events)
        {
            return SandboxResponse.Json(400, new { message = $"A batch has 1 to {MostEvents} events.", target = "batchUsageEventRequest", code = "BadArgument" });
        }

        int unprocessed = _faults.DrawUnprocessed(SandboxService.Azure);
        IReadOnlyList<AzureVerdict> verdicts = _azure.Meter(client, [.. events.Select(AzureUsageEvent.Read)], unprocessed);
        return SandboxResponse.Json(200, new { count = verdicts.Count, result = verdicts.Select(Item).ToArray() });
    }

    private SandboxResponse Single(string client, ReadOnlyMemory<byte> body)
    {
        AzureVerdict verdict = _azure.Meter(client, [AzureUsageEvent.Read(Parse(body))], _faults.DrawUnprocessed(SandboxService.Azure))[0];
        return verdict switch
        {
            { Status: "Accepted" } => SandboxResponse.Json(200, Item(verdict)),
            { Status: "Duplicate", Billed: { } held } => SandboxResponse.Json(409, Conflict(held)),
            { Status: "ResourceNotAuthorized" } => Forbidden(),
            { Status: "Error" } => SandboxResponse.Empty(500),
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

    /// <summary>One row per day, resource, dimension and plan, of the caller's own offers.</summary>
    private SandboxResponse UsageEvents(string client, Dictionary<string, StringValues> sent)
    {
        (AzureUsageQuery? query, string problem) = AzureUsageQuery.Read(sent);
        if (query is null)
        {
            return BadArgument(problem, $"The {problem} is missing or not of its kind.");
        }

        DateTimeOffset shown = _azure.Now - _azure.ReadsLag;
        return SandboxResponse.Json(200, _azure.Read(state => state.Bill
            .Where(taken => taken.AcceptedAt <= shown && state.Offers[taken.OfferId].ClientId == client
                && query.Matches(taken, state.Subscriptions[taken.ResourceId]))
            .GroupBy(taken => (Day: AzureWindow.DayOf(taken.EffectiveStartTime), taken.ResourceId, taken.Dimension, taken.PlanId, taken.OfferId))
            .OrderBy(row => row.Key.Day)
            .Select(row => new
            {
                usageDate = Instant(row.Key.Day, zone: true),
                usageResourceId = row.Key.ResourceId,
                dimension = row.Key.Dimension,
                planId = row.Key.PlanId,
                planName = state.Offers[row.Key.OfferId].Plans.FirstOrDefault(plan => plan.PlanId == row.Key.PlanId)?.Title ?? row.Key.PlanId,
                offerId = row.Key.OfferId,
                offerName = state.Offers[row.Key.OfferId].Title,
                offerType = "SaaS",
                azureSubscriptionId = state.Subscriptions[row.Key.ResourceId].AzureSubscriptionId,
                reconStatus = "Accepted",
                submittedQuantity = row.Sum(taken => taken.Quantity),
                processedQuantity = row.Sum(taken => taken.Quantity),
                submittedCount = row.Count(),
            })
            .ToArray()));
    }

    private SandboxResponse Subscription(string client, string id) => _azure.Read(state =>
        !Guid.TryParse(id, out Guid resource) || !state.Subscriptions.TryGetValue(resource, out AzureSubscription? subscription)
            ? SandboxResponse.Json(404, new { code = "EntityNotFound", message = "There is no such subscription." })
            : state.Offers[subscription.OfferId].ClientId != client
            ? Forbidden()
            : SandboxResponse.Json(200, new
            {
                id = subscription.ResourceId,
                publisherId = "vendor",
                offerId = subscription.OfferId,
                name = state.Offers[subscription.OfferId].Title,
                saasSubscriptionStatus = subscription.StatusAt(_azure.Now).ToString(),
                beneficiary = new { emailId = subscription.BuyerEmail, tenantId = subscription.BuyerTenantId },
                purchaser = new { emailId = subscription.BuyerEmail, tenantId = subscription.BuyerTenantId },
                planId = subscription.PlanId,
                created = Instant(subscription.StartsAt, zone: true),
            }));

    private static SandboxResponse Forbidden() => SandboxResponse.Json(403, new { message = "Client is not authorized for this usage resource.", code = "Forbidden" });

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
            return JsonNode.Parse(body.Span, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Dictionary<string, string> Form(ReadOnlyMemory<byte> body) => QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body.Span))
        .ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.Ordinal);

    /// <summary>Seven decimals, as real answers have; some of their times leave the zone out.</summary>
    private static string Instant(DateTimeOffset instant, bool zone) =>
        instant.UtcDateTime.ToString(zone ? "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'" : "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
}
