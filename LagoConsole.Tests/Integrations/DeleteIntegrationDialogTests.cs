using AngleSharp.Dom;
using Bunit;
using LagoConsole.Components.Integrations;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Polling;
using LagoConsole.Tests.Support;
using MudBlazor;
using Xunit;

namespace LagoConsole.Tests.Integrations;

public sealed class DeleteIntegrationDialogTests : MudContext
{
    private static readonly Guid Id = Guid.NewGuid();

    private readonly List<DeleteIntegration> _asked = [];
    private DeleteOutcome _answer = new DeleteOutcome.Deleted("Harbour is deleted, and its API key with it.");

    [Fact]
    public async Task Unreported_money_is_listed_before_anything_else()
    {
        await ShowAsync(WithMoney());

        IElement[] cells = [.. Dialogs.FindAll("tbody td")];
        Assert.Equal(["Acme", "seats", "10.00 USD", "18.00 USD", "12.00 USD"], cells.Select(cell => cell.TextContent.Trim()));
        string text = Dialogs.Find(".mud-dialog").TextContent;
        Assert.True(text.IndexOf("10.00 USD", StringComparison.Ordinal) < text.IndexOf("Goes, at once", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_goes_and_what_stays_is_named()
    {
        await ShowAsync(WithMoney());

        string text = Dialogs.Find(".mud-dialog").TextContent;
        Assert.Contains("1 Lago Customer ID of buyers", text, StringComparison.Ordinal);
        Assert.Contains("7 stored totals", text, StringComparison.Ordinal);
        Assert.Contains("The final totals of 2 billing periods not closed yet", text, StringComparison.Ordinal);
        Assert.Contains("3 counted increases, 1 usage record,", text, StringComparison.Ordinal);
        Assert.Contains("never billed again", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Report it", OpenMoneyChoice.Report)]
    [InlineData("Write it off", OpenMoneyChoice.WriteOff)]
    public async Task Delete_hands_over_the_decision_on_what_was_shown(string label, OpenMoneyChoice choice)
    {
        IDialogReference dialog = await ShowAsync(WithMoney());
        await Dialogs.ChooseRadioAsync(label);
        await TypeAsync("Type Harbour to confirm", "Harbour");

        await PressAsync("Delete");

        Assert.Equal([new DeleteIntegration(Id, "stamp-1", choice, "Harbour")], _asked);
        Assert.Equal("Harbour is deleted, and its API key with it.", (await dialog.Result)!.Data);
    }

    [Fact]
    public async Task Open_money_without_a_decision_deletes_nothing()
    {
        IDialogReference dialog = await ShowAsync(WithMoney());
        await TypeAsync("Type Harbour to confirm", "Harbour");

        await PressAsync("Delete");

        Assert.Empty(_asked);
        Assert.False(dialog.Result.IsCompleted);
        Assert.Contains("Choose whether it is reported or written off.", Dialogs.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_open_money_there_is_nothing_to_decide()
    {
        await ShowAsync(WithMoney() with { Money = [] });
        await TypeAsync("Type Harbour to confirm", "Harbour");

        await PressAsync("Delete");

        Assert.Null(Assert.Single(_asked).Choice);
    }

    [Fact]
    public async Task Another_name_is_refused_at_its_field()
    {
        _answer = new DeleteOutcome.NameDiffers("Type Harbour exactly as shown. Nothing was deleted.");
        IDialogReference dialog = await ShowAsync(WithMoney() with { Money = [] });

        await PressAsync("Delete");

        Assert.False(dialog.Result.IsCompleted);
        Assert.Contains("Type Harbour exactly as shown. Nothing was deleted.", Dialogs.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Money_that_changed_meanwhile_is_shown_and_decided_on_again()
    {
        DeletePreview changed = WithMoney() with { Stamp = "stamp-2", Money = [new UnreportedMoney(Guid.NewGuid(), "Acme", "seats", "USD", 0, 9999, 0)] };
        _answer = new DeleteOutcome.ChangedMeanwhile("The unreported money changed.", changed);
        await ShowAsync(WithMoney());
        await Dialogs.ChooseRadioAsync("Write it off");
        await TypeAsync("Type Harbour to confirm", "Harbour");
        await PressAsync("Delete");
        Assert.Contains("99.99 USD", Dialogs.Markup, StringComparison.Ordinal);
        Assert.Contains("The unreported money changed.", Dialogs.Markup, StringComparison.Ordinal);

        await Dialogs.ChooseRadioAsync("Write it off");
        await PressAsync("Delete");

        Assert.Equal(["stamp-1", "stamp-2"], _asked.Select(request => request.Stamp));
    }

    [Fact]
    public async Task A_decision_on_other_amounts_is_asked_for_anew()
    {
        _answer = new DeleteOutcome.ChangedMeanwhile("The unreported money changed.", WithMoney() with { Stamp = "stamp-2" });
        await ShowAsync(WithMoney());
        await Dialogs.ChooseRadioAsync("Write it off");
        await PressAsync("Delete");

        await PressAsync("Delete");

        Assert.Single(_asked); // the former answer does not count for what is shown now
        Assert.Contains("Choose whether it is reported or written off.", Dialogs.Markup, StringComparison.Ordinal);
    }

    private static DeletePreview WithMoney() => new(
        Id, "Harbour", [new UnreportedMoney(Guid.NewGuid(), "Acme", "seats", "USD", 1000, 1800, 1200)],
        BuyerLinks: 1, Snapshots: 7, Increments: 3, Records: 1, UnclosedPeriods: 2, IntegrationBooks.Noon, "stamp-1");

    private Task<IDialogReference> ShowAsync(DeletePreview preview) => OpenAsync(new DialogParameters<DeleteIntegrationDialog>
    {
        { shown => shown.Preview, preview },
        {
            shown => shown.Delete,
            request =>
            {
                _asked.Add(request);
                return Task.FromResult(_answer);
            }
        },
    });
}
