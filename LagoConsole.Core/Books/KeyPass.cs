using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Books;

/// <summary>Goes through all keys and their increments: (a), (b) and (g) of R14.</summary>
internal static class KeyPass
{
    /// <summary>A key of a year has some thousand increments: as many at once fit any memory.</summary>
    private const int AtOnce = 50;

    public static async Task RunAsync(BooksView view, CancellationToken cancellationToken)
    {
        LagoConsoleDbContext db = view.Db;
        Guid last = Guid.Empty;
        while (await db.HighWaterMarks.AsNoTracking().Where(mark => mark.Id.CompareTo(last) > 0)
            .OrderBy(mark => mark.Id).Take(AtOnce).ToListAsync(cancellationToken) is [.., var end] marks)
        {
            await CheckAsync(view, marks, cancellationToken);
            last = end.Id;
            view.Keys += marks.Count;
            view.Progress($"{view.Keys:#,##0} keys, {view.Increments:#,##0} increments");
        }
    }

    private static async Task CheckAsync(BooksView view, List<HighWaterMark> marks, CancellationToken cancellationToken)
    {
        (Guid first, Guid end) = (marks[0].Id, marks[^1].Id);
        Dictionary<Guid, SnapshotSource> looks = await LastLooksAsync(view.Db, first, end, cancellationToken);
        Dictionary<Guid, decimal> onRecords = [];
        Dictionary<Guid, List<string>> foreign = [];
        var links =
            from increment in view.Db.UsageIncrements
            join link in view.Db.RecordLinks on increment.Id equals link.IncrementId
            join record in view.Db.UsageRecords on link.RecordId equals record.Id
            where increment.MarkId.CompareTo(first) >= 0 && increment.MarkId.CompareTo(end) <= 0 && record.State != UsageRecordState.Void
            select new { link.IncrementId, link.AmountMinor, record.Currency, IsForeign = record.Currency != increment.Currency };
        await foreach (var link in links.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            onRecords[link.IncrementId] = onRecords.GetValueOrDefault(link.IncrementId) + link.AmountMinor;
            if (link.IsForeign)
            {
                (foreign.TryGetValue(link.IncrementId, out List<string>? known) ? known : foreign[link.IncrementId] = []).Add(link.Currency);
            }
        }

        Dictionary<Guid, Progress> keys = marks.ToDictionary(mark => mark.Id, mark => new Progress(mark));
        IAsyncEnumerable<UsageIncrement> increments = view.Db.UsageIncrements.AsNoTracking()
            .Where(increment => increment.MarkId.CompareTo(first) >= 0 && increment.MarkId.CompareTo(end) <= 0)
            .OrderBy(increment => increment.MarkId).ThenBy(increment => increment.FromMinor)
            .AsAsyncEnumerable();
        await foreach (UsageIncrement increment in increments.WithCancellation(cancellationToken))
        {
            Progress key = keys[increment.MarkId];
            view.Increments++;
            view.Report(BooksRules.Chain(key.Mark, increment, key.ReachedMinor));
            view.Report(BooksRules.Increment(increment, onRecords.GetValueOrDefault(increment.Id)));
            view.Report(BooksRules.LinkCurrency(increment, foreign.GetValueOrDefault(increment.Id) ?? []));
            key.GrownMinor += increment.AmountMinor;
            key.ReachedMinor = increment.ToMinor;
        }

        foreach (Progress key in keys.Values)
        {
            view.Report(BooksRules.Mark(key.Mark, key.GrownMinor));
            view.Report(BooksRules.LastTotal(key.Mark, looks.TryGetValue(key.Mark.Id, out SnapshotSource look) ? look : null));
        }
    }

    /// <summary>Where the last total of each key was read, of those that it is asked of: which show more than mark and refusal.</summary>
    private static async Task<Dictionary<Guid, SnapshotSource>> LastLooksAsync(
        LagoConsoleDbContext db, Guid first, Guid end, CancellationToken cancellationToken)
    {
        var looks =
            from mark in db.HighWaterMarks
            join snapshot in db.UsageSnapshots
                on new { mark.PeriodId, mark.MetricCode, mark.Currency, TakenAt = mark.LastTotalAt }
                equals new { snapshot.PeriodId, snapshot.MetricCode, snapshot.Currency, snapshot.TakenAt }
            where mark.Id.CompareTo(first) >= 0 && mark.Id.CompareTo(end) <= 0
                && mark.Hold == null && mark.LastTotalMinor - mark.RefusedMinor > mark.AmountMinor
            orderby snapshot.Id
            select new { mark.Id, snapshot.Source };
        Dictionary<Guid, SnapshotSource> last = [];
        foreach (var look in await looks.ToListAsync(cancellationToken))
        {
            last[look.Id] = look.Source;
        }

        return last;
    }

    /// <summary>How far the increments of a key have been gone through.</summary>
    private sealed class Progress(HighWaterMark mark)
    {
        public HighWaterMark Mark => mark;

        public decimal GrownMinor { get; set; }

        public long ReachedMinor { get; set; } = mark.BaselineMinor;
    }
}
