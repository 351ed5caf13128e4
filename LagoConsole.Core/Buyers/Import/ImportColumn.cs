namespace LagoConsole.Core.Buyers.Import;

/// <summary>A column of a file of entitlements.</summary>
/// <param name="Header">Its name in the first line; upper and lower case are the same.</param>
/// <param name="Meaning">For whoever fills it.</param>
public sealed record ImportColumn(BuyerField Field, string Header, string Meaning)
{
    public static IReadOnlyList<ImportColumn> All { get; } =
    [
        new(BuyerField.Name, "buyer name", "Required. Compared letter by letter: a name that no buyer has is a new buyer."),
        new(BuyerField.Email, "buyer e-mail", "Stored for a new buyer. A buyer that exists keeps its own, and it must be the same; it tells two buyers of one name apart."),
        new(BuyerField.Product, "product name", "Required. As the page Products shows it, letter by letter."),
        new(BuyerField.AwsAccountId, "AWS account ID", "AWS: the buyer's, 12 digits. Format the column as text, or a spreadsheet drops leading zeros."),
        new(BuyerField.AwsLicenseArn, "license ARN", "AWS: of the agreement. Empty for a legacy agreement, which reports against the product code."),
        new(BuyerField.AzureResourceId, "Azure subscription ID", "Azure: of the SaaS subscription, a GUID."),
        new(BuyerField.AzurePlanId, "Azure plan", "Azure: the plan that the subscription is on, where it is not the product's."),
        new(BuyerField.GcpUsageReportingId, "Google usage reporting ID", "Google: of the entitlement, such as project_number:404012345678."),
        new(BuyerField.State, "state", "PENDING_START, ACTIVE, SUSPENDED, PENDING_CANCEL or CANCELLED. A new purchase without one is ACTIVE."),
        new(BuyerField.StartsAt, "starts at", "In UTC, such as 2026-08-01 or 2026-08-01T09:30Z. A new purchase without one starts with this hour."),
        new(BuyerField.EndsAt, "ends at", "In UTC, as above: usage from this moment on is not reported. Empty while no end is known."),
    ];

    /// <summary>A file of these columns without a line.</summary>
    public static string Template { get; } = string.Join(',', All.Select(column => column.Header)) + "\r\n";

    public static string HeaderOf(BuyerField field) => All.Single(column => column.Field == field).Header;
}
