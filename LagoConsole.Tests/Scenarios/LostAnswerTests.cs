using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Tests.Support;
using Xunit;

namespace LagoConsole.Tests.Scenarios;

/// <summary>What a network does to records: nothing is billed twice, and nothing is lost without a word.</summary>
public sealed class LostAnswerTests
{
    [Theory]
    [InlineData(FaultKind.LostRequest)]
    [InlineData(FaultKind.ErrorBefore)]
    [InlineData(FaultKind.Outage)]
    [InlineData(FaultKind.Throttle)]
    [InlineData(FaultKind.Unprocessed)]
    [InlineData(FaultKind.Unauthorized)]
    public async Task R13_A_record_that_did_not_arrive_is_sent_again_and_billed_once(FaultKind fault)
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync();
        world.Use(100);
        world.Sandbox.Faults.Next(SandboxService.Aws, fault);
        await world.NextHourAsync(integration);
        Assert.Equal(0, world.Billed);

        await SendAgainAsync(world);

        UsageRecord record = Assert.Single(await world.RecordsAsync());
        Assert.Equal(UsageRecordState.Accepted, record.State);
        Assert.Equal(2, record.AttemptCount);
        Assert.Equal(200, world.Billed);
        await world.AssertBalancedAsync();
    }

    [Theory]
    [InlineData(FaultKind.LostAnswer)]
    [InlineData(FaultKind.ErrorAfter)]
    public async Task R13_A_record_whose_answer_was_lost_is_resent_byte_for_byte_and_billed_once(FaultKind fault)
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync();
        world.Use(100);
        world.Sandbox.Faults.Next(SandboxService.Aws, fault);
        await world.NextHourAsync(integration);
        UsageRecord unknown = Assert.Single(await world.RecordsAsync());
        Assert.Equal(UsageRecordState.Unknown, unknown.State);
        Assert.Equal(200, world.Billed);

        await SendAgainAsync(world);

        UsageRecord record = Assert.Single(await world.RecordsAsync());
        Assert.Equal(unknown.Payload, record.Payload);
        Assert.Contains(record.State, (UsageRecordState[])[UsageRecordState.Accepted, UsageRecordState.Unresolved]);
        Assert.Equal(200, world.Billed);
        await world.AssertBalancedAsync();
    }

    [Theory]
    [InlineData(false, UsageRecordState.Unresolved)]
    [InlineData(true, UsageRecordState.Accepted)]
    public async Task R13_A_duplicate_after_a_lost_answer_counts_only_where_nobody_else_writes(bool confirmed, UsageRecordState state)
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, Guid product) = await world.SetUpAsync();
        world.IdenticalIsDuplicate();
        if (confirmed)
        {
            Assert.IsType<ProductOutcome.Saved>(await world.Get<ProductService>().ConfirmSoleWriterAsync(
                ConsoleWorld.Admin, product, confirmed: true, TestContext.Current.CancellationToken));
        }

        world.Use(100);
        world.Sandbox.Faults.Next(SandboxService.Aws, FaultKind.LostAnswer);
        await world.NextHourAsync(integration);
        await SendAgainAsync(world);

        UsageRecord record = Assert.Single(await world.RecordsAsync());
        Assert.Equal(state, record.State);
        Assert.Equal(confirmed, record.OutcomeAssumed);
        Assert.Equal(200, world.Billed);
    }

    [Fact]
    public async Task R12_While_an_outcome_is_unknown_no_second_record_is_made()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync();
        world.Use(100);
        world.Sandbox.Faults.Always(SandboxService.Aws, FaultKind.LostRequest);
        await world.NextHourAsync(integration);
        world.Use(50);
        await world.NextHourAsync(integration);

        Assert.Single(await world.RecordsAsync());

        world.Sandbox.Faults.Clear();
        await SendAgainAsync(world);
        await world.NextHourAsync(integration);

        Assert.Equal(300, world.Billed);
        Assert.Equal(2, (await world.RecordsAsync()).Count);
        await world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R13_A_record_that_was_never_answered_is_unresolved_after_a_day_and_never_billed_again_by_itself()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync();
        world.Use(100);
        world.Sandbox.Faults.Always(SandboxService.Aws, FaultKind.LostRequest);
        await world.NextHourAsync(integration);
        world.Sandbox.Faults.Clear();

        world.MoveTo(new DateTimeOffset(2026, 8, 21, 14, 5, 0, TimeSpan.Zero)); // the slot of 13:00 is a day old
        world.Use(10);
        await world.PollAsync(integration);
        await world.ReportAsync();

        IReadOnlyList<UsageRecord> records = await world.RecordsAsync();
        Assert.Equal([UsageRecordState.Unresolved, UsageRecordState.Accepted], records.Select(record => record.State));
        Assert.Equal(20, world.Billed);
        await world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R10_A_record_that_was_certainly_not_billed_in_time_gives_its_money_to_a_later_hour()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync();
        world.Use(100);
        world.Sandbox.Faults.Always(SandboxService.Aws, FaultKind.Throttle);
        await world.NextHourAsync(integration);
        world.Sandbox.Faults.Clear();

        world.MoveTo(new DateTimeOffset(2026, 8, 21, 14, 5, 0, TimeSpan.Zero));
        await world.PollAsync(integration);
        await world.ReportAsync();

        IReadOnlyList<UsageRecord> records = await world.RecordsAsync();
        Assert.Equal([UsageRecordState.Void, UsageRecordState.Accepted], records.Select(record => record.State));
        Assert.Equal(200, world.Billed);
        await world.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_record_that_AWS_refuses_because_the_agreement_ended_is_blocked_with_its_reason()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync();
        world.Use(100);
        world.Sandbox.EndAwsAgreement(ConsoleWorld.Licence);
        world.MoveTo(new DateTimeOffset(2026, 8, 20, 16, 5, 0, TimeSpan.Zero));
        await world.PollAsync(integration);
        await world.ReportAsync();

        UsageRecord record = Assert.Single(await world.RecordsAsync());
        Assert.Equal(UsageRecordState.Blocked, record.State);
        Assert.Equal("CustomerNotSubscribed", record.ErrorCode);
        await world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R12_After_a_crash_while_sending_the_next_run_is_due_when_the_dead_lease_ends()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync();
        world.Use(100);
        world.MoveTo(new DateTimeOffset(2026, 8, 20, 14, 5, 0, TimeSpan.Zero));
        await world.PollAsync(integration);
        await world.MakeRecordsAsync();
        await world.Get<RecordStore>().LeaseDueAsync(25, "the killed process", TestContext.Current.CancellationToken);

        ReportOutcome recovered = await world.ReportAsync();
        UsageRecord held = Assert.Single(await world.RecordsAsync());
        Assert.Equal((UsageRecordState.Sending, held.LeaseUntil), (held.State, recovered.NextAt));

        world.MoveTo(recovered.NextAt!.Value.AddSeconds(1));
        await world.ReportAsync();
        Assert.Equal(UsageRecordState.Accepted, Assert.Single(await world.RecordsAsync()).State);
        Assert.Equal(200, world.Billed);
        await world.AssertBalancedAsync();
    }

    /// <summary>A resend waits at most ten minutes.</summary>
    private static async Task SendAgainAsync(ConsoleWorld world)
    {
        world.Sandbox.MoveForward(TimeSpan.FromMinutes(11));
        await world.ReportAsync();
    }
}
