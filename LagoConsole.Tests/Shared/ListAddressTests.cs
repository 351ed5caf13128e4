using Bunit;
using LagoConsole.Components.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LagoConsole.Tests.Shared;

public sealed class ListAddressTests : BunitContext
{
    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    [Fact]
    public void An_address_says_what_a_list_shows_and_reads_back()
    {
        ListAddress list = new("acme & co", "email", Descending: true, "unlinked", Page: 2, PageSize: 50);

        Assert.Equal([("search", "acme & co"), ("sort", "-email"), ("show", "unlinked"), ("page", 3), ("size", 50)], list.Query().Select(part => (part.Key, part.Value)));
        Assert.Equal(list, ListAddress.Read("acme & co", "-email", "unlinked", "3", "50"));
    }

    [Fact]
    public void What_need_not_be_said_is_not_in_the_address() => Assert.All(ListAddress.Default.Query().Values, Assert.Null);

    [Theory]
    [InlineData(null, null)]
    [InlineData("", "")]
    [InlineData("0", "7")]
    [InlineData("-1", "many")]
    [InlineData("99999999999", "25")]
    [InlineData("1000001", "1000")]
    public void What_cannot_be_read_is_the_lists_beginning(string? page, string? size) => Assert.Equal(ListAddress.Default, ListAddress.Read(" ", "", "", page, size));

    [Fact]
    public void A_column_sorts_up_then_down_from_the_first_page()
    {
        ListAddress up = (ListAddress.Default with { Page = 4 }).SortedBy("email");
        ListAddress down = up.SortedBy("email");

        Assert.Equal(("email", 0), (up.SortText, up.Page));
        Assert.Equal("-email", down.SortText);
        Assert.Equal("email", down.SortedBy("email").SortText);
    }

    [Fact]
    public void The_address_follows_the_list_without_another_step_back()
    {
        AddressedList list = new(Navigation);
        Navigation.NavigateTo("/buyers?other=1");

        list.Show(ListAddress.Default with { Search = "a b", Page = 1 });

        Assert.EndsWith("/buyers?other=1&search=a%20b&page=2", Navigation.Uri, StringComparison.Ordinal);
        list.Show(ListAddress.Default);
        Assert.EndsWith("/buyers?other=1", Navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public void The_list_follows_an_address_that_it_did_not_ask_for_itself()
    {
        AddressedList list = new(Navigation);

        Assert.True(list.Follow(ListAddress.Default with { Search = "acme" }));
        Assert.Equal("acme", list.Shown.Search);
        Assert.False(list.Follow(ListAddress.Default with { Search = "acme" }));
        Assert.True(list.Follow(ListAddress.Default)); // the menu's own link
        Assert.Equal("", list.Shown.Search);
    }

    [Fact]
    public void What_a_person_types_is_not_taken_back_by_addresses_that_come_late()
    {
        AddressedList list = new(Navigation);
        list.Show(ListAddress.Default with { Search = "a" });
        list.Show(ListAddress.Default with { Search = "ac" });

        Assert.False(list.Follow(ListAddress.Default with { Search = "a" }));
        Assert.Equal("ac", list.Shown.Search);
        Assert.False(list.Follow(ListAddress.Default with { Search = "ac" }));
        Assert.Equal("ac", list.Shown.Search);
    }
}
