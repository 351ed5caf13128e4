using System.Text.Json.Nodes;
using LagoConsole.Sandbox.Faults;

namespace LagoConsole.Sandbox.Aws;

/// <summary>The Marketplace Metering Service over HTTP: AWS JSON 1.1, signed.</summary>
public sealed class AwsApi
{
    /// <summary>Where AWS stands in the app; a region and a slash follow.</summary>
    public const string Root = "/sandbox/aws/";

    private const string TargetPrefix = "AWSMPMeteringService.";

    private readonly SandboxAws _aws;
    private readonly TimeProvider _clock;
    private readonly SandboxFaults _faults;

    internal AwsApi(SandboxAws aws, TimeProvider clock, SandboxFaults faults)
    {
        _aws = aws;
        _clock = clock;
        _faults = faults;
    }

    /// <summary>Whether a request brings usage.</summary>
    internal static bool IsMetering(SandboxRequest request) => request.Header("X-Amz-Target") == TargetPrefix + "BatchMeterUsage";

    /// <summary>Answers a request.</summary>
    public SandboxResponse Answer(SandboxRequest request)
    {
        SandboxResponse answer = request.RawPath.StartsWith(AwsFulfilmentQueue.Root, StringComparison.Ordinal) ? _aws.Notices.Answer(request) : Judged(request);
        answer.Headers["x-amzn-RequestId"] = Guid.NewGuid().ToString();
        return answer;
    }

    private SandboxResponse Judged(SandboxRequest request)
    {
        try
        {
            return Called(request);
        }
        catch (AwsRefusedException refusal)
        {
            return refusal.ToResponse();
        }
    }

    private SandboxResponse Called(SandboxRequest request)
    {
        string region = request.RawPath[Root.Length..].TrimEnd('/');
        if (request.Method != "POST" || region.Contains('/', StringComparison.Ordinal))
        {
            throw new AwsRefusedException("UnknownOperationException", "Requests go to POST /{region}/.", 404);
        }

        if (!AwsRegions.All.Contains(region))
        {
            throw new AwsRefusedException("DisabledApiException", $"The API is not available in {region}.");
        }

        SigV4.Verify(request, region, _aws.Credentials.AsReadOnly(), _clock.GetUtcNow());
        if (request.Header("Content-Type") != "application/x-amz-json-1.1")
        {
            throw new AwsRefusedException("SerializationException", "The content type must be application/x-amz-json-1.1.");
        }

        string target = request.Header("X-Amz-Target") ?? "";
        JsonObject body = AwsRequestReader.Body(request.Body);
        return target switch
        {
            TargetPrefix + "BatchMeterUsage" => BatchMeterUsage(region, body),
            TargetPrefix + "ResolveCustomer" => ResolveCustomer(body),
            _ => throw new AwsRefusedException("UnknownOperationException", $"Unknown operation {target}."),
        };
    }

    private SandboxResponse BatchMeterUsage(string region, JsonObject body)
    {
        string? productCode = AwsRequestReader.Text(body, "ProductCode", 0, 255) is { Length: > 0 } code ? code : null;
        IReadOnlyList<AwsUsageRecord> records = AwsRequestReader.Records(body);
        int unprocessed = _faults.DrawUnprocessed(SandboxService.Aws);
        IReadOnlyList<AwsVerdict> verdicts = _aws.Meter(region, productCode, records, unprocessed);
        return SandboxResponse.Aws(200, new
        {
            Results = verdicts.Where(verdict => verdict.Status is not null).Select(Result).ToArray(),
            UnprocessedRecords = verdicts.Where(verdict => verdict.Status is null).Select(verdict => verdict.Record.AsSent).ToArray(),
        });
    }

    // What is echoed is the caller's record, on a duplicate too: it says nothing about what is stored.
    private static JsonObject Result(AwsVerdict verdict)
    {
        JsonObject result = new() { ["UsageRecord"] = verdict.Record.AsSent, ["Status"] = verdict.Status };
        if (verdict.MeteringRecordId is { } id)
        {
            result["MeteringRecordId"] = id.ToString();
        }

        return result;
    }

    private SandboxResponse ResolveCustomer(JsonObject body)
    {
        string token = AwsRequestReader.Text(body, "RegistrationToken", 1, 4096)
            ?? throw new AwsRefusedException("InvalidTokenException", "Registration token is missing.");
        (AwsRegistrationToken? Known, AwsAgreement? Agreement) found = _aws.Read(state =>
            state.Tokens.GetValueOrDefault(token) is { } known ? (known, state.Agreements.GetValueOrDefault(known.LicenseArn)) : default);
        if (found is not ({ } issued, { } agreement))
        {
            throw new AwsRefusedException("InvalidTokenException", "Registration token is invalid.");
        }

        if (_clock.GetUtcNow() >= issued.ExpiresAt)
        {
            throw new AwsRefusedException("ExpiredTokenException", "The submitted registration token has expired.");
        }

        JsonObject answer = new()
        {
            ["ProductCode"] = agreement.ProductCode,
            ["CustomerAWSAccountId"] = agreement.CustomerAwsAccountId,
            ["LicenseArn"] = agreement.LicenseArn,
        };
        if (agreement.CustomerIdentifier is { } identifier)
        {
            answer["CustomerIdentifier"] = identifier;
        }

        return SandboxResponse.Aws(200, answer);
    }
}
