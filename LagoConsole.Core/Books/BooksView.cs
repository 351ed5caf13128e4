using LagoConsole.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Books;

/// <summary>One check under way: the view it reads, what it has counted, and what it has found.</summary>
internal sealed class BooksView(LagoConsoleDbContext db, DateTimeOffset now, IProgress<BooksProgress>? progress)
{
    private readonly List<BooksFailure> _failures = [];
    private int _rows;
    private int _percent = -1;

    /// <summary>As it was at one instant.</summary>
    public LagoConsoleDbContext Db => db;

    public DateTimeOffset Now => now;

    public int Keys { get; set; }

    public int Increments { get; set; }

    public int Meters { get; set; }

    public int Records { get; set; }

    public Dictionary<string, DueMoney> Due { get; } = new(StringComparer.Ordinal);

    public int FailureCount { get; private set; }

    public IReadOnlyList<BooksFailure> Failures => _failures;

    public void Report(IEnumerable<BooksFailure> failures)
    {
        foreach (BooksFailure failure in failures)
        {
            FailureCount++;
            if (_failures.Count < BooksAuditor.MostFailures)
            {
                _failures.Add(failure);
            }
        }
    }

    /// <summary>How many rows there are to go through, so that progress can be told.</summary>
    public async Task CountAsync(CancellationToken cancellationToken) => _rows =
        await db.HighWaterMarks.CountAsync(cancellationToken) + await db.UsageIncrements.CountAsync(cancellationToken)
        + await db.Meters.CountAsync(cancellationToken) + await db.UsageRecords.CountAsync(cancellationToken);

    public void Progress(string message)
    {
        int percent = (int)(100L * (Keys + Increments + Meters + Records) / Math.Max(_rows, 1));
        if (percent > _percent) // listeners store it or draw it: a hundred times at most
        {
            _percent = percent;
            progress?.Report(new BooksProgress(percent, message));
        }
    }
}
