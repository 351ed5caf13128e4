namespace LagoConsole.Core.Lago;

/// <summary>Root of the key's organization.</summary>
public sealed record OrganizationRoot
{
    public required OrganizationResponse Organization { get; init; }
}

/// <summary>The Lago organization that a key belongs to.</summary>
public sealed record OrganizationResponse
{
    public required string LagoId { get; init; }

    public string? Name { get; init; }

    public string? DefaultCurrency { get; init; }

    public string? Timezone { get; init; }
}
