namespace LagoConsole.Core.Reporting;

/// <summary>How long a record rests before it is sent again: exponential with full jitter. Pure.</summary>
public static class Backoff
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <param name="attempts">Attempts made so far, 1 or more.</param>
    /// <param name="sample">A number in [0, 1): spreads nodes and records that failed together.</param>
    public static TimeSpan After(int attempts, double sample)
    {
        TimeSpan ceiling = attempts >= 10 ? Longest : TimeSpan.FromSeconds(1 << attempts);
        TimeSpan rest = TimeSpan.FromSeconds(1) + (ceiling * sample);
        return rest < Longest ? rest : Longest;
    }
}
