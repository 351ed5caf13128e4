using System.Globalization;
using System.Text;
using System.Text.Json;
using LagoConsole.Sandbox;
using LagoConsole.Sandbox.Aws;
using Xunit;

namespace LagoConsole.Tests.Sandbox;

/// <summary>Requests whose signatures were made by another implementation.</summary>
public sealed class SigV4Tests
{
    private static readonly JsonElement[] Vectors = [.. Load()];

    public static TheoryData<string> Names => [.. Vectors.Select(vector => vector.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_signature_made_elsewhere_holds(string name)
    {
        (SandboxRequest request, string region, Dictionary<string, AwsCredentials> keys, DateTimeOffset signedAt) = Read(name);

        SigV4.Verify(request, region, keys, signedAt);
        SigV4.Verify(request, region, keys, signedAt.AddMinutes(5));
        SigV4.Verify(request, region, keys, signedAt.AddMinutes(-5));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_canonical_request_is_the_one_made_elsewhere(string name)
    {
        JsonElement vector = Vectors.Single(candidate => candidate.GetProperty("name").GetString() == name);
        (SandboxRequest request, _, _, _) = Read(name);
        string canonical = vector.GetProperty("canonicalRequest").GetString()!;
        string[] signed = canonical.Split('\n')[^2].Split(';');

        Assert.Equal(canonical, SigV4.CanonicalRequest(request, signed, vector.GetProperty("bodySha256").GetString()!));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Six_minutes_another_region_another_body_or_another_key_break_it(string name)
    {
        (SandboxRequest request, string region, Dictionary<string, AwsCredentials> keys, DateTimeOffset signedAt) = Read(name);
        AwsCredentials key = keys.Values.Single();

        Assert.Equal("InvalidSignatureException", Refusal(request, region, keys, signedAt.AddMinutes(6)));
        Assert.Equal("InvalidSignatureException", Refusal(request, region, keys, signedAt.AddMinutes(-6)));
        Assert.Equal("InvalidSignatureException", Refusal(request, "ap-south-1", keys, signedAt));
        Assert.Equal("InvalidSignatureException", Refusal(request with { Body = Encoding.UTF8.GetBytes("{}") }, region, keys, signedAt));
        Assert.Equal("InvalidSignatureException", Refusal(request, region, Keyed(key.AccessKeyId, "another secret", key.SessionToken), signedAt));
        Assert.Equal("UnrecognizedClientException", Refusal(request, region, Keyed("ANOTHER", key.SecretAccessKey, key.SessionToken), signedAt));
        Assert.Equal("UnrecognizedClientException", Refusal(request, region, Keyed(key.AccessKeyId, key.SecretAccessKey, "another token"), signedAt));
    }

    [Fact]
    public void A_request_without_a_signature_is_told_so()
    {
        (SandboxRequest request, string region, Dictionary<string, AwsCredentials> keys, DateTimeOffset signedAt) = Read("batch-one-license-arn");

        Assert.Equal("MissingAuthenticationTokenException", Refusal(With(request, "authorization", ""), region, keys, signedAt));
        Assert.Equal("IncompleteSignatureException", Refusal(With(request, "authorization", "AWS4-HMAC-SHA256 Credential=A"), region, keys, signedAt));
        Assert.Equal("InvalidSignatureException", Refusal(With(request, "x-amz-added-later", "1"), region, keys, signedAt));
    }

    private static SandboxRequest With(SandboxRequest request, string name, string value) =>
        request with { Headers = new Dictionary<string, string>(request.Headers, StringComparer.OrdinalIgnoreCase) { [name] = value } };

    private static string Refusal(SandboxRequest request, string region, Dictionary<string, AwsCredentials> keys, DateTimeOffset now) =>
        Assert.Throws<AwsRefusedException>(() => SigV4.Verify(request, region, keys, now)).Type;

    private static Dictionary<string, AwsCredentials> Keyed(string id, string secret, string? token) =>
        new(StringComparer.Ordinal) { [id] = new AwsCredentials(id, secret, token) };

    private static (SandboxRequest Request, string Region, Dictionary<string, AwsCredentials> Keys, DateTimeOffset SignedAt) Read(string name)
    {
        JsonElement vector = Vectors.Single(candidate => candidate.GetProperty("name").GetString() == name);
        Dictionary<string, string> headers = vector.GetProperty("headers").EnumerateObject()
            .ToDictionary(header => header.Name, header => header.Value.GetString()!, StringComparer.OrdinalIgnoreCase);
        headers["authorization"] = vector.GetProperty("authorization").GetString()!;
        JsonElement key = vector.GetProperty("credentials");
        return (
            new SandboxRequest("POST", "/", headers, Encoding.UTF8.GetBytes(vector.GetProperty("body").GetString()!)),
            vector.GetProperty("region").GetString()!,
            Keyed(
                key.GetProperty("accessKeyId").GetString()!,
                key.GetProperty("secretAccessKey").GetString()!,
                key.TryGetProperty("sessionToken", out JsonElement token) ? token.GetString() : null),
            DateTimeOffset.ParseExact(
                vector.GetProperty("amzDate").GetString()!, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));
    }

    private static JsonElement[] Load()
    {
        using Stream file = typeof(SigV4Tests).Assembly.GetManifestResourceStream("sigv4-vectors.json")!;
        return [.. JsonDocument.Parse(file).RootElement.EnumerateArray()];
    }
}
