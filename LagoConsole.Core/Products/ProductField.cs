namespace LagoConsole.Core.Products;

/// <summary>The fields that a refusal can point at: the dialogs show the sentence there.</summary>
public enum ProductField
{
    Name = 1,
    Marketplace = 2,
    AwsRegion = 3,
    AwsProductCode = 4,
    DimensionKey = 5,
    DimensionName = 6,
    Currency = 7,
    UnitPrice = 8,
    EffectiveFrom = 9,
    Entitlement = 10,
    MetricCode = 11,
    Dimension = 12,
    AzureOfferId = 13,
    AzurePlanId = 14,
    GcpServiceName = 15,
    Account = 16,
}
