using System.Security.Cryptography;
using System.Text;

namespace LagoConsole.Core.Integrations;

/// <summary>Tells whether two people edit the same thing at once.</summary>
public static class IntegrationSettings
{
    /// <summary>Equal as long as key, billing mode and auto report are what they were. Tells nothing of the key.</summary>
    public static string Stamp(Integration integration) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{integration.BillingMode}|{integration.AutoReport}|{integration.ApiKeyCipher}")));
}
