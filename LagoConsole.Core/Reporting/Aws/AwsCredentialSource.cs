using Amazon.Runtime;
using Amazon.Runtime.Identity;
using LagoConsole.Core.Sandbox;

namespace LagoConsole.Core.Reporting.Aws;

/// <summary>Whether requests can be signed.</summary>
public abstract record AwsCredentialAnswer
{
    private AwsCredentialAnswer()
    {
    }

    public sealed record Found(AwsCredentials Credentials) : AwsCredentialAnswer;

    /// <param name="Sentence">What is missing and what to configure.</param>
    public sealed record Missing(string Sentence) : AwsCredentialAnswer;
}

/// <summary>
/// Where the seller account's credentials come from: AWS's usual chain, which also renews temporary ones; in the
/// sandbox the sandbox's own, so that a developer's real keys are never even looked up.
/// </summary>
public sealed class AwsCredentialSource(ISandboxDoor sandbox, IIdentityResolver<AWSCredentials> chain)
{
    private const string NothingFound =
        "No AWS credentials were found, so nothing was sent; the records wait and go by themselves once there are some. "
        + "Give the console the seller account's credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in its environment, "
        + "AWS_PROFILE, or a role of its container or machine, allowed aws-marketplace:BatchMeterUsage.";

    public async Task<AwsCredentialAnswer> FindAsync(CancellationToken cancellationToken)
    {
        if (sandbox.IsOpen)
        {
            (string accessKeyId, string secretAccessKey) = sandbox.AwsCredentials;
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
                "AWS credentials could not be obtained in time, so nothing was sent; the records go again by themselves. "
                + "If this repeats, check that the credential service of this machine or container answers.");
        }
#pragma warning disable CA1031 // The chain throws whatever its links throw (files, sockets, JSON): each of them means that there is no key.
        catch (Exception)
#pragma warning restore CA1031
        {
            return new AwsCredentialAnswer.Missing(NothingFound);
        }

        async Task<ImmutableCredentials> ResolveAsync()
        {
            AWSCredentials found = await chain.ResolveIdentityAsync(null, cancellationToken);
            return await found.GetCredentialsAsync();
        }
    }
}
