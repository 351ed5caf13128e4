using LagoConsole.Core.Buyers;
using LagoConsole.Core.Money;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.HighWater;

/// <summary>What the usage pages read.</summary>
public sealed class UsageQueries(IDbContextFactory<LagoConsoleDbContext> contexts, AllocationStore allocations)
{
    /// <summary>One page of keys: where money waits first, then what was seen last.</summary>
    public async Task<UsageKeyList> ListAsync(UsageFilter filter, int skip, int take, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        IQueryable<Joined> wanted = Wanted(db, filter);
        List<Joined> rows = await wanted
            .OrderByDescending(row => row.Waits).ThenByDescending(row => row.Mark.LastTotalAt).ThenBy(row => row.Mark.Id)
            .Skip(skip).Take(take).ToListAsync(cancellationToken);
        return new UsageKeyList(await RowsAsync(db, rows, cancellationToken), await wanted.CountAsync(cancellationToken));
    }

    /// <summary>All keys of a filter, about in the order in which they were first seen.</summary>
    public IAsyncEnumerable<UsageKeyRow> StreamAsync(UsageFilter filter, CancellationToken cancellationToken) => RowParts.ReadAsync(
        contexts, Guid.Empty, (db, last) => Wanted(db, filter).Where(row => row.Mark.Id.CompareTo(last) > 0).OrderBy(row => row.Mark.Id), row => row.Mark.Id,
        async (db, rows) => (IReadOnlyList<UsageKeyRow>)await RowsAsync(db, rows, cancellationToken), cancellationToken);

    /// <summary>What was billed above Lago's final totals in all closed periods (R19), per currency; empty when nothing was.</summary>
    public async Task<IReadOnlyList<CurrencyAmount>> SumAboveFinalAsync(CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        return
        [
            .. (await AboveFinalReader.ReadAsync(db, AboveFinalReader.Candidates(db), cancellationToken))
                .Where(key => key.AboveMinor > 0)
                .GroupBy(key => key.Currency, StringComparer.Ordinal)
                .Select(group => new CurrencyAmount(group.Key, group.Sum(key => key.AboveMinor)))
                .OrderBy(sum => sum.Currency, StringComparer.Ordinal),
        ];
    }

    /// <summary>One page of a key's history, newest first; null when there is no key of this id.</summary>
    public async Task<UsageHistory?> FindAsync(Guid markId, int skip, int take, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        if (await Join(db).SingleOrDefaultAsync(row => row.Mark.Id == markId, cancellationToken) is not { } found)
        {
            return null;
        }

        // A key lives for one period: some hundred moments, of which the page shows some. Only instants and amounts are read of all.
        var snapshots = await db.UsageSnapshots.AsNoTracking()
            .Where(snapshot => snapshot.PeriodId == found.Mark.PeriodId && snapshot.MetricCode == found.Mark.MetricCode && snapshot.Currency == found.Mark.Currency)
            .OrderBy(snapshot => snapshot.TakenAt).ThenBy(snapshot => snapshot.Id)
            .Select(snapshot => new { snapshot.TakenAt, snapshot.Source, snapshot.TotalMinor })
            .ToListAsync(cancellationToken);
        List<UsageIncrement> increments = await db.UsageIncrements.AsNoTracking()
            .Where(increment => increment.MarkId == markId).OrderBy(increment => increment.FromMinor)
            .ToListAsync(cancellationToken);

        // An increment carries the instant of the look that saw it; growth whose snapshot went with its integration stands alone.
        ILookup<DateTimeOffset, UsageIncrement> seen = increments.ToLookup(increment => increment.SeenAt);
        HashSet<Guid> placed = [];
        List<(DateTimeOffset At, SnapshotSource Source, long? TotalMinor, UsageIncrement? Increment)> moments =
        [
            .. snapshots.Select(snapshot => (
                snapshot.TakenAt, snapshot.Source, (long?)snapshot.TotalMinor,
                seen[snapshot.TakenAt].FirstOrDefault(increment => placed.Add(increment.Id)))),
        ];
        moments.AddRange(increments.Where(increment => !placed.Contains(increment.Id))
            .Select(increment => (
                increment.SeenAt, increment.Source,
                snapshots.LastOrDefault(snapshot => snapshot.TakenAt <= increment.SeenAt)?.TotalMinor, // a total that did not change is not stored again
                (UsageIncrement?)increment)));
        var page = moments.OrderByDescending(moment => moment.At).Skip(skip).Take(take).ToList();
        List<Guid> shown = [.. page.Where(moment => moment.Increment is not null).Select(moment => moment.Increment!.Id)];
        ILookup<Guid, IncrementRecord> records = (await (
            from link in db.RecordLinks.AsNoTracking()
            join record in db.UsageRecords on link.RecordId equals record.Id
            where shown.Contains(link.IncrementId)
            orderby record.SlotHour
            select new { link.IncrementId, record.Id, record.SlotHour, record.State, link.AmountMinor })
            .ToListAsync(cancellationToken))
            .ToLookup(link => link.IncrementId, link => new IncrementRecord(link.Id, link.SlotHour, link.State, link.AmountMinor));

        Dictionary<Guid, AllocationWait?> meters = [];
        foreach (Guid meter in page.Where(moment => moment.Increment is { IsOpen: true, MeterId: not null, GroupId: not null })
            .Select(moment => moment.Increment!.MeterId!.Value).Distinct())
        {
            meters[meter] = (await allocations.ForeseeAsync(meter, cancellationToken) as Allocation.Waits)?.Reason;
        }

        return new UsageHistory(
            (await RowsAsync(db, [found], cancellationToken))[0],
            [.. page.Select(moment => new UsageMoment(
                moment.At, moment.Source, moment.TotalMinor,
                MarkAt(found.Mark.BaselineMinor, increments, moment.At),
                moment.Increment is { } increment
                    ? Fate(increment, records[increment.Id]) with { MeterWait = meters.GetValueOrDefault(increment.MeterId ?? Guid.Empty) }
                    : null))],
            moments.Count);
    }

    /// <summary>One key; null when there is none of this id.</summary>
    public async Task<UsageKeyRow?> FindKeyAsync(Guid markId, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        return await Join(db).SingleOrDefaultAsync(row => row.Mark.Id == markId, cancellationToken) is { } found
            ? (await RowsAsync(db, [found], cancellationToken))[0]
            : null;
    }

    /// <summary>What a key's metric showed in its period and those before it; null when there is no key of this id.</summary>
    /// <param name="periods">How many, at least 1.</param>
    public async Task<UsageCurve?> FindCurveAsync(Guid markId, int periods, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        if (await Join(db).SingleOrDefaultAsync(row => row.Mark.Id == markId, cancellationToken) is not { } found)
        {
            return null;
        }

        var lived =
            from mark in db.HighWaterMarks.AsNoTracking()
            join period in db.BillingPeriods.AsNoTracking() on mark.PeriodId equals period.Id
            where period.BuyerId == found.Period.BuyerId && period.SubscriptionExternalId == found.Period.SubscriptionExternalId
                && period.PeriodStart <= found.Period.PeriodStart && mark.MetricCode == found.Mark.MetricCode && mark.Currency == found.Mark.Currency
            select new { Mark = mark, Period = period };
        var shown = await lived.OrderByDescending(key => key.Period.PeriodStart).ThenByDescending(key => key.Mark.Id).Take(periods).ToListAsync(cancellationToken);
        List<Guid> periodIds = [.. shown.Select(key => key.Period.Id)];
        List<Guid> markIds = [.. shown.Select(key => key.Mark.Id)];
        var looks = (await db.UsageSnapshots.AsNoTracking()
            .Where(look => periodIds.Contains(look.PeriodId) && look.MetricCode == found.Mark.MetricCode && look.Currency == found.Mark.Currency)
            .OrderBy(look => look.TakenAt).ThenBy(look => look.Id)
            .Select(look => new { look.PeriodId, look.TakenAt, look.TotalMinor })
            .ToListAsync(cancellationToken)).ToLookup(look => look.PeriodId);
        var rises = (await db.UsageIncrements.AsNoTracking().Where(rise => markIds.Contains(rise.MarkId))
            .Select(rise => new { rise.MarkId, rise.SeenAt, rise.ToMinor })
            .ToListAsync(cancellationToken)).ToLookup(rise => rise.MarkId);
        return new UsageCurve(
            found.Mark.Currency,
            [.. shown.OrderBy(key => key.Period.PeriodStart).Select(key =>
            {
                IReadOnlyList<CurvePoint> points = UsageCurves.Points(
                    key.Mark.BaselineMinor, [.. looks[key.Period.Id].Select(look => (look.TakenAt, look.TotalMinor))],
                    rises[key.Mark.Id].Select(rise => (rise.SeenAt, rise.ToMinor)));
                return new CurvePeriod(
                    key.Mark.Id, key.Period.PeriodStart, key.Period.PeriodEnd, key.Period.State, key.Mark.BaselineMinor, points, UsageCurves.Plateaus(points, key.Mark.RefusedMinor));
            })],
            await lived.CountAsync(cancellationToken) - shown.Count);
    }

    /// <summary>The mark after everything seen up to an instant. Pure.</summary>
    internal static long MarkAt(long baselineMinor, IEnumerable<UsageIncrement> increments, DateTimeOffset at) =>
        increments.Where(increment => increment.SeenAt <= at).Select(increment => increment.ToMinor).Append(baselineMinor).Max();

    private static IncrementFate Fate(UsageIncrement increment, IEnumerable<IncrementRecord> records) => new(
        increment.Id, increment.AmountMinor, increment.OpenMinor, increment.WaivedMinor, increment.WaitReason, increment.WaitingSince,
        increment.MeterId is not null, increment.GroupId is not null, increment.GroupId, [.. records]);

    private static async Task<List<UsageKeyRow>> RowsAsync(LagoConsoleDbContext db, List<Joined> rows, CancellationToken cancellationToken)
    {
        List<Guid> ids = [.. rows.Select(row => row.Mark.Id)];
        var open = (await db.UsageIncrements.AsNoTracking()
            .Where(increment => ids.Contains(increment.MarkId) && increment.IsOpen)
            .Select(increment => new { increment.MarkId, increment.MeterId, increment.OpenMinor })
            .ToListAsync(cancellationToken)).ToLookup(increment => increment.MarkId);
        Dictionary<Guid, EndedKey> ended = (await AboveFinalReader.ReadAsync(
            db, AboveFinalReader.Candidates(db).Where(mark => ids.Contains(mark.Id)), cancellationToken)).ToDictionary(key => key.MarkId);
        return [.. rows.Select(row => new UsageKeyRow(
            row.Mark.Id, row.Buyer.Id, row.Buyer.Name, row.Period.SubscriptionExternalId, row.Period.PeriodStart, row.Period.PeriodEnd, row.Period.State,
            row.Mark.MetricCode, row.Mark.Currency, row.Mark.LastTotalMinor, row.Mark.LastTotalAt, row.Mark.AmountMinor, row.Mark.BaselineMinor,
            row.Mark.ReportAtCloseOnly,
            WaitingMinor: open[row.Mark.Id].Where(increment => increment.MeterId is null).Sum(increment => increment.OpenMinor),
            OpenMinor: open[row.Mark.Id].Where(increment => increment.MeterId is not null).Sum(increment => increment.OpenMinor))
        {
            Hold = row.Mark.Hold,
            HeldMinor = row.Mark.HeldMinor,
            RefusedMinor = row.Mark.RefusedMinor,
            AboveFinalMinor = ended.GetValueOrDefault(row.Mark.Id)?.AboveMinor ?? 0,
            WentOn = ended.GetValueOrDefault(row.Mark.Id)?.WentOn ?? false,
            HasCoupons = row.HasCoupons,
            CouponsMinor = row.Period.CouponsMinor,
        })];
    }

    private static IQueryable<Joined> Wanted(LagoConsoleDbContext db, UsageFilter filter)
    {
        IQueryable<Joined> wanted = Join(db);
        if (SearchText.Pattern(filter.Search) is { } pattern)
        {
            wanted = wanted.Where(row => EF.Functions.Like(row.Buyer.Name, pattern, SearchText.Escape)
                || EF.Functions.Like(row.Period.SubscriptionExternalId, pattern, SearchText.Escape)
                || EF.Functions.Like(row.Mark.MetricCode, pattern, SearchText.Escape));
        }

        IQueryable<HighWaterMark> ended = AboveFinalReader.Candidates(db);
        return filter.View switch
        {
            UsageView.All => wanted,
            UsageView.Waiting => wanted.Where(row => row.Waits),
            UsageView.Suspended => wanted.Where(row => row.Mark.LastTotalMinor < row.Mark.AmountMinor + row.Mark.RefusedMinor
                && row.Period.State == BillingPeriodState.Open && row.Mark.Hold == null),
            UsageView.Held => wanted.Where(row => row.Mark.Hold != null),
            UsageView.AboveFinal => wanted.Where(row => ended.Any(mark => mark.Id == row.Mark.Id)),
            _ => throw new ArgumentOutOfRangeException(nameof(filter), filter.View, "Not a view."),
        };
    }

    private static IQueryable<Joined> Join(LagoConsoleDbContext db) =>
        from mark in db.HighWaterMarks.AsNoTracking()
        join period in db.BillingPeriods.AsNoTracking() on mark.PeriodId equals period.Id
        join buyer in db.Buyers.AsNoTracking() on period.BuyerId equals buyer.Id
        select new Joined
        {
            Mark = mark,
            Period = period,
            Buyer = buyer,
            Waits = db.UsageIncrements.Any(increment => increment.MarkId == mark.Id && increment.IsOpen && increment.MeterId == null),
            HasCoupons = db.BuyerLinks.Any(link => link.IntegrationId == period.IntegrationId && link.LagoCustomerId == period.LagoCustomerId
                && link.UnlinkedAt == null && link.HasCoupons),
        };

    private sealed class Joined
    {
        public required HighWaterMark Mark { get; init; }

        public required BillingPeriod Period { get; init; }

        public required Buyer Buyer { get; init; }

        public required bool Waits { get; init; }

        public required bool HasCoupons { get; init; }
    }
}
