using Bunit;
using LagoConsole.Components.Integrations;
using LagoConsole.Core.Closing;
using LagoConsole.Core.DryRun;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Sandbox;
using LagoConsole.Core.Security;
using LagoConsole.Sandbox;
using LagoConsole.Tests.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using TestContext = Xunit.TestContext;

namespace LagoConsole.Tests.Integrations;

/// <summary>The page on the product's own services, against organizations on a real socket.</summary>
public sealed class IntegrationsPageTests : MudContext, IAsyncLifetime
{
    private readonly TestDatabase _database = new();
    private ScriptedOrganizations _lago = null!;

    public async ValueTask InitializeAsync()
    {
        _lago = await ScriptedOrganizations.StartAsync();
        _lago.Add(SandboxKeys.LagoApiKey, "org-harbour", "Harbour Software");
        IConfiguration configuration = new ConfigurationBuilder().Build();
        Services.AddSingleton(TimeProvider.System);
        Services.AddSingleton<IDbContextFactory<LagoConsoleDbContext>>(_database);
        Services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
        Services.AddSingleton<ISandboxDoor>(new Door(_lago.BaseAddress));
        Services.AddLago(configuration).AddIntegrations().AddPolling(configuration).AddClosing().AddDryRun().AddInMemorySchedule();
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await base.DisposeAsync();
        await _lago.DisposeAsync();
        _database.Dispose();
    }

    [Fact]
    public async Task From_Connect_to_Delete_by_the_buttons_of_the_page()
    {
        SignIn();
        IRenderedComponent<IntegrationsPage> page = Show<IntegrationsPage>();
        page.WaitForAssertion(() => Assert.Contains("No Lago is connected yet", page.Markup, StringComparison.Ordinal));

        await PressAsync("Connect"); // the page's
        await PressAsync("Use the sandbox's key");
        await PressAsync("Connect"); // the dialog's
        await HandledAsync();
        page.WaitForAssertion(() => Assert.Contains("CREATED", page.Markup, StringComparison.Ordinal));
        Assert.Contains("press VERIFY", page.Markup, StringComparison.Ordinal);

        await PressAsync("VERIFY");
        page.WaitForAssertion(() => Assert.Contains("VERIFIED", page.Markup, StringComparison.Ordinal));
        Assert.Contains("Harbour Software", page.Markup, StringComparison.Ordinal);

        await PressAsync("Edit");
        await Field("Enable Auto Report Usage").ChangeAsync(true);
        await PressAsync("Save");
        await HandledAsync();
        page.WaitForAssertion(() => Assert.DoesNotContain("auto report is off", page.Markup, StringComparison.Ordinal)); // a next run is shown
        Assert.DoesNotContain("not scheduled", page.Markup, StringComparison.Ordinal);

        await PressAsync("Delete"); // the page's
        await TypeAsync("Type Harbour Software to confirm", "Harbour Software");
        await PressAsync("Delete"); // the dialog's
        await HandledAsync();
        page.WaitForAssertion(() => Assert.Contains("No Lago is connected yet", page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failed_verification_is_told_beside_its_integration()
    {
        SignIn();
        await StoreAsync();
        _lago.Revoke(SandboxKeys.LagoApiKey);
        IRenderedComponent<IntegrationsPage> page = Show<IntegrationsPage>();
        page.WaitForElement("[role=group]");

        await PressAsync("VERIFY");

        page.WaitForAssertion(() => Assert.Contains("VERIFICATION_FAILED", page.Markup, StringComparison.Ordinal));
        Assert.Contains("Lago rejected the API key", page.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Operator)]
    public async Task Who_is_no_administrator_sees_all_and_can_press_nothing(Role role)
    {
        SignIn(role: role);
        await StoreAsync();
        IRenderedComponent<IntegrationsPage> page = Show<IntegrationsPage>();
        page.WaitForElement("[role=group]");

        Assert.Contains("Only administrators", page.Markup, StringComparison.Ordinal);
        foreach (string button in (string[])["Connect", "VERIFY", "Edit", "Delete"])
        {
            Assert.Throws<InvalidOperationException>(() => Find(button));
        }
    }

    [Fact]
    public async Task Nothing_of_a_key_but_its_end_reaches_the_browser()
    {
        SignIn();
        await StoreAsync();

        IRenderedComponent<IntegrationsPage> page = Show<IntegrationsPage>();
        page.WaitForElement("[role=group]");

        Assert.Contains("•••• " + SandboxKeys.LagoApiKey[^4..], page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain(SandboxKeys.LagoApiKey[..8], page.Markup, StringComparison.Ordinal);
    }

    private async Task StoreAsync()
    {
        // Another container's services: rendering must be free to add to this one's until the first component is shown.
        await using ServiceProvider services = new ServiceCollection()
            .AddSingleton(TimeProvider.System)
            .AddSingleton<IDbContextFactory<LagoConsoleDbContext>>(_database)
            .AddSingleton(Services.BuildServiceProvider().GetRequiredService<IDataProtectionProvider>())
            .AddSingleton<ISandboxDoor>(new Door(_lago.BaseAddress))
            .AddLago(new ConfigurationBuilder().Build()).AddIntegrations().AddInMemorySchedule()
            .BuildServiceProvider();
        Assert.IsType<ConnectOutcome.Connected>(await services.GetRequiredService<IntegrationService>().ConnectAsync(
            Actor.System,
            new ConnectIntegration { ApiKey = SandboxKeys.LagoApiKey, BillingMode = BillingMode.AmountHourly, Region = LagoRegion.Sandbox },
            TestContext.Current.CancellationToken));
    }

    private sealed class Door(Uri lago) : ISandboxDoor
    {
        public bool IsOpen => true;

        public Uri LagoBaseAddress => lago;

        public (string AccessKeyId, string SecretAccessKey) AwsCredentials => throw new NotSupportedException();

        public Uri AwsEndpoint(string region) => throw new NotSupportedException();
    }
}
