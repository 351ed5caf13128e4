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

    /// <summary>The older ones are closed, and yet it cannot be told from what: a person says what of it is billed already.</summary>
    public sealed record Unclear(HoldReason Reason) : KeyOrigin;
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

        long replaced = 0;
        long overlapped = 0;
        bool coversAll = true;
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
            if (old is null && await db.HighWaterMarks.AnyAsync(
                other => other.PeriodId == older.Id && other.MetricCode == metric.Code && other.Currency != reading.Currency
                    && (other.AmountMinor > 0 || other.Hold != null),
                cancellationToken))
            {
                return new KeyOrigin.Unclear(HoldReason.Currency); // counted in another currency: a person says what of it is billed (T30)
            }

            // An overlapped one is awaited whether or not a poll saw the code: its close may find it.
            if (older.State != BillingPeriodState.Closed && (succession == Succession.Overlap || old is not null || older.NeverPolled))
            {
                return new KeyOrigin.Awaited(succession == Succession.Upgrade ? HoldReason.Upgrade : HoldReason.Overlap);
            }

            if (old is null)
            {
                continue;
            }

            // What is held or refused of the old key is decided there: it must not flow here as well.
            long total = checked(old.AmountMinor + old.HeldMinor + old.RefusedMinor);
            if (succession == Succession.Upgrade)
            {
                replaced = Math.Max(replaced, total);
                continue;
            }

            // Each counted its own events: what one took over from another is not counted twice.
            overlapped = checked(overlapped + total - (old.BaselineOrigin is BaselineOrigin.Seeded or BaselineOrigin.Carried ? old.BaselineMinor : 0));
            coversAll &= period.PeriodStart - older.PeriodStart <= PeriodSuccession.Rounding;
        }

        if (overlapped > 0 && (replaced > 0 || !coversAll || await FirstTotalAsync(mark, metric, cancellationToken) < overlapped))
        {
            return new KeyOrigin.Unclear(HoldReason.Overlap); // which of those events Lago counts again cannot be told
        }

        return (replaced, overlapped) switch
        {
            (0, 0) => new KeyOrigin.New(),
            (0, _) => new KeyOrigin.After(overlapped, BaselineOrigin.Seeded),
            _ => new KeyOrigin.After(replaced, BaselineOrigin.Carried),
        };
    }

    /// <summary>What the key showed when it was first seen: were the older ones' events counted again, they were in it.</summary>
    private async Task<long> FirstTotalAsync(HighWaterMark mark, MetricReading metric, CancellationToken cancellationToken) =>
        await db.UsageSnapshots
            .Where(snapshot => snapshot.PeriodId == mark.PeriodId && snapshot.MetricCode == mark.MetricCode && snapshot.Currency == mark.Currency)
            .OrderBy(snapshot => snapshot.TakenAt).Select(snapshot => (long?)snapshot.TotalMinor).FirstOrDefaultAsync(cancellationToken)
        ?? metric.TotalMinor;

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
