using Google.Apis.Auth.OAuth2;
using Google.Apis.Util;
using LagoConsole.Core.Accounts;
using LagoConsole.Core.Sandbox;

namespace LagoConsole.Core.Reporting.Google;

/// <summary>Opens a service account for Google's token service, or in the sandbox for the sandbox's.</summary>
/// <param name="scope">What its tokens are for.</param>
internal sealed class GoogleAccounts(AccountNetwork network, ISandboxDoor sandbox, TimeProvider clock, string scope = GoogleTokenSource.Scope)
{
    /// <summary>May throw whatever a key, a file or a machine gives rise to.</summary>
    /// <param name="account">Null for the application default credentials.</param>
    public async Task<ITokenAccess> OpenAsync(AccountCredentials? account, CancellationToken cancellationToken)
    {
        if (account is { Parts.GoogleClientEmail: { } email, Secret: { } secret })
        {
            return Account(email, secret.Reveal(), account.Parts.GoogleKeyId);
        }

        if (sandbox.IsOpen)
        {
            (string ownEmail, string privateKey) = sandbox.GoogleAccount;
            return Account(ownEmail, privateKey, keyId: null);
        }

        GoogleCredential found = await GoogleCredential.GetApplicationDefaultAsync(cancellationToken);
        return (ITokenAccess)found.CreateScoped(scope).UnderlyingCredential;
    }

    /// <summary>The same client for both: a signed assertion for a token.</summary>
    private ServiceAccountCredential Account(string email, string privateKey, string? keyId) => new(
        new ServiceAccountCredential.Initializer(email, sandbox.IsOpen ? sandbox.GoogleTokenAddress.AbsoluteUri : GoogleAuthConsts.OidcTokenUrl)
        {
            KeyId = keyId,
            Scopes = [scope],
            Clock = new Clock(clock),
            HttpClientFactory = network.Google,
        }.FromPrivateKey(privateKey));

    /// <summary>Google's own name for a clock.</summary>
    private sealed class Clock(TimeProvider time) : IClock
    {
        public DateTime Now => time.GetLocalNow().DateTime;

        public DateTime UtcNow => time.GetUtcNow().UtcDateTime;
    }
}
