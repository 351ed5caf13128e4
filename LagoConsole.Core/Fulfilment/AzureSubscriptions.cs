using System.Text.Json;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Azure;
using LagoConsole.Core.Sandbox;
using LagoConsole.Core.Time;
using Microsoft.Extensions.Options;

namespace LagoConsole.Core.Fulfilment;

/// <summary>Reads purchases from Microsoft's SaaS fulfilment service. It never activates one: the vendor's own landing page does.</summary>
public sealed class AzureSubscriptions(
    HttpClient http, IAccessTokenSource tokens, ISandboxDoor sandbox, IOptions<AzureOptions> options, NetworkClock? network = null) : IDisposable
{
    /// <summary>Longer than any purchase token that was seen.</summary>
    private const int MaxToken = 8192;

    private static readonly Uri Production = new("https://marketplaceapi.microsoft.com/api/");

    private readonly BearerCalls _calls = new(http, tokens, Marketplace.Azure.Label(), options.Value.RequestTimeout, network);

    /// <summary>The purchase that a buyer's landing on the vendor's page stands for.</summary>
    /// <param name="productId">What was bought: its account asks.</param>
    /// <param name="purchaseToken">As the page's address has it, encoded or not. Good for a day.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<PurchaseAnswer> ResolveAsync(Guid productId, string purchaseToken, CancellationToken cancellationToken)
    {
        string token = Uri.UnescapeDataString(purchaseToken.Trim()); // the token itself has no percent sign
        if (token.Length is 0 or > MaxToken || !token.All(character => character is > ' ' and <= '~'))
        {
            return new PurchaseAnswer.Refused("That is not a purchase token. Copy the value of token from the landing page's address, whole.");
        }

        Dictionary<string, string> headers = new(StringComparer.Ordinal) { ["x-ms-marketplace-token"] = token };
        return await AskAsync(productId, HttpMethod.Post, "resolve", headers, cancellationToken) switch
        {
            BearerAnswer.Ok ok when Guid.TryParse(StrictJson.Text(ok.Root, "id"), out Guid subscription) => await ReadAsync(productId, subscription, operation: null, cancellationToken),
            BearerAnswer.Ok => NotUnderstood,
            BearerAnswer.Refused refused => new PurchaseAnswer.Refused(
                $"Azure does not take this token: it is not whole, older than a day, or of another publisher's offer. Let the buyer press Configure account again. {refused.Sentence}".Trim()),
            BearerAnswer.Failed failed => new PurchaseAnswer.Failed(failed.Sentence),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>A purchase as it stands now.</summary>
    /// <param name="productId">Whose account asks.</param>
    /// <param name="subscription">Its id.</param>
    /// <param name="operation">The change that a webhook told of: when it happened is Azure's word, and while it is in progress nothing is concluded. Null where none was told.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<PurchaseAnswer> ReadAsync(Guid productId, Guid subscription, Guid? operation, CancellationToken cancellationToken)
    {
        DateTimeOffset? happenedAt = null;
        if (operation is { } id)
        {
            switch (await AskAsync(productId, HttpMethod.Get, $"{subscription}/operations/{id}", [], cancellationToken))
            {
                case BearerAnswer.Ok ok when StrictJson.Text(ok.Root, "status") is "NotStarted" or "InProgress":
                    return new PurchaseAnswer.Failed("Azure is still carrying the change out. It is asked again.");
                case BearerAnswer.Ok ok:
                    happenedAt = NoticeReader.Instant(StrictJson.Text(ok.Root, "timeStamp"));
                    break;
                case BearerAnswer.Failed failed:
                    return new PurchaseAnswer.Failed(failed.Sentence);
            }
        }

        return await AskAsync(productId, HttpMethod.Get, subscription.ToString(), [], cancellationToken) switch
        {
            BearerAnswer.Ok ok when Read(ok.Root, subscription) is { } reading => new PurchaseAnswer.Read(
                reading.State == EntitlementState.Cancelled ? reading with { EndsAt = happenedAt } : reading),
            BearerAnswer.Ok => NotUnderstood,
            BearerAnswer.Refused { Status: 404 } => new PurchaseAnswer.NotFound($"Azure knows no subscription {subscription}."),
            BearerAnswer.Refused refused => new PurchaseAnswer.Refused($"Azure does not tell of the subscription {subscription}. {refused.Sentence}".Trim()),
            BearerAnswer.Failed failed => new PurchaseAnswer.Failed(failed.Sentence),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    public void Dispose() => _calls.Dispose();

    private static PurchaseAnswer.Failed NotUnderstood { get; } = new("Azure's answer was not understood, so nothing was concluded from it. It is asked again.");

    private Task<BearerAnswer> AskAsync(Guid productId, HttpMethod method, string path, Dictionary<string, string> headers, CancellationToken cancellationToken) => _calls.AskAsync(
        productId, method,
        new Uri(sandbox.IsOpen ? sandbox.AzureBaseAddress : Production, $"saas/subscriptions/{path}?api-version={AzureMarketplaceMeter.ApiVersion}"),
        json: null, headers, cancellationToken);

    /// <summary>Null where it is not a whole answer about this subscription.</summary>
    internal static PurchaseReading? Read(JsonElement root, Guid asked)
    {
        EntitlementState? state = StrictJson.Text(root, "saasSubscriptionStatus") switch
        {
            "NotStarted" or "PendingFulfillmentStart" => EntitlementState.PendingStart,
            "Subscribed" => EntitlementState.Active,
            "Suspended" => EntitlementState.Suspended,
            "Unsubscribed" => EntitlementState.Cancelled,
            _ => null,
        };
        JsonElement? buyer = StrictJson.Member(root, "beneficiary") ?? StrictJson.Member(root, "purchaser");
        return state is { } known && Guid.TryParse(StrictJson.Text(root, "id"), out Guid id) && id == asked
            && StrictJson.Text(root, "offerId") is { Length: > 0 } offer && StrictJson.Text(root, "planId") is { Length: > 0 } plan
            ? new PurchaseReading
            {
                Marketplace = Marketplace.Azure,
                PurchaseId = id.ToString(),
                AzureOfferId = offer,
                AzurePlanId = plan,
                AccountId = Guid.TryParse(StrictJson.Text(buyer, "tenantId"), out Guid tenant) && tenant != Guid.Empty ? tenant.ToString() : null,
                BuyerEmail = StrictJson.Text(buyer, "emailId"),
                State = known,
                StartsAt = NoticeReader.Instant(StrictJson.Text(root, "created")),
            }
            : null;
    }
}
