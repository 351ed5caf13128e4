using LagoConsole.Core.Notifications;
using Xunit;

namespace LagoConsole.Tests.Notifications;

public sealed class DeliveryPatienceTests
{
    private static readonly DateTimeOffset _noon = new(2026, 8, 20, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(6, 32)]
    [InlineData(7, 60)]
    [InlineData(int.MaxValue, 60)]
    public void Each_rest_is_twice_as_long_and_an_hour_at_most(int attempts, int minutes) =>
        Assert.Equal(_noon.AddMinutes(minutes), DeliveryPatience.Next(MessageEvent.Opened, _noon, attempts, _noon));

    [Fact]
    public void A_message_is_given_up_after_a_day_and_a_test_at_once()
    {
        Assert.NotNull(DeliveryPatience.Next(MessageEvent.Over, _noon, 30, _noon.AddHours(24).AddTicks(-1)));
        Assert.Null(DeliveryPatience.Next(MessageEvent.Over, _noon, 30, _noon.AddHours(24)));
        Assert.Null(DeliveryPatience.Next(MessageEvent.Test, _noon, 1, _noon));
    }
}
