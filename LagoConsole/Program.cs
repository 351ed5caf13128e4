using LagoConsole;
using LagoConsole.Commands;
using LagoConsole.Components;
using LagoConsole.Components.Waiting;
using LagoConsole.Core.Accounts;
using LagoConsole.Core.Audit;
using LagoConsole.Core.Books;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Closing;
using LagoConsole.Core.DryRun;
using LagoConsole.Core.Fulfilment;
using LagoConsole.Core.History;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Notifications;
using LagoConsole.Core.Overview;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reconciliation;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Aws;
using LagoConsole.Core.Reporting.Azure;
using LagoConsole.Core.Reporting.Google;
using LagoConsole.Core.Scheduling;
using LagoConsole.Core.Security;
using LagoConsole.Core.Waiting;
using LagoConsole.Exports;
using LagoConsole.Fulfilment;
using LagoConsole.Headers;
using LagoConsole.Health;
using LagoConsole.Sandbox;
using LagoConsole.SignIn;
using MudBlazor;
using MudBlazor.Services;

if (await ConsoleCommands.RunAsync(args) is { } exitCode)
{
    return exitCode;
}

WebApplicationBuilder builder = ConsoleHost.CreateBuilder(args);

builder.AddClockAndSandbox();
builder.Services.AddPersistence(builder.Configuration);
builder.Services.AddKeyRingProtection(builder.Configuration, mayBeUnprotected: SignInWays.IsForTrying(builder.Environment));
builder.Services.AddLago(builder.Configuration);
builder.Services.AddIntegrations();
builder.Services.AddBuyers();
builder.Services.AddProducts();
builder.Services.AddAccounts();
builder.Services.AddPolling(builder.Configuration);
builder.Services.AddReporting(builder.Configuration);
builder.Services.AddAwsMarketplace(builder.Configuration).AddAzureMarketplace(builder.Configuration).AddGoogleMarketplace(builder.Configuration);
builder.Services.AddFulfilment(builder.Configuration).AddAzureWebhook();
builder.Services.AddReconciliation(builder.Configuration);
builder.Services.AddClosing();
builder.Services.AddWaiting();
builder.Services.AddBooks();
builder.Services.AddAudit();
builder.Services.AddOverview();
builder.Services.AddNotifications();
builder.Services.AddDryRun();
builder.Services.AddScheduling(builder.Configuration);
builder.Services.AddHistory();
builder.AddHealth();

builder.Services.AddMudServices(mud => mud.SnackbarConfiguration.PositionClass = Defaults.Classes.Position.BottomRight); // above it lie the buttons
builder.Services.AddScoped<WaitingNews>();
builder.Services.AddRazorComponents().AddInteractiveServerComponents();
builder.AddProxies();
builder.AddSignIn(); // after the components: who somebody is, is its own to say

WebApplication app = builder.Build();

await app.Services.MigrateDatabaseAsync();

app.UseForwardedHeaders(); // first: what follows asks for scheme and address
app.UseSecurityHeaders();
app.UseConsoleErrors();
app.UseAuthentication();
app.UseCallerAddress();
app.UseAuthorization();
app.UseAntiforgery();
app.MapStaticAssets().AllowAnonymous();
app.MapHealth();
app.MapSignIn();
app.MapAzureWebhook();
app.MapExports();
app.MapSandboxWhereOpen();
app.MapRazorComponents<App>().AddInteractiveServerRenderMode();

await app.RunAsync();
return 0;
