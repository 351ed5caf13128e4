using Bunit;
using Bunit.TestDoubles;
using LagoConsole.Components.SignIn;
using LagoConsole.SignIn;
using LagoConsole.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LagoConsole.Tests.SignIn;

public sealed class SignInEndWatchTests : MudContext
{
    private BunitAuthorizationContext _person = null!;

    private BunitNavigationManager Navigation => Services.GetRequiredService<BunitNavigationManager>();

    [Fact]
    public void A_page_whose_sign_in_ends_is_left_and_its_address_is_kept_for_the_return()
    {
        ShowAt("/records?state=Blocked", isInteractive: true);

        _person.SetNotAuthorized();

        Assert.EndsWith($"{SignInCookie.EndedPath}?returnUrl=%2Frecords%3Fstate%3DBlocked", Navigation.Uri, StringComparison.Ordinal);
        Assert.True(Navigation.History.First().Options.ForceLoad);
    }

    [Fact]
    public void A_sign_in_that_goes_on_leaves_the_page_where_it_is()
    {
        ShowAt("/records", isInteractive: true);

        _person.SetAuthorized("ada@vendor.example");

        Assert.EndsWith("/records", Navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_that_is_only_drawn_for_its_request_goes_nowhere()
    {
        ShowAt("/login", isInteractive: false);

        _person.SetNotAuthorized();

        Assert.EndsWith("/login", Navigation.Uri, StringComparison.Ordinal);
    }

    private void ShowAt(string address, bool isInteractive)
    {
        _person = this.AddAuthorization().SetAuthorized("ada@vendor.example");
        SetRendererInfo(new RendererInfo("Server", isInteractive));
        Navigation.NavigateTo(address);
        Show<SignInEndWatch>();
    }
}
