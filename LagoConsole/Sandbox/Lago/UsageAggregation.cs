using System.Diagnostics;

namespace LagoConsole.Sandbox.Lago;

/// <summary>Units of a metric in one period.</summary>
/// <param name="Units">As Lago would show them; may be below zero.</param>
/// <param name="Events">Events of the period.</param>
public readonly record struct AggregatedUsage(decimal Units, long Events);

/// <summary>How events become units. Pure.</summary>
public static class UsageAggregation
{
    /// <summary>Aggregates the events of a metric.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="period">The period.</param>
    /// <param name="events">
    /// Events in order of time: those of the period, and for a recurring metric also all before it.
    /// </param>
    public static AggregatedUsage Aggregate(LagoMetric metric, LagoPeriod period, IEnumerable<LagoEvent> events)
    {
        decimal units = 0;
        long count = 0;
        bool any = false;
        HashSet<string> present = new(StringComparer.Ordinal);
        foreach (LagoEvent line in events)
        {
            if (period.Contains(line.Timestamp))
            {
                count += line.Repeats;
            }

            units = metric.Aggregation switch
            {
                LagoAggregation.Count => units + line.Repeats,
                LagoAggregation.Sum => units + (line.Value * line.Repeats),
                LagoAggregation.Max => any ? Math.Max(units, line.Value) : line.Value,
                LagoAggregation.Latest => line.Value,
                LagoAggregation.UniqueCount => Uniques(present, line),
                LagoAggregation.WeightedSum => units + (line.Value * line.Repeats * Weight(period, line.Timestamp)),
                _ => throw new UnreachableException(),
            };
            any = true;
        }

        return new AggregatedUsage(units, count);
    }

    private static int Uniques(HashSet<string> present, LagoEvent line)
    {
        string key = line.Key ?? line.TransactionId;
        if (line.Remove)
        {
            present.Remove(key);
        }
        else
        {
            present.Add(key);
        }

        return present.Count;
    }

    // A level counts for the time from its event to the period's end, over the days of a full period: known in advance,
    // so the whole period's amount stands there as soon as the level is set.
    private static decimal Weight(LagoPeriod period, DateTimeOffset timestamp)
    {
        DateTimeOffset since = timestamp < period.From ? period.From : timestamp;
        return (decimal)(period.End - since).Ticks / (period.FullDays * TimeSpan.TicksPerDay);
    }
}
