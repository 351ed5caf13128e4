using LagoConsole.Components.Shared;
using Xunit;

namespace LagoConsole.Tests.Shared;

public sealed class ChartScaleTests
{
    [Theory]
    [InlineData(0, "USD", 100)]
    [InlineData(3, "USD", 4)]
    [InlineData(40, "USD", 40)]
    [InlineData(41, "USD", 50)]
    [InlineData(420, "USD", 500)]
    [InlineData(123_456, "USD", 200_000)]
    [InlineData(999, "JPY", 1_000)]
    public void The_upper_edge_is_a_round_amount(int highest, string currency, int expected) =>
        Assert.Equal(expected, ChartScale.RoundUp(highest, currency));

    [Fact]
    public void Instants_and_amounts_become_percent()
    {
        DateTimeOffset noon = new(2026, 8, 20, 12, 0, 0, TimeSpan.Zero);
        ChartScale scale = new(noon, noon.AddHours(8), Top: 400);

        Assert.Equal((0m, 25m, 100m), (scale.X(noon), scale.X(noon.AddHours(2)), scale.X(noon.AddHours(8))));
        Assert.Equal((100m, 75m, 0m), (scale.Y(0), scale.Y(100), scale.Y(400)));
        Assert.Equal((0m, 100m), (scale.X(noon.AddHours(-1)), scale.X(noon.AddHours(9)))); // nothing sticks out
        Assert.Equal("33.333", ChartScale.Number(100m / 3));
    }
}
