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
        builder.AddClock();
        if (!HasSandbox(builder))
        {
            builder.Services.TryAddSingleton<ISandboxDoor, ClosedSandboxDoor>();
            return;
        }

        string folder = Folder(builder);
        Directory.CreateDirectory(folder);
        builder.Services.AddSandbox(builder.Environment, options => options.Folder ??= folder);
        builder.Services.AddHostedService<CrashSwitch>();
    }

    /// <summary>The clock alone, for a command that reads what the sandbox's time has left.</summary>
    public static void AddClock(this WebApplicationBuilder builder)
    {
        if (!HasSandbox(builder))
        {
            builder.Services.TryAddSingleton(TimeProvider.System);
            return;
        }

        string folder = Folder(builder);
        builder.Services.AddSingleton(_ => new ShiftableClock(Path.Combine(folder, "clock-offset.txt")));
        builder.Services.AddSingleton<TimeProvider>(provider => provider.GetRequiredService<ShiftableClock>());
    }

    public static void MapSandboxWhereOpen(this WebApplication app)
    {
        if (app.Services.GetRequiredService<ISandboxDoor>().IsOpen)
        {
            app.MapSandbox();
        }
    }

    private static bool HasSandbox(WebApplicationBuilder builder) =>
        builder.Environment.IsDevelopment() && builder.Configuration.GetValue("Sandbox:Enabled", defaultValue: true);

    private static string Folder(WebApplicationBuilder builder)
    {
        DatabaseOptions database = new();
        builder.Configuration.GetSection(DatabaseOptions.Section).Bind(database);
        return Path.Combine(Path.GetFullPath(database.DataFolder), "sandbox");
    }
}
