namespace LagoConsole.Core.Held;

/// <summary>What of a projection had really passed: offered where no final total will come (R8). Pure.</summary>
public static class ElapsedShare
{
    /// <summary><c>total × elapsed ÷ period</c>, rounded down; at least 0 and at most the total.</summary>
    /// <param name="totalMinor">The projection for the whole period, in minor units.</param>
    /// <param name="at">When it was seen.</param>
    public static long Of(long totalMinor, DateTimeOffset periodStart, DateTimeOffset periodEnd, DateTimeOffset at)
    {
        long whole = (periodEnd - periodStart).Ticks;
        if (whole <= 0)
        {
            return 0;
        }

        long elapsed = Math.Clamp((at - periodStart).Ticks, 0, whole);
        return (long)((Int128)Math.Max(totalMinor, 0) * elapsed / whole);
    }
}
