using AngleSharp.Dom;
using Bunit;
using LagoConsole.Components.Integrations;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Sandbox;
using LagoConsole.Core.Security;
using LagoConsole.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using Xunit;

namespace LagoConsole.Tests.Integrations;

public sealed class ConnectIntegrationDialogTests : MudContext
{
    private readonly List<(string? Key, BillingMode? Mode, LagoRegion? Region, string? Url)> _asked = [];
    private ConnectOutcome _answer = new ConnectOutcome.Connected(Guid.NewGuid(), "Harbour Software");

    [Fact]
    public async Task Connect_hands_over_what_was_typed_and_closes_with_what_was_connected()
    {
        IDialogReference dialog = await ShowAsync();
        await TypeAsync("API Key", "5a9c71e4");
        await ChooseAsync("AMOUNT_DAILY");
        await ChooseAsync("Self-hosted URL");
        await TypeAsync("URL", "https://lago-api.harbour.example");

        await PressAsync("Connect");

        Assert.Equal([("5a9c71e4", BillingMode.AmountDaily, LagoRegion.SelfHosted, "https://lago-api.harbour.example")], _asked);
        Assert.Equal(_answer, (await dialog.Result)!.Data);
    }

    [Theory]
    [InlineData(IntegrationField.ApiKey)]
    [InlineData(IntegrationField.BillingMode)]
    [InlineData(IntegrationField.Region)]
    [InlineData(IntegrationField.Url)]
    public async Task A_refusal_is_shown_and_nothing_that_was_typed_is_lost(IntegrationField field)
    {
        _answer = new ConnectOutcome.Refused(field, "That is wrong. Do this instead.");
        IDialogReference dialog = await ShowAsync();
        await TypeAsync("API Key", " padded ");
        await ChooseAsync("AMOUNT_HOURLY");
        await ChooseAsync("Self-hosted URL");
        await TypeAsync("URL", "http://lago.example");

        await PressAsync("Connect");

        Assert.False(dialog.Result.IsCompleted);
        Assert.Contains("That is wrong. Do this instead.", Dialogs.Markup, StringComparison.Ordinal);
        Assert.Equal(" padded ", Field("API Key").GetAttribute("value"));
        Assert.Equal("http://lago.example", Field("URL").GetAttribute("value"));
        Assert.True(IsChosen("AMOUNT_HOURLY"));
        Assert.True(IsChosen("Self-hosted URL"));
    }

    [Fact]
    public async Task A_second_try_after_a_refusal_can_connect()
    {
        _answer = new ConnectOutcome.Refused(IntegrationField.ApiKey, "Paste the API key from Lago's developer page.");
        IDialogReference dialog = await ShowAsync();
        await PressAsync("Connect");
        _answer = new ConnectOutcome.Connected(Guid.NewGuid(), "Harbour Software");
        await TypeAsync("API Key", "5a9c71e4");

        await PressAsync("Connect");

        Assert.Equal(_answer, (await dialog.Result)!.Data);
        Assert.Equal([null, "5a9c71e4"], _asked.Select(input => input.Key));
    }

    [Fact]
    public async Task The_key_is_typed_hidden()
    {
        await ShowAsync();

        Assert.Equal("password", Field("API Key").GetAttribute("type"));
    }

    [Fact]
    public async Task The_address_is_asked_for_a_self_hosted_Lago_only()
    {
        await ShowAsync();
        await ChooseAsync("EU");
        Assert.Throws<InvalidOperationException>(() => Field("URL"));

        await ChooseAsync("Self-hosted URL");

        Assert.NotNull(Field("URL"));
    }

    [Fact]
    public async Task Without_a_sandbox_there_is_no_such_region_and_no_ready_made_key()
    {
        await ShowAsync(sandbox: false);

        Assert.Equal(["US", "EU", "Self-hosted URL"], RegionsShown());
        Assert.Throws<InvalidOperationException>(() => Find("Use the sandbox's key"));
    }

    [Fact]
    public async Task A_newcomer_connects_the_sandbox_with_two_clicks()
    {
        IDialogReference dialog = await ShowAsync(sandbox: true);
        Assert.Equal(["US", "EU", "Self-hosted URL", "Sandbox"], RegionsShown());

        await PressAsync("Use the sandbox's key");
        await PressAsync("Connect");

        Assert.Equal([("sandbox-key", BillingMode.AmountHourly, LagoRegion.Sandbox, null)], _asked);
        Assert.Equal(_answer, (await dialog.Result)!.Data);
    }

    [Fact]
    public async Task A_right_that_is_missing_is_said_and_the_dialog_stays()
    {
        IDialogReference dialog = await ShowAsync(connect: _ => throw new ForbiddenException(new Actor("vera", Role.Viewer), Role.Admin));

        await PressAsync("Connect");

        Assert.False(dialog.Result.IsCompleted);
        Assert.Contains("this needs Admin", Dialogs.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_connects_nothing()
    {
        IDialogReference dialog = await ShowAsync();

        await PressAsync("Cancel");

        Assert.True((await dialog.Result)!.Canceled);
        Assert.Empty(_asked);
    }

    private async Task<IDialogReference> ShowAsync(bool sandbox = true, Func<ConnectIntegration, Task<ConnectOutcome>>? connect = null)
    {
        Services.AddSingleton<ISandboxDoor>(sandbox ? new OpenDoor() : new ClosedSandboxDoor());
        return await OpenAsync(new DialogParameters<ConnectIntegrationDialog>
        {
            {
                shown => shown.Connect,
                connect ?? (input =>
                {
                    _asked.Add((input.ApiKey, input.BillingMode, input.Region, input.Url));
                    return Task.FromResult(_answer);
                })
            },
            { shown => shown.SandboxKey, sandbox ? "sandbox-key" : null },
        });
    }

    private Task ChooseAsync(string label) => Dialogs.ChooseRadioAsync(label);

    private bool IsChosen(string label) => Dialogs.Radio(label).HasAttribute("checked");

    private IEnumerable<string> RegionsShown() =>
        Dialogs.FindAll("#connect-region label").Select(label => label.TextContent.Trim());

    private sealed class OpenDoor : ISandboxDoor
    {
        public bool IsOpen => true;

        public Uri LagoBaseAddress => new("http://127.0.0.1:1/api/v1");

        public (string AccessKeyId, string SecretAccessKey) AwsCredentials => ("id", "secret");

        public Uri AwsEndpoint(string region) => new("http://127.0.0.1:1/");
    }
}
