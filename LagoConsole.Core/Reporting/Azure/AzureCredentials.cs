using System.Security.Cryptography.X509Certificates;
using Azure.Core;
using Azure.Identity;
using LagoConsole.Core.Accounts;
using LagoConsole.Core.Sandbox;

namespace LagoConsole.Core.Reporting.Azure;

/// <summary>Opens an account for Entra ID, or in the sandbox for the sandbox's login.</summary>
internal sealed class AzureCredentials(AccountNetwork network, ISandboxDoor sandbox, TimeProvider clock)
{
    /// <summary>May throw whatever a certificate or an environment gives rise to.</summary>
    /// <param name="account">Null for what a server may have without one.</param>
    public TokenCredential Open(AccountCredentials? account)
    {
        if (sandbox.IsOpen)
        {
            return new SandboxAzureCredential(network.Http, sandbox, AppOf(account), clock);
        }

        AccountParts? parts = account?.Parts;
        return account?.Kind switch
        {
            CredentialKind.AzureClientSecret => new ClientSecretCredential(parts!.AzureTenantId, parts.AzureClientId, account.Secret!.Reveal()),
            CredentialKind.AzureClientCertificate => new ClientCertificateCredential(parts!.AzureTenantId, parts.AzureClientId, Certificate(account.Secret!.Reveal())),
            CredentialKind.AzureManagedIdentity => new ManagedIdentityCredential(
                parts!.AzureClientId is { } id ? ManagedIdentityId.FromUserAssignedClientId(id) : ManagedIdentityId.SystemAssigned),
            _ => UsualChain(),
        };
    }

    /// <summary>
    /// What was entered, so that a wrong secret is refused there too. The sandbox's own app otherwise: a machine's identity is
    /// not looked for, and the sandbox's login reads no certificates.
    /// </summary>
    private (string ClientId, string ClientSecret) AppOf(AccountCredentials? account) =>
        account is { Kind: CredentialKind.AzureClientSecret, Parts.AzureClientId: { } id, Secret: { } secret } ? (id, secret.Reveal()) : sandbox.AzureApp;

    /// <summary>An app's secret or certificate in the environment, a workload's or a machine's identity. No developer's sign-in.</summary>
    private static ChainedTokenCredential UsualChain() =>
        new(new EnvironmentCredential(), new WorkloadIdentityCredential(), new ManagedIdentityCredential(ManagedIdentityId.SystemAssigned));

    private static X509Certificate2 Certificate(string pem) => X509Certificate2.CreateFromPem(pem, pem);
}
