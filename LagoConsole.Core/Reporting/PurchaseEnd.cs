using LagoConsole.Core.Buyers;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Reporting;

/// <summary>What a new end of a purchase does to its money, inside the transaction that sets it (R18).</summary>
internal static class PurchaseEnd
{
    /// <summary>
    /// Brings the deadlines of records on their way to what the end leaves. With an end that has passed, open money is
    /// released at once, for a free hour before the last. An end that is taken back brings dead meters to life.
    /// </summary>
    /// <param name="entitlement">Tracked, with its new end.</param>
    /// <param name="choice">What becomes of money that its integration does not report now.</param>
    /// <param name="seen">That money as the person was shown it.</param>
    /// <param name="nobodyAnswers">The end comes from a marketplace, which cannot choose: that money waits for a person.</param>
    /// <returns>That money where no choice was made, or more would be written off than was seen: nothing may be stored then. Empty otherwise.</returns>
    public static async Task<IReadOnlyList<OpenMoneyLine>> SetAsync(
        LagoConsoleDbContext db, Entitlement entitlement, OpenMoneyChoice? choice, IReadOnlyList<OpenMoneyLine> seen, DateTimeOffset now,
        CancellationToken cancellationToken, bool nobodyAnswers = false)
    {
        await LiftAsync(db, entitlement.BuyerId, cancellationToken);
        MarketplaceRules rules = MarketplaceRules.For(entitlement.Marketplace);
        if (entitlement.EndsAt is null || FinalFlush.Closes(entitlement.EndsAt.Value, rules) > now)
        {
            entitlement.DrainedAt = null;
        }

        List<UsageRecord> onTheWay = await db.UsageRecords
            .Where(record => record.EntitlementId == entitlement.Id && record.State != UsageRecordState.Accepted
                && record.State != UsageRecordState.Void && record.State != UsageRecordState.Unresolved && record.State != UsageRecordState.Conflict)
            .ToListAsync(cancellationToken);
        onTheWay.ForEach(record => record.Deadline = FinalFlush.Deadline(record.SlotHour, entitlement.EndsAt, rules));
        if (entitlement.EndsAt is not { } end)
        {
            return [];
        }

        List<UsageIncrement> open = await (
            from increment in db.UsageIncrements.WhereOpen()
            join meter in db.Meters on increment.MeterId equals meter.Id
            where meter.EntitlementId == entitlement.Id
            orderby increment.MeterSequence
            select increment).ToListAsync(cancellationToken);
        HashSet<Guid> reporting = [.. await db.Integrations.Where(integration => integration.AutoReport)
            .Select(integration => integration.Id).ToListAsync(cancellationToken)];
        List<UsageIncrement> resting = open.FindAll(increment => !increment.ReportRegardless && !reporting.Contains(increment.IntegrationId));
        if (resting.Count > 0 && nobodyAnswers)
        {
            // On its meter it would stay out of sight until the last record has gone without it. Waiting, it shows its deadline and
            // its buttons; reported in time, or with auto report on again, it is on that record.
            List<Guid?> meterIds = [.. resting.Select(increment => increment.MeterId).Distinct()];
            Dictionary<Guid, Meter> meters = await db.Meters.Where(meter => meterIds.Contains(meter.Id)).ToDictionaryAsync(meter => meter.Id, cancellationToken);
            resting.ForEach(increment => MeterBook.Leave(increment, meters[increment.MeterId!.Value], WaitReason.AutoReportOff, now));
        }
        else if (resting.Count > 0)
        {
            if (choice is not { } decided || (decided == OpenMoneyChoice.WriteOff && !OpenMoneyStore.Lines(resting).SequenceEqual(seen)))
            {
                return OpenMoneyStore.Lines(resting);
            }

            await OpenMoneyStore.DecideAsync(db, resting, decided, now, cancellationToken);
        }

        if (end <= now)
        {
            await ReleaseStore.GroupAsync(
                db, open.Where(increment => increment.IsOpen), Conversion.ReportingWindow.ClosedHour(now), now, cancellationToken);
        }

        return [];
    }

    /// <summary>
    /// What a buyer has bought has changed: projections of running periods need not be decided for an end that is not there any
    /// more, or with another purchase to take them. The next run holds them again where they must be.
    /// </summary>
    internal static async Task LiftAsync(LagoConsoleDbContext db, Guid buyerId, CancellationToken cancellationToken)
    {
        List<HighWaterMark> held = await (
            from mark in db.HighWaterMarks
            join period in db.BillingPeriods on mark.PeriodId equals period.Id
            where mark.Hold == HoldReason.EntitlementEnding && period.BuyerId == buyerId && period.State == BillingPeriodState.Open
            select mark).ToListAsync(cancellationToken);
        held.ForEach(KeyHold.End);
    }
}
