using LagoConsole.Core.Buyers;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Polling;

namespace LagoConsole.Core.Closing;

/// <summary>A stretch of time; includes its start, excludes its end.</summary>
public sealed record Span(DateTimeOffset Start, DateTimeOffset End)
{
    public bool Overlaps(Span other) => Start < other.End && other.Start < End;
}

/// <summary>Tells which stretch of a linked subscription's life no stored period covers (R4). Pure.</summary>
public static class PeriodGap
{
    /// <summary>The running period of an active subscription, as the list shows it, if it is not stored yet and the link reached into it.</summary>
    /// <param name="known">Stored periods of this subscription.</param>
    public static Span? Running(BuyerLink link, SubscriptionResponse subscription, IReadOnlyCollection<BillingPeriod> known)
    {
        if (subscription is not { Status: SubscriptionResponse.Active, CurrentBillingPeriodStartedAt: { } from, CurrentBillingPeriodEndingAt: { } lastSecond })
        {
            return null;
        }

        Span running = new(from.ToUniversalTime(), UsageReader.ExclusiveEnd(lastSecond));
        bool isLinked = running.Overlaps(new Span(link.LinkedAt, link.UnlinkedAt ?? DateTimeOffset.MaxValue));
        return isLinked && PeriodMatch.Find(known, running.Start, running.End) is null && PeriodMatch.Slid(known, running.Start, running.End) is null
            ? running
            : null;
    }

    /// <summary>
    /// Whether a stored period is this one: more than half of it lies there. Ends alone do not tell, because a period that an
    /// upgrade cut short may end within hours of the one before (T6).
    /// </summary>
    public static bool IsKnown(IEnumerable<BillingPeriod> known, Span span) => known.Any(period =>
        ((period.PeriodEnd < span.End ? period.PeriodEnd : span.End) - (period.PeriodStart > span.Start ? period.PeriodStart : span.Start)) * 2 > span.End - span.Start);

    /// <summary>
    /// What of the subscription's ended life since the link no stored period covers, hole by hole: one never reaches over a period
    /// that is stored, because it would take that period's money for its own.
    /// </summary>
    /// <param name="known">Stored periods of this subscription.</param>
    public static IReadOnlyList<Span> Holes(BuyerLink link, SubscriptionResponse subscription, IEnumerable<BillingPeriod> known, DateTimeOffset now)
    {
        DateTimeOffset started = subscription.StartedAt ?? subscription.CreatedAt ?? link.LinkedAt;
        DateTimeOffset covered = started > link.LinkedAt ? started : link.LinkedAt;
        DateTimeOffset ended = subscription.Status == SubscriptionResponse.Active
            ? subscription.CurrentBillingPeriodStartedAt ?? now
            : subscription.TerminatedAt ?? now;
        DateTimeOffset until = link.UnlinkedAt < ended ? link.UnlinkedAt.Value : ended;
        List<Span> holes = [];
        foreach (BillingPeriod period in known.OrderBy(period => period.PeriodStart))
        {
            Add(period.PeriodStart < until ? period.PeriodStart : until);
            covered = period.PeriodEnd > covered ? period.PeriodEnd : covered;
        }

        Add(until);
        return holes;

        void Add(DateTimeOffset end)
        {
            if (end - covered > PeriodSuccession.Rounding)
            {
                holes.Add(new Span(covered, end));
            }
        }
    }
}
