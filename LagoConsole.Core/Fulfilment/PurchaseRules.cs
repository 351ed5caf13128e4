using LagoConsole.Core.Buyers;
using LagoConsole.Core.Products;

namespace LagoConsole.Core.Fulfilment;

/// <summary>What a reading changes on a purchase that the console has.</summary>
public abstract record PurchaseChange
{
    private PurchaseChange()
    {
    }

    public sealed record Nothing(string Sentence) : PurchaseChange;

    /// <param name="AzurePlanId">The plan that records name from the next one on; null leaves it as it is.</param>
    public sealed record Set(EntitlementState State, DateTimeOffset StartsAt, DateTimeOffset? EndsAt, string? AzurePlanId = null) : PurchaseChange;

    /// <summary>Nothing changes by itself.</summary>
    public sealed record AskPerson(string Sentence) : PurchaseChange;
}

/// <summary>How notices and readings become the life of a purchase. Pure.</summary>
public static class PurchaseRules
{
    /// <summary>
    /// A notice of AWS, which has no API to ask: what names the licence, or ends it, is believed. Null where it says nothing that
    /// the console keeps.
    /// </summary>
    /// <param name="now">Nothing ends in the future by a notice that has come.</param>
    public static PurchaseReading? Believed(PurchaseNotice notice, DateTimeOffset now)
    {
        EntitlementState? state = notice.Kind switch
        {
            NoticeKind.Cancelled => EntitlementState.Cancelled,
            NoticeKind.Changed when notice.AwsLicenseArn is not null => EntitlementState.Active,
            _ => null,
        };
        return state is not { } known ? null : new PurchaseReading
        {
            Marketplace = notice.Marketplace,
            PurchaseId = notice.PurchaseId,
            AwsAccountId = notice.AwsAccountId,
            AwsLicenseArn = notice.AwsLicenseArn,
            AwsProductCode = notice.AwsProductCode,
            AccountId = notice.AwsAccountId,
            State = known,
            EndsAt = known == EntitlementState.Cancelled ? Earlier(notice.At, now) : null,
        };
    }

    /// <summary>
    /// Follows what was read. A purchase that has ended in the console never begins again by itself: its last record may be on its
    /// way. An end is never moved later: the marketplace's window runs from the first.
    /// </summary>
    /// <param name="known">As it is stored.</param>
    /// <param name="plan">Azure: the plan that its records name now.</param>
    /// <param name="reading">What the marketplace says.</param>
    /// <param name="now">The present.</param>
    public static PurchaseChange Decide(Entitlement known, string? plan, PurchaseReading reading, DateTimeOffset now)
    {
        string who = known.Marketplace.Label();
        bool hasEnded = known.State == EntitlementState.Cancelled || known.EndsAt <= now;
        if (known.Marketplace == Marketplace.Gcp && known.PurchaseId is { } ours && reading.PurchaseId is { } theirs && ours != theirs)
        {
            return reading.State == EntitlementState.Cancelled || !hasEnded
                ? new PurchaseChange.Nothing($"Usage under this usage reporting ID is reported for the purchase {ours}; what {who} says of {theirs} does not change that.")
                : new PurchaseChange.AskPerson($"{who} has a new purchase {theirs} under the usage reporting ID of {ours}, which has ended here. Edit the entitlement if usage is to be reported for it again.");
        }

        if (reading.State == EntitlementState.Cancelled)
        {
            return hasEnded
                ? new PurchaseChange.Nothing("The purchase has ended here already.")
                : new PurchaseChange.Set(EntitlementState.Cancelled, known.StartsAt, Earlier(reading.EndsAt, now));
        }

        if (hasEnded)
        {
            return new PurchaseChange.AskPerson($"{who} says that the purchase is {reading.State.Label()}, but it has ended here. Nothing was changed: edit the entitlement if it runs again.");
        }

        // Google tells of ends that are to come, and takes them back; at the others such an end is what a person entered.
        DateTimeOffset? end = known.Marketplace != Marketplace.Gcp ? known.EndsAt : reading.EndsAt > now ? reading.EndsAt : null;
        EntitlementState state = reading.State switch
        {
            EntitlementState.Active or EntitlementState.PendingCancel => end is null ? EntitlementState.Active : EntitlementState.PendingCancel,
            _ => reading.State,
        };
        DateTimeOffset start = state == EntitlementState.PendingStart ? known.StartsAt : Earlier(known.StartsAt, now);
        string? newPlan = known.Marketplace == Marketplace.Azure && reading.AzurePlanId != plan ? reading.AzurePlanId : null;
        return newPlan is null && (state, start, end) == (known.State, known.StartsAt, known.EndsAt)
            ? new PurchaseChange.Nothing($"{who} says what the console has: {state.Label()}.")
            : new PurchaseChange.Set(state, start, end, newPlan);
    }

    /// <summary>The purchase that a reading is about.</summary>
    /// <param name="product">The entitlement's.</param>
    public static bool IsOf(Entitlement entitlement, Product product, PurchaseReading reading) => entitlement.Marketplace == reading.Marketplace && reading.Marketplace switch
    {
        Marketplace.Aws when reading.AwsLicenseArn is { } licence =>
            entitlement.AwsAccountId == reading.AwsAccountId && entitlement.AwsLicenseArn is { } ours && LicenceId(ours) == LicenceId(licence),
        Marketplace.Aws when reading.AwsProductCode is { } code =>
            entitlement.AwsAccountId == reading.AwsAccountId && entitlement.AwsLicenseArn is null && product.AwsProductCode == code,
        Marketplace.Aws => entitlement.PurchaseId is not null && entitlement.PurchaseId == reading.PurchaseId,
        Marketplace.Azure => entitlement.AzureResourceId == reading.PurchaseId,
        Marketplace.Gcp => entitlement.PurchaseId == reading.PurchaseId
            || (entitlement.GcpUsageReportingId == reading.GcpUsageReportingId && Sells(product, reading)),
        _ => false,
    };

    /// <summary>
    /// A legacy agreement has a licence too, which nothing is reported under: account and product code name it. One that has ended
    /// is none of it, nor one that is known by another agreement.
    /// </summary>
    /// <param name="entitlement">As it is stored.</param>
    /// <param name="product">The entitlement's.</param>
    /// <param name="reading">What names a licence.</param>
    public static bool IsLegacyOf(Entitlement entitlement, Product product, PurchaseReading reading) =>
        entitlement is { Marketplace: Marketplace.Aws, AwsLicenseArn: null } && entitlement.State != EntitlementState.Cancelled
        && entitlement.AwsAccountId == reading.AwsAccountId && Sells(product, reading)
        && (entitlement.PurchaseId is null || reading.PurchaseId is null || entitlement.PurchaseId == reading.PurchaseId);

    /// <summary>Whether the product is what was bought. At Azure that is the offer: its plan is the purchase's own.</summary>
    public static bool Sells(Product product, PurchaseReading reading) => product.Marketplace == reading.Marketplace && reading.Marketplace switch
    {
        Marketplace.Aws => product.AwsProductCode is not null && product.AwsProductCode == reading.AwsProductCode,
        Marketplace.Azure => product.AzureOfferId == reading.AzureOfferId,
        Marketplace.Gcp => reading.GcpProducts.Contains(product.GcpServiceName, StringComparer.Ordinal)
            || reading.GcpProducts.Contains(product.GcpServiceName?.Split('.')[0], StringComparer.Ordinal),
        _ => false,
    };

    /// <summary>AWS prints one licence's ARN in more than one way; its last part is the licence.</summary>
    private static string LicenceId(string arn) => arn[(arn.LastIndexOf(':') + 1)..];

    private static DateTimeOffset Earlier(DateTimeOffset? one, DateTimeOffset other) => one < other ? one.Value : other;
}
