using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting.Aws;
using LagoConsole.Core.Reporting.Azure;
using LagoConsole.Core.Reporting.Google;
using LagoConsole.Core.Sandbox;
using LagoConsole.Core.Time;

namespace LagoConsole.Core.Accounts;

/// <summary>Tests an account's credentials with the calls that reporting makes, in a form that bills nothing.</summary>
public sealed class AccountVerifier(
    AccountNetwork network, AwsCredentialSource aws, AzureTokenSource azure, GoogleTokenSource google, ISandboxDoor sandbox, TimeProvider clock,
    NetworkClock? realTime = null)
{
    /// <summary>A person waits for the answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly AwsProbe _aws = new(network, aws, sandbox, clock);
    private readonly AzureProbe _azure = new(network, azure, sandbox, clock);
    private readonly GoogleProbe _google = new(network, google, sandbox, clock);

    /// <param name="products">That report with the account: where to ask. May be empty.</param>
    public async Task<AccountVerdict> VerifyAsync(AccountCredentials account, IReadOnlyList<Product> products, CancellationToken cancellationToken)
    {
        // Not by the console's clock: the sandbox may move that one, and a socket does not care.
        using CancellationTokenSource limit = new(Patience, (realTime ?? NetworkClock.Real).Time);
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        return account.Kind switch
        {
            CredentialKind.AwsUsualChain or CredentialKind.AwsProfile or CredentialKind.AwsAccessKey or CredentialKind.AwsAssumedRole => await _aws.AskAsync(
                account, products.Select(product => AwsRegions.Find(product.AwsRegion)).FirstOrDefault(region => region is not null) ?? AwsRegions.Find(AwsRegions.Default)!, patience.Token),
            CredentialKind.AzureEnvironment or CredentialKind.AzureClientSecret or CredentialKind.AzureClientCertificate or CredentialKind.AzureManagedIdentity =>
                await _azure.AskAsync(account, patience.Token),
            CredentialKind.GoogleApplicationDefault or CredentialKind.GoogleServiceAccountKey => await _google.AskAsync(
                account, products.Select(product => product.GcpServiceName).FirstOrDefault(service => service is not null), patience.Token),
            _ => throw new System.Diagnostics.UnreachableException($"No probe for {account.Kind}."),
        };
    }
}
