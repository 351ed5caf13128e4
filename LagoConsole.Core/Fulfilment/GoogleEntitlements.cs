using System.Text.Json;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Google;
using LagoConsole.Core.Sandbox;
using LagoConsole.Core.Time;
using Microsoft.Extensions.Options;

namespace LagoConsole.Core.Fulfilment;

/// <summary>What came of reading all purchases of a provider.</summary>
public abstract record PurchaseList
{
    private PurchaseList()
    {
    }

    /// <param name="Unbilled">How many others there are that no usage is reported for.</param>
    public sealed record Read(IReadOnlyList<PurchaseReading> Purchases, int Unbilled) : PurchaseList;

    /// <summary>Nothing is concluded from a part of the list.</summary>
    public sealed record Failed(string Sentence) : PurchaseList;
}

/// <summary>Reads purchases from Google's Cloud Commerce Partner Procurement API. It approves none: the vendor's own sign-up does.</summary>
public sealed class GoogleEntitlements(
    HttpClient http, IAccessTokenSource tokens, ISandboxDoor sandbox, IOptions<GoogleOptions> options, IOptions<GoogleNoticeOptions> notices,
    NetworkClock? network = null) : IDisposable
{
    /// <summary>What the procurement service and Pub/Sub are asked with.</summary>
    public const string Scope = "https://www.googleapis.com/auth/cloud-platform";

    /// <summary>Some 20,000 purchases: a list that goes on after that goes round in circles.</summary>
    private const int MostPages = 100;

    private static readonly Uri Production = new("https://cloudcommerceprocurement.googleapis.com/");

    private readonly BearerCalls _calls = new(http, tokens, Marketplace.Gcp.Label(), options.Value.RequestTimeout, network);

    public bool IsConfigured => notices.Value.ProviderId is not null;

    /// <summary>A purchase as it stands now.</summary>
    /// <param name="productId">Whose account asks.</param>
    /// <param name="entitlementId">The last part of its name.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<PurchaseAnswer> ReadAsync(Guid productId, string entitlementId, CancellationToken cancellationToken)
    {
        if (!IsConfigured)
        {
            return new PurchaseAnswer.Failed("Google:ProviderId is not set, so Google was not asked. Set it to the provider's id in the Producer Portal.");
        }

        return await AskAsync(productId, $"/{Uri.EscapeDataString(entitlementId)}", cancellationToken) switch
        {
            BearerAnswer.Ok ok when IsEntitlement(ok.Root, entitlementId) => Read(ok.Root) is { } reading
                ? new PurchaseAnswer.Read(reading)
                : new PurchaseAnswer.NotFound($"Google gives no usage reporting ID for {entitlementId} yet, or none of this product: no usage can be reported for it."),
            BearerAnswer.Ok => new PurchaseAnswer.Failed("Google's answer was not understood, so nothing was concluded from it. It is asked again."),
            BearerAnswer.Refused { Status: 404 } => new PurchaseAnswer.NotFound($"Google knows no entitlement {entitlementId} of this provider."),
            BearerAnswer.Refused refused => new PurchaseAnswer.Refused($"Google does not tell of the entitlement {entitlementId}. {refused.Sentence}".Trim()),
            BearerAnswer.Failed failed => new PurchaseAnswer.Failed(failed.Sentence),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>All purchases, page by page.</summary>
    /// <param name="productId">Whose account asks.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public async Task<PurchaseList> ListAsync(Guid productId, CancellationToken cancellationToken)
    {
        List<PurchaseReading> purchases = [];
        int unbilled = 0;
        string pageToken = "";
        for (int page = 0; page < MostPages; page++)
        {
            switch (await AskAsync(productId, $"?pageSize=200{(pageToken.Length == 0 ? "" : $"&pageToken={Uri.EscapeDataString(pageToken)}")}", cancellationToken))
            {
                case BearerAnswer.Ok ok:
                    foreach (JsonElement one in StrictJson.Items(ok.Root, "entitlements"))
                    {
                        if (Read(one) is { } reading)
                        {
                            purchases.Add(reading);
                        }
                        else
                        {
                            unbilled++;
                        }
                    }

                    if (StrictJson.Text(ok.Root, "nextPageToken") is not { Length: > 0 } next)
                    {
                        return new PurchaseList.Read(purchases, unbilled);
                    }

                    pageToken = next;
                    break;
                case BearerAnswer.Refused refused:
                    return new PurchaseList.Failed($"Google does not list the purchases of this provider: check Google:ProviderId. {refused.Sentence}".Trim());
                case BearerAnswer.Failed failed:
                    return new PurchaseList.Failed(failed.Sentence);
            }
        }

        return new PurchaseList.Failed($"Google's list of purchases did not end after {MostPages} pages. Nothing was concluded from it.");
    }

    public void Dispose() => _calls.Dispose();

    private Task<BearerAnswer> AskAsync(Guid productId, string rest, CancellationToken cancellationToken) => _calls.AskAsync(
        productId, HttpMethod.Get,
        new Uri(sandbox.IsOpen ? sandbox.GoogleBaseAddress : Production, $"v1/providers/{Uri.EscapeDataString(notices.Value.ProviderId ?? "")}/entitlements{rest}"),
        json: null, new Dictionary<string, string>(StringComparer.Ordinal), cancellationToken);

    private static bool IsEntitlement(JsonElement root, string id) =>
        StrictJson.Text(root, "name")?.EndsWith($"/entitlements/{id}", StringComparison.Ordinal) == true && State(root) is not null;

    private static EntitlementState? State(JsonElement root) => StrictJson.Text(root, "state") switch
    {
        "ENTITLEMENT_ACTIVATION_REQUESTED" => EntitlementState.PendingStart,
        "ENTITLEMENT_ACTIVE" or "ENTITLEMENT_PENDING_PLAN_CHANGE" or "ENTITLEMENT_PENDING_PLAN_CHANGE_APPROVAL" => EntitlementState.Active,
        "ENTITLEMENT_PENDING_CANCELLATION" => EntitlementState.PendingCancel,
        "ENTITLEMENT_SUSPENDED" => EntitlementState.Suspended,
        "ENTITLEMENT_CANCELLED" => EntitlementState.Cancelled,
        _ => null,
    };

    /// <summary>Null where no usage can be reported for it. A cancelled one was last updated by its cancellation.</summary>
    internal static PurchaseReading? Read(JsonElement root)
    {
        string? name = StrictJson.Text(root, "name");
        string id = name?[(name.LastIndexOf('/') + 1)..] ?? "";
        string? account = StrictJson.Text(root, "account");
        return State(root) is { } state && id.Length is > 0 and <= NoticeReader.MaxPurchaseId
            && StrictJson.Text(root, "usageReportingId") is { } consumer && GoogleFields.UsageReportingId(consumer) is null
            ? new PurchaseReading
            {
                Marketplace = Marketplace.Gcp,
                PurchaseId = id,
                GcpUsageReportingId = consumer,
                GcpProducts = [.. new[] { StrictJson.Text(root, "productExternalName"), StrictJson.Text(root, "product") }.OfType<string>().Distinct(StringComparer.Ordinal)],
                AccountId = account?[(account.LastIndexOf('/') + 1)..] is { Length: > 0 and <= 255 } buyer ? buyer : null,
                State = state,
                StartsAt = NoticeReader.Instant(StrictJson.Text(root, "createTime")),
                EndsAt = NoticeReader.Instant(state switch
                {
                    EntitlementState.Cancelled => StrictJson.Text(root, "updateTime"),
                    EntitlementState.PendingCancel => StrictJson.Text(root, "subscriptionEndTime") ?? StrictJson.Text(root, "offerEndTime"),
                    _ => null,
                }),
            }
            : null;
    }
}
