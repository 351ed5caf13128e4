using Bunit;
using LagoConsole.Components.Fulfilment;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Fulfilment;
using LagoConsole.Core.Products;
using LagoConsole.Core.Security;
using LagoConsole.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LagoConsole.Tests.Fulfilment;

public sealed class PurchasesPageTests : MudContext
{
    private readonly FulfilmentWorld _world = new();

    public PurchasesPageTests() => Services
        .AddSingleton(new NoticeQueries(_world.Console.Database))
        .AddSingleton(_world.Actions)
        .AddSingleton(_world.Tokens)
        .AddSingleton(_world.Sync)
        .AddSingleton(_world.Console.Get<ProductQueries>())
        .AddSingleton(_world.Console.Get<BuyerQueries>());

    [Fact]
    public async Task A_notice_shows_what_it_said_what_was_done_and_a_person_dismisses_it()
    {
        SignIn(role: Role.Operator);
        _world.Aws.Notices.Send("""{"detail-type":"Something New"}""");
        await _world.RunAsync();
        IRenderedComponent<PurchasesPage> page = Show<PurchasesPage>();
        await WaitAsync(() => page.Markup.Contains("Something New (not understood)", StringComparison.Ordinal), "the notice");
        Assert.Contains("so it changed nothing", page.Markup, StringComparison.Ordinal);

        await PressAsync("Dismiss");
        Assert.Contains("that buyer's money waits", Dialogs.Find(".mud-dialog").TextContent, StringComparison.Ordinal);
        await PressAsync("Cancel");
        await HandledAsync();
        Assert.Contains("needs you", page.Markup, StringComparison.Ordinal);

        await PressAsync("Dismiss");
        await PressAsync("Dismiss");
        await HandledAsync();

        await WaitAsync(() => page.Markup.Contains("Dismissed by ada@vendor.example.", StringComparison.Ordinal), "the dismissal");
    }

    [Fact]
    public async Task Synchronise_says_what_was_read_and_what_needs_a_person()
    {
        SignIn(role: Role.Operator);
        IRenderedComponent<PurchasesPage> page = Show<PurchasesPage>();
        await WaitAsync(() => page.Markup.Contains("No notice yet", StringComparison.Ordinal), "the empty list");

        await PressAsync("Synchronise");

        Assert.Contains("1 purchase read, 0 entered, 0 changed.", page.Markup, StringComparison.Ordinal);
        Assert.Contains("Enter it under Products", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Try_again_says_what_it_came_to()
    {
        SignIn(role: Role.Operator);
        _world.Aws.Notices.Tell("License Updated - Manufacturer", FulfilmentWorld.Agreement, ConsoleWorld.Licence, ConsoleWorld.Account, ConsoleWorld.ProductCode);
        await _world.RunAsync();
        IRenderedComponent<PurchasesPage> page = Show<PurchasesPage>();
        await WaitAsync(() => page.Markup.Contains("needs you", StringComparison.Ordinal), "the notice");

        await PressAsync("Try again");
        Assert.Contains("License Updated - Manufacturer: nothing changed, it needs you still.", Snackbars.Markup, StringComparison.Ordinal);

        await _world.AwsProductAsync();
        await PressAsync("Try again");
        Assert.Contains("License Updated - Manufacturer: done.", Snackbars.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_token_stays_in_the_dialog_with_its_reason()
    {
        SignIn(role: Role.Operator);
        Show<PurchasesPage>();
        await PressAsync("Register a purchase");
        await TypeAsync("Token", "nonsense");

        await PressAsync("Register");

        Assert.Contains("Choose the product that was bought.", Dialogs.Markup, StringComparison.Ordinal);
        await PressAsync("Cancel");
        await HandledAsync();
    }

    [Fact]
    public void A_viewer_sees_and_does_not_touch()
    {
        SignIn(role: Role.Viewer);
        IRenderedComponent<PurchasesPage> page = Show<PurchasesPage>();

        Assert.DoesNotContain("Register a purchase", page.Markup, StringComparison.Ordinal);
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        await _world.DisposeAsync();
    }
}
