using LagoConsole.Core.Reporting;
using Xunit;

namespace LagoConsole.Tests.Reporting;

public sealed class BackoffTests
{
    [Theory]
    [InlineData(1, 0, 1)] // never at once
    [InlineData(1, 0.5, 2)] // half of up to 2 seconds, and the one
    [InlineData(3, 0.5, 5)] // half of up to 8
    [InlineData(9, 0.5, 257)] // half of up to 512
    [InlineData(10, 0.5, 301)] // ten minutes are the most
    [InlineData(5_000, 0.5, 301)]
    public void A_record_rests_up_to_twice_as_long_after_each_attempt(int attempts, double sample, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Backoff.After(attempts, sample));
}
