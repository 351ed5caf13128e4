using LagoConsole.Core.Buyers;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Time;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Reporting;

/// <summary>
/// The only hand that moves money on and off a meter. Works inside a caller's transaction; the meter's version makes
/// each move conditional (R12), and <c>meter.Open = Σ increments' Open</c> holds after each.
/// </summary>
internal static class MeterBook
{
    /// <summary>Puts an increment's open money on the meter of this entitlement and dimension, which is made at its first money.</summary>
    public static async Task<Meter> AccrueAsync(
        LagoConsoleDbContext db, UsageIncrement increment, Entitlement entitlement, Dimension dimension, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        Meter meter = await FindOrAddAsync(db, entitlement, dimension, now, cancellationToken);
        Accrue(increment, meter);
        return meter;
    }

    /// <summary>The same where the meter is known.</summary>
    /// <param name="meter">Tracked.</param>
    public static void Accrue(UsageIncrement increment, Meter meter)
    {
        if (increment.MeterId is not null)
        {
            throw new InvalidOperationException($"Increment {increment.Id} is on a meter already: its money would be there twice.");
        }

        meter.AccruedMinor += increment.OpenMinor;
        meter.IncrementCount++;
        increment.MeterId = meter.Id;
        increment.MeterSequence = meter.IncrementCount;
        increment.WaitReason = null;
        increment.WaitingSince = null;
    }

    /// <summary>The increment's open money leaves its meter and waits (R6). What is on records stays there.</summary>
    /// <param name="meter">The increment's meter, tracked.</param>
    public static void Leave(UsageIncrement increment, Meter meter, WaitReason reason, DateTimeOffset now)
    {
        if (increment.MeterId != meter.Id)
        {
            throw new ArgumentException($"Increment {increment.Id} is on meter {increment.MeterId}, not on {meter.Id}.", nameof(meter));
        }

        meter.LeftMinor += increment.OpenMinor;
        increment.MeterId = null;
        increment.MeterSequence = null;
        increment.GroupId = null;
        increment.WaitReason = reason;
        increment.WaitingSince = now;
    }

    /// <summary>Open money that waits was billed by a record that the restored books do not know of (R20).</summary>
    public static void BookBilledBeforeRestore(UsageIncrement increment, decimal amountMinor)
    {
        if (increment.MeterId is not null)
        {
            throw new ArgumentException($"Increment {increment.Id} is on a meter: its money must leave it first.", nameof(increment));
        }

        increment.BilledBeforeRestoreMinor += amountMinor;
        SetOpen(increment, increment.OpenMinor - amountMinor);
        if (!increment.IsOpen)
        {
            increment.WaitReason = null;
            increment.WaitingSince = null;
        }
    }

    /// <summary>A person gives up what of the increment is on no record.</summary>
    /// <param name="meter">The increment's meter, tracked; null where it has none.</param>
    public static void WaiveOpen(UsageIncrement increment, Meter? meter)
    {
        if (increment.MeterId != meter?.Id)
        {
            throw new ArgumentException($"Increment {increment.Id} is on meter {increment.MeterId}, not on {meter?.Id}.", nameof(meter));
        }

        if (meter is not null)
        {
            meter.WaivedMinor += increment.OpenMinor;
        }

        increment.WaivedMinor += increment.OpenMinor;
        SetOpen(increment, 0);
        increment.WaitReason = null;
        increment.WaitingSince = null;
    }

    /// <summary>Stores a record: its money leaves the open money of its increments (R11).</summary>
    public static void Allocate(Meter meter, UsageRecord record, IReadOnlyDictionary<Guid, UsageIncrement> increments, IEnumerable<AllocatedPart> parts, LagoConsoleDbContext db)
    {
        meter.AllocatedMinor += record.AmountMinor;
        meter.LastSlotHour = record.SlotHour;
        db.UsageRecords.Add(record);
        foreach (AllocatedPart part in parts)
        {
            db.RecordLinks.Add(new RecordLink { RecordId = record.Id, IncrementId = part.IncrementId, AmountMinor = part.AmountMinor });
            UsageIncrement increment = increments[part.IncrementId];
            SetOpen(increment, increment.OpenMinor - part.AmountMinor);
        }
    }

    /// <summary>A void record gives its money back to the increments it came from (R10); its slot stays used.</summary>
    public static async Task GiveBackAsync(LagoConsoleDbContext db, UsageRecord record, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Meter meter = await db.Meters.SingleAsync(candidate => candidate.Id == record.MeterId, cancellationToken);
        meter.AllocatedMinor -= record.AmountMinor;
        var parts = await db.RecordLinks.Where(link => link.RecordId == record.Id)
            .Join(db.UsageIncrements, link => link.IncrementId, increment => increment.Id, (link, increment) => new { link.AmountMinor, Increment = increment })
            .ToListAsync(cancellationToken);
        List<Guid> seenBy = [.. parts.Select(part => part.Increment.IntegrationId).Distinct()];
        List<Guid> connected = await db.Integrations.Where(integration => seenBy.Contains(integration.Id))
            .Select(integration => integration.Id).ToListAsync(cancellationToken);

        // Books that were restored do not know what became of this record's money after the backup: it may be on another one (R20).
        bool isRestored = await db.RestoreEpochs.AnyAsync(epoch => epoch.RestoredAt >= record.CreatedAt, cancellationToken);
        foreach (var part in parts)
        {
            // What was on a record had been released. The switch of a deleted integration cannot hold it, nor ever let it go.
            part.Increment.ReportRegardless |= !connected.Contains(part.Increment.IntegrationId);
            SetOpen(part.Increment, part.Increment.OpenMinor + part.AmountMinor);
            await ReturnAsync(db, part.Increment, meter, part.AmountMinor, now, cancellationToken);
            if (isRestored)
            {
                await HoldAsync(db, part.Increment, now, cancellationToken);
            }
        }
    }

    /// <summary>All open money of an increment waits with its key until a person says what of it was billed since the backup.</summary>
    private static async Task HoldAsync(LagoConsoleDbContext db, UsageIncrement increment, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (increment.MeterId is { } on)
        {
            Leave(increment, await db.Meters.SingleAsync(meter => meter.Id == on, cancellationToken), WaitReason.Restored, now);
        }

        increment.WaitReason = WaitReason.Restored;
        increment.WaitingSince ??= now;
        KeyHold.Place(await db.HighWaterMarks.SingleAsync(mark => mark.Id == increment.MarkId, cancellationToken), HoldReason.Restored, now);
    }

    /// <summary>Money comes back to where its increment is now: that may be another meter, or none.</summary>
    private static async Task ReturnAsync(
        LagoConsoleDbContext db, UsageIncrement increment, Meter from, decimal amountMinor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (increment.MeterId == from.Id)
        {
            await LeaveDeadAsync(db, increment, from, now, cancellationToken);
            return;
        }

        from.LeftMinor += amountMinor;
        if (increment.MeterId is { } elsewhere)
        {
            Meter home = await db.Meters.SingleAsync(candidate => candidate.Id == elsewhere, cancellationToken);
            home.AccruedMinor += amountMinor;
            await LeaveDeadAsync(db, increment, home, now, cancellationToken);
            return;
        }

        // All of it had been settled elsewhere: the returned part is looked at by the next run like any that waits.
        increment.WaitReason ??= WaitReason.NoEntitlement;
        increment.WaitingSince ??= now;
    }

    /// <summary>A purchase whose last record was made takes nothing more: what comes back to its meter waits for a person (R18).</summary>
    private static async Task LeaveDeadAsync(LagoConsoleDbContext db, UsageIncrement increment, Meter meter, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await db.Entitlements.AnyAsync(entitlement => entitlement.Id == meter.EntitlementId && entitlement.DrainedAt != null, cancellationToken))
        {
            Leave(increment, meter, WaitReason.EntitlementEnded, now);
        }
    }

    /// <summary>Undoes <see cref="GiveBackAsync"/>, wherever the money is now; false, and nothing done, where some of it is not open any more.</summary>
    public static async Task<bool> TakeBackAsync(LagoConsoleDbContext db, UsageRecord record, CancellationToken cancellationToken)
    {
        Meter meter = await db.Meters.SingleAsync(candidate => candidate.Id == record.MeterId, cancellationToken);
        var parts = await db.RecordLinks.Where(link => link.RecordId == record.Id)
            .Join(db.UsageIncrements, link => link.IncrementId, increment => increment.Id, (link, increment) => new { link.AmountMinor, Increment = increment })
            .ToListAsync(cancellationToken);
        if (parts.Exists(part => part.Increment.OpenMinor < part.AmountMinor))
        {
            return false;
        }

        meter.AllocatedMinor += record.AmountMinor;
        foreach (var part in parts)
        {
            if (part.Increment.MeterId != meter.Id)
            {
                meter.LeftMinor -= part.AmountMinor;
            }

            if (part.Increment.MeterId is { } elsewhere && elsewhere != meter.Id)
            {
                Meter home = await db.Meters.SingleAsync(candidate => candidate.Id == elsewhere, cancellationToken);
                home.AccruedMinor -= part.AmountMinor;
            }

            SetOpen(part.Increment, part.Increment.OpenMinor - part.AmountMinor);
            if (part.Increment is { IsOpen: false, MeterId: null })
            {
                part.Increment.WaitReason = null;
                part.Increment.WaitingSince = null;
            }
        }

        return true;
    }

    private static void SetOpen(UsageIncrement increment, decimal openMinor)
    {
        if (openMinor < 0)
        {
            throw new InvalidOperationException($"Increment {increment.Id} would have {openMinor} open: more was taken from it than it had.");
        }

        increment.OpenMinor = openMinor;
        increment.IsOpen = openMinor > 0;
    }

    private static async Task<Meter> FindOrAddAsync(
        LagoConsoleDbContext db, Entitlement entitlement, Dimension dimension, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Meter? meter = db.Meters.Local.FirstOrDefault(local => local.Identity == entitlement.Identity && local.DimensionKey == dimension.Key)
            ?? await db.Meters.FirstOrDefaultAsync(
                stored => stored.Identity == entitlement.Identity && stored.DimensionKey == dimension.Key, cancellationToken);
        if (meter is null)
        {
            // Hours up to a restore may have been used by records that the books do not know of (R20).
            DateTimeOffset? restoredAt = await db.RestoreEpochs.MaxAsync(epoch => (DateTimeOffset?)epoch.RestoredAt, cancellationToken);
            meter = new Meter
            {
                Id = NewId.At(now),
                EntitlementId = entitlement.Id,
                DimensionId = dimension.Id,
                Marketplace = entitlement.Marketplace,
                Identity = entitlement.Identity,
                DimensionKey = dimension.Key,
                Currency = dimension.Currency,
                LastSlotHour = restoredAt is { } at ? Conversion.ReportingWindow.FloorToHour(at) : null,
            };
            db.Meters.Add(meter);
        }

        return meter;
    }
}
