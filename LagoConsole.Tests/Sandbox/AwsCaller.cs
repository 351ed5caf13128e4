using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LagoConsole.Sandbox;
using LagoConsole.Sandbox.Aws;

namespace LagoConsole.Tests.Sandbox;

/// <summary>Signs and makes calls to the sandbox's AWS.</summary>
internal sealed class AwsCaller(SandboxWorlds world)
{
    public string Region { get; set; } = "us-east-1";

    public AwsCredentials Key { get; set; } = SandboxKeys.Aws;

    public TimeSpan ClockError { get; set; }

    public (int Status, JsonElement Body) Meter(object body) => Call("BatchMeterUsage", JsonSerializer.Serialize(body));

    public (int Status, JsonElement Body) Call(string operation, string body)
    {
        SandboxResponse answer = world.World.Aws.Requests.Answer(Sign(operation, body));
        return (answer.Status, JsonDocument.Parse(answer.Body).RootElement);
    }

    public SandboxRequest Sign(string operation, string body)
    {
        string date = (world.Now + ClockError).ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase)
        {
            ["content-type"] = "application/x-amz-json-1.1",
            ["host"] = "127.0.0.1",
            ["x-amz-date"] = date,
            ["x-amz-target"] = "AWSMPMeteringService." + operation,
        };
        if (Key.SessionToken is { } token)
        {
            headers["x-amz-security-token"] = token;
        }

        SandboxRequest request = new("POST", $"/sandbox/aws/{Region}/", headers, Encoding.UTF8.GetBytes(body));
        string[] signed = [.. headers.Keys.Order(StringComparer.Ordinal)];
        string canonical = SigV4.CanonicalRequest(request, signed, Hex(SHA256.HashData(request.Body.Span)));
        string scope = $"{date[..8]}/{Region}/aws-marketplace/aws4_request";
        byte[] key = Encoding.UTF8.GetBytes("AWS4" + Key.SecretAccessKey);
        foreach (string part in (string[])[.. scope.Split('/'), $"AWS4-HMAC-SHA256\n{date}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}"])
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        headers["authorization"] =
            $"AWS4-HMAC-SHA256 Credential={Key.AccessKeyId}/{scope}, SignedHeaders={string.Join(';', signed)}, Signature={Hex(key)}";
        return request;
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
