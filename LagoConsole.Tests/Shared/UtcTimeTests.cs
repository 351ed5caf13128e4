using Bunit;
using LagoConsole.Components.Shared;
using LagoConsole.Tests.Support;
using Xunit;

namespace LagoConsole.Tests.Shared;

public sealed class UtcTimeTests : MudContext
{
    [Fact]
    public void Shows_an_instant_of_another_offset_in_utc()
    {
        IRenderedComponent<UtcTime> time = Show<UtcTime>(parameters => parameters
            .Add(component => component.Value, new DateTimeOffset(2026, 3, 1, 1, 30, 5, TimeSpan.FromHours(2))));

        time.MarkupMatches("""<time datetime="2026-02-28T23:30:05Z" class="utc-time">2026-02-28 23:30 UTC</time>""");
    }

    [Fact]
    public void Shows_a_dash_for_no_instant() =>
        Show<UtcTime>(parameters => parameters.Add(component => component.Value, null))
            .MarkupMatches("""<span class="utc-time">–</span>""");

    [Theory]
    [InlineData(UtcTimeDetail.Minutes, false, "utc-time")]
    [InlineData(UtcTimeDetail.Minutes, true, "utc-time utc-time-beside")]
    [InlineData(UtcTimeDetail.Day, true, "utc-day")]
    public void An_instant_may_have_the_browsers_time_beside_it_and_a_day_never(UtcTimeDetail detail, bool beside, string expected)
    {
        IRenderedComponent<UtcTime> time = Show<UtcTime>(parameters => parameters
            .Add(component => component.Value, new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero))
            .Add(component => component.Detail, detail)
            .Add(component => component.Beside, beside));

        Assert.Equal(expected, time.Find("time").ClassName);
    }
}
