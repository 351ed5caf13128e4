using LagoConsole.Core.Reporting.Aws;
using Xunit;

namespace LagoConsole.Tests.Reporting.Aws;

/// <summary>The cases of AWS's general suite that metering's own requests never show; <c>eng/sigv4-suite.sh</c> runs all of them.</summary>
public sealed class SignatureV4Tests
{
    private const string Instant = "20150830T123600Z";
    private const string Scope = "20150830/us-east-1/service/aws4_request";

    [Theory]
    [InlineData("/", "Param-3=Value3&Param=Value2&%E1%88%B4=Value1", "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac")]
    [InlineData("/", "Param1=value2&Param1=value1", "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694")]
    [InlineData("//example//", "", "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84")]
    [InlineData("/example space/", "", "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741")]
    [InlineData("/", "", "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea", "My-Header1:value2", "My-Header1:value2", "My-Header1:value1")]
    [InlineData("/", "", "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736", "My-Header1: value1", "My-Header2: \"a   b   c\"")]
    public void Signs_as_AWSs_own_suite_says(string path, string query, string signature, params string[] headers)
    {
        CanonicalRequest request = SignatureV4.Canonical(
            "GET", path, query,
            [
                .. headers.Append("Host:example.amazonaws.com").Append($"X-Amz-Date:{Instant}")
                    .Select(line => line.Split(':', 2)).Select(line => new KeyValuePair<string, string>(line[0], line[1])),
            ],
            []);

        string authorization = SignatureV4.Authorization(
            new AwsCredentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), Scope, request, SignatureV4.TextToSign(Instant, Scope, request));

        Assert.EndsWith($"Signature={signature}", authorization, StringComparison.Ordinal);
    }
}
