using Bunit;
using LagoConsole.Components.Shared;
using LagoConsole.Tests.Support;
using Microsoft.AspNetCore.Components.Web;
using Xunit;

namespace LagoConsole.Tests.Shared;

public sealed class LookupFieldTests : MudContext
{
    private readonly List<string?> _searched = [];

    [Fact]
    public async Task Going_past_it_with_Tab_asks_nothing_and_takes_no_focus_back()
    {
        ShowCurrencies();

        await Field("Currency").FocusAsync(new FocusEventArgs());

        Assert.Empty(_searched);
        Assert.Empty(Popovers.FindAll(".mud-list-item"));
        JSInterop.VerifyNotInvoke("mudElementRef.select"); // Chromium focuses what is selected so, and by then the focus may be two fields on
    }

    [Fact]
    public async Task The_arrow_opens_the_list()
    {
        ShowCurrencies();
        await Field("Currency").FocusAsync(new FocusEventArgs());

        await Field("Currency").KeyDownAsync(new KeyboardEventArgs { Key = "ArrowDown" });

        await WaitAsync(() => Popovers.FindAll(".mud-list-item").Count == 2, "the list of currencies");
    }

    [Fact]
    public async Task What_is_typed_is_sought_and_stands_in_the_list()
    {
        ShowCurrencies();

        await Field("Currency").InputAsync("us");

        await WaitAsync(() => Popovers.FindAll(".mud-list-item").Count == 1, "the currency that was found");
        Assert.Equal(["us"], _searched);
    }

    private void ShowCurrencies() => Show<LookupField<string>>(field => field
        .Add(lookup => lookup.Label, "Currency")
        .Add(lookup => lookup.SearchFunc, (term, _) =>
        {
            _searched.Add(term);
            return Task.FromResult<IEnumerable<string>>(string.IsNullOrEmpty(term) ? ["EUR", "USD"] : ["USD"]);
        }));
}
