using LagoConsole.Core.Audit;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Security;
using LagoConsole.Sandbox.Aws;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Quartz;
using Xunit;

namespace LagoConsole.Tests.Reporting;

/// <summary>
/// A person settles what the console must not settle by itself. 100 calls at two cents are 200 cents, 200 units of one cent;
/// after each decision the books balance and the sandbox's AWS has billed each cent once.
/// </summary>
public sealed class RecordDecisionsTests
{
    private static readonly Actor _operator = new("otto", Role.Operator);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R13_Settled_as_not_billed_its_money_is_billed_in_a_later_hour_exactly_once()
    {
        await using ConsoleWorld world = new();
        UsageRecord unresolved = await NeverAnsweredAsync(world);
        Assert.Equal(0, world.Billed);
        DateTimeOffset before = world.Now;

        RecordDecisionOutcome.Decided decided = Assert.IsType<RecordDecisionOutcome.Decided>(await SettleAsync(world, unresolved, billed: false));

        Assert.Contains("Its 2.00 USD are open again and go into the record of a later hour.", decided.Sentence, StringComparison.Ordinal);
        UsageRecord settled = Assert.Single(await world.RecordsAsync());
        Assert.Equal(UsageRecordState.Void, settled.State);
        Assert.Equal(("ada", UsageRecordState.Unresolved, "CloudTrail shows nothing."), (settled.DecidedBy, settled.DecidedFrom, settled.DecisionNote));
        Assert.InRange(settled.DecidedAt!.Value, before, world.Now);
        await world.AssertBalancedAsync();

        await world.ReportAsync();
        await world.ReportAsync();

        IReadOnlyList<UsageRecord> records = await world.RecordsAsync();
        Assert.Equal([UsageRecordState.Void, UsageRecordState.Accepted], records.Select(record => record.State));
        Assert.Equal([200, 200], records.Select(record => record.Quantity));
        Assert.Equal(unresolved.SlotHour.AddDays(1), records[1].SlotHour); // its own hour stays used
        Assert.Equal(200, world.Billed);
        await world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R13_Settled_as_billed_it_is_never_billed_again()
    {
        await using ConsoleWorld world = new();
        (UsageRecord unresolved, Guid integration) = await DuplicateAsync(world);
        Assert.Equal(200, world.Billed);
        DateTimeOffset before = world.Now;

        Assert.IsType<RecordDecisionOutcome.Decided>(await SettleAsync(world, unresolved, billed: true));

        UsageRecord settled = Assert.Single(await world.RecordsAsync());
        Assert.Equal((UsageRecordState.Accepted, false), (settled.State, settled.OutcomeAssumed));
        Assert.InRange(settled.SettledAt!.Value, before, world.Now);
        await world.AssertBalancedAsync();

        world.Use(50);
        await world.NextHourAsync(integration);

        Assert.Equal([200, 100], (await world.RecordsAsync()).Select(record => record.Quantity));
        Assert.Equal(300, world.Billed);
        await world.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_blocked_record_is_sent_again_unchanged_after_what_was_wrong_is_mended()
    {
        await using ConsoleWorld world = new();
        UsageRecord blocked = await BlockedAsync(world);
        Mend(world);

        Assert.IsType<RecordDecisionOutcome.Decided>(
            await world.Get<RecordDecisions>().SendAgainAsync(_operator, blocked.Id, blocked.Version, Stop));
        await world.AssertBalancedAsync();
        await world.ReportAsync();

        UsageRecord record = Assert.Single(await world.RecordsAsync());
        Assert.Equal((UsageRecordState.Accepted, 2, blocked.Payload), (record.State, record.AttemptCount, record.Payload));
        Assert.Equal(200, world.Billed);
        await world.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_blocked_record_that_is_sent_again_before_anything_was_mended_is_blocked_again()
    {
        await using ConsoleWorld world = new();
        UsageRecord blocked = await BlockedAsync(world);

        await world.Get<RecordDecisions>().SendAgainAsync(_operator, blocked.Id, blocked.Version, Stop);
        await world.ReportAsync();

        UsageRecord record = Assert.Single(await world.RecordsAsync());
        Assert.Equal((UsageRecordState.Blocked, "CustomerNotSubscribed"), (record.State, record.ErrorCode));
        Assert.Equal(0, world.Billed);
        await world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R10_A_blocked_record_that_is_sent_again_too_late_gives_its_money_to_a_later_hour_by_itself()
    {
        await using ConsoleWorld world = new();
        UsageRecord blocked = await BlockedAsync(world); // the hour of 15:00
        Mend(world);
        world.MoveTo(new DateTimeOffset(2026, 8, 21, 14, 31, 0, TimeSpan.Zero)); // half an hour before the deadline, and one minute

        RecordDecisionOutcome.Decided decided = Assert.IsType<RecordDecisionOutcome.Decided>(
            await world.Get<RecordDecisions>().SendAgainAsync(_operator, blocked.Id, blocked.Version, Stop));
        await world.ReportAsync();

        Assert.Contains("its money goes into a later hour", decided.Sentence, StringComparison.Ordinal);
        Assert.Equal([UsageRecordState.Void, UsageRecordState.Accepted], (await world.RecordsAsync()).Select(record => record.State));
        Assert.Equal(200, world.Billed);
        await world.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_blocked_record_is_known_not_billed_and_can_only_be_settled_so()
    {
        await using ConsoleWorld world = new();
        UsageRecord blocked = await BlockedAsync(world);

        RecordDecisionOutcome.NotOpen refused = Assert.IsType<RecordDecisionOutcome.NotOpen>(await SettleAsync(world, blocked, billed: true));
        Assert.Contains("known not to be billed", refused.Sentence, StringComparison.Ordinal);
        Assert.IsType<RecordDecisionOutcome.Decided>(await SettleAsync(world, blocked, billed: false));
        await world.AssertBalancedAsync();
        Mend(world);
        world.MoveTo(new DateTimeOffset(2026, 8, 20, 17, 5, 0, TimeSpan.Zero));
        await world.ReportAsync();

        Assert.Equal([UsageRecordState.Void, UsageRecordState.Accepted], (await world.RecordsAsync()).Select(record => record.State));
        Assert.Equal(200, world.Billed);
        await world.AssertBalancedAsync();
    }

    [Fact]
    public async Task Money_that_auto_report_holds_back_is_said_to_be_and_flows_when_it_is_on_again()
    {
        await using ConsoleWorld world = new();
        UsageRecord unresolved = await NeverAnsweredAsync(world);
        await SwitchAsync(world, autoReport: false);

        RecordDecisionOutcome.Decided decided = Assert.IsType<RecordDecisionOutcome.Decided>(await SettleAsync(world, unresolved, billed: false));
        Assert.Contains("once Enable Auto Report Usage is on", decided.Sentence, StringComparison.Ordinal);
        await world.ReportAsync();
        Assert.Equal(0, world.Billed);
        await SwitchAsync(world, autoReport: true);
        await world.ReportAsync();

        Assert.Equal(200, world.Billed);
        await world.AssertBalancedAsync();
    }

    [Fact]
    public async Task Money_of_a_deleted_integration_is_reported_when_its_record_turns_out_not_billed()
    {
        await using ConsoleWorld world = new();
        UsageRecord unresolved = await NeverAnsweredAsync(world);
        IntegrationDeletion deletion = world.Get<IntegrationDeletion>();
        Guid integration;
        await using (LagoConsoleDbContext db = world.Database.CreateDbContext())
        {
            integration = await db.Integrations.Select(row => row.Id).SingleAsync(Stop);
        }

        DeletePreview preview = (await deletion.PreviewAsync(ConsoleWorld.Admin, integration, Stop))!;
        Assert.IsType<DeleteOutcome.Deleted>(await deletion.DeleteAsync(
            ConsoleWorld.Admin, new DeleteIntegration(preview.Id, preview.Stamp, Choice: null, preview.Name), Stop));

        await SettleAsync(world, unresolved, billed: false);
        await world.ReportAsync();

        Assert.Equal(200, world.Billed);
        await world.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_decision_starts_reporting_at_once()
    {
        await using ConsoleWorld world = new();
        ReportBooks.Write(world.Database, (books, _) => books.Record(7, 2, 0, 200, 0, UsageRecordState.Conflict, (books.First, 200)));
        IScheduler scheduler = await world.Get<ISchedulerFactory>().GetScheduler(Stop);

        await SettleAsync(world, (await world.RecordsAsync())[0], billed: false);

        // The one by the clock, and one for now: what was given back is due, though no record is.
        Assert.Equal(2, (await scheduler.QueryTriggers(new TriggerQuery { Job = ReportUsageJob.Key }, Stop)).Items.Count);
    }

    [Theory]
    [InlineData(true, "Settle as billed", "ACCEPTED")]
    [InlineData(false, "Settle as not billed", "VOID")]
    public async Task A_decision_is_in_the_audit_log_with_before_after_and_note(bool billed, string action, string after)
    {
        await using ConsoleWorld world = new();
        UsageRecord unresolved = await NeverAnsweredAsync(world);

        await SettleAsync(world, unresolved, billed);

        await using LagoConsoleDbContext db = world.Database.CreateDbContext();
        AuditEntry entry = await db.AuditEntries.SingleAsync(row => row.Action == action, Stop);
        Assert.Equal(("ada", "UsageRecord", unresolved.Id.ToString(), "CloudTrail shows nothing."), (entry.Actor, entry.SubjectType, entry.SubjectId, entry.Note));
        Assert.Equal("UNRESOLVED: The record of 200 × usage_fee for 2026-08-20 13:00 UTC, 2.00 USD", entry.Before);
        Assert.StartsWith(after, entry.After, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Roles_are_refused_by_the_service_and_change_nothing()
    {
        await using ConsoleWorld world = new();
        UsageRecord blocked = await BlockedAsync(world);
        RecordDecisions decisions = world.Get<RecordDecisions>();

        await Assert.ThrowsAsync<ForbiddenException>(() => decisions.SendAgainAsync(new Actor("vera", Role.Viewer), blocked.Id, blocked.Version, Stop));
        await Assert.ThrowsAsync<ForbiddenException>(() => decisions.SettleAsync(
            _operator, new SettleRecord(blocked.Id, blocked.Version, Billed: false, "I think so."), Stop));

        await AssertUntouchedAsync(world, blocked);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public async Task Without_a_note_nothing_is_settled(string? note)
    {
        await using ConsoleWorld world = new();
        UsageRecord blocked = await BlockedAsync(world);

        RecordDecisionOutcome outcome = await world.Get<RecordDecisions>().SettleAsync(
            ConsoleWorld.Admin, new SettleRecord(blocked.Id, blocked.Version, Billed: false, note), Stop);

        Assert.IsType<RecordDecisionOutcome.NoteInvalid>(outcome);
        await AssertUntouchedAsync(world, blocked);
    }

    [Fact]
    public async Task A_note_may_have_2000_characters_and_no_more()
    {
        await using ConsoleWorld world = new();
        UsageRecord blocked = await BlockedAsync(world);

        Assert.IsType<RecordDecisionOutcome.NoteInvalid>(await SettleAsync(world, blocked, billed: false, new string('x', 2001)));
        await AssertUntouchedAsync(world, blocked);
        Assert.IsType<RecordDecisionOutcome.Decided>(await SettleAsync(world, blocked, billed: false, new string('x', 2000)));
    }

    [Fact]
    public async Task Who_decides_on_a_record_that_changed_meanwhile_changes_nothing()
    {
        await using ConsoleWorld world = new();
        UsageRecord seen = await BlockedAsync(world);
        await world.Get<RecordDecisions>().SendAgainAsync(_operator, seen.Id, seen.Version, Stop);
        await world.ReportAsync(); // refused again: the same state, but another refusal than the one that was seen
        UsageRecord now = Assert.Single(await world.RecordsAsync());
        Assert.Equal(UsageRecordState.Blocked, now.State);

        Assert.IsType<RecordDecisionOutcome.ChangedMeanwhile>(await SettleAsync(world, seen, billed: false));
        Assert.IsType<RecordDecisionOutcome.ChangedMeanwhile>(
            await world.Get<RecordDecisions>().SendAgainAsync(_operator, seen.Id, seen.Version, Stop));

        await AssertUntouchedAsync(world, now);
    }

    [Fact]
    public async Task Of_two_people_who_decide_at_once_only_one_does()
    {
        await using ConsoleWorld world = new();
        UsageRecord unresolved = await NeverAnsweredAsync(world);

        RecordDecisionOutcome[] outcomes = await Task.WhenAll(
            Task.Run(() => SettleAsync(world, unresolved, billed: true), Stop),
            Task.Run(() => SettleAsync(world, unresolved, billed: false), Stop));

        Assert.Single(outcomes.OfType<RecordDecisionOutcome.Decided>());
        Assert.Single(outcomes.OfType<RecordDecisionOutcome.ChangedMeanwhile>());
        await world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R13_A_record_with_an_attempt_in_flight_is_decided_by_nobody_and_a_late_receipt_counts_as_billed()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync();
        RecordStore store = world.Get<RecordStore>();
        world.Use(100);
        world.MoveTo(new DateTimeOffset(2026, 8, 20, 14, 5, 0, TimeSpan.Zero));
        await world.PollAsync(integration);
        await world.MakeRecordsAsync();
        UsageRecord made = Assert.Single(await world.RecordsAsync());
        world.MoveTo(made.Deadline.AddMinutes(-1));
        LeasedBatch batch = (await store.LeaseDueAsync(25, "node-1", Stop))!;

        UsageRecord sending = Assert.Single(await world.RecordsAsync());
        Assert.Equal(UsageRecordState.Sending, sending.State);
        Assert.IsType<RecordDecisionOutcome.NotOpen>(await SettleAsync(world, sending, billed: false));
        Assert.IsType<RecordDecisionOutcome.NotOpen>(await SettleAsync(world, sending, billed: true));
        Assert.IsType<RecordDecisionOutcome.NotOpen>(await world.Get<RecordDecisions>().SendAgainAsync(_operator, sending.Id, sending.Version, Stop));
        await AssertUntouchedAsync(world, sending);

        world.MoveTo(made.Deadline.AddMinutes(5)); // the lease has run out, and the day is over
        await store.PassTimeAsync(abandonedOwner: null, Stop);
        await store.PassTimeAsync(abandonedOwner: null, Stop);
        UsageRecord unresolved = Assert.Single(await world.RecordsAsync());
        Assert.IsType<RecordDecisionOutcome.Decided>(await SettleAsync(world, unresolved, billed: false));

        await store.SettleAsync(
            batch,
            new MeteringAnswer([new MeteringAnswerItem(made.Id, new MeteringReceipt.Accepted("late"), "asked", "answered")], RefusedWhole: false, 200, "request-1"),
            Stop);

        UsageRecord proven = Assert.Single(await world.RecordsAsync());
        Assert.Equal((UsageRecordState.Accepted, "late", UsageRecordState.Unresolved), (proven.State, proven.ProviderRecordId, proven.DecidedFrom));
        RecordDetail detail = (await world.Get<RecordQueries>().FindAsync(made.Id, Stop))!;
        Assert.Equal("Accepted", Assert.Single(detail.Attempts).Verdict); // the proof is kept
        await world.AssertBalancedAsync();
    }

    [Theory]
    [InlineData(UsageRecordState.Pending)]
    [InlineData(UsageRecordState.Sending)]
    [InlineData(UsageRecordState.Retry)]
    [InlineData(UsageRecordState.Unknown)]
    [InlineData(UsageRecordState.Accepted)]
    [InlineData(UsageRecordState.Void)]
    public async Task What_is_on_its_way_or_settled_is_not_open_to_decisions(UsageRecordState state)
    {
        await using ConsoleWorld world = new();
        ReportBooks.Write(world.Database, (books, _) => books.Record(7, 4, 0, 400, 0, state));
        UsageRecord record = (await world.RecordsAsync())[0];

        Assert.IsType<RecordDecisionOutcome.NotOpen>(await SettleAsync(world, record, billed: true));
        Assert.IsType<RecordDecisionOutcome.NotOpen>(await SettleAsync(world, record, billed: false));
        Assert.IsType<RecordDecisionOutcome.NotOpen>(await world.Get<RecordDecisions>().SendAgainAsync(_operator, record.Id, record.Version, Stop));

        Assert.Equal((state, record.Version), ((await world.RecordsAsync())[0].State, (await world.RecordsAsync())[0].Version));
    }

    [Theory]
    [InlineData(UsageRecordState.Conflict)]
    [InlineData(UsageRecordState.Unresolved)]
    public async Task What_may_have_been_billed_is_not_sent_again(UsageRecordState state)
    {
        await using ConsoleWorld world = new();
        ReportBooks.Write(world.Database, (books, _) => books.Record(7, 4, 0, 400, 0, state));
        UsageRecord record = (await world.RecordsAsync())[0];

        Assert.IsType<RecordDecisionOutcome.NotOpen>(await world.Get<RecordDecisions>().SendAgainAsync(_operator, record.Id, record.Version, Stop));

        Assert.Equal(state, (await world.RecordsAsync())[0].State);
    }

    [Fact]
    public async Task R13_A_conflict_that_was_settled_still_shows_that_somebody_else_writes()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, Guid product) = await world.SetUpAsync();
        await world.Get<Core.Products.ProductService>().ConfirmSoleWriterAsync(ConsoleWorld.Admin, product, confirmed: true, Stop);
        world.Use(100);
        await world.NextHourAsync(integration);
        await using (LagoConsoleDbContext db = world.Database.CreateDbContext())
        {
            await db.UsageRecords.ExecuteUpdateAsync(set => set.SetProperty(record => record.State, UsageRecordState.Conflict), Stop);
        }

        Assert.IsType<RecordDecisionOutcome.Decided>(await SettleAsync(world, Assert.Single(await world.RecordsAsync()), billed: true));
        await world.AssertBalancedAsync();
        await LoseAnswerAsync(world, integration);

        Assert.Equal([UsageRecordState.Accepted, UsageRecordState.Unresolved], (await world.RecordsAsync()).Select(record => record.State));
    }

    [Fact]
    public async Task A_record_that_does_not_exist_is_said_not_to()
    {
        await using ConsoleWorld world = new();

        Assert.IsType<RecordDecisionOutcome.NotFound>(await world.Get<RecordDecisions>().SendAgainAsync(_operator, Guid.NewGuid(), 0, Stop));
    }

    private static Task<RecordDecisionOutcome> SettleAsync(ConsoleWorld world, UsageRecord seen, bool billed, string note = "CloudTrail shows nothing.") =>
        world.Get<RecordDecisions>().SettleAsync(ConsoleWorld.Admin, new SettleRecord(seen.Id, seen.Version, billed, note), Stop);

    /// <summary>Lost on its way to AWS for a day: unresolved, and in truth not billed.</summary>
    private static async Task<UsageRecord> NeverAnsweredAsync(ConsoleWorld world)
    {
        (Guid integration, _, _) = await world.SetUpAsync();
        world.Use(100);
        world.Sandbox.Faults.Always(SandboxService.Aws, FaultKind.LostRequest);
        await world.NextHourAsync(integration);
        world.Sandbox.Faults.Clear();
        world.MoveTo(new DateTimeOffset(2026, 8, 21, 14, 5, 0, TimeSpan.Zero));
        await world.ReportAsync();
        UsageRecord record = Assert.Single(await world.RecordsAsync());
        Assert.Equal(UsageRecordState.Unresolved, record.State);
        return record;
    }

    /// <summary>Its answer was lost, and AWS then calls the resend a duplicate: unresolved, and in truth billed.</summary>
    private static async Task<(UsageRecord Record, Guid Integration)> DuplicateAsync(ConsoleWorld world)
    {
        (Guid integration, _, _) = await world.SetUpAsync();
        await LoseAnswerAsync(world, integration);
        UsageRecord record = Assert.Single(await world.RecordsAsync());
        Assert.Equal((UsageRecordState.Unresolved, MeterLedger.DuplicateRecord), (record.State, record.ErrorCode));
        return (record, integration);
    }

    private static async Task LoseAnswerAsync(ConsoleWorld world, Guid integration)
    {
        world.IdenticalIsDuplicate();
        world.Use(100);
        world.Sandbox.Faults.Next(SandboxService.Aws, FaultKind.LostAnswer);
        await world.NextHourAsync(integration);
        world.Sandbox.MoveForward(TimeSpan.FromMinutes(11));
        await world.ReportAsync();
    }

    /// <summary>Refused, because the agreement has ended at AWS: the hour of 15:00.</summary>
    private static async Task<UsageRecord> BlockedAsync(ConsoleWorld world)
    {
        (Guid integration, _, _) = await world.SetUpAsync();
        world.Use(100);
        world.Sandbox.EndAwsAgreement(ConsoleWorld.Licence);
        world.MoveTo(new DateTimeOffset(2026, 8, 20, 16, 5, 0, TimeSpan.Zero));
        await world.PollAsync(integration);
        await world.ReportAsync();
        UsageRecord record = Assert.Single(await world.RecordsAsync());
        Assert.Equal(UsageRecordState.Blocked, record.State);
        return record;
    }

    private static void Mend(ConsoleWorld world) => world.Sandbox.Save(new AwsAgreement(
        ConsoleWorld.Licence, ConsoleWorld.ProductCode, ConsoleWorld.Account, CustomerIdentifier: null, new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero)));

    private static async Task SwitchAsync(ConsoleWorld world, bool autoReport)
    {
        await using LagoConsoleDbContext db = world.Database.CreateDbContext();
        Integration integration = await db.Integrations.SingleAsync(Stop);
        integration.AutoReport = autoReport;
        await db.SaveChangesAsync(Stop);
    }

    private static async Task AssertUntouchedAsync(ConsoleWorld world, UsageRecord before)
    {
        UsageRecord after = Assert.Single(await world.RecordsAsync());
        Assert.Equal((before.State, before.Version, before.DecidedBy), (after.State, after.Version, after.DecidedBy));
        await world.AssertBalancedAsync();
    }
}
