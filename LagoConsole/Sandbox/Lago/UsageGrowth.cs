using System.Globalization;

namespace LagoConsole.Sandbox.Lago;

/// <summary>
/// Usage that comes by itself: made-up events, the same for the same seed, subscription, metric and hour, in every
/// process. Most hours bring some, nights are quieter, and some metrics fall now and then.
/// </summary>
public static class UsageGrowth
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>The events of <c>[from, until)</c>, in order.</summary>
    public static IEnumerable<LagoEvent> Between(
        long seed, string subscriptionExternalId, LagoMetric metric, DateTimeOffset from, DateTimeOffset until)
    {
        ulong source = StableHash.Of(seed, "growth", subscriptionExternalId, metric.Code);
        for (DateTimeOffset hour = FloorHour(from); hour < until; hour += Hour)
        {
            foreach (LagoEvent line in InHour(source, subscriptionExternalId, metric, hour))
            {
                if (line.Timestamp >= from && line.Timestamp < until)
                {
                    yield return line;
                }
            }
        }
    }

    private static IEnumerable<LagoEvent> InHour(ulong source, string subscription, LagoMetric metric, DateTimeOffset hour)
    {
        long number = hour.UtcTicks / TimeSpan.TicksPerHour;
        ulong dice = StableHash.With(source, number);
        int activity = (int)(dice % 100);
        int quietBelow = hour.Hour is >= 6 and < 20 ? 10 : 60;
        if (activity < quietBelow)
        {
            yield break;
        }

        DateTimeOffset at = hour.AddSeconds((dice >> 8) % 3600);
        int size = (int)((dice >> 24) % 20) + 1; // 1 … 20
        string id = $"grown-{metric.Code}-{number.ToString(CultureInfo.InvariantCulture)}";
        LagoEvent line = new(id, subscription, metric.Code, at);
        switch (metric.Aggregation)
        {
            case LagoAggregation.Count:
                yield return line with { Repeats = size };
                break;
            case LagoAggregation.Sum:
                yield return line with { Value = size / 4m };
                break;
            case LagoAggregation.Max:
                yield return line with { Value = size * 5 };
                break;
            case LagoAggregation.Latest:
                yield return line with { Value = size * 10 }; // falls as often as it rises
                break;
            case LagoAggregation.UniqueCount:
                // A few dozen seats in all: most are known already, and one in eight leaves.
                yield return line with { Key = "seat-" + ((dice >> 32) % 40).ToString(CultureInfo.InvariantCulture), Remove = (dice >> 40) % 8 == 0 };
                break;
            case LagoAggregation.WeightedSum:
                // A level that steps down once for every two steps up.
                yield return line with { Value = (dice >> 32) % 3 == 0 ? -size : size };
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static DateTimeOffset FloorHour(DateTimeOffset instant) =>
        new(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);
}
