using LagoConsole.Core.Buyers;
using LagoConsole.Core.Products;

namespace LagoConsole.Core.Reporting;

/// <summary>
/// Turns open money into records, and receipts into states (R9 to R13). Pure: the shell stores what it says,
/// before anything is sent and before anything is believed.
/// </summary>
public static class MeterLedger
{
    /// <summary>Error code of a record that an unanswered attempt may have stored: the marketplace holds one, and does not say which.</summary>
    public const string DuplicateRecord = "DuplicateRecord";

    /// <summary>
    /// The next record of a meter, or why there is none: <c>quantity = floor(open / price)</c>, the rest stays as money (R10).
    /// </summary>
    /// <param name="open">Released open money, first in first.</param>
    /// <param name="prices">All prices of the dimension.</param>
    /// <param name="unsettled">States of the meter's records that are not final.</param>
    /// <param name="isLast">The purchase has ended and this is its last record (R18): it goes into the hour kept for it, whatever is unknown.</param>
    /// <exception cref="OverflowException">The open money does not fit a <see cref="decimal"/>.</exception>
    public static Allocation Allocate(
        Meter meter, Entitlement entitlement, IReadOnlyList<OpenMoney> open, IReadOnlyCollection<DimensionPrice> prices,
        IReadOnlyCollection<UsageRecordState> unsettled, DateTimeOffset now, MarketplaceRules rules, bool isLast = false)
    {
        if (!entitlement.TakesMoney)
        {
            return new Allocation.Waits(AllocationWait.EntitlementNotActive);
        }

        if (!isLast && rules.HasSlots && unsettled.Any(state => state is UsageRecordState.Unknown or UsageRecordState.Sending))
        {
            return new Allocation.Waits(AllocationWait.OutcomeUnknown);
        }

        if (unsettled.Contains(UsageRecordState.Blocked))
        {
            return new Allocation.Waits(AllocationWait.Blocked);
        }

        DateTimeOffset? chosen = isLast
            ? Slot.Last(now, meter.LastSlotHour, entitlement.StartsAt, entitlement.EndsAt!.Value, rules)
            : Slot.Choose(now, meter.LastSlotHour, entitlement.StartsAt, entitlement.EndsAt, rules);
        if (chosen is not { } slot)
        {
            return new Allocation.Waits(entitlement.EndsAt <= now ? AllocationWait.LastHour : AllocationWait.NextHour);
        }

        if (PriceBook.InForce(prices, entitlement.Id, rules.PricedAt(slot, entitlement.EndsAt)) is not { } price)
        {
            return new Allocation.Waits(AllocationWait.NoPrice);
        }

        decimal openBefore = open.Sum(money => money.OpenMinor);
        long quantity = (long)Math.Min(decimal.Floor(openBefore / price.UnitPriceMinor), rules.MaxQuantity);

        // Division rounds at the 28th digit and could reach the next whole unit: money decides, not the quotient.
        if (quantity * price.UnitPriceMinor > openBefore)
        {
            quantity--;
        }

        if (quantity < 1)
        {
            return new Allocation.Waits(AllocationWait.LessThanOneUnit);
        }

        decimal amount = quantity * price.UnitPriceMinor;
        return new Allocation.Made(
            SlotHour: slot,
            Timestamp: entitlement.StartsAt > slot ? entitlement.StartsAt : slot,
            Quantity: quantity,
            UnitPriceMinor: price.UnitPriceMinor,
            RemainderBeforeMinor: open.Where(money => money.PartlyRecorded).Sum(money => money.OpenMinor),
            OpenBeforeMinor: openBefore,
            RemainderAfterMinor: openBefore - amount,
            Parts: Take(open, amount));
    }

    /// <summary>What a receipt makes of a record. A refusal settles nothing while an earlier attempt's outcome is unknown (R13).</summary>
    /// <param name="soleWriter">The operator has confirmed that nobody else writes this product's usage, and the meter never had a conflict.</param>
    /// <param name="backoff">Wait before the next try, where there is one.</param>
    public static RecordTransition Settle(
        UsageRecord record, MeteringReceipt receipt, DateTimeOffset now, bool soleWriter, TimeSpan backoff)
    {
        switch (receipt)
        {
            case MeteringReceipt.Accepted accepted:
                return RecordTransition.To(UsageRecordState.Accepted) with { ProviderRecordId = accepted.ProviderRecordId };

            case MeteringReceipt.AlreadyAccepted { StoredQuantity: { } stored } known when stored == record.Quantity:
                return RecordTransition.To(UsageRecordState.Accepted) with { ProviderRecordId = known.ProviderRecordId };

            case MeteringReceipt.AlreadyAccepted { StoredQuantity: { } stored }:
                return Conflict($"The marketplace holds {stored} units for this hour; this record has {record.Quantity}.");

            case MeteringReceipt.AlreadyAccepted when !record.HadUnknownAttempt:
                return Conflict("The marketplace held a record for this hour before ours was ever sent: something else writes this usage.");

            case MeteringReceipt.AlreadyAccepted assumed when soleWriter:
                return RecordTransition.To(UsageRecordState.Accepted) with { ProviderRecordId = assumed.ProviderRecordId, Assumed = true };

            case MeteringReceipt.AlreadyAccepted:
                return RecordTransition.To(UsageRecordState.Unresolved) with
                {
                    ErrorCode = DuplicateRecord,
                    ErrorMessage = "An earlier attempt went unanswered, and the marketplace now says that it holds a record for this hour. "
                        + "It is most likely this one, but it does not prove it. The money is not billed again; a person decides. "
                        + "Once it is confirmed on the product that nothing else writes its usage, such answers settle by themselves.",
                };

            case MeteringReceipt.Conflict conflict:
                return Conflict(conflict.Detail);

            case MeteringReceipt.Rejected rejected when record.HadUnknownAttempt:
                return Again(UsageRecordState.Unknown, now, backoff, rejected.Code, rejected.Detail);

            case MeteringReceipt.Rejected { Cause: RejectionCause.OutOfWindow } late:
                return RecordTransition.To(UsageRecordState.Void) with { ErrorCode = late.Code, ErrorMessage = late.Detail };

            case MeteringReceipt.Rejected { Cause: RejectionCause.Configuration } configuration:
                return Again(UsageRecordState.Retry, now, backoff, configuration.Code, configuration.Detail);

            case MeteringReceipt.Rejected refused:
                return RecordTransition.To(UsageRecordState.Blocked) with { ErrorCode = refused.Code, ErrorMessage = refused.Detail };

            case MeteringReceipt.NotProcessed notProcessed:
                return Again(
                    record.HadUnknownAttempt ? UsageRecordState.Unknown : UsageRecordState.Retry,
                    now, Longer(notProcessed.RetryAfter, backoff), "NotProcessed", notProcessed.Detail);

            case MeteringReceipt.Unknown unknown:
                return Again(UsageRecordState.Unknown, now, Longer(unknown.RetryAfter, backoff), "Unknown", unknown.Detail) with { OutcomeUnknown = true };

            default:
                throw new System.Diagnostics.UnreachableException($"No rule for the receipt {receipt.GetType().Name}.");
        }

        static RecordTransition Conflict(string detail) =>
            RecordTransition.To(UsageRecordState.Conflict) with { ErrorCode = "Conflict", ErrorMessage = detail };
    }

    /// <summary>
    /// The marketplace says itself that this very record is billed: by its own acceptance, or by telling what it holds for the hour.
    /// Believed whenever it comes, and whatever the record was taken for meanwhile (R13).
    /// </summary>
    public static bool IsProof(MeteringReceipt receipt, long quantity) => receipt is MeteringReceipt.Accepted
        || (receipt is MeteringReceipt.AlreadyAccepted { StoredQuantity: { } stored } && stored == quantity);

    /// <summary>
    /// What the passing of time makes of a record that is not settled; null while nothing. Known not billed: void at the
    /// deadline less the margin, so that its money takes the next slot. Maybe billed: unresolved at the deadline (R13).
    /// </summary>
    public static RecordTransition? Expire(UsageRecord record, DateTimeOffset now, TimeSpan margin) => record.State switch
    {
        UsageRecordState.Pending or UsageRecordState.Retry when now >= record.Deadline - margin =>
            RecordTransition.To(UsageRecordState.Void) with
            {
                ErrorCode = "DeadlinePassed",
                ErrorMessage = "It could not be delivered before the marketplace's deadline and was certainly not billed. Its money goes into a later hour.",
            },
        UsageRecordState.Blocked when now >= record.Deadline - margin =>
            RecordTransition.To(UsageRecordState.Void) with
            {
                ErrorCode = record.ErrorCode,
                ErrorMessage = $"Refused, and not mended before the marketplace's deadline: it was certainly not billed. Its money goes into a later hour. {record.ErrorMessage}",
            },
        UsageRecordState.Unknown when now >= record.Deadline =>
            RecordTransition.To(UsageRecordState.Unresolved) with
            {
                ErrorCode = "DeadlinePassed",
                ErrorMessage = "No attempt was answered before the marketplace's deadline: it may have been billed or not. "
                    + "The money is not billed again by itself. Look it up at the marketplace, then settle it as billed or not billed.",
            },
        _ => null,
    };

    /// <summary>The marketplace may ask for more rest than the console takes.</summary>
    private static TimeSpan Longer(TimeSpan? asked, TimeSpan backoff) => asked > backoff ? asked.Value : backoff;

    private static RecordTransition Again(UsageRecordState state, DateTimeOffset now, TimeSpan wait, string code, string detail) =>
        RecordTransition.To(state) with { NextAttemptAt = now + wait, ErrorCode = code, ErrorMessage = detail };

    private static List<AllocatedPart> Take(IReadOnlyList<OpenMoney> open, decimal amount)
    {
        List<AllocatedPart> parts = [];
        decimal needed = amount;
        foreach (OpenMoney money in open)
        {
            decimal taken = Math.Min(money.OpenMinor, needed);
            if (taken > 0)
            {
                parts.Add(new AllocatedPart(money.IncrementId, taken));
                needed -= taken;
            }
        }

        return parts;
    }
}
