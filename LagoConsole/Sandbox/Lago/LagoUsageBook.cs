namespace LagoConsole.Sandbox.Lago;

/// <summary>All events, sent and grown, and what they come to under a plan.</summary>
internal sealed class LagoUsageBook
{
    private readonly Dictionary<(string Subscription, string Metric), List<LagoEvent>> _events = [];
    private readonly HashSet<(string Subscription, string Transaction)> _transactions = [];
    private readonly List<(DateTimeOffset From, DateTimeOffset Until)> _growing = [];

    public long Seed { get; set; }

    public bool Grows => _growing.Count > 0 && _growing[^1].Until == DateTimeOffset.MaxValue;

    public bool Knows(LagoEvent line) => _transactions.Contains((line.SubscriptionExternalId, line.TransactionId));

    public void Add(LagoEvent line)
    {
        _transactions.Add((line.SubscriptionExternalId, line.TransactionId));
        (string, string) key = (line.SubscriptionExternalId, line.MetricCode);
        if (!_events.TryGetValue(key, out List<LagoEvent>? lines))
        {
            _events[key] = lines = [];
        }

        lines.Add(line);
    }

    /// <summary>Keys of a unique count that were sent and not removed, in the order they came.</summary>
    public IReadOnlyList<string> SentKeys(string externalId, string metricCode)
    {
        List<string> present = [];
        foreach (LagoEvent line in _events.GetValueOrDefault((externalId, metricCode), []).OrderBy(line => line.Timestamp))
        {
            string key = line.Key ?? line.TransactionId;
            present.Remove(key);
            if (!line.Remove)
            {
                present.Add(key);
            }
        }

        return present;
    }

    public void SwitchGrowth(DateTimeOffset at, bool grows)
    {
        if (grows == Grows)
        {
            return;
        }

        if (grows)
        {
            // The first switch-on reaches back: subscriptions that started before the sandbox did have a past.
            _growing.Add((_growing.Count == 0 ? DateTimeOffset.MinValue : at, DateTimeOffset.MaxValue));
        }
        else
        {
            _growing[^1] = (_growing[^1].From, at);
        }
    }

    /// <summary>Usage of each charge, in the order of the metrics' names.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="metrics">All metrics by code.</param>
    /// <param name="period">The period.</param>
    /// <param name="lives">When subscriptions of this external id were active: usage grows only then.</param>
    /// <param name="externalId">The subscription's external id; events are matched by it.</param>
    /// <param name="asOf">Usage grows up to here; events that were sent count up to the period's end.</param>
    public List<ChargeUsage> Of(
        LagoPlan plan,
        Dictionary<string, LagoMetric> metrics,
        LagoPeriod period,
        IReadOnlyList<(DateTimeOffset From, DateTimeOffset Until)> lives,
        string externalId,
        DateTimeOffset asOf)
    {
        Dictionary<string, AggregatedUsage> aggregated = new(StringComparer.Ordinal);
        List<ChargeUsage> usage = [];
        foreach (LagoCharge charge in plan.Charges)
        {
            if (!metrics.TryGetValue(charge.MetricCode, out LagoMetric? metric))
            {
                continue; // a charge on a metric that is gone disappears from the answer
            }

            if (!aggregated.TryGetValue(metric.Code, out AggregatedUsage sum))
            {
                sum = UsageAggregation.Aggregate(metric, period, Lines(metric, period, lives, externalId, asOf));
                aggregated.Add(metric.Code, sum);
            }

            long amount = LagoCurrency.ToMinor(ChargePricing.Price(charge, sum.Units, sum.Events), plan.Currency);
            usage.Add(new ChargeUsage(charge, metric, sum.Units, sum.Events, amount));
        }

        return [.. usage.OrderBy(line => line.Metric.Name, StringComparer.OrdinalIgnoreCase)];
    }

    private IOrderedEnumerable<LagoEvent> Lines(
        LagoMetric metric,
        LagoPeriod period,
        IReadOnlyList<(DateTimeOffset From, DateTimeOffset Until)> lives,
        string externalId,
        DateTimeOffset asOf)
    {
        DateTimeOffset from = metric.Recurring ? DateTimeOffset.MinValue : period.From;
        IEnumerable<LagoEvent> sent = _events.GetValueOrDefault((externalId, metric.Code), [])
            .Where(line => line.Timestamp >= from && line.Timestamp < period.End);
        DateTimeOffset until = asOf < period.End ? asOf : period.End;
        return sent.Concat(Grown(metric, externalId, lives, from, until)).OrderBy(line => line.Timestamp);
    }

    private IEnumerable<LagoEvent> Grown(
        LagoMetric metric,
        string externalId,
        IReadOnlyList<(DateTimeOffset From, DateTimeOffset Until)> lives,
        DateTimeOffset from,
        DateTimeOffset until)
    {
        foreach ((DateTimeOffset From, DateTimeOffset Until) growing in _growing)
        {
            foreach ((DateTimeOffset From, DateTimeOffset Until) life in lives)
            {
                DateTimeOffset start = Later(Later(growing.From, life.From), from);
                DateTimeOffset end = Earlier(Earlier(growing.Until, life.Until), until);
                if (start < end)
                {
                    foreach (LagoEvent line in UsageGrowth.Between(Seed, externalId, metric, start, end))
                    {
                        yield return line;
                    }
                }
            }
        }
    }

    private static DateTimeOffset Later(DateTimeOffset left, DateTimeOffset right) => left > right ? left : right;

    private static DateTimeOffset Earlier(DateTimeOffset left, DateTimeOffset right) => left < right ? left : right;
}
