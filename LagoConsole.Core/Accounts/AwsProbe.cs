using System.Text.Json;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Aws;
using LagoConsole.Core.Sandbox;

namespace LagoConsole.Core.Accounts;

/// <summary>Asks AWS whether an account may report: a <c>BatchMeterUsage</c> of no record, which bills nothing.</summary>
internal sealed class AwsProbe(AccountNetwork network, AwsCredentialSource credentials, ISandboxDoor sandbox, TimeProvider clock)
{
    private const string Who = "AWS";

    /// <param name="region">Of a product of the account.</param>
    public async Task<AccountVerdict> AskAsync(AccountCredentials account, AwsRegion region, CancellationToken patience)
    {
        AwsCredentialAnswer answer = await credentials.AskAsync(account, patience);
        if (answer is not AwsCredentialAnswer.Found { Credentials: var keys })
        {
            AwsCredentialAnswer.Missing missing = (AwsCredentialAnswer.Missing)answer;
            return new AccountVerdict.NoCredentials(missing.Problem, missing.Remedy) { Who = Who };
        }

        Uri endpoint = sandbox.IsOpen ? sandbox.AwsEndpoint(region.Code) : region.Endpoint;
        byte[] bytes = """{"UsageRecords":[]}"""u8.ToArray();
        using MeteringBody body = new(bytes);
        using HttpRequestMessage request = AwsMarketplaceMeter.Sign(endpoint, region, body, bytes, keys, clock.GetUtcNow());
        switch (await MeteringCall.SendAsync(network.Http, request, body, patience))
        {
            case CallOutcome.Answered answered:
                using (JsonDocument? json = StrictJson.Parse(answered.Body))
                {
                    JsonElement? root = json?.RootElement;
                    string? name = AwsErrors.Name(StrictJson.Text(root, "__type") ?? StrictJson.Text(root, "code") ?? answered.Header("x-amzn-ErrorType"));
                    return Judge(answered.Status, name, region.Code, clock.GetUtcNow() - answered.Headers.Date);
                }

            case CallOutcome.Broken broken:
                return new AccountVerdict.Unreachable(broken.Sentence) { Who = Who };
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Pure.</summary>
    /// <param name="name">AWS's name of what is wrong; null where it names nothing.</param>
    /// <param name="clockAhead">This machine's clock minus AWS's.</param>
    internal static AccountVerdict Judge(int status, string? name, string region, TimeSpan? clockAhead)
    {
        const string Verified = "AWS knows the credentials, and they may report usage (aws-marketplace:BatchMeterUsage).";
        return (status, name) switch
        {
            (200, _) => new AccountVerdict.Verified(Verified) { Who = Who, ClockAhead = clockAhead },
            // What is wrong with a call of no record is looked at after the credentials and their rights.
            (400, "ValidationException") => new AccountVerdict.Verified(Verified) { Who = Who, ClockAhead = clockAhead },
            (_, "AccessDeniedException" or "AccessDenied") => new AccountVerdict.RightMissing(
                "aws-marketplace:BatchMeterUsage", "Allow it in IAM (resource *) to the user or role, in the seller account that owns the listing.")
            { Who = Who, ClockAhead = clockAhead },
            (_, "InvalidSignatureException" or "SignatureDoesNotMatch" or "IncompleteSignatureException" or "RequestExpired") when ClockSkew.IsOff(clockAhead) =>
                new AccountVerdict.ClockOff { Who = Who, ClockAhead = clockAhead },
            (_, "InvalidSignatureException" or "SignatureDoesNotMatch" or "IncompleteSignatureException" or "RequestExpired") => Refused(
                "AWS refuses the signature", "The secret access key is not that of the access key ID. Make a new key in IAM and enter both parts with Edit."),
            (_, "UnrecognizedClientException" or "InvalidClientTokenId" or "InvalidAccessKeyId") => Refused(
                "AWS does not know the access key", "It is mistyped, deactivated or deleted, or one of another partition: keys of China belong to China only."),
            (_, "ExpiredTokenException" or "ExpiredToken") => Refused(
                "The temporary AWS credentials have expired", "Renew them where the console finds them, or check the role that should."),
            (_, "MissingAuthenticationTokenException" or "MissingAuthenticationToken") => Refused(
                "AWS saw no signature", "Something between the console and AWS may be removing headers."),
            (_, "OptInRequired" or "DisabledApiException") => new AccountVerdict.Unclear(
                $"AWS has metering switched off in {region}", "Check the product's region, and that the account is a seller.")
            { Who = Who, ClockAhead = clockAhead },
            (429, _) or (_, "ThrottlingException" or "Throttling" or "TooManyRequestsException" or "RequestLimitExceeded") =>
                new AccountVerdict.Unreachable("AWS limits how often it is called.") { Who = Who, ClockAhead = clockAhead },
            ( >= 500, _) => new AccountVerdict.Unreachable($"AWS failed (HTTP {status}).") { Who = Who, ClockAhead = clockAhead },
            _ => new AccountVerdict.Unclear($"AWS answered HTTP {status}{(name is null ? "" : $" {name}")}", "Verify again later; if it stays so, compare with AWS's documentation of that name.")
            {
                Who = Who,
                ClockAhead = clockAhead,
            },
        };

        AccountVerdict.NoCredentials Refused(string problem, string remedy) => new(problem, remedy) { Who = Who, ClockAhead = clockAhead };
    }
}
