using LagoConsole.Core.Audit;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Money;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using LagoConsole.Core.Scheduling;
using LagoConsole.Core.Security;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace LagoConsole.Core.Reporting;

/// <summary>
/// A person settles what the console must not settle by itself (R13): sends a refused record again, or says whether a
/// record was billed. Each decision holds for the record that the person saw, and never for one with an attempt in flight.
/// </summary>
public sealed class RecordDecisions(
    IDbContextFactory<LagoConsoleDbContext> contexts, ScheduleSync schedule, IOptions<ReportingOptions> options, TimeProvider clock)
{
    /// <summary>Longest note, in characters.</summary>
    public const int MaxNoteLength = 2000;

    /// <summary><i>Send again</i>: the identical record, at once, after a person has mended why it was refused.</summary>
    /// <exception cref="ForbiddenException">Needs <see cref="Role.Operator"/>.</exception>
    public async Task<RecordDecisionOutcome> SendAgainAsync(Actor actor, Guid recordId, int seenVersion, CancellationToken cancellationToken)
    {
        actor.Require(Role.Operator);
        return await RequestReportAsync(await MoneyTransaction.RunAsync(
            contexts, db => SendAgainAsync(db, actor, recordId, seenVersion, cancellationToken), cancellationToken, MoneySteps.Decision));
    }

    /// <summary><i>Settle as billed</i> or <i>Settle as not billed</i>: the latter gives the money back, to be reported in a later hour.</summary>
    /// <exception cref="ForbiddenException">Needs <see cref="Role.Admin"/>.</exception>
    public async Task<RecordDecisionOutcome> SettleAsync(Actor actor, SettleRecord decision, CancellationToken cancellationToken)
    {
        actor.Require(Role.Admin);
        string note = decision.Note?.Trim() ?? "";
        if (note.Length is 0 or > MaxNoteLength)
        {
            return new RecordDecisionOutcome.NoteInvalid(note.Length == 0
                ? "Say how you know: whoever checks the books later has nothing else to go by."
                : $"At most {MaxNoteLength} characters.");
        }

        return await RequestReportAsync(await MoneyTransaction.RunAsync(
            contexts, db => SettleAsync(db, actor, decision, note, cancellationToken), cancellationToken, MoneySteps.Decision));
    }

    private async Task<RecordDecisionOutcome> SendAgainAsync(
        LagoConsoleDbContext db, Actor actor, Guid recordId, int seenVersion, CancellationToken cancellationToken)
    {
        UsageRecord? record = await db.UsageRecords.SingleOrDefaultAsync(candidate => candidate.Id == recordId, cancellationToken);
        if (Refusal(record, seenVersion, record?.State.CanBeSentAgain() ?? false, "Send again") is { } refusal)
        {
            return refusal;
        }

        DateTimeOffset now = clock.GetUtcNow();
        string before = Describe(record!);
        if (MarketplaceRules.For(record!.Marketplace).RefusedIsMadeAnew)
        {
            RecordTransition anew = RecordTransition.To(UsageRecordState.Void) with
            {
                ErrorCode = record.ErrorCode,
                ErrorMessage = $"Refused, and certainly not billed. Its money went into a later record, with times of its own. {record.ErrorMessage}",
            };
            await RecordStore.ApplyAsync(db, record, anew, now, cancellationToken);
            db.Audit(now, actor, "Send record again", nameof(UsageRecord), record.Id, before, Describe(record));
            return new RecordDecisionOutcome.Decided(
                $"{Name(record)} is made anew: {record.Marketplace.Label()} wants usage that it refused with the time of reporting. {await WhereMoneyGoesAsync(db, record, cancellationToken)}");
        }

        RecordTransition again = RecordTransition.To(UsageRecordState.Retry) with
        {
            NextAttemptAt = now,
            ErrorCode = record.ErrorCode, // until the marketplace says something else, this is the last that it said
            ErrorMessage = record.ErrorMessage,
        };
        await RecordStore.ApplyAsync(db, record, again, now, cancellationToken);
        db.Audit(now, actor, "Send record again", nameof(UsageRecord), record.Id, before, Describe(record));
        return new RecordDecisionOutcome.Decided(
            MeterLedger.Expire(record, now, options.Value.DeadlineMargin) is null
                ? $"{Name(record)} is sent again with the next run of the job Report usage: at once, unless the job is paused."
                : $"The marketplace does not take {Name(record)} any more: its deadline is too near or has passed. "
                    + "The next run of the job Report usage voids it, and its money goes into a later hour.");
    }

    private async Task<RecordDecisionOutcome> SettleAsync(
        LagoConsoleDbContext db, Actor actor, SettleRecord decision, string note, CancellationToken cancellationToken)
    {
        UsageRecord? record = await db.UsageRecords.SingleOrDefaultAsync(candidate => candidate.Id == decision.RecordId, cancellationToken);
        string verb = decision.Billed ? "Settle as billed" : "Settle as not billed";
        bool allowed = decision.Billed ? record?.State.CanBeSettledAsBilled() ?? false : record?.State.CanBeSettledAsNotBilled() ?? false;
        if (Refusal(record, decision.SeenVersion, allowed, verb) is { } refusal)
        {
            return refusal;
        }

        DateTimeOffset now = clock.GetUtcNow();
        string before = Describe(record!);
        record!.DecidedBy = actor.Name;
        record.DecidedAt = now;
        record.DecidedFrom = record.State;
        record.DecisionNote = note;
        RecordTransition settled = RecordTransition.To(decision.Billed ? UsageRecordState.Accepted : UsageRecordState.Void) with
        {
            ErrorCode = record.ErrorCode, // what was asked of the person; the sentence about it is answered now
        };
        await RecordStore.ApplyAsync(db, record, settled, now, cancellationToken);
        db.Audit(now, actor, verb, nameof(UsageRecord), record.Id, before, Describe(record), note);
        return new RecordDecisionOutcome.Decided(decision.Billed
            ? $"{Name(record)} counts as billed. Its money is never reported again."
            : $"{Name(record)} counts as not billed. {await WhereMoneyGoesAsync(db, record, cancellationToken)}");
    }

    private static RecordDecisionOutcome? Refusal(UsageRecord? record, int seenVersion, bool allowed, string verb) => record switch
    {
        null => new RecordDecisionOutcome.NotFound("There is no such record. Nothing was changed."),
        { Version: var version } when version != seenVersion => new RecordDecisionOutcome.ChangedMeanwhile(
            $"This record changed while you looked at it: it is {record.State.Label()} now. Nothing was changed by you; look at it again."),
        _ when !allowed => new RecordDecisionOutcome.NotOpen(
            $"{verb} is not possible while a record is {record.State.Label()}. Nothing was changed. {Why(record.State)}"),
        _ => null,
    };

    private static string Why(UsageRecordState state) => state switch
    {
        UsageRecordState.Accepted or UsageRecordState.Void => "It is settled for good.",
        UsageRecordState.Blocked => "The marketplace refused it, so it is known not to be billed.",
        UsageRecordState.Conflict or UsageRecordState.Unresolved => "It may have been billed: look it up, then settle it.",
        _ => "It is on its way, and only the marketplace's answer or its deadline settles it.",
    };

    /// <summary>Money that is given back is reported like any other: what holds that up must be said here, or it looks lost.</summary>
    private static async Task<string> WhereMoneyGoesAsync(LagoConsoleDbContext db, UsageRecord record, CancellationToken cancellationToken)
    {
        string money = $"Its {MoneyText.Format(record.AmountMinor, record.Currency)} are open again and go";
        EntitlementState entitlement = await db.Entitlements
            .Where(candidate => candidate.Id == record.EntitlementId).Select(candidate => candidate.State).SingleAsync(cancellationToken);
        if (entitlement is not (EntitlementState.Active or EntitlementState.PendingCancel))
        {
            return $"{money} into a record once the buyer's entitlement is active: it is {entitlement.Label()} now.";
        }

        bool held = await db.RecordLinks.Where(link => link.RecordId == record.Id)
            .Join(db.UsageIncrements, link => link.IncrementId, increment => increment.Id, (link, increment) => increment)
            .AnyAsync(
                increment => !increment.ReportRegardless
                    && db.Integrations.Any(integration => integration.Id == increment.IntegrationId && !integration.AutoReport),
                cancellationToken);
        return held
            ? $"{money} into a record once Enable Auto Report Usage is on for their integration."
            : $"{money} into the record of a later hour.";
    }

    /// <summary>The decision is committed: reporting goes on even if the person has closed the page.</summary>
    private async Task<RecordDecisionOutcome> RequestReportAsync(RecordDecisionOutcome outcome)
    {
        if (outcome is RecordDecisionOutcome.Decided)
        {
            await schedule.RequestReportAsync(CancellationToken.None);
        }

        return outcome;
    }

    private static string Name(UsageRecord record) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The record of {record.Quantity:#,##0} × {record.DimensionKey} for {record.SlotHour.UtcDateTime:yyyy-MM-dd HH:mm} UTC");

    private static string Describe(UsageRecord record) =>
        $"{record.State.Label()}: {Name(record)}, {MoneyText.Format(record.AmountMinor, record.Currency)}";
}
