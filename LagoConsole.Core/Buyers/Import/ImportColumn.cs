namespace LagoConsole.Core.Buyers.Import;

/// <summary>A column of a file of entitlements, or of Lago customers for buyers.</summary>
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

    /// <summary>Of a file that says which Lago customer each buyer is.</summary>
    public static IReadOnlyList<ImportColumn> Mapping { get; } =
    [
        new(BuyerField.Name, "buyer name", "Required. A buyer of this console, letter by letter."),
        new(BuyerField.Email, "buyer e-mail", "Tells two buyers of one name apart. It must be the one that the buyer has here."),
        new(BuyerField.LagoCustomerId, "Lago Customer ID", "Required. The customer's external id in Lago; case matters. Format the column as text, or a spreadsheet drops leading zeros."),
        new(BuyerField.Integration, "integration", "As the page Integrations shows it, letter by letter. Empty where only one Lago is connected."),
    ];

    /// <summary>A file of entitlements without a line.</summary>
    public static string Template { get; } = Empty(All);

    /// <summary>A file of Lago customers without a line.</summary>
    public static string MappingTemplate { get; } = Empty(Mapping);

    public static string HeaderOf(BuyerField field) => All.Concat(Mapping).First(column => column.Field == field).Header;

    private static string Empty(IReadOnlyList<ImportColumn> columns) => string.Join(',', columns.Select(column => column.Header)) + "\r\n";
}
