namespace LagoConsole.Core.Accounts;

/// <summary>What may be shown of an account's credentials. Null where its kind has no such part.</summary>
public sealed record AccountParts
{
    public string? AwsProfile { get; init; }

    public string? AwsAccessKeyId { get; init; }

    public string? AwsRoleArn { get; init; }

    /// <summary>What the role's trust policy asks for besides the caller; no secret by AWS's own word.</summary>
    public string? AwsExternalId { get; init; }

    public string? AzureTenantId { get; init; }

    /// <summary>Of the app registration, or of an assigned managed identity.</summary>
    public string? AzureClientId { get; init; }

    /// <summary>The service account.</summary>
    public string? GoogleClientEmail { get; init; }

    /// <summary>Google's name of the service account's key.</summary>
    public string? GoogleKeyId { get; init; }

    /// <summary>Each part that there is, with its label.</summary>
    public IEnumerable<(string Label, string Value)> Shown()
    {
        (string Label, string? Value)[] all =
        [
            ("Profile", AwsProfile),
            ("Access key ID", AwsAccessKeyId),
            ("Role ARN", AwsRoleArn),
            ("External ID", AwsExternalId),
            ("Tenant ID", AzureTenantId),
            ("Client ID", AzureClientId),
            ("Service account", GoogleClientEmail),
            ("Key ID", GoogleKeyId),
        ];
        return all.Where(part => part.Value is not null).Select(part => (part.Label, part.Value!));
    }

    public override string ToString() => string.Join(", ", Shown().Select(part => $"{part.Label} {part.Value}"));
}
