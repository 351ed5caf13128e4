namespace LagoConsole.Core.Buyers;

/// <summary>The fields that a refusal can point at: the dialogs show the sentence there.</summary>
public enum BuyerField
{
    Name = 1,
    Email = 2,
    Product = 3,
    AwsAccountId = 4,
    AwsLicenseArn = 5,
    State = 6,
    StartsAt = 7,
    EndsAt = 8,
    AzureResourceId = 9,
    GcpUsageReportingId = 10,
    AzurePlanId = 11,
    LagoCustomerId = 12,
    Integration = 13,
}
