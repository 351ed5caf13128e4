using System.Globalization;
using System.Text.RegularExpressions;

namespace LagoConsole.Core.Buyers;

/// <summary>Checks what was typed about a purchase, each field on its own: null, or the sentence to show there. Pure.</summary>
public static partial class EntitlementChecks
{
    /// <summary>Leaves room for region and account in <see cref="MarketplaceIdentity.MaxLength"/>.</summary>
    private const int LongestLicenseArn = 400;

    public static string? AwsAccountId(string? accountId) => accountId?.Trim() switch
    {
        null or "" => "Type the buyer's AWS account ID. AWS shows it with the agreement.",
        var typed when !typed.All(char.IsAsciiDigit) => "An AWS account ID has digits only, without spaces or dashes. Copy it again from the agreement.",
        { Length: not 12 } => "An AWS account ID has 12 digits. Copy it again from the agreement.",
        _ => null,
    };

    /// <param name="arn">As typed; empty for a legacy agreement.</param>
    /// <param name="productCode">The product's code for legacy agreements, if it has one.</param>
    public static string? AwsLicenseArn(string? arn, string? productCode) => arn?.Trim() switch
    {
        null or "" when productCode is null =>
            "Type the licence ARN of the agreement. Only a product with a legacy product code can do without one.",
        null or "" => null,
        var typed when !LicenseArn().IsMatch(typed) || typed.Length > LongestLicenseArn =>
            "That is not a licence ARN. It begins with arn:aws: and stands in the agreement's License Updated event; copy it whole.",
        _ => null,
    };

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

    [GeneratedRegex(
        "^arn:aws[a-zA-Z-]*:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.-]{0,1023}\\z",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex LicenseArn(); // the service model's own pattern
}
