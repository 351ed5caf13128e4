using System.CommandLine;
using LagoConsole.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Commands;

/// <summary>
/// A command that works with the console's own settings and services, but starts neither its web server nor its scheduler.
/// It answers on standard output; what is logged goes to standard error.
/// </summary>
internal abstract class AppCommand : Command
{
    private readonly Argument<string[]> _settings = new("settings")
    {
        Description = "Settings of the console, each as --Section:Key=value.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    protected AppCommand(string name, string description)
        : base(name, description)
    {
        _settings.Validators.Add(result =>
        {
            foreach (string token in result.Tokens.Select(token => token.Value).Where(token => !IsSetting(token)))
            {
                result.AddError($"{token} is neither an option of {name} nor a setting. Settings are given as --Section:Key=value.");
            }
        });
        Arguments.Add(_settings);
        SetAction(RunAsync);
    }

    /// <summary>Adds the services that the command asks for.</summary>
    protected abstract void AddServices(WebApplicationBuilder builder);

    /// <returns>The exit code: 0 where all is well, 1 where the answer is bad news.</returns>
    protected abstract Task<int> RunAsync(IServiceProvider services, ParseResult arguments, CancellationToken cancellationToken);

    /// <summary>A sentence where there are no database to work on, or it is another version's.</summary>
    protected static async Task<string?> WhyNoDatabaseAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await services.GetRequiredService<IDbContextFactory<LagoConsoleDbContext>>().CreateDbContextAsync(cancellationToken);
        if (!await db.Database.CanConnectAsync(cancellationToken))
        {
            return "There is no database where Database:Provider, Database:DataFolder and Database:ConnectionString point.";
        }

        return (await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any()
            ? "The database was made by an older version. Start the console once, which brings it up to date."
            : null;
    }

    private static bool IsSetting(string token) =>
        token.StartsWith("--", StringComparison.Ordinal)
        && token.IndexOf(':', StringComparison.Ordinal) is var colon and > 2
        && token.IndexOf('=', StringComparison.Ordinal) > colon + 1;

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        try
        {
            WebApplicationBuilder builder = ConsoleHost.CreateBuilder(arguments.GetValue(_settings)!);
            builder.Logging.ClearProviders().AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
            AddServices(builder);
            await using WebApplication app = builder.Build();
            return await RunAsync(app.Services, arguments, cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            await arguments.InvocationConfiguration.Error.WriteLineAsync($"{Name} broke off: {failure}");
            return ConsoleCommands.CouldNotRun; // 1 would be an answer
        }
    }
}
