using System.Reflection;
using Quartz;

namespace LagoConsole.Core.Scheduling;

/// <summary>Quartz's tables as Quartz itself would make them. They are its own: no migration of ours touches them.</summary>
internal static class QuartzTables
{
    private const string Resource = "Quartz.Impl.AdoJobStore.Schema.create_sqlServer.sql";
    private const string Prefix = "QRTZ_";

    /// <summary>Statements for SQL Server; each makes what is missing and nothing else.</summary>
    public static IReadOnlyList<string> SqlServer()
    {
        Assembly quartz = typeof(IScheduler).Assembly;
        using Stream stream = quartz.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"{quartz.FullName} has no {Resource}: this version of Quartz keeps its tables elsewhere.");
        using StreamReader reader = new(stream);
        return [.. reader.ReadToEnd()
            .Replace("{0}", Prefix, StringComparison.Ordinal).Replace("{1}", Prefix, StringComparison.Ordinal)
            .ReplaceLineEndings("\n").Split("\n--;;\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
    }
}
