using LagoConsole.Core.Products;

namespace LagoConsole.Core.Fulfilment;

/// <summary>What a marketplace tells of a purchase, in the console's words: a closed set for all of them.</summary>
public enum NoticeKind
{
    /// <summary>None of the others: it is kept and shown, and nothing is done.</summary>
    NotUnderstood = 1,

    Started = 2,

    /// <summary>Renewed, amended, another quantity, or news of the buyer's account.</summary>
    Changed = 3,

    PlanChanged = 4,

    Suspended = 5,

    /// <summary>A suspension, or a cancellation that was to come, was taken back.</summary>
    Reinstated = 6,

    /// <summary>A cancellation that is to come.</summary>
    Ending = 7,

    Cancelled = 8,
}

/// <summary>The words that pages use.</summary>
public static class NoticeKindNames
{
    public static string Label(this NoticeKind kind) => kind switch
    {
        NoticeKind.NotUnderstood => "not understood",
        NoticeKind.Started => "started",
        NoticeKind.Changed => "changed",
        NoticeKind.PlanChanged => "plan changed",
        NoticeKind.Suspended => "suspended",
        NoticeKind.Reinstated => "reinstated",
        NoticeKind.Ending => "ending",
        NoticeKind.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind."),
    };
}

/// <summary>One notice of a marketplace. It is a claim: where the marketplace has an API, that is asked before anything is believed.</summary>
/// <param name="NoticeId">The marketplace's own id of it: a notice that is delivered twice has the same.</param>
/// <param name="At">When it happened, as the marketplace says; null where it does not.</param>
/// <param name="Said">The marketplace's word for it.</param>
public sealed record PurchaseNotice(Marketplace Marketplace, string NoticeId, NoticeKind Kind, DateTimeOffset? At, string Said)
{
    /// <summary>AWS's agreement, Azure's subscription, Google's entitlement; null where it is about no purchase.</summary>
    public string? PurchaseId { get; init; }

    public string? AwsAccountId { get; init; }

    public string? AwsLicenseArn { get; init; }

    public string? AwsProductCode { get; init; }

    /// <summary>Azure: what can be asked about the change itself.</summary>
    public Guid? AzureOperationId { get; init; }
}
