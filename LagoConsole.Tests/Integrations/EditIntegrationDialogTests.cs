using Bunit;
using LagoConsole.Components.Integrations;
using LagoConsole.Core.DryRun;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Polling;
using LagoConsole.Tests.DryRun;
using LagoConsole.Tests.Support;
using MudBlazor;
using Xunit;

namespace LagoConsole.Tests.Integrations;

public sealed class EditIntegrationDialogTests : MudContext
{
    private static readonly AccruedLine Acme = new(Guid.NewGuid(), "Acme", "seats", "USD", 1250, "open period");

    private readonly List<(string Seen, BillingMode Mode, string? Key, bool Off)> _saved = [];
    private readonly List<AutoReportStart> _started = [];
    private readonly List<ProposedChange?> _tried = [];
    private readonly List<(JumpLimits? Limits, bool? TrueUps)> _settings = [];
    private EditOutcome _answer = new EditOutcome.Saved("settings-2", "Saved.");
    private AccruedPreview _accrued = new AccruedPreview.Ready([Acme]);
    private IReadOnlyList<RestingMoney> _resting = [];
    private AutoReportOutcome _turnedOn = new AutoReportOutcome.On(0);

    [Fact]
    public async Task Shows_what_is_and_keeps_region_and_address_out_of_reach()
    {
        await ShowAsync(Row());

        Assert.True(Dialogs.Radio("AMOUNT_DAILY").HasAttribute("checked"));
        Assert.Contains("https://lago-api.harbour.example/api/v1", Dialogs.Markup, StringComparison.Ordinal);
        Assert.Contains("Region and URL stay as they are", Dialogs.Markup, StringComparison.Ordinal);
        Assert.Equal("", Field("API Key").GetAttribute("value") ?? ""); // the present key never comes to the browser
        Assert.Contains("ends in 4a5b", Dialogs.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Save_hands_over_the_changes_and_closes()
    {
        IDialogReference dialog = await ShowAsync(Row());
        await Dialogs.ChooseRadioAsync("AMOUNT_HOURLY");
        await TypeAsync("API Key", "new-key");

        await PressAsync("Save");

        Assert.Equal([("settings-1", BillingMode.AmountHourly, "new-key", false)], _saved);
        Assert.Equal("Saved.", (await dialog.Result)!.Data);
        Assert.Empty(_started);
    }

    [Fact]
    public async Task Escape_closes_it_where_nothing_was_changed()
    {
        IDialogReference dialog = await ShowAsync(Row());

        await EscapeAsync();

        Assert.True((await dialog.Result)!.Canceled);
    }

    [Fact]
    public async Task Escape_asks_before_what_was_changed_is_lost()
    {
        IDialogReference dialog = await ShowAsync(Row());
        await Dialogs.ChooseRadioAsync("AMOUNT_HOURLY");

        Task escape = EscapeAsync();
        Dialogs.WaitForAssertion(() => Assert.Contains("What you changed of Harbour Software is not saved.", Dialogs.Markup, StringComparison.Ordinal));
        Assert.False(dialog.Result.IsCompleted);
        await Dialogs.FindAll("button:not([hidden])").Single(button => button.TextContent.Trim() == "Leave").ClickAsync();
        await escape;

        Assert.True((await dialog.Result)!.Canceled);
        Assert.Empty(_saved);
    }

    [Fact]
    public async Task A_refused_key_is_told_at_its_field_and_stays_typed()
    {
        _answer = new EditOutcome.Refused(IntegrationField.ApiKey, "This key belongs to another organization.");
        IDialogReference dialog = await ShowAsync(Row());
        await TypeAsync("API Key", "foreign-key");

        await PressAsync("Save");

        Assert.False(dialog.Result.IsCompleted);
        Assert.Contains("This key belongs to another organization.", Dialogs.Markup, StringComparison.Ordinal);
        Assert.Equal("foreign-key", Field("API Key").GetAttribute("value"));
    }

    [Fact]
    public async Task Somebody_elses_change_is_told_and_the_dialog_stays()
    {
        _answer = new EditOutcome.ChangedMeanwhile("Somebody else changed Harbour Software.");
        IDialogReference dialog = await ShowAsync(Row());

        await PressAsync("Save");

        Assert.False(dialog.Result.IsCompleted);
        Assert.Contains("Somebody else changed Harbour Software.", Dialogs.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Switching_on_shows_what_has_accrued_and_reports_it_when_told_so()
    {
        IDialogReference dialog = await ShowAsync(Row());
        await SwitchAsync(on: true);
        await PressAsync("Save");
        Assert.Contains("12.50 USD", Dialogs.Markup, StringComparison.Ordinal);
        Assert.Contains("Acme", Dialogs.Markup, StringComparison.Ordinal);
        Assert.Empty(_started); // nothing is switched on before the answer

        await PressAsync("Report it");

        Assert.Equal([AutoReportStart.ReportIt], _started);
        Assert.Contains("Auto report is on", (string)(await dialog.Result)!.Data!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Switching_on_can_start_from_now_and_says_what_that_gives_up()
    {
        _accrued = new AccruedPreview.Ready([Acme, Acme with { MetricCode = "api_calls", AmountMinor = 250 }, Acme with { Currency = "JPY", AmountMinor = 300 }]);
        IDialogReference dialog = await ShowAsync(Row());
        await SwitchAsync(on: true);
        await PressAsync("Save");
        Assert.Equal(
            "Start from now gives this up, but for what a person has said to report, what is held, and what a projection shows of time to come. "
            + "What is given up is never billed, and that cannot be taken back.",
            Dialogs.Find("#edit-given-up").TextContent);

        await PressAsync("Start from now");

        Assert.Equal([AutoReportStart.StartFromNow], _started);
        Assert.Contains("given up", (string)(await dialog.Result)!.Data!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beside_what_has_accrued_the_dry_run_follows_the_answer_that_is_thought_of()
    {
        IntegrationRow row = Row();
        await ShowAsync(row);
        await SwitchAsync(on: true);
        await PressAsync("Save");
        Assert.Empty(_tried);

        await PressAsync("Dry run");
        await Dialogs.ChooseRadioAsync("Start from now");

        Assert.Equal(
            [new ProposedChange.TurnOn(row.Id, AutoReportStart.ReportIt), new ProposedChange.TurnOn(row.Id, AutoReportStart.StartFromNow)], _tried);
        Assert.Contains("would send 1 record for 1.20 USD", Dialogs.Markup, StringComparison.Ordinal);
        Assert.Empty(_started);
    }

    [Fact]
    public async Task A_changed_billing_mode_is_tried_before_it_is_saved()
    {
        IntegrationRow row = Row();
        await ShowAsync(row);
        Assert.Empty(Dialogs.FindAll(".dry-run"));
        await Dialogs.ChooseRadioAsync("AMOUNT_HOURLY");

        await PressAsync("Dry run");

        Assert.Equal([new ProposedChange.ChangeMode(row.Id, BillingMode.AmountHourly)], _tried);
        Assert.Empty(_saved);
    }

    [Fact]
    public async Task A_daily_mode_is_warned_of_where_a_buyer_buys_at_Google()
    {
        await ShowAsync(Row() with { GoogleBuyers = 2 });
        Assert.Contains("2 buyers buy through Google Cloud Marketplace, which asks for usage within an hour", Dialogs.Markup, StringComparison.Ordinal);

        await Dialogs.ChooseRadioAsync("AMOUNT_HOURLY");

        Assert.DoesNotContain("Google Cloud Marketplace", Dialogs.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leaving_it_off_switches_nothing_on()
    {
        IDialogReference dialog = await ShowAsync(Row());
        await SwitchAsync(on: true);
        await PressAsync("Save");

        await PressAsync("Leave it off");

        Assert.True((await dialog.Result)!.Canceled);
        Assert.Empty(_started);
    }

    [Fact]
    public async Task With_nothing_accrued_there_is_nothing_to_ask()
    {
        _accrued = new AccruedPreview.Ready([]);
        IDialogReference dialog = await ShowAsync(Row());
        await SwitchAsync(on: true);

        await PressAsync("Save");

        Assert.Equal([AutoReportStart.ReportIt], _started);
        Assert.False((await dialog.Result)!.Canceled);
    }

    [Fact]
    public async Task What_cannot_be_read_leaves_auto_report_off_and_can_be_tried_again()
    {
        _accrued = new AccruedPreview.Failed("Lago failed with status 503.");
        IDialogReference dialog = await ShowAsync(Row());
        await SwitchAsync(on: true);
        await PressAsync("Save");
        Assert.Contains("Lago failed with status 503.", Dialogs.Markup, StringComparison.Ordinal);
        Assert.False(dialog.Result.IsCompleted);

        _accrued = new AccruedPreview.Ready([Acme]);
        await PressAsync("Save");

        Assert.Equal(["settings-1", "settings-2"], _saved.Select(saved => saved.Seen)); // what it saved itself is no conflict
        Assert.NotNull(Find("Report it"));
    }

    [Fact]
    public async Task Auto_report_that_could_not_be_switched_on_is_told()
    {
        _turnedOn = new AutoReportOutcome.Failed("Only a verified integration can report.");
        IDialogReference dialog = await ShowAsync(Row());
        await SwitchAsync(on: true);
        await PressAsync("Save");

        await PressAsync("Report it");

        Assert.False(dialog.Result.IsCompleted);
        Assert.Contains("Only a verified integration can report.", Dialogs.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task R16_Switching_off_says_what_rests_and_asks()
    {
        _resting = [new RestingMoney("JPY", 300), new RestingMoney("USD", 1250.5m)];
        IDialogReference dialog = await ShowAsync(Row() with { AutoReport = true });
        await SwitchAsync(on: false);

        await PressAsync("Save");

        Assert.Contains("300 JPY and 12.505 USD is counted and on no usage record yet.", Dialogs.Markup, StringComparison.Ordinal);
        Assert.Contains("Usage records that exist already are still sent.", Dialogs.Markup, StringComparison.Ordinal);
        Assert.Empty(_saved);
        await PressAsync("Switch off");
        await HandledAsync();

        Assert.True(Assert.Single(_saved).Off);
        Assert.False((await dialog.Result)!.Canceled);
        Assert.Empty(_started);
    }

    [Fact]
    public async Task Who_does_not_switch_off_after_all_is_back_in_the_dialog()
    {
        IDialogReference dialog = await ShowAsync(Row() with { AutoReport = true });
        await SwitchAsync(on: false);
        await PressAsync("Save");
        Assert.Contains("Nothing that was counted rests by this.", Dialogs.Markup, StringComparison.Ordinal);

        await Dialogs.FindAll(".mud-dialog").Single(shown => shown.TextContent.Contains("Nothing that was counted rests by this.", StringComparison.Ordinal))
            .QuerySelectorAll("button").Single(button => button.TextContent.Trim() == "Cancel").ClickAsync();
        await HandledAsync();

        Assert.False(dialog.Result.IsCompleted);
        Assert.Empty(_saved);
    }

    [Fact]
    public async Task A_new_key_says_that_the_present_one_goes_and_polling_rests()
    {
        await ShowAsync(Row() with { AutoReport = true });

        await TypeAsync("API Key", "new-key");

        Assert.Contains("The present key is erased. Polling rests until VERIFY was pressed", Dialogs.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(IntegrationStatus.Created)]
    [InlineData(IntegrationStatus.VerificationFailed)]
    public async Task Only_a_verified_integration_can_be_switched_on(IntegrationStatus status)
    {
        await ShowAsync(Row() with { Status = status });

        Assert.True(Field("Enable Auto Report Usage").HasAttribute("disabled"));
        Assert.Contains("Press VERIFY first", Dialogs.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_key_must_be_verified_before_it_can_report()
    {
        await ShowAsync(Row());

        await TypeAsync("API Key", "new-key");

        Assert.True(Field("Enable Auto Report Usage").HasAttribute("disabled"));
        Assert.Contains("Save the new key and press VERIFY first", Dialogs.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task R15_The_limits_for_held_growth_are_shown_as_money_of_each_currency_and_handed_over()
    {
        await ShowAsync(Row());
        Assert.Contains("Growth up to 100,000 JPY or 1,000.00 USD is never held.", Dialogs.Markup, StringComparison.Ordinal);
        Assert.Contains("more than 10,000,000 JPY or 100,000.00 USD at once is held", Dialogs.Markup, StringComparison.Ordinal);
        await TypeAsync("Jump factor", "5");
        await TypeAsync("Jump floor in minor units", "2500");
        Assert.Contains("Growth up to 2,500 JPY or 25.00 USD is never held.", Dialogs.Markup, StringComparison.Ordinal);
        await Field("Include true-ups").ChangeAsync(true);

        await PressAsync("Save");

        Assert.Equal([(new JumpLimits(5, 2_500, 10_000_000), true)], _settings);
    }

    [Fact]
    public async Task A_refused_limit_is_told_at_its_field()
    {
        _answer = new EditOutcome.Refused(IntegrationField.JumpFloor, "Type a whole number of minor units, 0 or more.");
        IDialogReference dialog = await ShowAsync(Row());

        await PressAsync("Save");

        Assert.False(dialog.Result.IsCompleted);
        Assert.Contains("Type a whole number of minor units", Dialogs.Markup, StringComparison.Ordinal);
        Assert.True(Dialogs.Find("details").HasAttribute("open"));
    }

    private static IntegrationRow Row() => new(
        Guid.NewGuid(), "Harbour Software", LagoRegion.SelfHosted, "https://lago-api.harbour.example/api/v1", BillingMode.AmountDaily,
        AutoReport: false, IntegrationStatus.Verified, "Verified.", "4a5b", IntegrationBooks.Noon, LastPollStartedAt: null, LinkedBuyers: 1, GoogleBuyers: 0,
        new JumpLimits(20, 100_000, 10_000_000), IncludeTrueUps: false, ["JPY", "USD"], "settings-1");

    private Task SwitchAsync(bool on) => Field("Enable Auto Report Usage").ChangeAsync(on);

    /// <summary>What app.js makes of the key.</summary>
    private Task EscapeAsync() => Dialogs.Find("[data-escape]").ClickAsync();

    private Task<IDialogReference> ShowAsync(IntegrationRow row) => OpenAsync(new DialogParameters<EditIntegrationDialog>
    {
        { shown => shown.Integration, row },
        {
            shown => shown.Save,
            input =>
            {
                _settings.Add((input.Limits, input.IncludeTrueUps));
                _saved.Add((input.SeenSettings, input.BillingMode, input.NewApiKey, input.SwitchAutoReportOff));
                return Task.FromResult(_answer);
            }
        },
        { shown => shown.Preview, () => Task.FromResult(_accrued) },
        { shown => shown.Resting, () => Task.FromResult(_resting) },
        {
            shown => shown.TurnOn,
            start =>
            {
                _started.Add(start);
                return Task.FromResult(_turnedOn);
            }
        },
        {
            shown => shown.DryRun,
            (change, _, _, _) =>
            {
                _tried.Add(change);
                return Task.FromResult<DryRunOutcome>(new DryRunOutcome.Ready(DryRunSamples.Result));
            }
        },
    });
}
