namespace LagoConsole.Core.Polling;

/// <summary>When a period is polled once more shortly before its end, so that little is left to its close (R4). Pure.</summary>
public static class ExtraPoll
{
    /// <summary>Time for the poll itself, and for Lago to take in what was sent a moment ago.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromMinutes(5);

    /// <summary>Earlier than this would be no later than the hourly poll.</summary>
    internal static readonly TimeSpan Most = TimeSpan.FromMinutes(50);

    /// <summary>How long before their end periods that end together are polled: so many calls take their time.</summary>
    /// <param name="periods">How many end together.</param>
    /// <param name="requestsPerSecond">Lago's limit for this integration.</param>
    public static TimeSpan Lead(int periods, int requestsPerSecond)
    {
        TimeSpan calls = TimeSpan.FromSeconds((double)periods / Math.Max(1, requestsPerSecond));
        return calls > Most - Least ? Most : Least + calls;
    }
}
