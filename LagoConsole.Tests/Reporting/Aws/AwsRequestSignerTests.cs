using System.Globalization;
using System.Text;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using CsCheck;
using LagoConsole.Core.Reporting.Aws;
using Xunit;

namespace LagoConsole.Tests.Reporting.Aws;

public sealed class AwsRequestSignerTests
{
    /// <summary>What the signer adds by itself; the rest of a vector's headers are given to it.</summary>
    private static readonly string[] OwnHeaders = ["host", "x-amz-date", "x-amz-security-token"];

    public static TheoryData<string> Vectors { get; } =
        [.. AwsWorld.TestData("sigv4-vectors.json").EnumerateArray().Select(vector => vector.GetProperty("name").GetString()!)];

    [Fact]
    public void There_are_twelve_vectors() => Assert.Equal(12, Vectors.Count);

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Signs_each_vector_as_AWSs_own_client_does(string name)
    {
        JsonElement vector = AwsWorld.TestData("sigv4-vectors.json").EnumerateArray().Single(row => row.GetProperty("name").GetString() == name);
        JsonElement keys = vector.GetProperty("credentials");
        AwsCredentials credentials = new(
            keys.GetProperty("accessKeyId").GetString()!, keys.GetProperty("secretAccessKey").GetString()!,
            keys.TryGetProperty("sessionToken", out JsonElement token) ? token.GetString() : null);
        string date = vector.GetProperty("amzDate").GetString()!;

        Dictionary<string, string> added = AwsRequestSigner.Sign(
                new HttpMethod(vector.GetProperty("method").GetString()!),
                new Uri(vector.GetProperty("url").GetString()!),
                [.. vector.GetProperty("headers").EnumerateObject()
                    .Where(header => !OwnHeaders.Contains(header.Name))
                    .Select(header => new KeyValuePair<string, string>(header.Name, header.Value.GetString()!))],
                Encoding.UTF8.GetBytes(vector.GetProperty("body").GetString()!),
                credentials,
                vector.GetProperty("region").GetString()!,
                DateTimeOffset.ParseExact(date, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal))
            .ToDictionary(header => header.Key, header => header.Value, StringComparer.OrdinalIgnoreCase);

        Assert.Equal(vector.GetProperty("authorization").GetString(), added["Authorization"]);
        Assert.Equal(date, added["X-Amz-Date"]);
        Assert.Equal(credentials.SessionToken, added.GetValueOrDefault("X-Amz-Security-Token"));
    }

    [Fact]
    public void Agrees_with_AWSs_signer_for_any_body_key_and_instant()
    {
        Gen<(string Body, string Secret, DateTime At)> requests = Gen.Select(
            Gen.String[0, 200],
            Gen.String[Gen.Char.AlphaNumeric, 1, 40],
            Gen.DateTime[new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc), new DateTime(2035, 1, 1, 0, 0, 0, DateTimeKind.Utc)]);

        requests.Sample(
            request =>
            {
                byte[] body = Encoding.UTF8.GetBytes(request.Body);
                DateTime at = DateTime.SpecifyKind(request.At, DateTimeKind.Utc);
                (string expected, string sha) = SignWithSdk(body, request.Secret, at);

                string actual = AwsRequestSigner.Sign(
                        HttpMethod.Post, new Uri("http://127.0.0.1:5081/sandbox/aws/eu-west-1/"),
                        [new("Content-Type", "application/x-amz-json-1.1"), new("X-Amz-Target", "A.B"), new("X-Amz-Content-SHA256", sha)],
                        body, new AwsCredentials("AKID", request.Secret), "eu-west-1", new DateTimeOffset(at))
                    .Single(header => header.Key == "Authorization").Value;

                Assert.Equal(expected, actual);
            },
            iter: 300);
    }

    [Fact]
    public void Signs_the_query_of_an_address_too()
    {
        string[] signatures =
        [
            .. ((string[])["https://example.test/?b=2&a=1", "https://example.test/?a=1&b=2", "https://example.test/?a=1", "https://example.test/"])
                .Select(address => AwsRequestSigner.Sign(HttpMethod.Get, new Uri(address), [], [], new AwsCredentials("A", "B"), "us-east-1", AwsWorld.Now)[^1].Value),
        ];

        Assert.Equal(signatures[0], signatures[1]); // in whichever order
        Assert.Equal(3, signatures.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Credentials_print_no_secret()
    {
        AwsCredentials credentials = new(AwsWorld.AccessKey, AwsWorld.SecretKey, "token-of-a-session");

        Assert.Equal("AWS access key …MPLE", $"{credentials}");
        Assert.Equal("a [removed] b [removed]", credentials.Redact($"a {AwsWorld.SecretKey} b token-of-a-session"));
    }

    private static (string Authorization, string Sha) SignWithSdk(byte[] body, string secret, DateTime at)
    {
        DefaultRequest request = new(new OracleRequest(), "metering")
        {
            HttpMethod = "POST",
            Endpoint = new Uri("http://127.0.0.1:5081/"),
            ResourcePath = "/sandbox/aws/eu-west-1/",
            Content = body,
            OverrideSigningServiceName = AwsRequestSigner.SigningName,
            AuthenticationRegion = "eu-west-1",
        };
        request.Headers["Content-Type"] = "application/x-amz-json-1.1";
        request.Headers["X-Amz-Target"] = "A.B";
        AWS4SigningResult result = new AWS4Signer().SignRequest(request, new OracleConfig(), new Amazon.Runtime.Internal.Util.RequestMetrics(), "AKID", secret, at);
        return (result.ForAuthorizationHeader, request.Headers["X-Amz-Content-SHA256"]);
    }

    private sealed class OracleRequest : AmazonWebServiceRequest;

    private sealed class OracleConfig() : ClientConfig(new OracleDefaults())
    {
        public override string RegionEndpointServiceName => "metering.marketplace";

        public override string ServiceVersion => "2016-01-14";

        public override string UserAgent => "oracle";

        public override Amazon.Runtime.Endpoints.Endpoint DetermineServiceOperationEndpoint(Amazon.Runtime.Endpoints.ServiceOperationEndpointParameters parameters) =>
            throw new NotSupportedException();
    }

    private sealed class OracleDefaults : IDefaultConfigurationProvider
    {
        public IDefaultConfiguration GetDefaultConfiguration(Amazon.RegionEndpoint clientRegion, DefaultConfigurationMode? requestedConfigurationMode = null) =>
            throw new NotSupportedException();
    }
}
