using Bunit;
using LagoConsole.Components.Products;
using LagoConsole.Tests.Support;
using Xunit;

namespace LagoConsole.Tests.Products;

public sealed class UtcMomentFieldTests : MudContext
{
    private readonly List<DateTimeOffset?> _typed = [];

    [Fact]
    public void A_moment_of_another_zone_is_shown_in_UTC()
    {
        ShowField(new DateTimeOffset(2026, 3, 1, 1, 30, 0, TimeSpan.FromHours(2)));

        Assert.Equal("2026-02-28T23:30", Field("Starts at (UTC)").GetAttribute("value"));
    }

    [Theory]
    [InlineData("2026-03-09T10:30", "2026-03-09T10:30:00Z")]
    [InlineData("2026-03-09T10:30:15", "2026-03-09T10:30:15Z")] // a browser adds seconds that are not zero
    [InlineData("", null)]
    [InlineData("tomorrow", null)]
    public async Task What_is_typed_is_UTC_and_what_cannot_be_read_is_no_moment(string typed, string? expected)
    {
        ShowField(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));

        await TypeAsync("Starts at (UTC)", typed);

        Assert.Equal(expected is null ? null : DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), _typed[^1]);
    }

    private void ShowField(DateTimeOffset? moment) => Show<UtcMomentField>(parameters => parameters
        .Add(field => field.Label, "Starts at")
        .Add(field => field.Value, moment)
        .Add(field => field.ValueChanged, _typed.Add));
}
