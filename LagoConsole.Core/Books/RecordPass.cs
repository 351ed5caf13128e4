using LagoConsole.Core.Persistence;
using LagoConsole.Core.Reporting;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Books;

/// <summary>Goes through all records with their links and attempts: (c) to (f) of R14.</summary>
internal static class RecordPass
{
    private const int AtOnce = 1_000;

    public static async Task RunAsync(BooksView view, CancellationToken cancellationToken)
    {
        LagoConsoleDbContext db = view.Db;
        Guid last = Guid.Empty;
        while (await db.UsageRecords.AsNoTracking().Where(record => record.Id.CompareTo(last) > 0)
            .OrderBy(record => record.Id).Take(AtOnce).ToListAsync(cancellationToken) is [.., var end] records)
        {
            await CheckAsync(view, records, cancellationToken);
            last = end.Id;
            view.Records += records.Count;
            view.Progress($"{view.Records:#,##0} records");
        }
    }

    private static async Task CheckAsync(BooksView view, List<UsageRecord> records, CancellationToken cancellationToken)
    {
        LagoConsoleDbContext db = view.Db;
        (Guid first, Guid end) = (records[0].Id, records[^1].Id);
        Dictionary<Guid, decimal> linked = [];
        var links = db.RecordLinks.AsNoTracking()
            .Where(link => link.RecordId.CompareTo(first) >= 0 && link.RecordId.CompareTo(end) <= 0)
            .Select(link => new { link.RecordId, link.AmountMinor });
        await foreach (var link in links.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            linked[link.RecordId] = linked.GetValueOrDefault(link.RecordId) + link.AmountMinor;
        }

        Dictionary<Guid, RecordProof> proofs = [];
        var attempts = db.Attempts.AsNoTracking()
            .Where(attempt => attempt.RecordId.CompareTo(first) >= 0 && attempt.RecordId.CompareTo(end) <= 0
                && (attempt.Verdict == nameof(MeteringReceipt.Accepted) || attempt.Verdict == nameof(MeteringReceipt.AlreadyAccepted)))
            .Select(attempt => new { attempt.RecordId, Accepted = attempt.Verdict == nameof(MeteringReceipt.Accepted) });
        await foreach (var attempt in attempts.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            RecordProof proof = proofs.GetValueOrDefault(attempt.RecordId) ?? RecordProof.None;
            proofs[attempt.RecordId] = attempt.Accepted ? proof with { Accepted = true } : proof with { AlreadyAccepted = true };
        }

        IQueryable<Guid> read = db.RecordReadings
            .Where(reading => reading.RecordId.CompareTo(first) >= 0 && reading.RecordId.CompareTo(end) <= 0 && reading.Billed == true)
            .Select(reading => reading.RecordId);
        await foreach (Guid record in read.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            proofs[record] = (proofs.GetValueOrDefault(record) ?? RecordProof.None) with { Read = true };
        }

        List<Guid> meterIds = [.. records.Select(record => record.MeterId).Distinct()];
        Dictionary<Guid, string> currencies = await db.Meters.Where(meter => meterIds.Contains(meter.Id))
            .ToDictionaryAsync(meter => meter.Id, meter => meter.Currency, cancellationToken);
        foreach (UsageRecord record in records)
        {
            view.Report(BooksRules.Record(
                record, linked.GetValueOrDefault(record.Id), currencies[record.MeterId], proofs.GetValueOrDefault(record.Id) ?? RecordProof.None));
        }
    }
}
