using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Reporting;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Books;

/// <summary>
/// Adds up all money per currency. Integers are added by the database, decimals here (R1): of records the quantities by
/// price, of increments only those that have a part which is open or was given up.
/// </summary>
internal static class BooksSums
{
    /// <param name="db">With a view of its own (<see cref="DatabaseView"/>): else a step of money between two queries would look like a gap.</param>
    public static async Task<IReadOnlyList<CurrencySums>> ReadAsync(LagoConsoleDbContext db, CancellationToken cancellationToken)
    {
        // One currency after another, of which a vendor has few: grouped by it, SQLite would sort all increments. Each has the currency of its mark.
        Dictionary<string, CurrencySums> sums = new(StringComparer.Ordinal);
        foreach (string currency in await db.HighWaterMarks.Select(mark => mark.Currency).Distinct().ToListAsync(cancellationToken))
        {
            long counted = await db.UsageIncrements.Where(increment => increment.Currency == currency).SumAsync(increment => increment.AmountMinor, cancellationToken);
            if (counted > 0) // an increment is above zero
            {
                sums.Add(currency, new CurrencySums(currency, counted));
            }
        }

        await AddRecordsAsync(db, sums, cancellationToken);

        // Each meter may have something open below one unit, and that is often the same: few amounts of very many increments.
        Dictionary<(string Currency, bool OnMeter, WaitReason? Reason), decimal> open = [];
        var amounts = await db.UsageIncrements.WhereOpen()
            .GroupBy(increment => new { increment.Currency, OnMeter = increment.MeterId != null, increment.WaitReason, increment.OpenMinor })
            .Select(group => new { group.Key, Count = group.Count() })
            .ToListAsync(cancellationToken);
        foreach (var row in amounts)
        {
            (string, bool, WaitReason?) place = (row.Key.Currency, row.Key.OnMeter, row.Key.WaitReason);
            open[place] = open.GetValueOrDefault(place) + (row.Count * row.Key.OpenMinor);
        }

        foreach (IGrouping<string, KeyValuePair<(string Currency, bool OnMeter, WaitReason? Reason), decimal>> places in open.GroupBy(place => place.Key.Currency, StringComparer.Ordinal))
        {
            // Open money that is nowhere is in neither: what was counted is then more than what became of it.
            sums[places.Key] = Of(sums, places.Key) with
            {
                OnMeters = places.Where(place => place.Key.OnMeter).Sum(place => place.Value),
                Waiting = places.Where(place => place.Key is { OnMeter: false, Reason: not null }).ToDictionary(place => place.Key.Reason!.Value, place => place.Value),
            };
        }

        var givenUp = db.UsageIncrements.AsNoTracking()
            .Where(increment => increment.WaivedMinor != 0 || increment.BilledBeforeRestoreMinor != 0)
            .Select(increment => new { increment.Currency, increment.WaivedMinor, increment.BilledBeforeRestoreMinor });
        await foreach (var row in givenUp.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            CurrencySums sum = Of(sums, row.Currency);
            sums[sum.Currency] = sum with
            {
                Waived = sum.Waived + row.WaivedMinor,
                BilledBeforeRestore = sum.BilledBeforeRestore + row.BilledBeforeRestoreMinor,
            };
        }

        var marks = await db.HighWaterMarks.AsNoTracking()
            .Where(mark => mark.HeldMinor != 0 || mark.RefusedMinor != 0)
            .GroupBy(mark => mark.Currency)
            .Select(group => new { Currency = group.Key, Held = group.Sum(mark => mark.HeldMinor), Refused = group.Sum(mark => mark.RefusedMinor) })
            .ToListAsync(cancellationToken);
        foreach (var row in marks)
        {
            sums[row.Currency] = Of(sums, row.Currency) with { Held = row.Held, Refused = row.Refused };
        }

        return [.. sums.Values.OrderBy(sum => sum.Currency, StringComparer.Ordinal)];
    }

    private static CurrencySums Of(Dictionary<string, CurrencySums> sums, string currency) => sums.GetValueOrDefault(currency) ?? new CurrencySums(currency, 0);

    private static async Task AddRecordsAsync(LagoConsoleDbContext db, Dictionary<string, CurrencySums> sums, CancellationToken cancellationToken)
    {
        var records = await db.UsageRecords
            .GroupBy(record => new { record.State, record.Currency, record.UnitPriceMinor, record.OutcomeAssumed }) // as the index has them
            .Select(group => new { group.Key, Quantity = group.Sum(record => record.Quantity) })
            .ToListAsync(cancellationToken);
        foreach (var row in records.Where(row => row.Key.State != UsageRecordState.Void)) // a void one holds nothing
        {
            decimal amount = row.Quantity * row.Key.UnitPriceMinor;
            CurrencySums sum = Of(sums, row.Key.Currency);
            sums[sum.Currency] = row.Key switch
            {
                { State: UsageRecordState.Accepted, OutcomeAssumed: true } => sum with { Assumed = sum.Assumed + amount },
                { State: UsageRecordState.Accepted } => sum with { Accepted = sum.Accepted + amount },
                { State: UsageRecordState.Unresolved } => sum with { Unresolved = sum.Unresolved + amount },
                { State: UsageRecordState.Conflict } => sum with { Conflict = sum.Conflict + amount },
                { State: UsageRecordState.Blocked } => sum with { Blocked = sum.Blocked + amount },
                _ => sum with { OnTheWay = sum.OnTheWay + amount },
            };
        }

        var billedTwice = await db.UsageRecords.Where(record => record.State == UsageRecordState.Void && record.BilledAfterVoidAt != null)
            .GroupBy(record => new { record.Currency, record.UnitPriceMinor })
            .Select(group => new { group.Key, Quantity = group.Sum(record => record.Quantity) })
            .ToListAsync(cancellationToken);
        foreach (var row in billedTwice)
        {
            CurrencySums sum = Of(sums, row.Key.Currency);
            sums[sum.Currency] = sum with { BilledTwice = sum.BilledTwice + (row.Quantity * row.Key.UnitPriceMinor) };
        }
    }
}
