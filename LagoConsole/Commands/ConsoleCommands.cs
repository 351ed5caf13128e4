using System.CommandLine;

namespace LagoConsole.Commands;

/// <summary>
/// What the program does instead of serving its pages, where its first argument is a word:
/// <c>dotnet run --project LagoConsole -- books</c>. Settings alone (<c>--Database:DataFolder=x</c>) start the console.
/// </summary>
internal static class ConsoleCommands
{
    /// <summary>Exit code of a command that could not do its work: it could not be understood, or something it needs is missing.</summary>
    public const int CouldNotRun = 2;

    /// <summary>Every command, one line each.</summary>
    private static IEnumerable<Command> All =>
    [
        new BooksCommand(),
        new MigrationScriptCommand(),
        new ReencryptCommand(),
        new SimulateCommand(),
    ];

    /// <returns>The exit code; null where no command was asked for, and the console is to start.</returns>
    public static async Task<int?> RunAsync(string[] args, InvocationConfiguration? invocation = null)
    {
        if (!AsksForCommand(args))
        {
            return null;
        }

        RootCommand root = new("LagoConsole bills Lago's metered usage through cloud marketplaces. Without a command the console starts and serves its pages.");
        foreach (Command command in All)
        {
            root.Subcommands.Add(command);
        }

        ParseResult parsed = root.Parse(args);
        int exitCode = await parsed.InvokeAsync(invocation);
        return parsed.Errors.Count > 0 ? CouldNotRun : exitCode;
    }

    /// <summary>Anything else is a setting in one of the forms that configuration reads: <c>--key=value</c>, <c>--key value</c>, <c>/key=value</c>, <c>key=value</c>.</summary>
    private static bool AsksForCommand(string[] args) => args switch
    {
        [] => false,
        ["-h" or "-?" or "--help" or "--version", ..] => true,
        [['-' or '/', ..], ..] => false,
        [var first, ..] => !first.Contains('=', StringComparison.Ordinal),
    };
}
