using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Polling;

/// <summary>What a new key starts from.</summary>
internal abstract record KeyOrigin
{
    private KeyOrigin()
    {
    }

    /// <summary>From nothing: no older subscription counted what it counts.</summary>
    public sealed record New : KeyOrigin;

    /// <summary>From what an older subscription of the same external id has counted of the same events.</summary>
    public sealed record After(long CountedMinor, BaselineOrigin Origin) : KeyOrigin;

    /// <summary>From an older subscription's final total, which is not known yet.</summary>
    public sealed record Awaited(HoldReason Reason) : KeyOrigin;
}

/// <summary>Finds what a new key starts from (R3, T7, T9), what its first sight may show (R15), and whether it may flow at all (R20).</summary>
internal sealed class KeyOrigins(LagoConsoleDbContext db)
{
    private List<BillingPeriod>? _older;
    private Dictionary<string, long>? _previousTotals;
    private DateTimeOffset? _lastRestore;
    private bool _restoresRead;

    /// <summary>Of a key that is new, or of one that is held until this can be told.</summary>
    public async Task<KeyOrigin> OfAsync(
        HighWaterMark mark, BillingPeriod period, SubscriptionReading reading, MetricReading metric, CancellationToken cancellationToken)
    {
        _older ??= await db.BillingPeriods
            .Where(older => older.SubscriptionExternalId == period.SubscriptionExternalId && older.LagoCustomerId == period.LagoCustomerId
                && older.SubscriptionLagoId != period.SubscriptionLagoId)
            .ToListAsync(cancellationToken);

        // Whether units recur is told at the first sight only; a key that is held for it was told so then.
        bool recurs = mark.Hold == HoldReason.Upgrade || (reading.IsUpgrade && metric is { IsRecurring: true, IsProjection: false });
        if (reading.Overlapped.Any(lagoId => _older.TrueForAll(older => older.SubscriptionLagoId != lagoId)))
        {
            return new KeyOrigin.Awaited(HoldReason.Overlap); // no poll saw the older one: closing finds its period first
        }

        long counted = 0;
        BaselineOrigin origin = BaselineOrigin.Chosen;
        foreach (BillingPeriod older in _older.Where(older => !reading.Newer.Contains(older.SubscriptionLagoId, StringComparer.Ordinal)))
        {
            Succession succession = PeriodSuccession.Of(older, period.PeriodStart, period.PeriodEnd, recurs || reading.IsUpgrade);
            if (succession == Succession.None || (succession == Succession.Upgrade && !recurs))
            {
                continue;
            }

            HighWaterMark? old = await db.HighWaterMarks.SingleOrDefaultAsync(
                candidate => candidate.PeriodId == older.Id && candidate.MetricCode == metric.Code && candidate.Currency == reading.Currency,
                cancellationToken);
            if (older.State != BillingPeriodState.Closed && (old is not null || older.NeverPolled))
            {
                return new KeyOrigin.Awaited(succession == Succession.Upgrade ? HoldReason.Upgrade : HoldReason.Overlap);
            }

            // What is held or refused of the old key is decided there: it must not flow here as well.
            long total = old is null ? 0 : checked(old.AmountMinor + old.HeldMinor + old.RefusedMinor);
            if (total > counted)
            {
                counted = total;
                origin = succession == Succession.Overlap ? BaselineOrigin.Seeded : BaselineOrigin.Carried;
            }
        }

        return counted == 0 ? new KeyOrigin.New() : new KeyOrigin.After(counted, origin);
    }

    /// <summary>The last total of the metric in the subscription's latest earlier period; 0 when there is none.</summary>
    public async Task<long> PreviousTotalAsync(SubscriptionReading reading, string metricCode, CancellationToken cancellationToken)
    {
        if (_previousTotals is null)
        {
            Guid? previous = await db.BillingPeriods
                .Where(period => period.SubscriptionLagoId == reading.SubscriptionLagoId && period.PeriodStart < reading.PeriodStart)
                .OrderByDescending(period => period.PeriodStart).Select(period => (Guid?)period.Id).FirstOrDefaultAsync(cancellationToken);
            _previousTotals = await db.HighWaterMarks.Where(mark => mark.PeriodId == previous && mark.Currency == reading.Currency)
                .ToDictionaryAsync(mark => mark.MetricCode, mark => mark.LastTotalMinor, StringComparer.Ordinal, cancellationToken);
        }

        return _previousTotals.GetValueOrDefault(metricCode);
    }

    /// <summary>Whether the books were restored after this instant: what was billed in between is not in them (R20).</summary>
    public async Task<bool> WasRestoredAfterAsync(DateTimeOffset instant, CancellationToken cancellationToken)
    {
        if (!_restoresRead)
        {
            _lastRestore = await db.RestoreEpochs.MaxAsync(epoch => (DateTimeOffset?)epoch.RestoredAt, cancellationToken);
            _restoresRead = true;
        }

        return _lastRestore > instant;
    }
}
