using LagoConsole.Core.Persistence;
using LagoConsole.Core.Security;
using LagoConsole.Core.Time;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Books;

/// <summary>Checks the books and keeps what that came to.</summary>
public sealed class BooksChecks(IDbContextFactory<LagoConsoleDbContext> contexts, BooksAuditor auditor, TimeProvider clock)
{
    /// <summary>Checks kept: more than a year of daily ones.</summary>
    public const int Kept = 400;

    /// <summary><i>Check now</i>.</summary>
    /// <exception cref="ForbiddenException">Needs <see cref="Role.Operator"/>: it reads the whole database.</exception>
    public Task<BooksReport> CheckNowAsync(Actor actor, IProgress<BooksProgress>? progress, CancellationToken cancellationToken)
    {
        actor.Require(Role.Operator);
        return CheckAsync(progress, cancellationToken);
    }

    internal async Task<BooksReport> CheckAsync(IProgress<BooksProgress>? progress, CancellationToken cancellationToken)
    {
        BooksReport report = await auditor.CheckAsync(progress, cancellationToken);
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        db.BooksChecks.Add(new BooksCheck
        {
            Id = NewId.At(clock.GetUtcNow()),
            StartedAt = report.StartedAt,
            FinishedAt = report.FinishedAt,
            Keys = report.Keys,
            Increments = report.Increments,
            Meters = report.Meters,
            Records = report.Records,
            FailureCount = report.FailureCount,
            Failures = FirstOf(report.Failures),
        });
        await db.SaveChangesAsync(cancellationToken);
        DateTimeOffset? oldestKept = await db.BooksChecks.OrderByDescending(check => check.StartedAt).Skip(Kept - 1)
            .Select(check => (DateTimeOffset?)check.StartedAt).FirstOrDefaultAsync(cancellationToken);
        await db.BooksChecks.Where(check => check.StartedAt < oldestKept).ExecuteDeleteAsync(cancellationToken);
        return report;
    }

    /// <summary>As many sentences as the row holds, each whole; <see cref="BooksCheck.FailureCount"/> tells how many there are.</summary>
    private static string FirstOf(IReadOnlyList<BooksFailure> failures)
    {
        List<string> lines = [];
        int length = 0;
        foreach (string sentence in failures.Select(failure => failure.Sentence))
        {
            length += sentence.Length + 1;
            if (length > BooksCheck.MaxFailuresLength)
            {
                break;
            }

            lines.Add(sentence);
        }

        return string.Join('\n', lines);
    }
}
