using LagoConsole.Core.Held;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Time;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Polling;

/// <summary>
/// Writes one reading into the books, inside a caller's transaction: period, snapshots, marks, increments, accrual.
/// Decisions are <see cref="PeriodMatch"/>'s, <see cref="HighWaterCheck"/>'s, <see cref="JumpRule"/>'s and
/// <see cref="PeriodSuccession"/>'s; this class carries them out.
/// </summary>
/// <param name="books">What was read for several writers at once, and nothing else happens in their transaction; null: each thing is asked for when it is needed.</param>
internal sealed class UsageWriter(LagoConsoleDbContext db, Guid integrationId, Guid buyerId, DateTimeOffset now, UsageBooks? books = null)
{
    /// <summary>Readings of one run overlap by less; more is a clock that was ahead once.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(5);

    /// <summary>No two nodes' clocks are further apart: what is stored of a later time was stored by a clock that was wrong.</summary>
    internal static readonly TimeSpan Skew = TimeSpan.FromHours(24);

    private readonly KeyOrigins _origins = new(db);
    private readonly GrowthBook _book = new(db, integrationId, buyerId, now, books?.RoutesOf(buyerId), isLast: books is not null);
    private JumpLimits? _limits = books?.Limits;
    private DateTimeOffset? _storedAheadUntil;
    private bool _slid;
    private bool _awaitsOlder;
    private bool _isOver;

    public async Task<ReadingOutcome> WriteAsync(SubscriptionReading reading, GrowthRule rule, CancellationToken cancellationToken)
    {
        if (await FindOrAddPeriodAsync(reading, cancellationToken) is not { } period)
        {
            return ReadingOutcome.NotUsed with { StoredAheadUntil = _storedAheadUntil, IsOver = _isOver };
        }

        List<HighWaterMark> marks = books?.MarksOf(period)
            ?? await db.HighWaterMarks.Where(mark => mark.PeriodId == period.Id).ToListAsync(cancellationToken);
        int snapshots = 0;
        int increments = 0;
        long increase = 0;
        List<string> held = [];
        foreach (MetricReading metric in reading.Metrics)
        {
            UsageSnapshot snapshot = new()
            {
                PeriodId = period.Id,
                MetricCode = metric.Code,
                TotalMinor = metric.TotalMinor,
                Currency = reading.Currency,
                TakenAt = reading.ReadAt,
                Source = reading.Source,
                Charges = metric.Charges,
            };
            HighWaterMark? mark = marks.Find(known => known.MetricCode == metric.Code && known.Currency == reading.Currency);
            bool firstSight = mark is null;
            if (mark is null)
            {
                bool inAnotherCurrency = marks.Exists(known => known.MetricCode == metric.Code && (known.AmountMinor > 0 || known.Hold is not null));
                mark = await AddMarkAsync(period, reading, metric, snapshot, rule, inAnotherCurrency, cancellationToken);
                marks.Add(mark);
            }
            else if (mark.Hold is HoldReason.Overlap or HoldReason.Upgrade)
            {
                await BeginAsync(mark, period, reading, metric, cancellationToken); // the older subscription may be closed by now
            }

            mark.ReportAtCloseOnly |= metric.IsProjection;
            long added = await GrowAsync(mark, snapshot, reading, metric, rule, firstSight, cancellationToken);
            increments += added > 0 ? 1 : 0;
            increase = checked(increase + added);
            if (mark.Hold is not null)
            {
                held.Add(metric.Code);
            }

            if (firstSight || reading.Source != SnapshotSource.Poll || HasChanged(mark, snapshot))
            {
                Add(snapshot);
                snapshots++;
                mark.LastTotalMinor = snapshot.TotalMinor;
                mark.LastTotalAt = snapshot.TakenAt;
                mark.LastCharges = snapshot.Charges;
            }
        }

        if (snapshots > 0)
        {
            period.LastSnapshotAt = reading.ReadAt;
        }

        period.SettledDigest = await SettledDigestAsync(reading, marks, cancellationToken);
        period.AnswerDigest = period.SettledDigest is not null && !await AnyAtCloseOnlyAsync(reading, cancellationToken) ? reading.AnswerDigest : null;
        period.ShapeDigest = reading.Source == SnapshotSource.Poll ? ReadingDigest.OfShape(reading) : period.ShapeDigest;

        return new ReadingOutcome(period.Id, Dropped: false, snapshots, increments, increase, held) { PeriodSlid = _slid, AwaitsOlder = _awaitsOlder };
    }

    private void Add(UsageSnapshot snapshot)
    {
        if (books is not null)
        {
            db.AddUnseen(snapshot);
        }
        else
        {
            db.UsageSnapshots.Add(snapshot);
        }
    }

    /// <summary>The period that the reading belongs to, or null when the reading is to be dropped whole (R2).</summary>
    private async Task<BillingPeriod?> FindOrAddPeriodAsync(SubscriptionReading reading, CancellationToken cancellationToken)
    {
        List<BillingPeriod> known = books?.PeriodsOf(reading.SubscriptionLagoId)
            ?? await db.BillingPeriods.Where(period => period.SubscriptionLagoId == reading.SubscriptionLagoId).ToListAsync(cancellationToken);
        BillingPeriod? period = PeriodMatch.Find(known, reading.PeriodStart, reading.PeriodEnd);
        if (period is null && PeriodMatch.Slid(known, reading.PeriodStart, reading.PeriodEnd) is { } slid
            && await HasNotDroppedAsync(slid, reading, cancellationToken))
        {
            _slid = true;
            period = slid;
        }

        if (period is null)
        {
            period = new BillingPeriod
            {
                Id = NewId.At(now),
                IntegrationId = integrationId,
                BuyerId = buyerId,
                SubscriptionLagoId = reading.SubscriptionLagoId,
                SubscriptionExternalId = reading.SubscriptionExternalId,
                LagoCustomerId = reading.LagoCustomerId,
                PeriodStart = reading.PeriodStart,
                PeriodEnd = reading.PeriodEnd,
                Currency = reading.Currency,
            };
            db.BillingPeriods.Add(period);
            return period;
        }

        // A clock that was ahead closed it; Lago counts into it still.
        bool isRunning = period is { State: BillingPeriodState.Closed, FinalInvoiceLagoId: null, OwnEnd: null }
            && reading.Source != SnapshotSource.Close && reading.PeriodEnd > reading.ReadAt;
        if (isRunning)
        {
            await PeriodStore.ReopenAsync(db, period, BillingPeriodState.Open, now, cancellationToken);
        }

        bool endedEarly = period.State == BillingPeriodState.Ended && reading.PeriodEnd - period.PeriodEnd > PeriodMatch.Tolerance;
        bool isOlder = period.LastSnapshotAt > reading.ReadAt && period.LastSnapshotAt <= now + Skew;
        if (isOlder || period.State == BillingPeriodState.Closed || endedEarly)
        {
            _storedAheadUntil = period.LastSnapshotAt > reading.ReadAt + Overlap ? period.LastSnapshotAt : null;
            _isOver = period.State == BillingPeriodState.Closed || endedEarly;
            return null;
        }

        period.IntegrationId = integrationId; // the organization may have been connected anew
        period.BuyerId = buyerId;
        period.NeverPolled &= reading.Source == SnapshotSource.Close;
        if (reading.Source == SnapshotSource.Poll)
        {
            period.PeriodEnd = reading.PeriodEnd;
            period.State = BillingPeriodState.Open;
        }

        return period;
    }

    /// <summary>A period that is really new starts its totals anew; one whose borders were only moved goes on from them (T27).</summary>
    private async Task<bool> HasNotDroppedAsync(BillingPeriod period, SubscriptionReading reading, CancellationToken cancellationToken)
    {
        Dictionary<string, long> last = await db.HighWaterMarks.Where(mark => mark.PeriodId == period.Id && mark.Currency == reading.Currency)
            .ToDictionaryAsync(mark => mark.MetricCode, mark => mark.LastTotalMinor, StringComparer.Ordinal, cancellationToken);
        return last.Values.Any(total => total > 0)
            && reading.Metrics.All(metric => metric.TotalMinor >= last.GetValueOrDefault(metric.Code));
    }

    private async Task<HighWaterMark> AddMarkAsync(
        BillingPeriod period, SubscriptionReading reading, MetricReading metric, UsageSnapshot snapshot, GrowthRule rule, bool inAnotherCurrency,
        CancellationToken cancellationToken)
    {
        long baseline = rule is GrowthRule.Baseline chosen ? chosen.BilledElsewhere.GetValueOrDefault(snapshot.MetricCode) : 0;
        HighWaterMark mark = new()
        {
            Id = NewId.At(now),
            PeriodId = snapshot.PeriodId,
            MetricCode = snapshot.MetricCode,
            Currency = snapshot.Currency,
            BaselineMinor = baseline,
            AmountMinor = baseline,
            FirstSeenAt = snapshot.TakenAt,
            HighestTotalMinor = snapshot.TotalMinor,
            LastTotalMinor = snapshot.TotalMinor,
            LastTotalAt = snapshot.TakenAt,
            LastCharges = snapshot.Charges,
        };
        db.HighWaterMarks.Add(mark);
        if (inAnotherCurrency)
        {
            KeyHold.Place(mark, HoldReason.Currency, now);
        }
        else
        {
            await BeginAsync(mark, period, reading, metric, cancellationToken);
        }

        return mark;
    }

    /// <summary>
    /// A key of a subscription that replaces or overlaps an older one starts from what the older one counted (T7, T9), which
    /// is known when that is closed; until then it is held.
    /// </summary>
    private async Task BeginAsync(
        HighWaterMark mark, BillingPeriod period, SubscriptionReading reading, MetricReading metric, CancellationToken cancellationToken)
    {
        KeyOrigin origin = await _origins.OfAsync(mark, period, reading, metric, cancellationToken);
        switch (origin)
        {
            case KeyOrigin.Awaited awaited:
                KeyHold.Place(mark, awaited.Reason, now);
                _awaitsOlder = true;
                return;
            case KeyOrigin.Unclear unclear:
                KeyHold.Place(mark, unclear.Reason, now);
                return;
        }

        KeyHold.End(mark);
        if (origin is KeyOrigin.After after && mark.AmountMinor == mark.BaselineMinor && after.CountedMinor > mark.BaselineMinor)
        {
            mark.BaselineMinor = after.CountedMinor;
            mark.AmountMinor = after.CountedMinor;
            mark.BaselineOrigin = after.Origin;
        }

        WriteGivenUp(mark, reading);
        if (await _origins.WasRestoredAfterAsync(period.PeriodStart, cancellationToken))
        {
            KeyHold.Place(mark, HoldReason.Restored, now); // records that these books do not know may hold some of it (R20)
        }
    }

    /// <summary>The start is known now: what a person gave up meanwhile is an increment that is waived.</summary>
    private void WriteGivenUp(HighWaterMark mark, SubscriptionReading reading)
    {
        if (mark.GivenUpToMinor > mark.AmountMinor)
        {
            MeterBook.WaiveOpen(_book.Add(mark, mark.GivenUpToMinor, reading.ReadAt, reading.Source), meter: null);
        }

        mark.GivenUpToMinor = 0;
    }

    /// <summary>What the next poll may compare its answer with instead of looking at each key; null where a key has something left to do.</summary>
    private async Task<byte[]?> SettledDigestAsync(SubscriptionReading reading, IReadOnlyCollection<HighWaterMark> marks, CancellationToken cancellationToken)
    {
        if (reading.Source != SnapshotSource.Poll)
        {
            return null; // no poll shows what its close or its end showed
        }

        RoutingTable routes = await _book.RoutesAsync(cancellationToken);
        return reading.Metrics.All(metric => KnownUsage.IsSettled(
                marks.Single(mark => mark.MetricCode == metric.Code && mark.Currency == reading.Currency), metric, routes.IsAtCloseOnly(metric.Code)))
            ? ReadingDigest.Of(reading, routes.IsAtCloseOnly)
            : null;
    }

    private async Task<bool> AnyAtCloseOnlyAsync(SubscriptionReading reading, CancellationToken cancellationToken)
    {
        RoutingTable routes = await _book.RoutesAsync(cancellationToken);
        return reading.Metrics.Any(metric => routes.IsAtCloseOnly(metric.Code));
    }

    private static bool HasChanged(HighWaterMark mark, UsageSnapshot snapshot) =>
        mark.LastTotalMinor != snapshot.TotalMinor || !mark.LastCharges.SequenceEqual(snapshot.Charges);

    /// <summary>Raises the mark and writes the increment, or holds what grew; returns what was added.</summary>
    private async Task<long> GrowAsync(
        HighWaterMark mark, UsageSnapshot snapshot, SubscriptionReading reading, MetricReading metric, GrowthRule rule, bool firstSight,
        CancellationToken cancellationToken)
    {
        if (metric.Hold is { } known && mark.Hold is null && rule is not GrowthRule.Waive) // of what is given up nobody need say how much it is
        {
            KeyHold.Place(mark, known, now);
        }

        long? limit = rule is GrowthRule.Flow or GrowthRule.Wait
            ? await LimitAsync(mark, snapshot, reading, firstSight, cancellationToken)
            : null; // a person has seen these amounts
        bool mayFlow = snapshot.TotalMinor > mark.AmountMinor && mark.Hold is null;
        bool atCloseOnly = mayFlow && (await _book.RoutesAsync(cancellationToken)).IsAtCloseOnly(mark.MetricCode);
        HighWaterDecision decision = HighWaterCheck.Apply(mark, snapshot, limit, atCloseOnly);
        mark.LeftToClose = snapshot.Source != SnapshotSource.Close && (mark.ReportAtCloseOnly || atCloseOnly);
        if (rule is GrowthRule.Baseline or GrowthRule.Waive && decision.Hold is null)
        {
            // Given up, also of what is billed at the close only; the rest is for the next poll, or the close, to see. What was
            // refused of the key is not in its mark (R15), so it is not given up once more.
            long waived = Math.Max(0, GivenUp(rule, mark, snapshot, reading) - decision.RefusedMinor - mark.AmountMinor);
            decision = decision with { NewMarkMinor = mark.AmountMinor + waived, IncreaseMinor = waived };
        }

        KeyHold.Carry(mark, decision, now);
        if (mark.Hold is HoldReason.Overlap or HoldReason.Upgrade)
        {
            mark.GivenUpToMinor = Math.Max(mark.GivenUpToMinor, GivenUp(rule, mark, snapshot, reading) - mark.RefusedMinor);
        }

        if (!decision.HasIncrease)
        {
            return 0;
        }

        UsageIncrement increment = _book.Add(mark, decision.NewMarkMinor, snapshot.TakenAt, snapshot.Source);
        switch (rule)
        {
            case GrowthRule.Flow:
                await _book.FlowAsync(increment, reading.SubscriptionLagoId, cancellationToken);
                break;
            case GrowthRule.Wait wait:
                _book.Wait(increment, wait.Reason);
                break;
            case GrowthRule.Waive or GrowthRule.Baseline:
                MeterBook.WaiveOpen(increment, meter: null);
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"No rule for {rule.GetType().Name}.");
        }

        return decision.IncreaseMinor;
    }

    /// <summary>Up to which total the rule gives the key up; 0 where it gives up nothing.</summary>
    private static long GivenUp(GrowthRule rule, HighWaterMark mark, UsageSnapshot snapshot, SubscriptionReading reading) => rule switch
    {
        // A projection shows what is still to come: only the share that has passed is there to be given up (R8).
        GrowthRule.Waive when mark.ReportAtCloseOnly && snapshot.Source != SnapshotSource.Close =>
            ElapsedShare.Of(snapshot.TotalMinor, reading.PeriodStart, reading.PeriodEnd, snapshot.TakenAt),
        GrowthRule.Waive => snapshot.TotalMinor,
        GrowthRule.Baseline chosen => Math.Min(chosen.BilledElsewhere.GetValueOrDefault(snapshot.MetricCode), snapshot.TotalMinor),
        _ => 0,
    };

    private async Task<long?> LimitAsync(
        HighWaterMark mark, UsageSnapshot snapshot, SubscriptionReading reading, bool firstSight, CancellationToken cancellationToken)
    {
        if (snapshot.TotalMinor <= mark.AmountMinor || mark.Hold is not null)
        {
            return null; // nothing grew that could be a jump
        }

        _limits ??= await UsageBooks.LimitsAsync(db, integrationId, cancellationToken);
        long previous = firstSight ? await _origins.PreviousTotalAsync(reading, snapshot.MetricCode, cancellationToken) : 0;
        DateTimeOffset last = reading.PreviousReadAt > mark.LastTotalAt ? reading.PreviousReadAt.Value : mark.LastTotalAt;
        return JumpRule.Limit(_limits, mark, snapshot.Source, snapshot.TakenAt, firstSight, previous, snapshot.TakenAt - last);
    }
}
