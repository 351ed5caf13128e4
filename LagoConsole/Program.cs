using LagoConsole;
using LagoConsole.Components;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Sandbox;
using LagoConsole.SignIn;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MudBlazor.Services;

WebApplicationBuilder builder = ConsoleHost.CreateBuilder(args);

builder.Services.AddPersistence(builder.Configuration);
builder.Services.TryAddSingleton(TimeProvider.System);
builder.Services.TryAddSingleton<ISandboxDoor, ClosedSandboxDoor>();

builder.AddSignIn();
builder.Services.AddMudServices();
builder.Services.AddRazorComponents().AddInteractiveServerComponents();

WebApplication app = builder.Build();

await app.Services.MigrateDatabaseAsync();

app.UseConsoleErrors();
app.UseAuthentication();
app.UseAuthorization();
app.UseAntiforgery();
app.MapStaticAssets().AllowAnonymous();
app.MapSignIn();
app.MapRazorComponents<App>().AddInteractiveServerRenderMode();

await app.RunAsync();
