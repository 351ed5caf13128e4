using LagoConsole.Core.Accounts;
using Xunit;

namespace LagoConsole.Tests.Accounts;

public sealed class SecretExpiryTests
{
    private static readonly DateTimeOffset Now = new(2026, 8, 20, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("2026-09-19T12:00:01", ExpiryState.Fine)]
    [InlineData("2026-09-19T12:00:00", ExpiryState.Soon)] // 30 days
    [InlineData("2026-08-27T12:00:01", ExpiryState.Soon)]
    [InlineData("2026-08-27T12:00:00", ExpiryState.Urgent)] // 7 days
    [InlineData("2026-08-20T12:00:01", ExpiryState.Urgent)]
    [InlineData("2026-08-20T12:00:00", ExpiryState.Expired)] // a range excludes its end
    [InlineData("2020-01-01T00:00:00", ExpiryState.Expired)]
    public void A_secret_is_warned_about_before_it_bites(string expiresAt, ExpiryState expected) =>
        Assert.Equal(expected, SecretExpiry.Of(Utc(expiresAt), Now));

    [Fact]
    public void A_secret_without_a_known_end_is_not_warned_about()
    {
        Assert.Equal(ExpiryState.Fine, SecretExpiry.Of(null, Now));
        Assert.Null(SecretExpiry.Sentence("AWS seller", null, Now));
        Assert.Null(SecretExpiry.Sentence("AWS seller", Now.AddDays(31), Now));
    }

    [Theory]
    [InlineData("2026-09-01T11:00:00", "The secret of AWS seller expires on 2026-09-01 11:00 UTC, in 11 days.")] // rounded down
    [InlineData("2026-08-21T12:00:00", "expires on 2026-08-21 12:00 UTC, in 1 day.")]
    [InlineData("2026-08-20T18:00:00", "expires on 2026-08-20 18:00 UTC, in less than a day.")]
    [InlineData("2026-08-19T18:00:00", "The secret of AWS seller expired on 2026-08-19 18:00 UTC. Its products' records can no longer be sent")]
    public void The_warning_says_when_what_it_means_and_what_to_do(string expiresAt, string expected)
    {
        string sentence = SecretExpiry.Sentence("AWS seller", Utc(expiresAt), Now)!;

        Assert.Contains(expected, sentence, StringComparison.Ordinal);
        Assert.Contains("enter it with Edit", sentence, StringComparison.Ordinal);
    }

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text + "Z", System.Globalization.CultureInfo.InvariantCulture);
}
