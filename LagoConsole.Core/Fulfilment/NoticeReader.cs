using System.Globalization;
using System.Text;
using System.Text.Json;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Aws;

namespace LagoConsole.Core.Fulfilment;

/// <summary>Reads the messages of the three marketplaces. Pure: the same message is the same notice, whenever it is read. Never throws.</summary>
public static class NoticeReader
{
    public const int MaxId = 200;

    /// <summary>Longest id of a purchase, in characters.</summary>
    public const int MaxPurchaseId = 255;

    private const string AwsSource = "aws.agreement-marketplace";

    /// <param name="messageId">The door's own id of the message: it stands in where the message names none.</param>
    /// <param name="body">As it was delivered.</param>
    public static PurchaseNotice Read(Marketplace marketplace, string messageId, string body)
    {
        using JsonDocument? json = StrictJson.Parse(Encoding.UTF8.GetBytes(body));
        PurchaseNotice? read = json is null ? null : marketplace switch
        {
            Marketplace.Aws => Aws(json.RootElement),
            Marketplace.Azure => Azure(json.RootElement),
            Marketplace.Gcp => Google(json.RootElement, messageId),
            _ => throw new ArgumentOutOfRangeException(nameof(marketplace), marketplace, "Not a marketplace."),
        };
        return read ?? new PurchaseNotice(marketplace, messageId, NoticeKind.NotUnderstood, At: null, Name(json?.RootElement) ?? "no message that the console knows");
    }

    /// <summary>
    /// EventBridge's event of the agreement service; the manufacturer's and the proposer's variant say the same. Its own id: each
    /// variant has another, and acting on both changes nothing twice.
    /// </summary>
    private static PurchaseNotice? Aws(JsonElement root)
    {
        JsonElement? detail = StrictJson.Member(root, "detail");
        string? type = StrictJson.Text(root, "detail-type");
        string happened = type?.Split(" - ", 2)[0] ?? "";
        NoticeKind? kind = happened switch
        {
            "Purchase Agreement Created" => NoticeKind.Started,
            "Purchase Agreement Amended" or "License Updated" => NoticeKind.Changed,
            "Purchase Agreement Ended" or "License Deprovisioned" => NoticeKind.Cancelled,
            _ => null,
        };
        string? account = StrictJson.Text(StrictJson.Member(detail, "acceptor"), "accountId");
        string? licence = Arn(StrictJson.Text(StrictJson.Member(detail, "license"), "arn"));
        bool isOfLicence = happened.StartsWith("License ", StringComparison.Ordinal);
        return StrictJson.Text(root, "source") == AwsSource && kind is { } known
            && Id(StrictJson.Text(root, "id")) is { } id && Instant(StrictJson.Text(root, "time")) is { } at
            && PurchaseId(StrictJson.Text(StrictJson.Member(detail, "agreement"), "id")) is { } agreement
            && AwsFields.AccountId(account) is null && (!isOfLicence || licence is not null)
            ? new PurchaseNotice(Marketplace.Aws, id, known, at, type!)
            {
                PurchaseId = agreement,
                AwsAccountId = account,
                AwsLicenseArn = licence,
                AwsProductCode = StrictJson.Text(StrictJson.Member(detail, "product"), "code"),
            }
            : null;
    }

    /// <summary>Azure's webhook. An operation that is told again with another status is another notice.</summary>
    private static PurchaseNotice? Azure(JsonElement root)
    {
        string? action = StrictJson.Text(root, "action");
        NoticeKind? kind = action switch
        {
            "ChangePlan" => NoticeKind.PlanChanged,
            "ChangeQuantity" or "Renew" => NoticeKind.Changed,
            "Suspend" => NoticeKind.Suspended,
            "Reinstate" => NoticeKind.Reinstated,
            "Unsubscribe" => NoticeKind.Cancelled,
            _ => null,
        };
        return kind is { } known && Guid.TryParse(StrictJson.Text(root, "id"), out Guid operation)
            && Guid.TryParse(StrictJson.Text(root, "subscriptionId"), out Guid subscription)
            && Id($"{operation}/{StrictJson.Text(root, "status")}") is { } id
            ? new PurchaseNotice(Marketplace.Azure, id, known, Instant(StrictJson.Text(root, "timeStamp")), action!)
            {
                PurchaseId = subscription.ToString(),
                AzureOperationId = operation,
            }
            : null;
    }

    /// <summary>Google's procurement event, as the data of a Pub/Sub message.</summary>
    private static PurchaseNotice? Google(JsonElement root, string messageId)
    {
        string? type = StrictJson.Text(root, "eventType");
        NoticeKind? kind = type switch
        {
            "ENTITLEMENT_CREATION_REQUESTED" or "ENTITLEMENT_ACTIVE" => NoticeKind.Started,
            "ENTITLEMENT_PLAN_CHANGED" => NoticeKind.PlanChanged,
            "ENTITLEMENT_PLAN_CHANGE_REQUESTED" or "ENTITLEMENT_PLAN_CHANGE_CANCELLED" or "ENTITLEMENT_RENEWED"
                or "ENTITLEMENT_OFFER_ACCEPTED" or "ENTITLEMENT_OFFER_ENDED"
                or "ACCOUNT_CREATION_REQUESTED" or "ACCOUNT_ACTIVE" or "ACCOUNT_DELETED" => NoticeKind.Changed,
            "ENTITLEMENT_SUSPENDED" => NoticeKind.Suspended,
            "ENTITLEMENT_CANCELLATION_REVERTED" => NoticeKind.Reinstated,
            "ENTITLEMENT_PENDING_CANCELLATION" or "ENTITLEMENT_CANCELLING" => NoticeKind.Ending,
            "ENTITLEMENT_CANCELLED" or "ENTITLEMENT_DELETED" => NoticeKind.Cancelled,
            _ => null,
        };
        JsonElement? entitlement = StrictJson.Member(root, "entitlement");
        string? purchase = PurchaseId(StrictJson.Text(entitlement, "id"));
        bool isOfAccount = type?.StartsWith("ACCOUNT_", StringComparison.Ordinal) == true;
        return kind is { } known && (isOfAccount || purchase is not null)
            ? new PurchaseNotice(Marketplace.Gcp, Id(StrictJson.Text(root, "eventId")) ?? messageId, known, Instant(StrictJson.Text(entitlement, "updateTime")), type!)
            {
                PurchaseId = purchase,
            }
            : null;
    }

    /// <summary>AWS's own documentation prints the ARN of these events without its first four letters.</summary>
    private static string? Arn(string? text)
    {
        string? whole = text?.StartsWith("aws", StringComparison.Ordinal) == true ? "arn:" + text : text;
        return AwsFields.LicenseArn(whole) is null ? whole : null;
    }

    /// <summary>What a message that is not understood calls itself.</summary>
    private static string? Name(JsonElement? root) =>
        Id(StrictJson.Text(root, "detail-type") ?? StrictJson.Text(root, "action") ?? StrictJson.Text(root, "eventType"));

    private static string? Id(string? text) => text is { Length: > 0 and <= MaxId } ? text : null;

    private static string? PurchaseId(string? text) => text is { Length: > 0 and <= MaxPurchaseId } ? text : null;

    internal static DateTimeOffset? Instant(string? text) => DateTimeOffset.TryParse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset instant)
        ? instant
        : null;
}
