using System.Security.Cryptography;
using System.Text;

namespace LagoConsole.Core.Integrations;

/// <summary>Tells whether two people edit the same thing at once.</summary>
public static class IntegrationSettings
{
    /// <summary>Equal as long as everything that <i>Edit</i> can change is what it was. Tells nothing of the key.</summary>
    public static string Stamp(Integration integration) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{integration.BillingMode}|{integration.AutoReport}|{integration.ApiKeyCipher}|{integration.JumpFactor}|{integration.JumpFloorMinor}|{integration.JumpAbsoluteMinor}|{integration.IncludeTrueUps}")));
}
