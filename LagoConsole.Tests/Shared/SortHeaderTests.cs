using Bunit;
using LagoConsole.Components.Shared;
using LagoConsole.Tests.Support;
using MudBlazor;
using Xunit;

namespace LagoConsole.Tests.Shared;

public sealed class SortHeaderTests : MudContext
{
    private static readonly ListAddress _list = ListAddress.Default with { Page = 3 };
    private ListAddress? _asked;

    [Theory]
    [InlineData("name", false, "ascending")]
    [InlineData("name", true, "descending")]
    [InlineData("email", false, null)]
    public void The_column_that_sorts_says_in_which_direction(string sortedBy, bool descending, string? expected)
    {
        IRenderedComponent<SortHeader> heading = ShowHeading(_list with { Sort = sortedBy, Descending = descending });

        Assert.Equal(expected, heading.Find("th").GetAttribute("aria-sort"));
    }

    [Theory]
    [InlineData("name", true)]
    [InlineData("email", false)]
    public async Task A_press_sorts_by_it_from_the_first_page_and_a_second_one_turns_it_round(string sortedBy, bool descending)
    {
        ShowHeading(_list with { Sort = sortedBy });

        await PressAsync("Name");

        Assert.Equal(_list with { Sort = "name", Descending = descending, Page = 0 }, _asked);
    }

    [Theory]
    [InlineData("-email", "email", true)]
    [InlineData("email", "email", false)]
    public async Task A_narrow_screen_chooses_column_and_direction_in_one(string chosen, string column, bool descending)
    {
        IRenderedComponent<SortSelect> select = Show<SortSelect>(parameters => parameters
            .Add(shown => shown.List, _list)
            .Add(shown => shown.Columns, [("name", "Name"), ("email", "E-mail")])
            .Add(shown => shown.Changed, list => _asked = list));

        await select.InvokeAsync(() => select.FindComponent<MudSelect<string>>().Instance.ValueChanged.InvokeAsync(chosen));

        Assert.Equal(_list with { Sort = column, Descending = descending, Page = 0 }, _asked);
    }

    private IRenderedComponent<SortHeader> ShowHeading(ListAddress list) => Show<SortHeader>(parameters => parameters
        .Add(heading => heading.List, list)
        .Add(heading => heading.Column, "name")
        .Add(heading => heading.Changed, changed => _asked = changed)
        .AddChildContent("Name"));
}
