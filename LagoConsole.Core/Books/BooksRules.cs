using LagoConsole.Core.HighWater;
using LagoConsole.Core.Money;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;

namespace LagoConsole.Core.Books;

/// <summary>The identities of R14, each over the rows that it is about. Pure: says what does not hold, and nothing where all does.</summary>
internal static class BooksRules
{
    /// <summary>(a) The mark is its baseline and its increments. Whether they are a chain is told increment by increment.</summary>
    /// <param name="grownMinor">Σ increments of the key.</param>
    public static IEnumerable<BooksFailure> Mark(HighWaterMark mark, decimal grownMinor)
    {
        if (mark.AmountMinor != mark.BaselineMinor + grownMinor)
        {
            yield return OfKey(
                BooksIdentity.Mark, mark, "its mark is not its baseline and its increments together", mark.BaselineMinor + grownMinor, mark.AmountMinor);
        }
    }

    /// <summary>(a) An increment goes on where the one before ended, and is as large as its rise.</summary>
    /// <param name="reachedMinor">Where the increment before it ended; the baseline for the first.</param>
    public static IEnumerable<BooksFailure> Chain(HighWaterMark mark, UsageIncrement increment, long reachedMinor)
    {
        if (increment.FromMinor != reachedMinor)
        {
            yield return OfIncrement(BooksIdentity.Mark, increment, "it does not begin where the one before it ended", reachedMinor, increment.FromMinor);
        }

        if (increment.AmountMinor != increment.ToMinor - increment.FromMinor)
        {
            yield return OfIncrement(BooksIdentity.Mark, increment, "it is not as large as its rise", increment.ToMinor - increment.FromMinor, increment.AmountMinor);
        }
        else if (increment.AmountMinor <= 0)
        {
            yield return OfIncrement(BooksIdentity.Mark, increment, "it adds nothing", "more than 0", MoneyText.Format(increment.AmountMinor, increment.Currency));
        }

        if (increment.Currency != mark.Currency)
        {
            yield return OfIncrement(BooksIdentity.Mark, increment, "it is not in its key's currency", mark.Currency, increment.Currency);
        }
    }

    /// <summary>(b) All of an increment is somewhere, and what is open of it is in one place.</summary>
    /// <param name="onRecordsMinor">Σ its links to records that are not void.</param>
    public static IEnumerable<BooksFailure> Increment(UsageIncrement increment, decimal onRecordsMinor)
    {
        decimal placed = onRecordsMinor + increment.OpenMinor + increment.WaivedMinor + increment.BilledBeforeRestoreMinor;
        if (placed != increment.AmountMinor)
        {
            yield return OfIncrement(
                BooksIdentity.Increment, increment, "what is on records, open, waived and billed before a restore is not all of it", increment.AmountMinor, placed);
        }

        foreach ((string part, decimal amount) in new[]
        {
            ("open", increment.OpenMinor), ("waived", increment.WaivedMinor), ("billed before a restore", increment.BilledBeforeRestoreMinor),
        })
        {
            if (amount < 0)
            {
                yield return OfIncrement(BooksIdentity.Increment, increment, $"less than nothing of it is {part}", 0, amount);
            }
        }

        if (increment.IsOpen != increment.OpenMinor > 0)
        {
            yield return OfIncrement(
                BooksIdentity.Increment, increment, "it is marked otherwise than its open money says", Open(increment.OpenMinor > 0), Open(increment.IsOpen));
        }

        if (Place(increment) is { } place)
        {
            yield return OfIncrement(BooksIdentity.Increment, increment, "its money is not in exactly one place", "on a meter with its turn, or waiting with a reason", place);
        }
    }

    /// <summary>A part of an increment can only be on a record of its own currency.</summary>
    public static IEnumerable<BooksFailure> LinkCurrency(UsageIncrement increment, IEnumerable<string> recordCurrencies) =>
        recordCurrencies.Where(currency => currency != increment.Currency)
            .Select(currency => OfIncrement(BooksIdentity.Increment, increment, "some of it is on a record in another currency", increment.Currency, currency));

    /// <summary>(g) Lago's last total is the mark, what is held and what is refused together, or less.</summary>
    /// <param name="lastLook">
    /// Where the last total was read; null where its snapshot went with its integration, and what it left to the next poll
    /// cannot be told any more.
    /// </param>
    public static IEnumerable<BooksFailure> LastTotal(HighWaterMark mark, SnapshotSource? lastLook)
    {
        if (mark.RefusedMinor < 0)
        {
            yield return OfKey(BooksIdentity.LastTotal, mark, "less than nothing of it is refused", 0, mark.RefusedMinor);
        }

        long above = Math.Max(0, mark.LastTotalMinor - mark.RefusedMinor - mark.AmountMinor);
        if (mark.Hold is not null)
        {
            if (mark.HeldMinor != above)
            {
                yield return OfKey(
                    BooksIdentity.LastTotal, mark, "what is held of it is not what Lago's last total shows above the mark and what is refused", above, mark.HeldMinor);
            }

            yield break;
        }

        if (mark.HeldMinor != 0)
        {
            yield return OfKey(BooksIdentity.LastTotal, mark, "some of it is held, and no reason says why", 0, mark.HeldMinor);
        }

        bool leftToTheClose = (mark.ReportAtCloseOnly || mark.LeftToClose) && lastLook != SnapshotSource.Close;
        if (above > 0 && !leftToTheClose && lastLook is not (SnapshotSource.Link or null))
        {
            yield return OfKey(
                BooksIdentity.LastTotal, mark, "Lago's last total is above the mark, and the rest is neither held nor refused",
                mark.AmountMinor + mark.RefusedMinor, mark.LastTotalMinor);
        }
    }

    /// <summary>A meter's own sums are those of its increments and records (R10).</summary>
    /// <param name="openMinor">Σ what is open of the increments on it.</param>
    /// <param name="allocatedMinor">Σ quantity × price of its records that are not void.</param>
    public static IEnumerable<BooksFailure> Meter(Meter meter, decimal openMinor, decimal allocatedMinor)
    {
        if (meter.AllocatedMinor != allocatedMinor)
        {
            yield return OfMeter(BooksIdentity.Meter, meter, "what it allocated is not what its records that are not void bill", allocatedMinor, meter.AllocatedMinor);
        }

        if (meter.OpenMinor != openMinor)
        {
            yield return OfMeter(
                BooksIdentity.Meter, meter, "accrued less allocated, waived and left is not the open money of its increments", openMinor, meter.OpenMinor);
        }

        if (meter.OpenMinor < 0)
        {
            yield return OfMeter(BooksIdentity.Remainder, meter, "less than nothing is open on it", 0, meter.OpenMinor);
        }
    }

    /// <summary>(d) Its hour was used by this record alone, and is not after the last one that its meter knows as used.</summary>
    /// <param name="before">The hour of the record before it on the meter, by hours.</param>
    /// <param name="now">An hour that is still to come was chosen by a clock that was far ahead: the meter went back from it, and the unique index guards it.</param>
    public static IEnumerable<BooksFailure> Slot(Meter meter, Guid recordId, DateTimeOffset slotHour, DateTimeOffset? before, DateTimeOffset now)
    {
        if (slotHour == before)
        {
            yield return new BooksFailure(
                BooksIdentity.Stored, BooksSubject.Record, recordId, "another record of its meter has the same hour", "one record an hour", $"two for {slotHour:u}", null);
        }

        if (slotHour <= now && (meter.LastSlotHour is null || slotHour > meter.LastSlotHour))
        {
            yield return new BooksFailure(
                BooksIdentity.Stored, BooksSubject.Record, recordId, "its hour is after the last one that its meter knows as used", $"at most {meter.LastSlotHour:u}",
                $"{slotHour:u}", null);
        }
    }

    /// <summary>(c), (d), (e) and (f) of one record.</summary>
    /// <param name="linkedMinor">Σ its links.</param>
    /// <param name="meterCurrency">Its meter's.</param>
    /// <param name="proof">What its attempts were answered.</param>
    public static IEnumerable<BooksFailure> Record(UsageRecord record, decimal linkedMinor, string meterCurrency, RecordProof proof)
    {
        if (linkedMinor != record.AmountMinor)
        {
            yield return OfRecord(BooksIdentity.Record, record, "what it took from its increments is not quantity × price", record.AmountMinor, linkedMinor);
        }

        if (record.OpenBeforeMinor - record.AmountMinor != record.RemainderAfterMinor)
        {
            yield return OfRecord(
                BooksIdentity.Record, record, "its remainder is not what was open before it less quantity × price",
                record.OpenBeforeMinor - record.AmountMinor, record.RemainderAfterMinor);
        }
        else if (record.RemainderAfterMinor < 0)
        {
            yield return OfRecord(BooksIdentity.Remainder, record, "it took more than was open", 0, record.RemainderAfterMinor);
        }
        else if (record.UnitPriceMinor > 0 && record.RemainderAfterMinor >= record.UnitPriceMinor
            && record.Quantity < MarketplaceRules.For(record.Marketplace).MaxQuantity)
        {
            yield return OfRecord(
                BooksIdentity.Remainder, record, $"it left whole units of {MoneyText.Format(record.UnitPriceMinor, record.Currency)}, though more could be allocated",
                record.RemainderAfterMinor % record.UnitPriceMinor, record.RemainderAfterMinor);
        }

        if (record.RemainderBeforeMinor < 0 || record.RemainderBeforeMinor > record.OpenBeforeMinor)
        {
            yield return OfRecord(
                BooksIdentity.Record, record, "the remainder before it is no part of what was open",
                Math.Clamp(record.RemainderBeforeMinor, 0, Math.Max(0, record.OpenBeforeMinor)), record.RemainderBeforeMinor);
        }

        if (record.Quantity < 1 || record.UnitPriceMinor <= 0)
        {
            yield return new BooksFailure(
                BooksIdentity.Record, BooksSubject.Record, record.Id, "it bills nothing", "a quantity and a price above 0",
                $"{record.Quantity} × {MoneyText.Format(record.UnitPriceMinor, record.Currency)}", null);
        }

        if (record.Currency != meterCurrency)
        {
            yield return new BooksFailure(
                BooksIdentity.Record, BooksSubject.Record, record.Id, "it is not in its meter's currency", meterCurrency, record.Currency, null);
        }

        string hash = AllocationStore.Sha256(record.Payload);
        if (hash != record.PayloadSha256)
        {
            yield return new BooksFailure(
                BooksIdentity.Stored, BooksSubject.Record, record.Id, "its payload is not the one that was stored before it was sent (SHA-256)",
                record.PayloadSha256, hash, null);
        }

        if (record.State == UsageRecordState.Accepted && !IsProven(record, proof))
        {
            yield return new BooksFailure(
                BooksIdentity.Proof, BooksSubject.Record, record.Id, "it is accepted, and nothing says so", "an attempt that was accepted, a read that proves it, or a person's decision",
                proof.AlreadyAccepted ? "an attempt that was answered as a duplicate" : "none of them", null);
        }

        if (record is { State: UsageRecordState.Void, BilledAfterVoidAt: null } && (proof.Accepted || proof.Read))
        {
            yield return new BooksFailure(
                BooksIdentity.Proof, BooksSubject.Record, record.Id, "it is void, and an attempt or a read says that it was accepted: its money may be billed twice, and it does not say so",
                "no attempt that was accepted, and no read that proves it", "one", null);
        }
    }

    /// <summary>What was counted is what became of it.</summary>
    public static IEnumerable<BooksFailure> Sums(CurrencySums sums)
    {
        if (sums.Placed != sums.Counted)
        {
            yield return BooksFailure.OfMoney(
                BooksIdentity.Sums, BooksSubject.Currency, Guid.Empty, "what was counted is not what became of it", sums.Counted, sums.Placed, sums.Currency)
                with
            { Name = $"all money in {sums.Currency}" };
        }
    }

    /// <summary>
    /// AWS answers a repetition with the record that it is asked about, which proves nothing (R13): such an answer stands for
    /// acceptance only where the record is flagged as assumed.
    /// </summary>
    private static bool IsProven(UsageRecord record, RecordProof proof) =>
        proof.Accepted
        || proof.Read
        || record is { DecidedBy: not null, DecidedAt: not null, DecidedFrom: not null }
        || (proof.AlreadyAccepted && (record.OutcomeAssumed || record.Marketplace != Marketplace.Aws));

    /// <summary>Null where an increment's money is in one place, or nothing of it is open.</summary>
    private static string? Place(UsageIncrement increment) => increment switch
    {
        { MeterId: not null, WaitReason: not null } => "on a meter, and waiting",
        { MeterId: not null, MeterSequence: null } => "on a meter without its turn",
        { MeterId: null, MeterSequence: not null } => "a turn without a meter",
        { MeterId: null, WaitReason: null, OpenMinor: > 0 } => "neither on a meter nor waiting",
        _ => null,
    };

    private static string Open(bool open) => open ? "open" : "not open";

    private static BooksFailure OfKey(BooksIdentity identity, HighWaterMark mark, string what, decimal expected, decimal found) =>
        BooksFailure.OfMoney(identity, BooksSubject.Key, mark.Id, what, expected, found, mark.Currency);

    private static BooksFailure OfIncrement(BooksIdentity identity, UsageIncrement increment, string what, decimal expected, decimal found) =>
        BooksFailure.OfMoney(identity, BooksSubject.Increment, increment.Id, what, expected, found, increment.Currency) with { KeyId = increment.MarkId };

    private static BooksFailure OfIncrement(BooksIdentity identity, UsageIncrement increment, string what, string expected, string found) =>
        new(identity, BooksSubject.Increment, increment.Id, what, expected, found, null) { KeyId = increment.MarkId };

    private static BooksFailure OfMeter(BooksIdentity identity, Meter meter, string what, decimal expected, decimal found) =>
        BooksFailure.OfMoney(identity, BooksSubject.Meter, meter.Id, what, expected, found, meter.Currency);

    private static BooksFailure OfRecord(BooksIdentity identity, UsageRecord record, string what, decimal expected, decimal found) =>
        BooksFailure.OfMoney(identity, BooksSubject.Record, record.Id, what, expected, found, record.Currency);
}

/// <summary>What attempts of a record were answered, and what was read of it.</summary>
/// <param name="AlreadyAccepted">The marketplace held a record of the slot.</param>
/// <param name="Read">The marketplace's own totals proved that it is billed (R13).</param>
internal sealed record RecordProof(bool Accepted, bool AlreadyAccepted, bool Read = false)
{
    public static RecordProof None { get; } = new(false, false);
}
