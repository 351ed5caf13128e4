using System.CommandLine;
using System.Globalization;
using LagoConsole.Core.Accounts;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Notifications;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Security;
using LagoConsole.Sandbox;
using LagoConsole.SignIn;

namespace LagoConsole.Commands;

/// <summary><c>reencrypt</c>: a new key in the ring, and every stored secret encrypted with it.</summary>
internal sealed class ReencryptCommand() : AppCommand(
    "reencrypt",
    "Makes a new key and encrypts every stored secret with it. Stop the console on every node first, and start it again afterwards. "
    + "Exit code: 0 done, 1 some secrets could not be opened and stay as they are, 2 nothing was changed.")
{
    protected override void AddServices(WebApplicationBuilder builder)
    {
        builder.AddClock();
        builder.Services.AddPersistence(builder.Configuration);
        builder.Services.AddKeyRingProtection(builder.Configuration, mayBeUnprotected: SignInWays.IsForTrying(builder.Environment));
        builder.Services.AddSingleton<ApiKeyVault>().AddSingleton<AccountVault>().AddSingleton<NotificationVault>().AddSingleton<KeyErasure>().AddSingleton<SecretRotation>();
    }

    protected override async Task<int> RunAsync(IServiceProvider services, ParseResult arguments, CancellationToken cancellationToken)
    {
        if (await WhyNoDatabaseAsync(services, cancellationToken) is { } reason)
        {
            await arguments.InvocationConfiguration.Error.WriteLineAsync($"{reason} Nothing was changed.");
            return ConsoleCommands.CouldNotRun;
        }

        SecretRotationReport report = await services.GetRequiredService<SecretRotation>().RotateAsync(Actor.System, cancellationToken);
        TextWriter output = arguments.InvocationConfiguration.Output;
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{report.Reencrypted} secrets are encrypted with a new key."));
        foreach (string secret in report.Unreadable)
        {
            await output.WriteLineAsync($"Could not be opened: {secret}. Enter it again with Edit and press VERIFY.");
        }

        return report.Unreadable.Count == 0 ? 0 : 1;
    }
}
