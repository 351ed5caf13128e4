using System.Globalization;
using LagoConsole.Core.Accounts;
using LagoConsole.Core.Books;
using LagoConsole.Core.History;
using LagoConsole.Core.Money;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;

namespace LagoConsole.Core.Notifications;

/// <summary>Which causes there are now. Pure.</summary>
public static class CauseRules
{
    /// <summary>Waiting money is told of when its deadline is this near: most of what waits has none, or a far one.</summary>
    public static readonly TimeSpan WaitingHorizon = TimeSpan.FromDays(3);

    /// <summary>All causes. What is only the effect of another cause is left out: one cause, one message.</summary>
    public static IReadOnlyList<Cause> Of(CauseFacts facts, DateTimeOffset now) =>
    [
        .. facts.Integrations.Select(OfIntegration),
        .. facts.Jobs.Where(job => job.LastResult == RunResult.Failed && !IsEffect(job, facts)).Select(OfRun),
        .. facts.Records.Select(OfRecords),
        .. facts.OpenRecords.Where(record => IsAtRisk(record, now)).GroupBy(record => record.ProductId).Select(OfOpenRecords),
        .. facts.Waiting.Where(waiting => waiting.Deadline > now && waiting.Deadline - now <= WaitingHorizon).GroupBy(waiting => waiting.BuyerId).Select(OfWaiting),
        .. facts.Jumps.Select(OfJump),
        .. facts.Secrets.Select(secret => OfSecret(secret, now)).OfType<Cause>(),
        .. facts.BooksFailures == 0 ? (IReadOnlyList<Cause>)[] : [OfBooks(facts.BooksFailures)],
    ];

    /// <summary>Half of the time in which the marketplace takes it is gone: by then it has usually been taken long ago.</summary>
    public static bool IsAtRisk(OpenRecord record, DateTimeOffset now) => now - record.CreatedAt >= (record.Deadline - record.CreatedAt) / 2;

    /// <summary>The check of the books fails because they do not balance, a poll because Lago refuses the key: the cause itself is told.</summary>
    private static bool IsEffect(JobStatus job, CauseFacts facts) =>
        (job.Job.Equals(MaintenanceJob.Key) && facts.BooksFailures > 0)
        || job.Job.Equals(NotifyJob.Key) // the delivery log tells
        || facts.Integrations.Any(integration => job.Job.Equals(PollUsageJob.KeyOf(integration.Id)));

    private static Cause OfIntegration(UnverifiedIntegration integration) => new(
        $"integration:{integration.Id}", CauseKinds.IntegrationUnverified,
        $"{integration.Name} lost its verification. {integration.Detail ?? "Nothing is polled; nothing already counted is lost. Mend the key with Edit, then press VERIFY."}",
        "/integrations");

    private static Cause OfRun(JobStatus job) => new(
        $"run:{job.Job.Group}/{job.Job.Name}", CauseKinds.RunFailed,
        $"The last run of {job.Title} failed. What it could not do is done by the next run that succeeds; nothing counted is lost, but a marketplace's deadline does not wait. "
        + "Look at the run on the page Jobs.",
        "/jobs");

    private static Cause OfRecords(RecordsNeedingPerson records)
    {
        RecordExplanation explanation = UsageRecordStateText.Explain(records.State, records.Marketplace, assumed: false, decided: false, providerRecordId: null, error: null);
        string code = records.ErrorCode is null ? "" : $" ({records.ErrorCode})";
        string until = records.State == UsageRecordState.Blocked ? $" They can be sent until {Time(records.Deadline)}, the first of them." : "";
        return new Cause(
            $"record:{records.State}:{records.ProductId}:{records.ErrorCode}", CauseKinds.RecordRefused,
            $"{Count(records.Count, "record")} of {records.ProductName} worth {Sums(records.Sums)} {(records.Count == 1 ? "does" : "do")} not go on at {records.Marketplace.Label()}{code}. "
            + $"{explanation.What}{until} {explanation.Todo}",
            "/records");
    }

    private static Cause OfOpenRecords(IGrouping<Guid, OpenRecord> records)
    {
        OpenRecord first = records.MinBy(record => record.Deadline)!;
        return new Cause(
            $"risk:records:{records.Key}", CauseKinds.MoneyAtRisk,
            $"{Count(records.Count(), "record")} of {first.ProductName} worth {Sums(Added(records.Select(record => (record.Currency, record.AmountMinor))))} "
            + $"{(records.Count() == 1 ? "has" : "have")} not reached {first.Marketplace.Label()}, and half of the time for it is gone. It takes the first of them until {Time(first.Deadline)}; "
            + "after that nobody bills it without a person. Look at what the attempts say on the page Records.",
            "/records");
    }

    private static Cause OfWaiting(IGrouping<Guid, WaitingWithDeadline> waiting)
    {
        WaitingWithDeadline first = waiting.MinBy(line => line.Deadline)!;
        return new Cause(
            $"risk:waiting:{waiting.Key}", CauseKinds.MoneyAtRisk,
            $"{Sums(Added(waiting.Select(line => (line.Currency, line.Minor))))} of {first.BuyerName} wait and can be billed until {Time(first.Deadline)} only, the first of it. "
            + "After that the purchase takes nothing more. Resolve the reason on the page Waiting.",
            "/waiting");
    }

    private static Cause OfJump(HeldJump jump) => new(
        $"jump:{jump.MarkId}", CauseKinds.JumpHeld,
        $"{jump.MetricCode} of {jump.BuyerName} grew far above what it usually shows: {MoneyText.Format(jump.HeldMinor, jump.Currency)} is held and not billed. "
        + "An administrator decides on the page Waiting up to which total it is billed; if the usage is corrected in Lago, the held amount follows.",
        "/waiting");

    /// <summary>A secret that is replaced by one with another end is another cause.</summary>
    private static Cause? OfSecret(ExpiringSecret secret, DateTimeOffset now) => SecretExpiry.Sentence(secret.AccountName, secret.ExpiresAt, now) is { } sentence
        ? new Cause(
            string.Create(CultureInfo.InvariantCulture, $"secret:{secret.AccountId}:{secret.ExpiresAt.UtcTicks}"), CauseKinds.SecretExpiring, sentence, "/settings",
            (int)SecretExpiry.Of(secret.ExpiresAt, now))
        : null;

    private static Cause OfBooks(int failures) => new(
        "books", CauseKinds.BooksNotBalanced,
        $"The last check of the books found {Count(failures, "failure")}. The check changed nothing, and money goes on being reported. Look at the page Books before anything else is decided.",
        "/books");

    private static IReadOnlyList<CurrencyAmount> Added(IEnumerable<(string Currency, decimal Minor)> amounts) =>
        [.. amounts.GroupBy(amount => amount.Currency, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => new CurrencyAmount(group.Key, group.Sum(amount => amount.Minor)))];

    private static string Sums(IReadOnlyList<CurrencyAmount> sums) => string.Join(" and ", sums.Select(sum => MoneyText.Format(sum.Minor, sum.Currency)));

    private static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
