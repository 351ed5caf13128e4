using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Identity;
using LagoConsole.Core.Accounts;
using LagoConsole.Core.Sandbox;

namespace LagoConsole.Core.Reporting.Aws;

/// <summary>Whether requests can be signed.</summary>
public abstract record AwsCredentialAnswer
{
    private AwsCredentialAnswer()
    {
    }

    public sealed record Found(AwsCredentials Credentials) : AwsCredentialAnswer;

    /// <param name="Problem">What is missing: a sentence without its stop.</param>
    /// <param name="Remedy">What to check or configure: a sentence.</param>
    public sealed record Missing(string Problem, string Remedy) : AwsCredentialAnswer
    {
        /// <summary>With what it means for the money.</summary>
        public string Sentence => $"{Problem}, so nothing was sent; the records wait and go by themselves once that is mended. {Remedy}";
    }
}

/// <summary>
/// Where a product's AWS credentials come from: its account, or AWS's usual chain; either renews temporary ones. In the sandbox
/// nothing is looked up but what was entered, so that a developer's real keys and roles are left alone.
/// </summary>
/// <param name="chain">AWS's usual chain.</param>
public sealed class AwsCredentialSource(ISandboxDoor sandbox, IIdentityResolver<AWSCredentials> chain, IProductAccounts accounts)
{
    /// <summary>As the seller's CloudTrail shows a role's sessions.</summary>
    private const string SessionName = "LagoConsole";

    private static readonly AwsCredentialAnswer.Missing NothingFound = new(
        "No AWS credentials were found",
        "Give the console the seller account's credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in its environment, AWS_PROFILE, a role of its "
        + "container or machine, allowed aws-marketplace:BatchMeterUsage, or an account under Settings.");

    private readonly ConditionalWeakTable<AccountCredentials, Opened> _opened = new();

    public async Task<AwsCredentialAnswer> FindAsync(Guid productId, CancellationToken cancellationToken) =>
        await accounts.FindAsync(productId, cancellationToken) switch
        {
            AccountAnswer.UsualChain => await AskAsync(account: null, cancellationToken),
            AccountAnswer.Found found => await AskAsync(found.Credentials, cancellationToken),
            AccountAnswer.Missing missing => new AwsCredentialAnswer.Missing(missing.Problem, missing.Remedy),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>The credentials of an account, or of the usual chain where none is given.</summary>
    internal async Task<AwsCredentialAnswer> AskAsync(AccountCredentials? account, CancellationToken cancellationToken)
    {
        if (sandbox.IsOpen)
        {
            (string accessKeyId, string secretAccessKey) = account is { Parts.AwsAccessKeyId: { } id, Secret: { } secret }
                ? (id, secret.Reveal())
                : sandbox.AwsCredentials;
            return new AwsCredentialAnswer.Found(new AwsCredentials(accessKeyId, secretAccessKey));
        }

        try
        {
            // The chain may block while it asks the machine it runs on, and takes no token for a renewal.
            ImmutableCredentials keys = await Task.Run(ResolveAsync, cancellationToken).WaitAsync(cancellationToken);
            return new AwsCredentialAnswer.Found(new AwsCredentials(keys.AccessKey, keys.SecretKey, keys.Token));
        }
        catch (OperationCanceledException)
        {
            return new AwsCredentialAnswer.Missing(
                "AWS credentials could not be obtained in time", "If this repeats, check that the credential service of this machine or container answers.");
        }
#pragma warning disable CA1031 // The chain throws whatever its links throw (files, sockets, JSON): each of them means that there is no key.
        catch (Exception)
#pragma warning restore CA1031
        {
            return account is null ? NothingFound : MissingOf(account);
        }

        async Task<ImmutableCredentials> ResolveAsync()
        {
            AWSCredentials found;
            if (account is null)
            {
                found = await chain.ResolveIdentityAsync(null, cancellationToken);
            }
            else
            {
                Opened opened = _opened.GetOrCreateValue(account);
                found = opened.Credentials ??= await OpenAsync(account, cancellationToken);
            }

            return await found.GetCredentialsAsync();
        }
    }

    private async Task<AWSCredentials> OpenAsync(AccountCredentials account, CancellationToken cancellationToken)
    {
        switch (account.Kind)
        {
            case CredentialKind.AwsProfile:
                return new CredentialProfileStoreChain().TryGetAWSCredentials(account.Parts.AwsProfile, out AWSCredentials profile)
                    ? profile
                    : throw new InvalidOperationException($"There is no profile {account.Parts.AwsProfile}.");
            case CredentialKind.AwsAccessKey:
                return new BasicAWSCredentials(account.Parts.AwsAccessKeyId, account.Secret!.Reveal());
            case CredentialKind.AwsAssumedRole:
                AWSCredentials caller = account is { Parts.AwsAccessKeyId: { } id, Secret: { } secret }
                    ? new BasicAWSCredentials(id, secret.Reveal())
                    : await chain.ResolveIdentityAsync(null, cancellationToken);
                return new AssumeRoleAWSCredentials(
                    caller, account.Parts.AwsRoleArn, SessionName, new AssumeRoleAWSCredentialsOptions { ExternalId = account.Parts.AwsExternalId });
            default:
                return await chain.ResolveIdentityAsync(null, cancellationToken);
        }
    }

    private static AwsCredentialAnswer.Missing MissingOf(AccountCredentials account) => account.Kind switch
    {
        CredentialKind.AwsAssumedRole => new AwsCredentialAnswer.Missing(
            $"The role of the account {account.AccountName} could not be assumed",
            "Check that its trust policy names the caller and the external ID, that the caller may call sts:AssumeRole, and this machine's clock."),
        CredentialKind.AwsProfile => new AwsCredentialAnswer.Missing(
            $"The account {account.AccountName} found no credentials in the profile {account.Parts.AwsProfile}",
            "Check the AWS files of the console's machine, and that the console may read them."),
        _ => NothingFound,
    };

    /// <summary>What renews an account's keys; kept as long as the account's credentials are.</summary>
    private sealed class Opened
    {
        public AWSCredentials? Credentials { get; set; }
    }
}
