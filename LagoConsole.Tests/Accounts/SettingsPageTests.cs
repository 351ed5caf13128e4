using Bunit;
using LagoConsole.Components.Settings;
using LagoConsole.Core.Accounts;
using LagoConsole.Core.Products;
using LagoConsole.Core.Security;
using LagoConsole.Sandbox;
using LagoConsole.Tests.Integrations;
using LagoConsole.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using TestContext = Xunit.TestContext;

namespace LagoConsole.Tests.Accounts;

/// <summary>The page on the product's own services, against the sandbox.</summary>
public sealed class SettingsPageTests : MudContext
{
    private readonly AccountStage _stage = new();

    public SettingsPageTests() => Services
        .AddSingleton(TimeProvider.System)
        .AddSingleton(new SignInSessions(_stage.Database, TimeProvider.System))
        .AddSingleton(_stage.Get<AccountQueries>())
        .AddSingleton(_stage.Get<AccountService>());

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task From_Add_to_Delete_by_the_buttons_of_the_page()
    {
        SignIn();
        IRenderedComponent<SettingsPage> page = Show<SettingsPage>();
        page.WaitForAssertion(() => Assert.Contains("No account is stored.", page.Markup, StringComparison.Ordinal));

        await PressAsync("Add account");
        await Dialogs.ChooseRadioAsync("Access key");
        await TypeAsync("Name", "AWS seller");
        await TypeAsync("Access key ID", SandboxKeys.Aws.AccessKeyId);
        await TypeAsync("Secret access key", SandboxKeys.Aws.SecretAccessKey);
        await PressAsync("Add");
        await HandledAsync();
        page.WaitForAssertion(() => Assert.Contains("CREATED", page.Markup, StringComparison.Ordinal));

        await PressAsync("VERIFY");
        page.WaitForAssertion(() => Assert.Contains("VERIFIED", page.Markup, StringComparison.Ordinal));
        Assert.Contains("aws-marketplace:BatchMeterUsage", page.Markup, StringComparison.Ordinal);
        Assert.Contains("agrees", page.Markup, StringComparison.Ordinal); // the clocks

        await PressAsync("Edit");
        await TypeAsync("Name", "Renamed");
        await PressAsync("Save");
        await HandledAsync();
        page.WaitForAssertion(() => Assert.Contains("Renamed", page.Markup, StringComparison.Ordinal));

        await PressAsync("Delete"); // the page's
        await PressAsync("Delete"); // the dialog's
        await HandledAsync();
        page.WaitForAssertion(() => Assert.Contains("No account is stored.", page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failed_verification_is_told_beside_its_account()
    {
        SignIn();
        await _stage.AddAsync(AccountStage.AzureSecret(secret: "an-expired-secret"));
        IRenderedComponent<SettingsPage> page = Show<SettingsPage>();
        page.WaitForElement("[role=group]");

        await PressAsync("VERIFY");

        page.WaitForAssertion(() => Assert.Contains("VERIFICATION_FAILED", page.Markup, StringComparison.Ordinal));
        Assert.Contains("AADSTS7000215", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_of_a_secret_but_its_end_reaches_the_browser()
    {
        SignIn();
        await _stage.AddAsync(AccountStage.AzureSecret());
        IRenderedComponent<SettingsPage> page = Show<SettingsPage>();
        page.WaitForElement("[role=group]");

        await PressAsync("Edit");

        Assert.Contains("•••• cret", page.Markup, StringComparison.Ordinal);
        Assert.Equal("", Field("Client secret").GetAttribute("value") ?? "");
        Assert.Contains("ends in cret", Dialogs.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain(SandboxKeys.AzureApp.ClientSecret, page.Markup + Dialogs.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Operator)]
    public async Task Who_is_no_administrator_sees_all_and_can_press_nothing(Role role)
    {
        SignIn(role: role);
        await _stage.AddAsync(AccountStage.AwsKey());
        IRenderedComponent<SettingsPage> page = Show<SettingsPage>();
        page.WaitForElement("[role=group]");

        Assert.Contains("Only administrators", page.Markup, StringComparison.Ordinal);
        foreach (string button in (string[])["Add account", "VERIFY", "Edit", "Delete"])
        {
            Assert.Throws<InvalidOperationException>(() => Find(button));
        }
    }

    [Theory]
    [InlineData("ada@vendor.example", Role.Admin)]
    [InlineData("vera@vendor.example", Role.Viewer)] // her own
    public async Task Whoever_may_ends_the_sign_ins_of_a_person(string actor, Role role)
    {
        SignIn(actor, role);
        SignInSessions sessions = Services.GetRequiredService<SignInSessions>();
        Guid id = await sessions.BeginAsync("vera@vendor.example", Role.Viewer, "192.0.2.7", TimeProvider.System.GetUtcNow().AddHours(1), Stop);
        IRenderedComponent<SettingsPage> page = Show<SettingsPage>();
        page.WaitForAssertion(() => Assert.Contains("192.0.2.7", page.Find("#signed-in-people").TextContent, StringComparison.Ordinal));

        await PressAsync("End sign-ins of vera@vendor.example");
        Assert.Contains("vera@vendor.example is signed out everywhere", Dialogs.Markup, StringComparison.Ordinal);
        await PressAsync("End sign-ins");
        await HandledAsync();

        page.WaitForAssertion(() => Assert.DoesNotContain("vera@vendor.example", page.Markup, StringComparison.Ordinal));
        Assert.False(await sessions.HoldsAsync(id, isUsed: true, Stop));
    }

    [Fact]
    public async Task A_secret_that_ends_soon_is_warned_about_here_and_where_everybody_looks()
    {
        SignIn();
        AccountInput input = AccountStage.AzureSecret();
        input.SecretExpiresAt = AccountStage.Noon.AddDays(5).AddHours(1);
        await _stage.AddAsync(input);

        IRenderedComponent<SettingsPage> settings = Show<SettingsPage>();
        settings.WaitForAssertion(() => Assert.Contains("expires on 2026-08-25 13:00 UTC, in 5 days.", settings.Markup, StringComparison.Ordinal));
        IRenderedComponent<ExpiryAlerts> overview = Show<ExpiryAlerts>(); // the overview begins with it
        overview.WaitForAssertion(() => Assert.Contains("The secret of Partner Center app expires", overview.Markup, StringComparison.Ordinal));
        Assert.Contains("/settings", overview.Find("[role=alert] a").GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_that_is_in_use_is_deleted_only_after_saying_what_its_products_report_with()
    {
        SignIn();
        Guid account = await _stage.AddAsync(AccountStage.AwsKey());
        await _stage.ProductAsync(Marketplace.Aws, account);
        IRenderedComponent<SettingsPage> page = Show<SettingsPage>();
        page.WaitForElement("[role=group]");
        await PressAsync("Delete"); // the page's

        await PressAsync("Delete"); // the dialog's
        Assert.Contains("Choose what its products report with", Dialogs.Markup, StringComparison.Ordinal);
        await Dialogs.ChooseRadioAsync("the usual chain");
        await PressAsync("Delete");
        await HandledAsync();

        Assert.Empty(await _stage.Get<AccountQueries>().ListAsync(Stop));
    }

    [Fact]
    public async Task A_refused_account_stays_typed_with_its_sentences()
    {
        SignIn();
        IRenderedComponent<SettingsPage> page = Show<SettingsPage>();
        page.WaitForAssertion(() => Assert.Contains("No account is stored.", page.Markup, StringComparison.Ordinal));
        await PressAsync("Add account");
        await Dialogs.ChooseRadioAsync("Azure Marketplace");

        await PressAsync("Add");
        Assert.Contains("Choose how the account signs in", Dialogs.Markup, StringComparison.Ordinal);

        await Dialogs.ChooseRadioAsync("Client secret");
        await TypeAsync("Name", "Partner Center app");
        await PressAsync("Add");

        Assert.Contains("Copy the Directory (tenant) ID", Dialogs.Markup, StringComparison.Ordinal);
        Assert.Contains("Paste the client secret", Dialogs.Markup, StringComparison.Ordinal);
        Assert.Equal("Partner Center app", Field("Name").GetAttribute("value"));
    }

    [Fact]
    public async Task A_key_file_is_read_into_the_form()
    {
        SignIn();
        IRenderedComponent<SettingsPage> page = Show<SettingsPage>();
        page.WaitForAssertion(() => Assert.Contains("No account is stored.", page.Markup, StringComparison.Ordinal));
        await PressAsync("Add account");
        await Dialogs.ChooseRadioAsync("Google Cloud Marketplace");
        await Dialogs.ChooseRadioAsync("Service account key");
        await TypeAsync("Name", "Metering account");

        Dialogs.FindComponent<Microsoft.AspNetCore.Components.Forms.InputFile>().UploadFiles(
            InputFileContent.CreateFromText(AccountStage.KeyFile(SandboxKeys.GooglePrivateKey), "key.json"));
        await PressAsync("Add");
        await HandledAsync();

        AccountRow row = Assert.Single(await _stage.Get<AccountQueries>().ListAsync(Stop));
        Assert.Equal((SandboxKeys.GoogleEmail, "0c0d"), (row.Parts.GoogleClientEmail, row.SecretLastFour));
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        await _stage.DisposeAsync();
    }
}
