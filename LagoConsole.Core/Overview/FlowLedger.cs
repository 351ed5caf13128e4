using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Overview;

/// <summary>
/// Adds up what moved in ranges of time, and keeps the sums of ranges that are over: what was counted or accepted then never
/// changes. So the overview of a month costs a few short reads, however much the books hold. What it keeps is lost with the
/// process and read again: nothing else relies on it.
/// </summary>
/// <remarks>
/// The database adds whole numbers only (R1): growth in minor units, and of records the quantities by price. To which
/// marketplace growth belongs can still change while it waits, so a range is read again when other growth of it waits than before.
/// </remarks>
public sealed class FlowLedger : IDisposable
{
    /// <summary>A look at Lago or a call to a marketplace is dated when it begins, and committed within minutes.</summary>
    private static readonly TimeSpan _settling = TimeSpan.FromMinutes(10);

    /// <summary>A range that nobody asked for in so long is forgotten.</summary>
    private static readonly TimeSpan _forgetting = TimeSpan.FromDays(2);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<TimeRange, Kept> _kept = [];

    /// <summary>What moved in each of these ranges.</summary>
    /// <param name="waiting">All growth that waits now, and was seen in one of the ranges.</param>
    public async Task<IReadOnlyDictionary<TimeRange, IReadOnlyList<MoneyFlow>>> ReadAsync(
        LagoConsoleDbContext db, IEnumerable<TimeRange> ranges, IReadOnlyList<WaitingPart> waiting, DateTimeOffset now, CancellationToken cancellationToken)
    {
        DateTimeOffset? first = await db.UsageIncrements.MinAsync(increment => (DateTimeOffset?)increment.SeenAt, cancellationToken);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            Dictionary<TimeRange, IReadOnlyList<MoneyFlow>> flows = [];
            foreach (TimeRange range in ranges.Distinct())
            {
                if (first is null || range.Until <= first)
                {
                    continue;
                }

                List<WaitingPart> inRange = [.. waiting.Where(part => range.Contains(part.SeenAt))];
                (int, long) stamp = (inRange.Count, inRange.Sum(part => part.AmountMinor));
                if (!_kept.TryGetValue(range, out Kept? kept) || kept.Waiting != stamp)
                {
                    kept = new Kept(stamp, await AddUpAsync(db, range, cancellationToken));
                }

                flows.Add(range, kept.Flows);
                if (range.Until + _settling <= now)
                {
                    _kept[range] = kept with { AskedAt = now };
                }
            }

            foreach (TimeRange old in _kept.Where(kept => kept.Value.AskedAt + _forgetting < now).Select(kept => kept.Key).ToList())
            {
                _kept.Remove(old);
            }

            return flows;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private static async Task<IReadOnlyList<MoneyFlow>> AddUpAsync(LagoConsoleDbContext db, TimeRange range, CancellationToken cancellationToken)
    {
        (DateTimeOffset from, DateTimeOffset until) = (range.From, range.Until);
        var counted = await (
            from increment in db.UsageIncrements
            where increment.SeenAt >= @from && increment.SeenAt < until
            join meter in db.Meters on increment.MeterId equals (Guid?)meter.Id into meters
            from meter in meters.DefaultIfEmpty()
            group increment.AmountMinor by new
            {
                increment.IntegrationId,
                Marketplace = meter == null ? null : (Marketplace?)meter.Marketplace,
                increment.Currency,
                increment.Source,
            }
            into place
            select new { place.Key, AmountMinor = place.Sum() })
            .ToListAsync(cancellationToken);

        var accepted = await db.UsageRecords
            .Where(record => record.State == UsageRecordState.Accepted && record.SettledAt >= from && record.SettledAt < until)
            .GroupBy(record => new { record.IntegrationId, record.Marketplace, record.Currency, record.UnitPriceMinor })
            .Select(group => new { group.Key, Units = group.Sum(record => record.Quantity) })
            .ToListAsync(cancellationToken);

        Dictionary<MoneyPlace, MoneyFlow> flows = [];
        foreach (var row in counted)
        {
            MoneyFlow flow = Of(new MoneyPlace(row.Key.IntegrationId, row.Key.Marketplace, row.Key.Currency));
            flows[flow.Place] = row.Key.Source == SnapshotSource.Close
                ? flow with { ClosedMinor = flow.ClosedMinor + row.AmountMinor }
                : flow with { CountedMinor = flow.CountedMinor + row.AmountMinor };
        }

        foreach (var row in accepted)
        {
            MoneyFlow flow = Of(new MoneyPlace(row.Key.IntegrationId, row.Key.Marketplace, row.Key.Currency));
            flows[flow.Place] = flow with { BilledMinor = flow.BilledMinor + (row.Units * row.Key.UnitPriceMinor) };
        }

        return [.. flows.Values];

        MoneyFlow Of(MoneyPlace place) => flows.GetValueOrDefault(place) ?? new MoneyFlow(place, 0, 0, 0);
    }

    private sealed record Kept((int Count, long AmountMinor) Waiting, IReadOnlyList<MoneyFlow> Flows)
    {
        public DateTimeOffset AskedAt { get; init; }
    }
}
