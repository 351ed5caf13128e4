using LagoConsole.Core.Persistence;
using LagoConsole.Core.Sandbox;
using LagoConsole.Core.Time;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LagoConsole.Sandbox;

/// <summary>Decides once, at start, whether this process plays a Lago and a marketplace, and whose clock it runs on.</summary>
public static class SandboxHost
{
    /// <summary>
    /// Development: the sandbox, and a clock that can be moved forward (<c>Sandbox:Enabled=false</c> leaves both out).
    /// Everywhere else: the system's clock and no way into a sandbox.
    /// </summary>
    public static void AddClockAndSandbox(this WebApplicationBuilder builder)
    {
        if (!builder.Environment.IsDevelopment() || !builder.Configuration.GetValue("Sandbox:Enabled", defaultValue: true))
        {
            builder.Services.TryAddSingleton(TimeProvider.System);
            builder.Services.TryAddSingleton<ISandboxDoor, ClosedSandboxDoor>();
            return;
        }

        DatabaseOptions database = new();
        builder.Configuration.GetSection(DatabaseOptions.Section).Bind(database);
        string folder = Path.Combine(Path.GetFullPath(database.DataFolder), "sandbox");
        Directory.CreateDirectory(folder);
        builder.Services.AddSingleton(_ => new ShiftableClock(Path.Combine(folder, "clock-offset.txt")));
        builder.Services.AddSingleton<TimeProvider>(provider => provider.GetRequiredService<ShiftableClock>());
        builder.Services.AddSandbox(builder.Environment, options => options.Folder ??= folder);
        builder.Services.AddHostedService<CrashSwitch>();
    }

    public static void MapSandboxWhereOpen(this WebApplication app)
    {
        if (app.Services.GetRequiredService<ISandboxDoor>().IsOpen)
        {
            app.MapSandbox();
        }
    }
}
