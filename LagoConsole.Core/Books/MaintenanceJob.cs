using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Quartz;

namespace LagoConsole.Core.Books;

/// <summary>Daily, whole system: corrects what is only stored for searching, checks the books and keeps what that came to. Fails when they do not balance: what failed looks failed.</summary>
[DisallowConcurrentExecution]
public sealed class MaintenanceJob(BooksChecks checks, IDbContextFactory<LagoConsoleDbContext> contexts) : IJob
{
    public static readonly JobKey Key = new("maintenance", "system");

    /// <summary>Failures named in the history; the page Books has more of them.</summary>
    private const int Named = 5;

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        await using (LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            await db.HighWaterMarks.MendBelowMarkAsync(cancellationToken); // lists and sums above Lago's finals rely on it (R19)
        }

        BooksReport report = await checks.CheckAsync(new ToQuartz(context), cancellationToken);
        context.Result = JobRunReport.Succeeded(
                $"{(report.Balanced ? "The books balance" : "The books do not balance")}: {BooksText.Checked(report.Keys, report.Increments, report.Meters, report.Records)} checked")
            .With("keys", report.Keys).With("increments", report.Increments).With("meters", report.Meters).With("records", report.Records)
            .With("failures", report.FailureCount);
        if (!report.Balanced)
        {
            // Without names: this history outlives whom it would name.
            throw new JobExecutionException(
                $"The books do not balance: {BooksText.Count(report.FailureCount, "failure")}. Nothing was changed; look at the page Books before anything else is decided. "
                + string.Join(' ', report.Failures.Take(Named).Select(failure => failure.SentenceWithoutName)));
        }
    }

    private sealed class ToQuartz(IJobExecutionContext context) : IProgress<BooksProgress>
    {
        public void Report(BooksProgress value) => context.ReportProgress(value.Percent, value.Message);
    }
}
