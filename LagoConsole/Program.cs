using LagoConsole;
using LagoConsole.Components;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Sandbox;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MudBlazor.Services;

WebApplicationBuilder builder = ConsoleHost.CreateBuilder(args);

builder.Services.AddPersistence(builder.Configuration);
builder.Services.TryAddSingleton(TimeProvider.System);
builder.Services.TryAddSingleton<ISandboxDoor, ClosedSandboxDoor>();

builder.Services.AddMudServices();
builder.Services.AddCascadingAuthenticationState();
builder.Services.AddRazorComponents().AddInteractiveServerComponents();

WebApplication app = builder.Build();

await app.Services.MigrateDatabaseAsync();

app.UseAntiforgery();
app.MapStaticAssets();
app.MapRazorComponents<App>().AddInteractiveServerRenderMode();

await app.RunAsync();
