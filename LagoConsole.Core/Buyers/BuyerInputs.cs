namespace LagoConsole.Core.Buyers;

/// <summary>What a person typed for a new buyer. Text stays as typed until it is checked.</summary>
public sealed class NewBuyer
{
    public string? Name { get; set; }

    public string? Email { get; set; }
}

/// <summary>What a person changed on a buyer.</summary>
public sealed class EditBuyer
{
    public required Guid Id { get; init; }

    /// <summary><see cref="Buyer.Version"/> of what the person was looking at.</summary>
    public required int SeenVersion { get; init; }

    public string? Name { get; set; }

    public string? Email { get; set; }
}

/// <summary>What a person typed for a new purchase.</summary>
public sealed class NewEntitlement
{
    public required Guid BuyerId { get; init; }

    public Guid? ProductId { get; set; }

    public string? AwsAccountId { get; set; }

    /// <summary>Empty for a legacy agreement, which reports against the product's code.</summary>
    public string? AwsLicenseArn { get; set; }

    /// <summary>Azure's subscription id.</summary>
    public string? AzureResourceId { get; set; }

    /// <summary>Empty for the product's plan.</summary>
    public string? AzurePlanId { get; set; }

    public string? GcpUsageReportingId { get; set; }

    public EntitlementState State { get; set; } = EntitlementState.Active;

    /// <summary>Null for the default: the start of the present hour.</summary>
    public DateTimeOffset? StartsAt { get; set; }

    /// <summary>Exclusive; null while no end is known.</summary>
    public DateTimeOffset? EndsAt { get; set; }
}

/// <summary>What a person changed on a purchase. Its identity is not among it: another identity is another purchase.</summary>
public sealed class EditEntitlement
{
    public required Guid Id { get; init; }

    /// <summary><see cref="Entitlement.Version"/> of what the person was looking at.</summary>
    public required int SeenVersion { get; init; }

    public required EntitlementState State { get; set; }

    public required DateTimeOffset? StartsAt { get; set; }

    /// <summary>Exclusive; for a cancelled purchase this is <b>Cancelled at</b>.</summary>
    public required DateTimeOffset? EndsAt { get; set; }

    /// <summary>Azure: the plan that records name from the next one on. Null leaves it as it is; empty is the product's plan.</summary>
    public string? AzurePlanId { get; set; }

    /// <summary>What becomes of its open money, where the console asked (<see cref="BuyerOutcome.AsksAboutMoney"/>).</summary>
    public Polling.OpenMoneyChoice? OpenMoney { get; set; }

    /// <summary>That money as it was shown: no more than that is written off.</summary>
    public IReadOnlyList<Polling.OpenMoneyLine> SeenOpenMoney { get; set; } = [];

    /// <summary>Where the change comes from, for the audit log; null where a person typed it.</summary>
    public string? Origin { get; init; }

    /// <summary>Nobody can say what becomes of open money: it waits for a person instead of being asked about.</summary>
    public bool NobodyAnswers { get; init; }
}
