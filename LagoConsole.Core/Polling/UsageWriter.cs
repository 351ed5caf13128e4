using LagoConsole.Core.Conversion;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Reporting;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Polling;

/// <summary>
/// Writes one reading into the books, inside a caller's transaction: period, snapshots, marks, increments, accrual.
/// Decisions are <see cref="PeriodMatch"/>'s, <see cref="HighWaterCheck"/>'s and <see cref="DimensionConverter"/>'s; this class carries them out.
/// </summary>
internal sealed class UsageWriter(LagoConsoleDbContext db, Guid integrationId, Guid buyerId, DateTimeOffset now)
{
    /// <summary>Readings of one run overlap by less; more is a clock that was ahead once.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(5);

    private RoutingTable? _routes;
    private DateTimeOffset? _storedAheadUntil;

    public async Task<ReadingOutcome> WriteAsync(SubscriptionReading reading, GrowthRule rule, CancellationToken cancellationToken)
    {
        if (await FindOrAddPeriodAsync(reading, cancellationToken) is not { } period)
        {
            return ReadingOutcome.NotUsed with { StoredAheadUntil = _storedAheadUntil };
        }

        Dictionary<string, HighWaterMark> marks = await db.HighWaterMarks
            .Where(mark => mark.PeriodId == period.Id)
            .ToDictionaryAsync(mark => mark.MetricCode, StringComparer.Ordinal, cancellationToken);

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
            bool firstSight = !marks.TryGetValue(metric.Code, out HighWaterMark? mark);
            mark ??= AddMark(snapshot, rule);
            if (mark.Currency != reading.Currency)
            {
                held.Add(metric.Code);
                continue;
            }

            mark.ReportAtCloseOnly |= metric.IsProjection;
            if (firstSight || reading.Source != SnapshotSource.Poll || HasChanged(mark, snapshot))
            {
                db.UsageSnapshots.Add(snapshot);
                snapshots++;
                mark.LastTotalMinor = snapshot.TotalMinor;
                mark.LastTotalAt = snapshot.TakenAt;
                mark.LastCharges = snapshot.Charges;
            }

            long added = await GrowAsync(mark, snapshot, rule, cancellationToken);
            increments += added > 0 ? 1 : 0;
            increase = checked(increase + added);
        }

        if (snapshots > 0)
        {
            period.LastSnapshotAt = reading.ReadAt;
        }

        return new ReadingOutcome(period.Id, Dropped: false, snapshots, increments, increase, held);
    }

    /// <summary>The period that the reading belongs to, or null when the reading is to be dropped whole (R2).</summary>
    private async Task<BillingPeriod?> FindOrAddPeriodAsync(SubscriptionReading reading, CancellationToken cancellationToken)
    {
        List<BillingPeriod> known = await db.BillingPeriods
            .Where(period => period.SubscriptionLagoId == reading.SubscriptionLagoId).ToListAsync(cancellationToken);
        BillingPeriod? period = PeriodMatch.Find(known, reading.PeriodStart, reading.PeriodEnd);
        if (period is null)
        {
            period = new BillingPeriod
            {
                Id = Guid.CreateVersion7(now),
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

        bool endedEarly = period.State == BillingPeriodState.Ended && reading.PeriodEnd - period.PeriodEnd > PeriodMatch.Tolerance;
        if (period.LastSnapshotAt > reading.ReadAt || period.State == BillingPeriodState.Closed || endedEarly)
        {
            _storedAheadUntil = period.LastSnapshotAt > reading.ReadAt + Overlap ? period.LastSnapshotAt : null;
            return null;
        }

        period.IntegrationId = integrationId; // the organization may have been connected anew
        period.BuyerId = buyerId;
        if (reading.Source == SnapshotSource.Poll)
        {
            period.PeriodEnd = reading.PeriodEnd;
            period.State = BillingPeriodState.Open;
        }

        return period;
    }

    private HighWaterMark AddMark(UsageSnapshot snapshot, GrowthRule rule)
    {
        long baseline = rule is GrowthRule.Baseline chosen ? chosen.BilledElsewhere.GetValueOrDefault(snapshot.MetricCode) : 0;
        HighWaterMark mark = new()
        {
            Id = Guid.CreateVersion7(now),
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
        return mark;
    }

    private static bool HasChanged(HighWaterMark mark, UsageSnapshot snapshot) =>
        mark.LastTotalMinor != snapshot.TotalMinor || !mark.LastCharges.SequenceEqual(snapshot.Charges);

    /// <summary>Raises the mark and writes the increment; returns what was added.</summary>
    private async Task<long> GrowAsync(HighWaterMark mark, UsageSnapshot snapshot, GrowthRule rule, CancellationToken cancellationToken)
    {
        HighWaterDecision decision = HighWaterCheck.Apply(mark, snapshot);
        if (rule is GrowthRule.Baseline chosen)
        {
            // Only up to what was billed elsewhere, as given up; the rest is for the next poll to see.
            long ceiling = Math.Min(chosen.BilledElsewhere.GetValueOrDefault(mark.MetricCode), snapshot.TotalMinor);
            long waived = Math.Max(0, ceiling - mark.AmountMinor);
            decision = new HighWaterDecision(mark.AmountMinor + waived, waived);
        }

        if (!decision.HasIncrease)
        {
            return 0;
        }

        UsageIncrement increment = new()
        {
            Id = Guid.CreateVersion7(now),
            MarkId = mark.Id,
            IntegrationId = integrationId,
            BuyerId = buyerId,
            MetricCode = mark.MetricCode,
            Currency = mark.Currency,
            FromMinor = mark.AmountMinor,
            ToMinor = decision.NewMarkMinor,
            AmountMinor = decision.IncreaseMinor,
            SeenAt = snapshot.TakenAt,
            Source = snapshot.Source,
            OpenMinor = decision.IncreaseMinor,
            IsOpen = true,
        };
        db.UsageIncrements.Add(increment);
        mark.AmountMinor = decision.NewMarkMinor;
        switch (rule)
        {
            case GrowthRule.Flow:
                await RouteAsync(increment, cancellationToken);
                break;
            case GrowthRule.Wait wait:
                increment.WaitReason = wait.Reason;
                increment.WaitingSince = now;
                break;
            case GrowthRule.Waive or GrowthRule.Baseline:
                MeterBook.WaiveOpen(increment, meter: null);
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"No rule for {rule.GetType().Name}.");
        }

        return decision.IncreaseMinor;
    }

    private async Task RouteAsync(UsageIncrement increment, CancellationToken cancellationToken)
    {
        _routes ??= await RoutingTable.LoadAsync(db, buyerId, cancellationToken);
        switch (_routes.Route(increment.MetricCode, increment.Currency, increment.SeenAt, now))
        {
            case RoutingDecision.To to:
                await MeterBook.AccrueAsync(db, increment, to.Entitlement, to.Dimension, now, cancellationToken);
                break;
            case RoutingDecision.Waits waits:
                increment.WaitReason = waits.Reason;
                increment.WaitingSince = now;
                break;
        }
    }
}
