using System.Diagnostics;

namespace LagoConsole.Core.Persistence;

/// <summary>
/// Tells listeners of the diagnostic source <c>LagoConsole.Money</c> where a step of money stands: <c>before:…</c> and
/// <c>after:…</c> its commit, and around what leaves the process. Crash tests stop the process at exactly these points.
/// </summary>
public static class MoneySteps
{
    public const string SourceName = "LagoConsole.Money";

    /// <summary>Snapshot, mark, increment and accrual of one look at Lago.</summary>
    public const string Mark = "mark";

    /// <summary>A record and its links.</summary>
    public const string Allocation = "allocation";

    /// <summary>An attempt and its lease; <c>after</c> it the bytes leave.</summary>
    public const string Attempt = "attempt";

    /// <summary>
    /// A metering call at one of the sandbox's marketplaces: <c>before</c> it the bytes have left and nothing is billed,
    /// <c>after</c> it the records are billed there and no answer has left.
    /// </summary>
    public const string Delivery = "delivery";

    /// <summary>What a marketplace answered; <c>before</c> it the answer is known to memory only.</summary>
    public const string Settlement = "settlement";

    /// <summary>A person's decision on a record.</summary>
    public const string Decision = "decision";

    private static readonly DiagnosticListener Source = new(SourceName);

    internal static void Before(string? step) => Write("before", step);

    internal static void After(string? step) => Write("after", step);

    private static void Write(string when, string? step)
    {
        if (step is not null && Source.IsEnabled())
        {
            Source.Write($"{when}:{step}", null);
        }
    }
}
