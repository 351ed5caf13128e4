namespace LagoConsole.Core.Lago;

/// <summary>Root of one customer.</summary>
public sealed record CustomerRoot
{
    public required CustomerResponse Customer { get; init; }
}

/// <summary>Root of one page of customers.</summary>
public sealed record CustomersRoot : ILagoPage<CustomerResponse>
{
    public required IReadOnlyList<CustomerResponse> Customers { get; init; }

    public required PageMetaResponse Meta { get; init; }

    IReadOnlyList<CustomerResponse> ILagoPage<CustomerResponse>.Rows => Customers;
}

/// <summary>A customer of the vendor in Lago.</summary>
public sealed record CustomerResponse
{
    /// <summary>Stays the same when a deleted customer's external id is given to a new one: store both.</summary>
    public required string LagoId { get; init; }

    /// <summary>The Lago Customer ID: any text, case-sensitive, unique among customers that are not deleted.</summary>
    public required string ExternalId { get; init; }

    public string? Name { get; init; }

    public string? Firstname { get; init; }

    public string? Lastname { get; init; }

    public string? LegalName { get; init; }

    public string? Email { get; init; }

    /// <summary>A default for new subscriptions only; each subscription has its plan's currency.</summary>
    public string? Currency { get; init; }

    /// <summary>IANA name of the zone whose midnights bound its periods.</summary>
    public string? ApplicableTimezone { get; init; }

    public CustomerBillingResponse? BillingConfiguration { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }
}

/// <summary>How a customer is invoiced.</summary>
public sealed record CustomerBillingResponse
{
    /// <summary>Days that an invoice stays a draft; null inherits the billing entity's.</summary>
    public int? InvoiceGracePeriod { get; init; }
}
