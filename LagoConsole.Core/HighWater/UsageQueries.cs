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
    /// <summary>So many found keys are taken by their ids. Where more match, some of any hundred thousand do, and the first are soon met.</summary>
    private const int Few = 1000;

    /// <summary>Of so many buyers the keys are looked at first, and then of twice as many each time, up to the most.</summary>
    private const int FirstBuyers = 25;

    private const int MostBuyers = 1000;

    /// <summary>One page of keys: where money waits first, then by buyer, newest period first.</summary>
    public Task<UsageKeyList> ListAsync(UsageFilter filter, int skip, int take, CancellationToken cancellationToken) =>
        DatabaseView.ReadAsync(contexts, db => ListAsync(db, filter, skip, take, cancellationToken), cancellationToken); // else money that finds its meter meanwhile is in both parts

    private static async Task<UsageKeyList> ListAsync(LagoConsoleDbContext db, UsageFilter filter, int skip, int take, CancellationToken cancellationToken)
    {
        IQueryable<HighWaterMark> wanted = Shown(db, filter.View);
        string? pattern = SearchText.Pattern(filter.Search);
        List<Guid>? found = pattern is null ? null : await FindAsync(db, pattern, cancellationToken);
        wanted = found is null ? Matching(db, wanted, pattern) : wanted.Where(mark => found.Contains(mark.Id));

        // One after another: an order by what waits would sort all keys that there are.
        IQueryable<Guid> waiting = Waiting(db);
        int pressing = await wanted.CountAsync(mark => waiting.Contains(mark.Id), cancellationToken);
        List<Joined> rows = skip < pressing ? await PageAsync(Join(db, wanted.Where(mark => waiting.Contains(mark.Id))), skip, take, cancellationToken) : [];
        if (rows.Count < take)
        {
            int passed = Math.Max(0, skip - pressing);
            rows.AddRange(filter.View == UsageView.All && found is null
                ? await PageByBuyerAsync(db, pattern, waiting, passed, take - rows.Count, cancellationToken)
                : await PageAsync(Join(db, wanted.Where(mark => !waiting.Contains(mark.Id))), passed, take - rows.Count, cancellationToken));
        }

        return new UsageKeyList(await RowsAsync(db, rows, cancellationToken), await wanted.CountAsync(cancellationToken));
    }

    /// <summary>All keys of a filter, about in the order in which they were first seen.</summary>
    public IAsyncEnumerable<UsageKeyRow> StreamAsync(UsageFilter filter, CancellationToken cancellationToken) => RowParts.ReadAsync(
        contexts, Guid.Empty,
        (db, last) => Join(db, Matching(db, Shown(db, filter.View), SearchText.Pattern(filter.Search)).Where(mark => mark.Id.CompareTo(last) > 0)).OrderBy(row => row.Mark.Id),
        row => row.Mark.Id, async (db, rows) => (IReadOnlyList<UsageKeyRow>)await RowsAsync(db, rows, cancellationToken), cancellationToken);

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
        if (await Join(db, db.HighWaterMarks.Where(mark => mark.Id == markId)).SingleOrDefaultAsync(cancellationToken) is not { } found)
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
        return await Join(db, db.HighWaterMarks.Where(mark => mark.Id == markId)).SingleOrDefaultAsync(cancellationToken) is { } found
            ? (await RowsAsync(db, [found], cancellationToken))[0]
            : null;
    }

    /// <summary>What a key's metric showed in its period and those before it; null when there is no key of this id.</summary>
    /// <param name="periods">How many, at least 1.</param>
    public async Task<UsageCurve?> FindCurveAsync(Guid markId, int periods, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        if (await Join(db, db.HighWaterMarks.Where(mark => mark.Id == markId)).SingleOrDefaultAsync(cancellationToken) is not { } found)
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

    /// <summary>Keys of which money is on no meter.</summary>
    private static IQueryable<Guid> Waiting(LagoConsoleDbContext db) =>
        db.UsageIncrements.WhereOpen().Where(increment => increment.MeterId == null).Select(increment => increment.MarkId);

    private static IQueryable<HighWaterMark> Shown(LagoConsoleDbContext db, UsageView view)
    {
        IQueryable<HighWaterMark> marks = db.HighWaterMarks.AsNoTracking();
        IQueryable<Guid> waiting = Waiting(db);
        return view switch
        {
            UsageView.All => marks,
            UsageView.Waiting => marks.Where(mark => waiting.Contains(mark.Id)),
            UsageView.Suspended => marks.WhereBelowMark().Where(mark => mark.Hold == null
                && db.BillingPeriods.Any(period => period.Id == mark.PeriodId && period.State == BillingPeriodState.Open)),
            UsageView.Held => marks.Where(mark => mark.Hold != null),
            UsageView.AboveFinal => AboveFinalReader.Candidates(db),
            _ => throw new ArgumentOutOfRangeException(nameof(view), view, "Not a view."),
        };
    }

    /// <summary>
    /// The keys that a search finds; null when they are many. Each table is searched on its own: a condition over all three would be
    /// tried on every key with its period and its buyer.
    /// </summary>
    private static async Task<List<Guid>?> FindAsync(LagoConsoleDbContext db, string pattern, CancellationToken cancellationToken)
    {
        List<Guid> buyers = await db.Buyers.Where(buyer => EF.Functions.Like(buyer.Name, pattern, SearchText.Escape))
            .Select(buyer => buyer.Id).Take(Few + 1).ToListAsync(cancellationToken);
        if (buyers.Count > Few)
        {
            return null;
        }

        List<Guid> periods = await db.BillingPeriods.Where(period => buyers.Contains(period.BuyerId))
            .Select(period => period.Id).Take(Few + 1).ToListAsync(cancellationToken);
        periods.AddRange(await db.BillingPeriods.Where(period => EF.Functions.Like(period.SubscriptionExternalId, pattern, SearchText.Escape))
            .Select(period => period.Id).Take(Few + 1).ToListAsync(cancellationToken));
        periods = [.. periods.Distinct()];
        if (periods.Count > Few)
        {
            return null;
        }

        List<Guid> found = await db.HighWaterMarks.Where(mark => periods.Contains(mark.PeriodId))
            .Select(mark => mark.Id).Take(Few + 1).ToListAsync(cancellationToken);
        found.AddRange(await db.HighWaterMarks.Where(mark => EF.Functions.Like(mark.MetricCode, pattern, SearchText.Escape))
            .Select(mark => mark.Id).Take(Few + 1).ToListAsync(cancellationToken));
        found = [.. found.Distinct()];
        return found.Count <= Few ? found : null;
    }

    private static IQueryable<HighWaterMark> Matching(LagoConsoleDbContext db, IQueryable<HighWaterMark> marks, string? pattern) => pattern is null
        ? marks
        : marks.Where(mark => EF.Functions.Like(mark.MetricCode, pattern, SearchText.Escape)
            || db.BillingPeriods.Any(period => period.Id == mark.PeriodId
                && (EF.Functions.Like(period.SubscriptionExternalId, pattern, SearchText.Escape)
                    || db.Buyers.Any(buyer => buyer.Id == period.BuyerId && EF.Functions.Like(buyer.Name, pattern, SearchText.Escape)))));

    private static Task<List<Joined>> PageAsync(IQueryable<Joined> keys, int skip, int take, CancellationToken cancellationToken) =>
        keys.OrderBy(row => row.Buyer.Name).ThenBy(row => row.Buyer.Id).ThenByDescending(row => row.Period.PeriodStart)
            .ThenBy(row => row.Period.SubscriptionExternalId).ThenBy(row => row.Mark.MetricCode).ThenBy(row => row.Mark.Id)
            .Skip(skip).Take(take).ToListAsync(cancellationToken);

    private static IQueryable<Joined> Join(LagoConsoleDbContext db, IQueryable<HighWaterMark> marks) =>
        from mark in marks.AsNoTracking()
        join period in db.BillingPeriods.AsNoTracking() on mark.PeriodId equals period.Id
        join buyer in db.Buyers.AsNoTracking() on period.BuyerId equals buyer.Id
        select new Joined
        {
            Mark = mark,
            Period = period,
            Buyer = buyer,
            HasCoupons = db.BuyerLinks.Any(link => link.IntegrationId == period.IntegrationId && link.LagoCustomerId == period.LagoCustomerId
                && link.UnlinkedAt == null && link.HasCoupons),
        };

    /// <summary>
    /// One page of all keys of which nothing waits, or those that match, some buyers after others: these are in order by an index. In
    /// one query SQLite would sort all keys there are.
    /// </summary>
    private static async Task<List<Joined>> PageByBuyerAsync(
        LagoConsoleDbContext db, string? pattern, IQueryable<Guid> waiting, int skip, int take, CancellationToken cancellationToken)
    {
        List<Joined> page = [];
        (string Name, Guid Id) last = ("", Guid.Empty); // before all buyers
        for (int size = FirstBuyers; page.Count < take; size = Math.Min(2 * size, MostBuyers))
        {
            (string name, Guid id) = last;
            var buyers = await db.Buyers.Where(buyer => buyer.Name.CompareTo(name) > 0 || (buyer.Name == name && buyer.Id.CompareTo(id) > 0))
                .OrderBy(buyer => buyer.Name).ThenBy(buyer => buyer.Id).Take(size).Select(buyer => new { buyer.Name, buyer.Id }).ToListAsync(cancellationToken);
            if (buyers.Count == 0)
            {
                break;
            }

            last = (buyers[^1].Name, buyers[^1].Id);
            List<Guid> ids = [.. buyers.Select(buyer => buyer.Id)];
            IQueryable<HighWaterMark> theirs =
                from period in db.BillingPeriods
                where ids.Contains(period.BuyerId)
                join mark in db.HighWaterMarks on period.Id equals mark.PeriodId
                where !waiting.Contains(mark.Id)
                select mark;
            theirs = Matching(db, theirs, pattern);
            int count = skip > 0 ? await theirs.CountAsync(cancellationToken) : 0;
            if (count == 0 || count > skip)
            {
                page.AddRange(await PageAsync(Join(db, theirs), skip, take - page.Count, cancellationToken));
            }

            skip = Math.Max(0, skip - count);
        }

        return page;
    }

    private sealed class Joined
    {
        public required HighWaterMark Mark { get; init; }

        public required BillingPeriod Period { get; init; }

        public required Buyer Buyer { get; init; }

        public required bool HasCoupons { get; init; }
    }
}
