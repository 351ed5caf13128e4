namespace LagoConsole.Core.Products;

/// <summary>What a person typed for a new product. Text stays as typed until it is checked.</summary>
public sealed class NewProduct
{
    public string? Name { get; set; }

    public Marketplace Marketplace { get; set; } = Marketplace.Aws;

    public string? AwsRegion { get; set; }

    /// <summary>Only for legacy agreements; empty otherwise.</summary>
    public string? AwsProductCode { get; set; }

    public string? AzureOfferId { get; set; }

    public string? AzurePlanId { get; set; }

    public string? GcpServiceName { get; set; }

    /// <summary>Null for the marketplace's usual chain.</summary>
    public Guid? AccountId { get; set; }
}

/// <summary>What a person typed for a new dimension and its first price.</summary>
public sealed class NewDimension
{
    public required Guid ProductId { get; init; }

    public string? Key { get; set; }

    public string? Name { get; set; }

    public string? Currency { get; set; } = "USD";

    /// <summary>In major units of the currency, as on the listing: <c>0.01</c>.</summary>
    public string? UnitPrice { get; set; }
}

/// <summary>What a person typed for a new price of a dimension.</summary>
public sealed class NewPrice
{
    public required Guid DimensionId { get; init; }

    /// <summary>Null for the dimension's list price; otherwise the one entitlement that it holds for.</summary>
    public Guid? EntitlementId { get; set; }

    /// <summary>In major units of the currency, as on the listing: <c>0.01</c>.</summary>
    public string? UnitPrice { get; set; }

    /// <summary>Null for the default, which <see cref="PriceStart"/> decides.</summary>
    public DateTimeOffset? EffectiveFrom { get; set; }
}
