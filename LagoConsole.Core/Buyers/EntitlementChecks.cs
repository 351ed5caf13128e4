using System.Globalization;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting.Aws;
using LagoConsole.Core.Reporting.Azure;
using LagoConsole.Core.Reporting.Google;

namespace LagoConsole.Core.Buyers;

/// <summary>Checks what was typed about a purchase, each field on its own: null, or the sentence to show there. Pure.</summary>
public static class EntitlementChecks
{
    /// <summary>Accounts have 12 digits; AWS's service model would let more pass, but the identity's column does not.</summary>
    public static string? AwsAccountId(string? accountId)
    {
        string typed = accountId?.Trim() ?? "";
        return AwsFields.AccountId(typed)
            ?? (typed.Length == 12 ? null : $"An AWS account ID has 12 digits; this one has {typed.Length}. Copy it again from the agreement.");
    }

    /// <summary>What names the purchase at its marketplace: the fields that are wrong, with a sentence each.</summary>
    public static IEnumerable<(BuyerField Field, string? Problem)> Identity(NewEntitlement input, Product product) => product.Marketplace switch
    {
        Marketplace.Aws => [(BuyerField.AwsAccountId, AwsAccountId(input.AwsAccountId)), (BuyerField.AwsLicenseArn, AwsLicenseArn(input.AwsLicenseArn, product.AwsProductCode))],
        Marketplace.Azure => [(BuyerField.AzureResourceId, AzureFields.ResourceId(input.AzureResourceId?.Trim())), (BuyerField.AzurePlanId, AzurePlanId(input.AzurePlanId))],
        Marketplace.Gcp => [(BuyerField.GcpUsageReportingId, GoogleFields.UsageReportingId(input.GcpUsageReportingId?.Trim()))],
        _ => [],
    };

    /// <summary>Optional: the product names a plan.</summary>
    public static string? AzurePlanId(string? planId) => string.IsNullOrWhiteSpace(planId) ? null : AzureFields.PlanId(planId.Trim());

    /// <param name="arn">As typed; empty for a legacy agreement.</param>
    /// <param name="productCode">The product's code for legacy agreements, if it has one.</param>
    public static string? AwsLicenseArn(string? arn, string? productCode) => string.IsNullOrWhiteSpace(arn)
        ? productCode is null ? AwsFields.LicenseArn("") + " Only a product with a legacy product code can do without one." : null
        : AwsFields.LicenseArn(arn.Trim());

    /// <summary>State and dates must tell one story: money flows by both.</summary>
    /// <param name="now">The present.</param>
    /// <param name="startsAt">Null is the field left empty.</param>
    /// <param name="firstBilledSlot">The earliest hour that was billed for it, if any.</param>
    public static IReadOnlyDictionary<BuyerField, string> Life(
        EntitlementState state, DateTimeOffset? startsAt, DateTimeOffset? endsAt, DateTimeOffset now, DateTimeOffset? firstBilledSlot)
    {
        Products.FieldProblems<BuyerField> problems = new();
        problems.Add(BuyerField.State, Enum.IsDefined(state) ? null : "Choose a state.");
        problems.Add(BuyerField.StartsAt, startsAt switch
        {
            null => "Type when the purchase starts: usage of hours before it is never reported.",
            _ when startsAt > now && state is not (EntitlementState.PendingStart or EntitlementState.Cancelled) =>
                $"A purchase that starts later is {EntitlementState.PendingStart.Label()}. Choose that state, or an earlier start.",
            _ when firstBilledSlot is { } billed && Conversion.ReportingWindow.FloorToHour(startsAt.Value) > billed => string.Create(
                CultureInfo.InvariantCulture,
                $"Usage of {billed.UtcDateTime:yyyy-MM-dd HH:mm} UTC was already reported for this purchase. Its start cannot be later than that."),
            _ => null,
        });
        problems.Add(BuyerField.EndsAt, (state, endsAt) switch
        {
            (EntitlementState.Cancelled, null) => "Type when it was cancelled: usage from that hour on cannot be reported.",
            (EntitlementState.Cancelled, { } end) when end > now =>
                $"A purchase that ends later is {EntitlementState.PendingCancel.Label()}. Choose that state, or an end that has passed.",
            (EntitlementState.PendingCancel, null) => "Type when it will end: the marketplace says so with the cancellation.",
            (EntitlementState.Active or EntitlementState.PendingStart or EntitlementState.Suspended, { } end) when end <= now =>
                $"An end that has passed makes it {EntitlementState.Cancelled.Label()}. Choose that state, or clear the end.",
            (_, { } end) when end <= startsAt => "The end must be later than the start.",
            _ => null,
        });
        return problems.All;
    }
}
