using System.CommandLine;
using LagoConsole.Core.Persistence.SqlServer;

namespace LagoConsole.Commands;

/// <summary><c>migration-script</c>: prints what a database administrator runs on SQL Server. Asks no database.</summary>
internal sealed class MigrationScriptCommand : Command
{
    public MigrationScriptCommand()
        : base("migration-script", "Prints the SQL that brings a SQL Server database of any version, or an empty one, to this version. Can be run again at any time.") =>
        SetAction((arguments, cancellationToken) => arguments.InvocationConfiguration.Output.WriteAsync(SqlServerUpgrade.Script().AsMemory(), cancellationToken));
}
