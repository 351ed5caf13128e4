using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace LagoConsole.Sandbox.Google;

/// <summary>
/// Google's procurement service as far as reading goes, and a Pub/Sub subscription with its notices. What is pulled is hidden for a minute
/// and comes again unless it is acknowledged. Notices are kept in memory. Thread safe.
/// </summary>
public sealed class GoogleFulfilment
{
    private const string Scope = "https://www.googleapis.com/auth/cloud-platform";

    private static readonly TimeSpan Hidden = TimeSpan.FromMinutes(1);

    private readonly SandboxGoogle _google;
    private readonly Lock _gate = new();
    private readonly List<Message> _messages = [];
    private readonly Dictionary<string, DateTimeOffset> _ending = new(StringComparer.Ordinal);

    internal GoogleFulfilment(SandboxGoogle google) => _google = google;

    /// <summary>Most purchases of one page of the list.</summary>
    public int PageSize { get; set; } = 200;

    /// <summary>Notices that were not acknowledged.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _messages.Count;
            }
        }
    }

    /// <summary>A purchase will end then, unless that is taken back.</summary>
    /// <param name="entitlementId">Which.</param>
    /// <param name="at">Null takes it back.</param>
    public void SetEnding(string entitlementId, DateTimeOffset? at)
    {
        lock (_gate)
        {
            if (at is { } end)
            {
                _ending[entitlementId] = end;
            }
            else
            {
                _ending.Remove(entitlementId);
            }
        }
    }

    /// <summary>Puts a notice into the subscription.</summary>
    /// <param name="eventType">Such as <c>ENTITLEMENT_CANCELLED</c>.</param>
    /// <param name="entitlementId">Which purchase.</param>
    public void Tell(string eventType, string entitlementId) => Publish(JsonSerializer.Serialize(new
    {
        eventId = $"{eventType}-{Guid.NewGuid():N}",
        eventType,
        providerId = "vendor",
        entitlement = new { id = entitlementId, updateTime = Instant(_google.Now) },
    }));

    /// <summary>Puts a message into the subscription.</summary>
    public void Publish(string data)
    {
        lock (_gate)
        {
            _messages.Add(new Message($"{_messages.Count + 1}-{Guid.NewGuid():N}", data));
        }
    }

    /// <exception cref="GoogleRefusedException">The token is not good for it, or there is no such thing.</exception>
    internal SandboxResponse Answer(SandboxRequest request, string path)
    {
        if (!_google.Tokens.IsGood(request.Header("Authorization"), Scope))
        {
            throw new GoogleRefusedException(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.");
        }

        string[] parts = path.Split('/');
        return (request.Method, parts) switch
        {
            ("GET", ["v1", "providers", var provider, "entitlements"]) => List(provider, QueryHelpers.ParseQuery(request.RawQuery).GetValueOrDefault("pageToken").ToString()),
            ("GET", ["v1", "providers", var provider, "entitlements", var id]) => Get(provider, id),
            ("POST", ["v1", "projects", _, "subscriptions", var verb]) when verb.EndsWith(":pull", StringComparison.Ordinal) => Pull(),
            ("POST", ["v1", "projects", _, "subscriptions", var verb]) when verb.EndsWith(":acknowledge", StringComparison.Ordinal) => Acknowledge(request.Body),
            _ => throw new GoogleRefusedException(404, "NOT_FOUND", "Requested entity was not found."),
        };
    }

    private SandboxResponse List(string provider, string pageToken)
    {
        int from = int.TryParse(pageToken, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
        JsonObject[] all = _google.Read(state => state.Entitlements.Values.Select(entitlement => Describe(provider, entitlement)).ToArray());
        JsonObject answer = new() { ["entitlements"] = new JsonArray([.. all.Skip(from).Take(PageSize)]) };
        if (from + PageSize < all.Length)
        {
            answer["nextPageToken"] = (from + PageSize).ToString(CultureInfo.InvariantCulture);
        }

        return SandboxResponse.Json(200, answer);
    }

    private SandboxResponse Get(string provider, string id) => _google.Read(state => state.Entitlements.TryGetValue(id, out GoogleEntitlement? entitlement)
        ? SandboxResponse.Json(200, Describe(provider, entitlement))
        : throw new GoogleRefusedException(404, "NOT_FOUND", "Requested entity was not found."));

    private JsonObject Describe(string provider, GoogleEntitlement entitlement)
    {
        DateTimeOffset? ending;
        lock (_gate)
        {
            ending = _ending.TryGetValue(entitlement.Id, out DateTimeOffset end) ? end : null;
        }

        JsonObject told = new()
        {
            ["name"] = $"providers/{provider}/entitlements/{entitlement.Id}",
            ["provider"] = provider,
            ["account"] = $"providers/{provider}/accounts/{entitlement.Account}",
            ["product"] = entitlement.Service.Split('.')[0],
            ["productExternalName"] = entitlement.Service,
            ["plan"] = "gold",
            ["usageReportingId"] = entitlement.UsageReportingId,
            ["createTime"] = Instant(entitlement.StartsAt),
            ["updateTime"] = Instant(entitlement.EndsAt ?? entitlement.StartsAt),
            ["state"] = entitlement.State switch
            {
                GoogleEntitlementState.ActivationRequested => "ENTITLEMENT_ACTIVATION_REQUESTED",
                GoogleEntitlementState.Active => ending is null ? "ENTITLEMENT_ACTIVE" : "ENTITLEMENT_PENDING_CANCELLATION",
                GoogleEntitlementState.Suspended => "ENTITLEMENT_SUSPENDED",
                GoogleEntitlementState.Cancelled => "ENTITLEMENT_CANCELLED",
                _ => throw new System.Diagnostics.UnreachableException(),
            },
        };
        if (ending is { } at)
        {
            told["subscriptionEndTime"] = Instant(at);
        }

        return told;
    }

    private SandboxResponse Pull()
    {
        DateTimeOffset now = _google.Now;
        JsonArray shown = [];
        lock (_gate)
        {
            foreach (Message message in _messages.Where(message => message.HiddenUntil <= now).ToArray())
            {
                message.HiddenUntil = now + Hidden;
                shown.Add(new JsonObject
                {
                    ["ackId"] = "ack-" + message.Id,
                    ["message"] = new JsonObject
                    {
                        ["data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(message.Data)),
                        ["messageId"] = message.Id,
                        ["publishTime"] = Instant(now),
                    },
                });
            }
        }

        return shown.Count == 0 ? SandboxResponse.Json(200, new JsonObject()) : SandboxResponse.Json(200, new JsonObject { ["receivedMessages"] = shown });
    }

    private SandboxResponse Acknowledge(ReadOnlyMemory<byte> body)
    {
        HashSet<string> receipts = [.. ((JsonArray)JsonNode.Parse(body.Span)!["ackIds"]!).Select(id => (string)id!)];
        lock (_gate)
        {
            _messages.RemoveAll(message => receipts.Contains("ack-" + message.Id));
        }

        return SandboxResponse.Json(200, new JsonObject());
    }

    private static string Instant(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    private sealed class Message(string id, string data)
    {
        public string Id { get; } = id;

        public string Data { get; } = data;

        public DateTimeOffset HiddenUntil { get; set; }
    }
}
