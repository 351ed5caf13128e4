using LagoConsole.Core.Accounts;
using Xunit;

namespace LagoConsole.Tests.Accounts;

/// <summary>What each marketplace's answer to a verification means.</summary>
public sealed class AccountVerdictTests
{
    [Theory]
    [InlineData(200, null, 0, "Verified")]
    [InlineData(400, "ValidationException", 0, "Verified")] // looked at after the credentials and their rights
    [InlineData(400, "AccessDeniedException", 0, "RightMissing")]
    [InlineData(403, "AccessDeniedException", 0, "RightMissing")]
    [InlineData(403, "UnrecognizedClientException", 0, "NoCredentials")]
    [InlineData(400, "ExpiredTokenException", 0, "NoCredentials")]
    [InlineData(403, "InvalidSignatureException", 0, "NoCredentials")]
    [InlineData(403, "InvalidSignatureException", 300, "NoCredentials")] // 5 minutes are allowed
    [InlineData(403, "InvalidSignatureException", 301, "ClockOff")]
    [InlineData(403, "InvalidSignatureException", -301, "ClockOff")]
    [InlineData(400, "MissingAuthenticationTokenException", 0, "NoCredentials")]
    [InlineData(400, "DisabledApiException", 0, "Unclear")]
    [InlineData(400, "ThrottlingException", 0, "Unreachable")]
    [InlineData(500, "InternalServiceErrorException", 0, "Unreachable")]
    [InlineData(302, null, 0, "Unclear")]
    [InlineData(400, "SomethingNewException", 0, "Unclear")]
    public void AWS(int status, string? name, int secondsAhead, string expected) =>
        Assert.Equal(expected, AwsProbe.Judge(status, name, "us-east-1", TimeSpan.FromSeconds(secondsAhead)).GetType().Name);

    [Theory]
    [InlineData(200, "Verified")]
    [InlineData(401, "NoCredentials")]
    [InlineData(403, "RightMissing")]
    [InlineData(404, "Unclear")]
    [InlineData(429, "Unreachable")]
    [InlineData(503, "Unreachable")]
    public void Azure(int status, string expected) => Assert.Equal(expected, AzureProbe.Judge(status, TimeSpan.Zero).GetType().Name);

    [Theory]
    [InlineData(200, "a.example", "Verified")]
    [InlineData(403, "a.example", "RightMissing")]
    [InlineData(404, "a.example", "Unclear")]
    [InlineData(400, "a.example", "Unclear")]
    [InlineData(401, "a.example", "NoCredentials")]
    [InlineData(429, "a.example", "Unreachable")]
    [InlineData(500, "a.example", "Unreachable")]
    [InlineData(403, null, "Verified")] // asked about no service: only the token was tried
    [InlineData(404, null, "Verified")]
    [InlineData(401, null, "NoCredentials")]
    public void Google(int status, string? service, string expected) => Assert.Equal(expected, GoogleProbe.Judge(status, service, TimeSpan.Zero).GetType().Name);

    [Fact]
    public void A_missing_right_is_named_with_where_to_give_it()
    {
        string sentence = GoogleProbe.Judge(403, "a.example", TimeSpan.Zero).Sentence;

        Assert.Equal(
            "Google knows the credentials, but a right is missing: servicemanagement.services.check and .report on a.example. Records of the account's products "
            + "are refused until it is given; nothing is billed meanwhile. Grant the service account the role Service Controller (roles/servicemanagement.serviceController) on the service.",
            sentence);
    }

    [Theory]
    [InlineData(300, null)]
    [InlineData(301, "This machine's clock is 5 min ahead of Azure's: set it, before signatures and tokens are refused for it.")]
    [InlineData(-3600, "This machine's clock is 60 min behind Azure's: set it, before signatures and tokens are refused for it.")]
    public void A_clock_that_is_off_is_added_to_whatever_was_found(int secondsAhead, string? expected)
    {
        string sentence = AzureProbe.Judge(200, TimeSpan.FromSeconds(secondsAhead)).Sentence;

        Assert.Equal($"Verified: Entra ID gives the app a token, and the marketplace's metering service answers it.{(expected is null ? "" : " " + expected)}", sentence);
    }
}
