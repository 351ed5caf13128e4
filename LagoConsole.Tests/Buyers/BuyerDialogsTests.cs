using Bunit;
using LagoConsole.Components.Buyers;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Tests.DryRun;
using LagoConsole.Tests.Support;
using MudBlazor;
using Xunit;

namespace LagoConsole.Tests.Buyers;

public sealed class BuyerDialogsTests : MudContext
{
    private static readonly LinkPreviewLine ApiCalls = new(
        "s1|api_calls", "sub_1", "pro", new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero), new(2026, 4, 1, 0, 0, 0, TimeSpan.Zero), "api_calls", "API calls", "USD", 1_250, null, IsProjection: false);

    private static readonly LinkPreviewLine Seats = ApiCalls with { Key = "s1|seats", MetricCode = "seats", MetricName = "Seats", TotalMinor = 400, MarkMinor = 300 };

    [Fact]
    public async Task A_new_buyer_that_is_refused_stays_open_with_its_sentences()
    {
        IDialogReference dialog = await OpenAsync(new DialogParameters<NewBuyerDialog>
        {
            { form => form.Save, input => Task.FromResult<BuyerOutcome>(new BuyerOutcome.Refused(BuyerField.Email, BuyerChecks.Email(input.Email)!)) },
        });
        await TypeAsync("Name", "Globex");
        await TypeAsync("E-mail", "globex");

        await PressAsync("Create");

        Assert.Contains("not an e-mail address", Dialogs.Markup, StringComparison.Ordinal);
        Assert.Equal("Globex", Field("Name").GetAttribute("value"));
        Assert.False(dialog.Result.IsCompleted);
    }

    [Fact]
    public async Task An_identity_used_twice_is_said_at_its_field()
    {
        Guid product = Guid.NewGuid();
        NewEntitlement? seen = null;
        await OpenAsync(new DialogParameters<NewEntitlementDialog>
        {
            { form => form.BuyerId, Guid.NewGuid() },
            { form => form.Products, (IReadOnlyList<ProductRow>)[new ProductRow(product, "Acme API", Marketplace.Aws, "us-east-1", 1, 1, 0)] },
            { form => form.Save, input =>
            {
                seen = input;
                return Task.FromResult<BuyerOutcome>(new BuyerOutcome.Refused(BuyerField.AwsLicenseArn, "Initech already has this purchase."));
            } },
        });
        await TypeAsync("AWS account ID", "123456789012");
        await TypeAsync("License ARN", BuyersBooks.Arn);
        await TypeAsync("Starts at (UTC)", "2026-03-10T10:00");

        await PressAsync("Create");

        Assert.Contains("Initech already has this purchase.", Dialogs.Markup, StringComparison.Ordinal);
        Assert.Equal(
            (product, "123456789012", BuyersBooks.Arn, EntitlementState.Active, new DateTimeOffset(2026, 3, 10, 10, 0, 0, TimeSpan.Zero)),
            (seen!.ProductId!.Value, seen.AwsAccountId, seen.AwsLicenseArn, seen.State, seen.StartsAt!.Value));
    }

    [Fact]
    public async Task An_entitlement_is_edited_without_its_identity()
    {
        EditEntitlement? seen = null;
        EntitlementDetail entitlement = new(
            Guid.NewGuid(), 3, Guid.NewGuid(), "Acme API", Marketplace.Aws, [new("AWS account", "123456789012"), new("Product code", "8f2k4mzq9x1a"), new("Region", "us-east-1")],
            EntitlementState.Cancelled, new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero), new(2026, 3, 9, 9, 0, 0, TimeSpan.Zero), AzurePlanId: null);
        IDialogReference dialog = await OpenAsync(new DialogParameters<EditEntitlementDialog>
        {
            { form => form.Entitlement, entitlement },
            { form => form.Save, input =>
            {
                seen = input;
                return Task.FromResult<BuyerOutcome>(new BuyerOutcome.Saved(entitlement.Id, "Saved."));
            } },
        });
        Assert.Contains("Product code 8f2k4mzq9x1a", Dialogs.Markup, StringComparison.Ordinal);
        Assert.Equal("2026-03-01T09:00", Field("Starts at (UTC)").GetAttribute("value"));

        await TypeAsync("Cancelled at (UTC)", "2026-03-09T10:30");
        await PressAsync("Save");

        Assert.False((await dialog.Result)!.Canceled);
        Assert.Equal((3, EntitlementState.Cancelled, new DateTimeOffset(2026, 3, 9, 10, 30, 0, TimeSpan.Zero)), (seen!.SeenVersion, seen.State, seen.EndsAt!.Value));
    }

    [Fact]
    public async Task An_end_is_asked_about_with_its_money_before_it_is_saved()
    {
        EditEntitlement? seen = null;
        EntitlementDetail entitlement = new(
            Guid.NewGuid(), 3, Guid.NewGuid(), "Acme API", Marketplace.Aws, [new("AWS account", "123456789012")],
            EntitlementState.Active, new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero), EndsAt: null, AzurePlanId: null);
        IDialogReference dialog = await OpenAsync(new DialogParameters<EditEntitlementDialog>
        {
            { form => form.Entitlement, entitlement },
            { form => form.Save, input =>
            {
                seen = input;
                return Task.FromResult<BuyerOutcome>(new BuyerOutcome.Saved(entitlement.Id, "Saved."));
            } },
        });

        await TypeAsync("Ends at (UTC)", "2026-03-09T10:30");
        await PressAsync("Save");

        Assert.Null(seen);
        Assert.Contains("Acme API ends at 2026-03-09 10:30 UTC.", Dialogs.Markup, StringComparison.Ordinal);
        Assert.Contains("that money waits until another entitlement", Dialogs.Markup, StringComparison.Ordinal);
        await PressAsync("End entitlement");
        Assert.False((await dialog.Result)!.Canceled);
        Assert.Equal(new DateTimeOffset(2026, 3, 9, 10, 30, 0, TimeSpan.Zero), seen!.EndsAt);
    }

    [Fact]
    public async Task Another_end_than_the_one_that_was_agreed_to_is_asked_about_again_and_the_same_one_is_not()
    {
        List<DateTimeOffset?> saved = [];
        EntitlementDetail entitlement = new(
            Guid.NewGuid(), 3, Guid.NewGuid(), "Acme API", Marketplace.Aws, [new("AWS account", "123456789012")],
            EntitlementState.Active, DateTimeOffset.UnixEpoch, EndsAt: null, AzurePlanId: null);
        await OpenAsync(new DialogParameters<EditEntitlementDialog>
        {
            { edit => edit.Entitlement, entitlement },
            { edit => edit.Save, input =>
            {
                saved.Add(input.EndsAt);
                return Task.FromResult<BuyerOutcome>(new BuyerOutcome.Refused(new Dictionary<BuyerField, string> { [BuyerField.EndsAt] = "Not now." }));
            } },
        });
        await TypeAsync("Ends at (UTC)", "2026-03-09T10:30");
        await PressAsync("Save");
        await PressAsync("End entitlement");

        await PressAsync("Save"); // as it was agreed to
        await TypeAsync("Ends at (UTC)", "2026-03-01T10:30");
        await PressAsync("Save");

        Assert.Equal([At(9), At(9)], saved);
        Assert.Contains("Acme API ends at 2026-03-01 10:30 UTC.", Dialogs.Markup, StringComparison.Ordinal);
        await PressAsync("End entitlement");
        Assert.Equal([At(9), At(9), At(1)], saved);

        static DateTimeOffset? At(int day) => new DateTimeOffset(2026, 3, day, 10, 30, 0, TimeSpan.Zero);
    }

    [Theory]
    [InlineData(EntitlementState.Active, EntitlementState.Suspended, true)]
    [InlineData(EntitlementState.PendingCancel, EntitlementState.PendingStart, true)]
    [InlineData(EntitlementState.Suspended, EntitlementState.Active, false)]
    [InlineData(EntitlementState.PendingStart, EntitlementState.Suspended, false)]
    public async Task A_state_in_which_nothing_is_reported_any_more_is_asked_about(EntitlementState from, EntitlementState to, bool asks)
    {
        EditEntitlement? seen = null;
        EntitlementDetail entitlement = new(
            Guid.NewGuid(), 3, Guid.NewGuid(), "Acme API", Marketplace.Aws, [new("AWS account", "123456789012")],
            from, new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero), EndsAt: null, AzurePlanId: null);
        IDialogReference dialog = await OpenAsync(new DialogParameters<EditEntitlementDialog>
        {
            { form => form.Entitlement, entitlement },
            { form => form.Save, input =>
            {
                seen = input;
                return Task.FromResult<BuyerOutcome>(new BuyerOutcome.Saved(entitlement.Id, "Saved."));
            } },
        });
        await Dialogs.InvokeAsync(() => Dialogs.FindComponent<MudSelect<EntitlementState>>().Instance.ValueChanged.InvokeAsync(to));

        await PressAsync("Save");
        if (asks)
        {
            Assert.Null(seen);
            Assert.Contains($"Acme API becomes {to.Label()}: no usage is reported on it any more.", Dialogs.Markup, StringComparison.Ordinal);
            await PressAsync("Stop reporting");
            await HandledAsync();
        }

        Assert.False((await dialog.Result)!.Canceled);
        Assert.Equal(to, seen!.State);
    }

    [Fact]
    public async Task The_suggested_start_is_chosen_and_its_sum_is_said()
    {
        IDialogReference dialog = await OpenAsync(Start(LinkStart.FromZero, ApiCalls, Seats));

        // 12.50 of api_calls, and of seats what is above the 3.00 that an earlier link counted.
        Assert.Contains("12.50 USD", Dialogs.Markup, StringComparison.Ordinal);
        Assert.Equal("Of the present amounts, 13.50 USD is billed, and all growth from now on.", Meaning());
        await PressAsync("Save");

        LinkChoice choice = Assert.IsType<LinkChoice>((await dialog.Result)!.Data);
        Assert.Equal((LinkStart.FromZero, null), (choice.Start, choice.OldMoney));
        Assert.Empty(choice.BilledElsewhere);
    }

    [Fact]
    public async Task From_now_says_what_is_never_billed()
    {
        IDialogReference dialog = await OpenAsync(Start(LinkStart.FromZero, ApiCalls));

        await Field("From now").ClickAsync();
        Assert.Equal("Of the present amounts, 12.50 USD is never billed here; all growth from now on is.", Meaning());
        await PressAsync("Save");

        Assert.Equal(LinkStart.FromNow, Assert.IsType<LinkChoice>((await dialog.Result)!.Data).Start);
    }

    [Fact]
    public async Task Typed_amounts_are_read_per_metric_and_a_wrong_one_keeps_the_dialog_open()
    {
        IDialogReference dialog = await OpenAsync(Start(LinkStart.Typed, ApiCalls, Seats));
        await TypeAsync("api_calls billed elsewhere", "12.51");
        await PressAsync("Save");
        Assert.Contains("Lago counts 12.50 USD in this period so far. Type at most that", Dialogs.Markup, StringComparison.Ordinal);
        Assert.False(dialog.Result.IsCompleted);

        await TypeAsync("api_calls billed elsewhere", "10.00");
        Assert.Equal("Of the present amounts, 3.50 USD is billed, and all growth from now on.", Meaning()); // 2.50 + 1.00
        await PressAsync("Save");

        LinkChoice choice = Assert.IsType<LinkChoice>((await dialog.Result)!.Data);
        Assert.Equal((1_000L, 0L), (choice.BilledElsewhere["s1|api_calls"], choice.BilledElsewhere["s1|seats"]));
    }

    [Fact]
    public async Task A_customer_without_usage_leaves_nothing_to_choose()
    {
        IDialogReference dialog = await OpenAsync(Start(LinkStart.FromNow));
        Assert.Equal("Lago counts nothing for this customer yet. Everything that comes is billed.", Meaning());

        await PressAsync("Save");

        Assert.False((await dialog.Result)!.Canceled);
    }

    [Fact]
    public async Task A_change_asks_what_becomes_of_the_open_money()
    {
        IDialogReference dialog = await OpenAsync(Start(
            LinkStart.FromNow, [ApiCalls], [new OpenMoneyLine("api_calls", "USD", 37.5m)], canWriteOff: true));
        Assert.Contains("0.375 USD of api_calls", Dialogs.Markup, StringComparison.Ordinal);

        await PressAsync("Save");
        Assert.Contains("Choose what becomes of the money", Dialogs.Markup, StringComparison.Ordinal);
        Assert.False(dialog.Result.IsCompleted);

        await Field("Write it off").ClickAsync();
        await PressAsync("Save");
        Assert.Equal(OpenMoneyChoice.WriteOff, Assert.IsType<LinkChoice>((await dialog.Result)!.Data).OldMoney);
    }

    [Fact]
    public async Task A_removal_names_what_stays_and_asks_for_the_open_money()
    {
        IDialogReference dialog = await OpenAsync(Remove(new OpenMoneyLine("api_calls", "USD", 1_250m)));
        Assert.Contains("What was reported stays", Dialogs.Markup, StringComparison.Ordinal);
        Assert.True(Field("Write it off").HasAttribute("disabled")); // an operator cannot
        Assert.Contains("needs the role Admin", Dialogs.Markup, StringComparison.Ordinal);

        await PressAsync("Remove");
        Assert.False(dialog.Result.IsCompleted);

        await Field("Report it").ClickAsync();
        await PressAsync("Remove");
        Assert.Equal(OpenMoneyChoice.Report, (await dialog.Result)!.Data);
    }

    [Fact]
    public async Task A_removal_without_open_money_asks_nothing()
    {
        IDialogReference dialog = await OpenAsync(Remove());
        Assert.Contains("No money of it is open", Dialogs.Markup, StringComparison.Ordinal);

        await PressAsync("Remove");

        Assert.False((await dialog.Result)!.Canceled);
    }

    private string Meaning() => Dialogs.Find("#link-start-meaning").TextContent;

    private static DialogParameters<LinkStartDialog> Start(LinkStart suggested, params LinkPreviewLine[] lines) => Start(suggested, lines, [], canWriteOff: false);

    private static DialogParameters<LinkStartDialog> Start(
        LinkStart suggested, IReadOnlyList<LinkPreviewLine> lines, IReadOnlyList<OpenMoneyLine> oldMoney, bool canWriteOff) => new()
        {
            { form => form.Preview, new LinkPreview(Guid.NewGuid(), Guid.NewGuid(), "globex", "lago-1", "Globex Inc.", BuyersBooks.Now, lines, suggested) { OpenMoneyOfOldLink = oldMoney } },
            { form => form.CanWriteOff, canWriteOff },
            { form => form.DryRun, DryRunSamples.RunAsync },
        };

    private static DialogParameters<RemoveLinkDialog> Remove(params OpenMoneyLine[] money) => new()
    {
        { form => form.BuyerName, "Globex" },
        { form => form.LagoCustomerId, "globex" },
        { form => form.OpenMoney, (IReadOnlyList<OpenMoneyLine>)money },
        { form => form.CanWriteOff, false },
    };
}
