using System.Text.RegularExpressions;

namespace LagoConsole.Core.Security;

/// <summary>The address of a key in Azure Key Vault or a managed HSM, in any of Azure's clouds.</summary>
/// <param name="Host">Of the vault. Nothing but Azure's own names: what asks there shows a token.</param>
/// <param name="Service">What tokens for the vault are asked for.</param>
/// <param name="Version">Null: the newest.</param>
internal sealed partial record KeyVaultKey(string Host, string Service, string Name, string? Version)
{
    public string Scope => $"https://{Service}/.default";

    /// <summary>Null where it is not the address of a key.</summary>
    public static KeyVaultKey? Parse(string? address) => address is not null && Address().Match(address) is { Success: true, Groups: var parts }
        ? new KeyVaultKey(
            parts["host"].Value.ToLowerInvariant(), parts["service"].Value.ToLowerInvariant(), parts["name"].Value,
            parts["version"] is { Success: true, Value: var version } ? version.ToLowerInvariant() : null)
        : null;

    /// <summary>Whether both are versions of one key.</summary>
    public bool IsSameKeyAs(KeyVaultKey other) => Host == other.Host && Name.Equals(other.Name, StringComparison.OrdinalIgnoreCase);

    public override string ToString() => $"https://{Host}/keys/{Name}{(Version is null ? "" : $"/{Version}")}";

    [GeneratedRegex(
        @"\Ahttps://(?<host>[a-z0-9-]{3,24}\.(?<service>(vault|managedhsm)\.(azure\.net|azure\.cn|usgovcloudapi\.net)))/keys/(?<name>[a-z0-9-]{1,127})(/(?<version>[0-9a-f]{32}))?/?\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();
}
