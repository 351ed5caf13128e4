using LagoConsole.Sandbox;

namespace LagoConsole.Tests.Crashes;

/// <summary>
/// What the sandbox's Lago counted, kept apart from the console: per subscription and metric the highest total it ever
/// showed (what fell is not taken back, R2), and the last one.
/// </summary>
internal sealed class LagoCount
{
    private readonly Dictionary<(string Customer, string Subscription, string Metric), (long Peak, long Last)> _totals = [];

    /// <summary>Totals of the customers that are linked.</summary>
    public void Note(SandboxSummary summary)
    {
        foreach (SandboxCustomer customer in summary.Customers.Where(customer => CrashBooks.Customers.Contains(customer.ExternalId)))
        {
            foreach (SandboxSubscription subscription in customer.Subscriptions)
            {
                foreach (SandboxUsage usage in subscription.Usage)
                {
                    (string, string, string) key = (customer.ExternalId, subscription.ExternalId, usage.MetricCode);
                    _totals[key] = (Math.Max(usage.AmountCents, _totals.GetValueOrDefault(key).Peak), usage.AmountCents);
                }
            }
        }
    }

    /// <summary>Cents, by customer and metric, over all subscriptions.</summary>
    public long Of(string customer, string metric) =>
        _totals.Where(total => total.Key.Customer == customer && total.Key.Metric == metric).Sum(total => total.Value.Peak);

    /// <summary>What Lago shows now: cents by subscription and metric.</summary>
    public IEnumerable<(string Subscription, string Metric, long Cents)> Shown =>
        _totals.Select(total => (total.Key.Subscription, total.Key.Metric, total.Value.Last));
}
