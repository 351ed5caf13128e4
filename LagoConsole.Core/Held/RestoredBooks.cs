using LagoConsole.Core.Audit;
using LagoConsole.Core.Books;
using LagoConsole.Core.Conversion;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Security;
using LagoConsole.Core.Time;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Held;

/// <summary>What declaring a restore held.</summary>
/// <param name="Keys">Keys whose growth is held from now on.</param>
/// <param name="Increments">Increments whose open money waits for a person.</param>
/// <param name="Records">Records that may have been sent since the backup.</param>
public sealed record RestoreDeclared(DateTimeOffset RestoredAt, int Keys, int Increments, int Records);

/// <summary>
/// A restored backup knows nothing of what was billed after it was made (R20). Declaring the restore holds all money that
/// could have been billed since, before anything is sent again.
/// </summary>
public sealed class RestoredBooks(IDbContextFactory<LagoConsoleDbContext> contexts, TimeProvider clock)
{
    /// <summary>Longest note, in characters.</summary>
    public const int MaxNoteLength = 2000;

    /// <summary>Sets the epoch, and holds: keys of periods that are not closed, open money, records not yet settled. One transaction.</summary>
    /// <exception cref="ForbiddenException">Needs <see cref="Role.Admin"/>.</exception>
    public async Task<RestoreDeclared> DeclareAsync(Actor actor, string? note, CancellationToken cancellationToken)
    {
        actor.Require(Role.Admin);
        return await MoneyTransaction.RunAsync(contexts, db => DeclareAsync(db, actor, note, cancellationToken), cancellationToken, MoneySteps.Decision);
    }

    private async Task<RestoreDeclared> DeclareAsync(LagoConsoleDbContext db, Actor actor, string? note, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        db.RestoreEpochs.Add(new RestoreEpoch
        {
            Id = NewId.At(now),
            RestoredAt = now,
            DeclaredBy = actor.Name,
            Note = string.IsNullOrWhiteSpace(note) ? null : note.Trim(),
        });

        List<Meter> meters = await db.Meters.ToListAsync(cancellationToken);
        DateTimeOffset lastUsed = ReportingWindow.FloorToHour(now);
        foreach (Meter meter in meters.Where(meter => meter.LastSlotHour is null || meter.LastSlotHour < lastUsed))
        {
            meter.LastSlotHour = lastUsed;
        }

        Dictionary<Guid, Meter> byId = meters.ToDictionary(meter => meter.Id);
        List<UsageIncrement> open = await db.UsageIncrements.Where(increment => increment.IsOpen).ToListAsync(cancellationToken);
        foreach (UsageIncrement increment in open)
        {
            if (increment.MeterId is { } meterId)
            {
                MeterBook.Leave(increment, byId[meterId], WaitReason.Restored, now);
            }

            increment.WaitReason = WaitReason.Restored;
            increment.WaitingSince ??= now;
        }

        List<Guid> withOpen = [.. open.Select(increment => increment.MarkId).Distinct()];
        List<HighWaterMark> marks = await db.HighWaterMarks
            .Where(mark => withOpen.Contains(mark.Id) || mark.Hold != null
                || db.BillingPeriods.Any(period => period.Id == mark.PeriodId && period.State != BillingPeriodState.Closed))
            .ToListAsync(cancellationToken);

        // A key that awaits an older subscription must learn its start first: its hold becomes this one then. Of a part paid in
        // advance more may be billed than Lago shows, which stays so.
        foreach (HighWaterMark mark in marks.Where(mark =>
            mark.Hold is not (HoldReason.Overlap or HoldReason.Upgrade or HoldReason.PayInAdvanceUnknown) || withOpen.Contains(mark.Id)))
        {
            KeyHold.Place(mark, HoldReason.Restored, now);
        }

        // They may have been sent and billed since: only proof settles them from now on (R13). The identical record goes again.
        List<UsageRecord> unsettled = await db.UsageRecords
            .Where(record => record.State == UsageRecordState.Pending || record.State == UsageRecordState.Retry || record.State == UsageRecordState.Sending)
            .ToListAsync(cancellationToken);
        foreach (UsageRecord record in unsettled)
        {
            RecordTransition.To(UsageRecordState.Unknown).ApplyTo(record, now);
            record.HadUnknownAttempt = true;
            record.NextAttemptAt = now;
            record.ErrorMessage = "The books were restored: it may have been billed since the backup. The identical record is sent again.";
        }

        RestoreDeclared declared = new(now, marks.Count, open.Count, unsettled.Count);
        db.Audit(
            now, actor, "Declare books restored", nameof(RestoreEpoch), now.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
            after: $"{declared.Keys} keys and {declared.Increments} increments held, {declared.Records} records unknown", note: note);
        return declared;
    }
}
