using LagoConsole.Core.Books;
using LagoConsole.Core.History;
using LagoConsole.Core.Money;
using LagoConsole.Core.Notifications;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using Quartz;
using Xunit;

namespace LagoConsole.Tests.Notifications;

public sealed class CauseRulesTests
{
    private static readonly DateTimeOffset _noon = new(2026, 8, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid _id = new("11111111-1111-1111-1111-111111111111");
    private static readonly CauseFacts _none = new([], [], [], [], [], [], [], 0);

    [Fact]
    public void Nothing_wrong_is_no_cause() =>
        Assert.Empty(CauseRules.Of(_none with { Jobs = [Job(ReportUsageJob.Key, RunResult.Succeeded), Job(ClosedKey, null)] }, _noon));

    [Fact]
    public void An_integration_that_lost_its_verification_says_what_Lago_said()
    {
        Cause cause = Only(_none with { Integrations = [new UnverifiedIntegration(_id, "Acme Lago", "Lago refused the key. Polling rests.")] });

        Assert.Equal(CauseKinds.IntegrationUnverified, cause.Kind);
        Assert.Equal("Acme Lago lost its verification. Lago refused the key. Polling rests.", cause.Text);
        Assert.Equal("/integrations", cause.Link);
    }

    [Fact]
    public void A_failed_run_is_a_cause_by_its_job_however_often_it_fails()
    {
        Cause cause = Only(_none with { Jobs = [Job(ReportUsageJob.Key, RunResult.Failed)] });

        Assert.Equal(CauseKinds.RunFailed, cause.Kind);
        Assert.Equal($"run:{ReportUsageJob.Key.Group}/{ReportUsageJob.Key.Name}", cause.Key);
    }

    [Fact]
    public void A_poll_that_fails_because_its_key_is_refused_is_told_once()
    {
        Cause cause = Only(_none with
        {
            Integrations = [new UnverifiedIntegration(_id, "Acme Lago", null)],
            Jobs = [Job(PollUsageJob.KeyOf(_id), RunResult.Failed)],
        });

        Assert.Equal(CauseKinds.IntegrationUnverified, cause.Kind);
    }

    [Fact]
    public void Books_that_do_not_balance_are_told_and_not_the_run_that_found_it()
    {
        Cause cause = Only(_none with { BooksFailures = 2, Jobs = [Job(MaintenanceJob.Key, RunResult.Failed)] });

        Assert.Equal(CauseKinds.BooksNotBalanced, cause.Kind);
        Assert.Contains("2 failures", cause.Text, StringComparison.Ordinal);
        Assert.Equal(CauseKinds.RunFailed, Only(_none with { Jobs = [Job(MaintenanceJob.Key, RunResult.Failed)] }).Kind);
    }

    [Fact]
    public void Refused_records_say_how_much_money_stands_still_until_when_and_what_to_do()
    {
        Cause cause = Only(_none with
        {
            Records = [new RecordsNeedingPerson(UsageRecordState.Blocked, _id, "Vendor Platform", Marketplace.Aws, "InvalidDimension", 3, [new CurrencyAmount("USD", 1234.5m)], _noon.AddHours(2))],
        });

        Assert.Equal(CauseKinds.RecordRefused, cause.Kind);
        Assert.Contains("3 records of Vendor Platform worth 12.345 USD", cause.Text, StringComparison.Ordinal);
        Assert.Contains("(InvalidDimension)", cause.Text, StringComparison.Ordinal);
        Assert.Contains("2026-08-20 14:00 UTC", cause.Text, StringComparison.Ordinal);
        Assert.Contains("press Send again", cause.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_is_at_risk_when_half_of_the_time_for_it_is_gone()
    {
        OpenRecord record = Record(createdAt: _noon.AddHours(-3), deadline: _noon.AddHours(3));

        Assert.True(CauseRules.IsAtRisk(record, _noon));
        Assert.False(CauseRules.IsAtRisk(record, _noon.AddTicks(-1)));
    }

    [Fact]
    public void Records_at_risk_of_one_product_are_one_cause_with_the_first_deadline()
    {
        Cause cause = Only(_none with
        {
            OpenRecords =
            [
                Record(_noon.AddHours(-4), _noon.AddHours(2)), // 100 × 2.5 minor units
                Record(_noon.AddHours(-5), _noon.AddHours(1)),
                Record(_noon, _noon.AddHours(6)), // just made
            ],
        });

        Assert.Equal(CauseKinds.MoneyAtRisk, cause.Kind);
        Assert.Contains("2 records of Vendor Platform worth 5.00 USD", cause.Text, StringComparison.Ordinal);
        Assert.Contains("2026-08-20 13:00 UTC", cause.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Waiting_money_is_at_risk_three_days_before_its_deadline_and_not_after_it()
    {
        Cause cause = Only(_none with
        {
            Waiting =
            [
                new WaitingWithDeadline(_id, "Acme", "USD", 150m, _noon.AddDays(3)),
                new WaitingWithDeadline(_id, "Acme", "USD", 50m, _noon.AddDays(1)),
                new WaitingWithDeadline(Guid.Empty, "Later", "USD", 1m, _noon.AddDays(3).AddTicks(1)),
                new WaitingWithDeadline(Guid.Empty, "Past", "USD", 1m, _noon),
            ],
        });

        Assert.StartsWith("2.00 USD of Acme wait and can be billed until 2026-08-21 12:00 UTC only", cause.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_held_jump_is_a_cause_of_its_key()
    {
        Cause cause = Only(_none with { Jumps = [new HeldJump(_id, "Acme", "api_calls", "USD", 987_600)] });

        Assert.Equal(CauseKinds.JumpHeld, cause.Kind);
        Assert.Contains("api_calls of Acme", cause.Text, StringComparison.Ordinal);
        Assert.Contains("9,876.00 USD is held", cause.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_is_told_from_thirty_days_on_and_again_as_its_end_comes_nearer()
    {
        DateTimeOffset end = _noon.AddDays(30);
        CauseFacts facts = _none with { Secrets = [new ExpiringSecret(_id, "AWS seller", end)] };

        Assert.Empty(CauseRules.Of(facts, _noon.AddTicks(-1)));
        Cause soon = Assert.Single(CauseRules.Of(facts, _noon));
        Cause urgent = Assert.Single(CauseRules.Of(facts, end.AddDays(-7)));
        Cause expired = Assert.Single(CauseRules.Of(facts, end));
        Assert.Equal(soon.Key, expired.Key);
        Assert.True(soon.Grade < urgent.Grade && urgent.Grade < expired.Grade);
    }

    private static JobKey ClosedKey => new("close", "system");

    private static Cause Only(CauseFacts facts) => Assert.Single(CauseRules.Of(facts, _noon));

    private static OpenRecord Record(DateTimeOffset createdAt, DateTimeOffset deadline) =>
        new(_id, "Vendor Platform", Marketplace.Aws, "USD", 100, 2.5m, createdAt, deadline);

    private static JobStatus Job(JobKey key, RunResult? last) =>
        new(key, "Report usage", "", null, null, null, IsRunning: false, _noon, last, ConsecutiveFailures: last == RunResult.Failed ? 4 : 0);
}
