using System.Text.Json;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Aws;
using LagoConsole.Core.Sandbox;
using LagoConsole.Core.Time;
using Microsoft.Extensions.Options;

namespace LagoConsole.Core.Fulfilment;

/// <summary>AWS's <c>ResolveCustomer</c>: the purchase that a buyer's registration stands for. A token can be resolved again until it expires.</summary>
public sealed class AwsCustomers(
    HttpClient http, AwsCredentialSource credentialSource, ISandboxDoor sandbox, IOptions<AwsOptions> options, TimeProvider clock, NetworkClock? network = null) : IDisposable
{
    internal const string Target = "AWSMPMeteringService.ResolveCustomer";

    /// <summary>Far longer than any registration token that was seen.</summary>
    private const int MaxToken = 4096;

    /// <param name="product">What was bought: its account asks, in its region.</param>
    /// <param name="registrationToken">The field <c>x-amzn-marketplace-token</c> that AWS posts to the registration page.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<PurchaseAnswer> ResolveAsync(Product product, string registrationToken, CancellationToken cancellationToken)
    {
        string token = registrationToken.Trim();
        if (token.Length is 0 or > MaxToken)
        {
            return new PurchaseAnswer.Refused("That is not a registration token. Copy the value of x-amzn-marketplace-token that AWS posted to the registration page, whole.");
        }

        if (AwsRegions.Find(product.AwsRegion) is not { } region)
        {
            return new PurchaseAnswer.Refused("The product has no AWS region that tokens can be resolved in.");
        }

        using CancellationTokenSource limit = new(options.Value.RequestTimeout, (network ?? NetworkClock.Real).Time);
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        return await credentialSource.FindAsync(product.Id, patience.Token) switch
        {
            AwsCredentialAnswer.Found found => await SendAsync(region, token, found.Credentials, patience.Token),
            AwsCredentialAnswer.Missing missing => new PurchaseAnswer.Failed($"{missing.Problem}, so AWS was not asked. {missing.Remedy}"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    public void Dispose() => http.Dispose();

    internal static byte[] Compose(string registrationToken) => JsonSerializer.SerializeToUtf8Bytes(new { RegistrationToken = registrationToken });

    private async Task<PurchaseAnswer> SendAsync(AwsRegion region, string token, AwsCredentials credentials, CancellationToken patience)
    {
        Uri endpoint = sandbox.IsOpen ? sandbox.AwsEndpoint(region.Code) : region.Endpoint;
        byte[] bytes = Compose(token);
        using MeteringBody body = new(bytes);
        using HttpRequestMessage request = AwsMarketplaceMeter.Sign(endpoint, region, body, bytes, credentials, clock.GetUtcNow(), Target);
        return await MeteringCall.SendAsync(http, request, body, patience) switch
        {
            CallOutcome.Answered answered => Read(answered.Status, answered.Header("x-amzn-ErrorType"), answered.Body, credentials.Redact),
            CallOutcome.Broken broken => new PurchaseAnswer.Failed($"{broken.Sentence} Try again: a token can be resolved more than once."),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>Pure.</summary>
    /// <param name="errorType">Header <c>x-amzn-ErrorType</c>.</param>
    /// <param name="redact">Takes secrets out of a text that is shown.</param>
    internal static PurchaseAnswer Read(int status, string? errorType, byte[] body, Func<string, string> redact)
    {
        using JsonDocument? json = StrictJson.Parse(body);
        JsonElement? root = json?.RootElement;
        if (status == 200)
        {
            string? account = StrictJson.Text(root, "CustomerAWSAccountId");
            string? licence = StrictJson.Text(root, "LicenseArn") is { Length: > 0 } arn ? arn : null;
            return EntitlementChecks.AwsAccountId(account) is null && (licence is null || AwsFields.LicenseArn(licence) is null)
                && StrictJson.Text(root, "ProductCode") is { Length: > 0 } code
                ? new PurchaseAnswer.Read(new PurchaseReading
                {
                    Marketplace = Marketplace.Aws,
                    AwsAccountId = account,
                    AwsLicenseArn = licence,
                    AwsProductCode = code,
                    AccountId = account,
                    State = EntitlementState.Active,
                })
                : new PurchaseAnswer.Failed("AWS's answer names no product, or no AWS account of the buyer, so nothing was concluded from it. Try again.");
        }

        string? name = AwsErrors.Name(StrictJson.Text(root, "__type") ?? StrictJson.Text(root, "code") ?? errorType);
        string message = StrictJson.Shorten(redact(StrictJson.Text(root, "message") ?? StrictJson.Text(root, "Message") ?? ""));
        string said = message.Length == 0 ? "" : $" AWS says: {message}";
        bool isOfCredentials = message.Contains("security token", StringComparison.OrdinalIgnoreCase); // both kinds of token expire by one name
        return (status, name) switch
        {
            (429 or >= 500, _) or (_, "ThrottlingException" or "InternalServiceErrorException") => new PurchaseAnswer.Failed($"AWS could not answer ({name ?? $"{status}"}). Try again: a token can be resolved more than once.{said}"),
            (_, "InvalidTokenException") => new PurchaseAnswer.Refused($"AWS does not know this token. Copy the value of x-amzn-marketplace-token whole; it must be of a product of the account that asks.{said}"),
            (_, "ExpiredTokenException") when !isOfCredentials => new PurchaseAnswer.Refused($"The token has expired. Let the buyer press Set up your account at AWS once more, and use the new one.{said}"),
            (_, "DisabledApiException") => new PurchaseAnswer.Refused($"AWS has this call switched off for the product or the region. Check the product's region.{said}"),
            _ => new PurchaseAnswer.Refused($"AWS refuses the call ({name ?? $"{status}"}). The console's AWS credentials need aws-marketplace:ResolveCustomer, in the account that owns the listing.{said}"),
        };
    }
}
