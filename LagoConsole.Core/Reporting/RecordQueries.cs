using System.Linq.Expressions;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Reporting;

/// <summary>What the records pages read.</summary>
public sealed class RecordQueries(IDbContextFactory<LagoConsoleDbContext> contexts)
{
    /// <summary>Without them nobody goes on with it.</summary>
    private static readonly Expression<Func<UsageRecord, bool>> _needsPerson = record =>
        record.State == UsageRecordState.Blocked || record.State == UsageRecordState.Conflict || record.State == UsageRecordState.Unresolved;

    private static readonly Expression<Func<UsageRecord, bool>> _needsNobody = record =>
        record.State != UsageRecordState.Blocked && record.State != UsageRecordState.Conflict && record.State != UsageRecordState.Unresolved;

    /// <summary>One page of records: what needs a person first, then the newest hours.</summary>
    public Task<IReadOnlyList<RecordRow>> ListAsync(RecordFilter filter, int skip, int take, CancellationToken cancellationToken) =>
        DatabaseView.ReadAsync(contexts, db => ListAsync(db, filter, skip, take, cancellationToken), cancellationToken); // else a record that is settled meanwhile is in both parts

    private static async Task<IReadOnlyList<RecordRow>> ListAsync(LagoConsoleDbContext db, RecordFilter filter, int skip, int take, CancellationToken cancellationToken)
    {
        IQueryable<UsageRecord> wanted = Filtered(db, filter);
        if (SearchText.Pattern(filter.Search) is { } pattern)
        {
            wanted = (await RecordSearch.FindAsync(db, pattern, cancellationToken)).In(wanted);
        }

        // One after another: an order by what needs a person would sort all that there are.
        int pressing = await wanted.CountAsync(_needsPerson, cancellationToken);
        List<Guid> ids = skip < pressing ? await NewestAsync(wanted.Where(_needsPerson), skip, take, cancellationToken) : [];
        if (ids.Count < take)
        {
            ids.AddRange(await NewestAsync(wanted.Where(_needsNobody), Math.Max(0, skip - pressing), take - ids.Count, cancellationToken));
        }

        Dictionary<Guid, Joined> rows = await Join(db, db.UsageRecords.Where(record => ids.Contains(record.Id)))
            .ToDictionaryAsync(row => row.Record.Id, cancellationToken);
        return [.. ids.Select(id => Row(rows[id]))];
    }

    /// <summary>What all records of a filter come to. Of very many that takes longer than to list the first of them.</summary>
    public async Task<RecordSums> AddUpAsync(RecordFilter filter, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        IReadOnlyList<IQueryable<UsageRecord>> parts = SearchText.Pattern(filter.Search) is { } pattern
            ? (await RecordSearch.FindAsync(db, pattern, cancellationToken)).PartsOf(Filtered(db, filter))
            : [Filtered(db, filter)];
        List<SummedRecords> sums = [];
        foreach (IQueryable<UsageRecord> part in parts)
        {
            // Whole units are added in the database, money here (R1): a price has fractions, and SQLite would add those as floating point.
            sums.AddRange(await part
                .GroupBy(record => new { record.State, record.Currency, record.UnitPriceMinor, record.OutcomeAssumed }) // as the index has them
                .Select(group => new SummedRecords(
                    group.Key.State, group.Key.Currency, group.Key.UnitPriceMinor, group.Key.OutcomeAssumed, group.Sum(record => record.Quantity), group.Count()))
                .ToListAsync(cancellationToken));
        }

        return new RecordSums(
            sums.Sum(sum => sum.Count),
            [.. sums.Where(sum => sum.State != UsageRecordState.Void).GroupBy(sum => sum.Currency, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => new RecordTotals(
                group.Key,
                BilledUnits: group.Where(sum => sum.State == UsageRecordState.Accepted).Sum(sum => sum.Units),
                BilledMinor: group.Where(sum => sum is { State: UsageRecordState.Accepted, Assumed: false }).Sum(sum => sum.AmountMinor),
                AssumedMinor: group.Where(sum => sum is { State: UsageRecordState.Accepted, Assumed: true }).Sum(sum => sum.AmountMinor),
                OnTheWayMinor: group.Where(sum => sum.State != UsageRecordState.Accepted && !sum.State.NeedsPerson()).Sum(sum => sum.AmountMinor),
                NeedsPersonMinor: group.Where(sum => sum.State.NeedsPerson()).Sum(sum => sum.AmountMinor)))]);
    }

    private static Task<List<Guid>> NewestAsync(IQueryable<UsageRecord> records, int skip, int take, CancellationToken cancellationToken) => records
        .OrderByDescending(record => record.SlotHour).ThenByDescending(record => record.Id)
        .Skip(skip).Take(take).Select(record => record.Id).ToListAsync(cancellationToken);

    /// <summary>All records of a filter, about in the order in which they were made.</summary>
    public IAsyncEnumerable<RecordRow> StreamAsync(RecordFilter filter, CancellationToken cancellationToken) => RowParts.ReadAsync(
        contexts, Guid.Empty, (db, last) => Join(db, Wanted(db, filter).Where(record => record.Id.CompareTo(last) > 0)).OrderBy(row => row.Record.Id), row => row.Record.Id,
        (_, rows) => Task.FromResult<IReadOnlyList<RecordRow>>([.. rows.Select(Row)]), cancellationToken);

    /// <summary>The whole sum behind a record; null when there is none of this id.</summary>
    public async Task<RecordDetail?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        if (await Join(db, db.UsageRecords.Where(record => record.Id == id)).SingleOrDefaultAsync(cancellationToken) is not { } found)
        {
            return null;
        }

        List<RecordPart> parts = await (
            from link in db.RecordLinks.AsNoTracking()
            join increment in db.UsageIncrements on link.IncrementId equals increment.Id
            join mark in db.HighWaterMarks on increment.MarkId equals mark.Id
            join period in db.BillingPeriods on mark.PeriodId equals period.Id
            where link.RecordId == id
            orderby increment.MeterSequence, increment.SeenAt
            select new RecordPart(
                increment.Id, mark.Id, increment.GroupId, increment.MetricCode, period.SubscriptionExternalId, period.PeriodStart, period.PeriodEnd,
                increment.FromMinor, increment.ToMinor, increment.AmountMinor, increment.SeenAt, increment.Source, link.AmountMinor))
            .ToListAsync(cancellationToken);
        List<AttemptRow> attempts = await db.Attempts.AsNoTracking()
            .Where(attempt => attempt.RecordId == id).OrderBy(attempt => attempt.Number)
            .Select(attempt => new AttemptRow(
                attempt.Number, attempt.StartedAt, attempt.EndedAt, attempt.HttpStatus, attempt.Verdict, attempt.RequestId, attempt.Request, attempt.Response))
            .ToListAsync(cancellationToken);

        ReadEvidence? read = await db.RecordReadings.AsNoTracking().Where(reading => reading.RecordId == id)
            .Select(reading => new ReadEvidence(reading.Billed, reading.Because, reading.FirstReadAt, reading.LastReadAt))
            .SingleOrDefaultAsync(cancellationToken);

        UsageRecord record = found.Record;
        return new RecordDetail(
            Row(found), record.Version, found.Product.Id, Decision(record), MarketplaceIdentity.Parts(found.Product, found.Entitlement), record.Payload, record.PayloadSha256,
            record.Timestamp, record.CreatedAt, record.Deadline, record.NextAttemptAt, record.SettledAt, record.ProviderRecordId, record.ErrorCode,
            record.RemainderBeforeMinor, record.OpenBeforeMinor, record.RemainderAfterMinor, parts, attempts, read);
    }

    /// <summary>One page of groups, newest window first. The status is derived in the database by the rule of <see cref="UsageRecordGroupStatuses.Of"/>.</summary>
    public async Task<GroupList> ListGroupsAsync(GroupFilter filter, int skip, int take, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        IQueryable<JoinedGroup> wanted = WantedGroups(db, filter);
        List<JoinedGroup> rows = await wanted
            .OrderByDescending(row => row.Group.WindowStart).ThenBy(row => row.Group.Id)
            .Skip(skip).Take(take).ToListAsync(cancellationToken);
        return new GroupList(await GroupRowsAsync(db, rows, cancellationToken), await wanted.CountAsync(cancellationToken));
    }

    /// <summary>All groups of a filter, about in the order in which they were made.</summary>
    public IAsyncEnumerable<GroupRow> StreamGroupsAsync(GroupFilter filter, CancellationToken cancellationToken) => RowParts.ReadAsync(
        contexts, Guid.Empty, (db, last) => WantedGroups(db, filter).Where(row => row.Group.Id.CompareTo(last) > 0).OrderBy(row => row.Group.Id), row => row.Group.Id,
        async (db, rows) => (IReadOnlyList<GroupRow>)await GroupRowsAsync(db, rows, cancellationToken), cancellationToken);

    /// <summary>Null when there is no group of this id.</summary>
    public async Task<GroupDetail?> FindGroupAsync(Guid id, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        if (await JoinGroups(db).SingleOrDefaultAsync(row => row.Group.Id == id, cancellationToken) is not { } found)
        {
            return null;
        }

        List<GroupIncrement> increments = await (
            from increment in db.UsageIncrements.AsNoTracking()
            join mark in db.HighWaterMarks on increment.MarkId equals mark.Id
            join period in db.BillingPeriods on mark.PeriodId equals period.Id
            where increment.GroupId == id
            orderby increment.MeterSequence, increment.SeenAt
            select new GroupIncrement(
                increment.Id, mark.Id, increment.MetricCode, period.SubscriptionExternalId, increment.SeenAt, increment.AmountMinor,
                increment.WaivedMinor, increment.OpenMinor, increment.Currency))
            .ToListAsync(cancellationToken);
        List<Joined> records = await Join(db, db.UsageRecords)
            .Where(row => (from increment in db.UsageIncrements
                           join link in db.RecordLinks on increment.Id equals link.IncrementId
                           where increment.GroupId == id
                           select link.RecordId).Contains(row.Record.Id))
            .OrderBy(row => row.Record.SlotHour).ThenBy(row => row.Record.DimensionKey)
            .ToListAsync(cancellationToken);
        return new GroupDetail((await GroupRowsAsync(db, [found], cancellationToken))[0], increments, [.. records.Select(Row)]);
    }

    private static IQueryable<UsageRecord> Wanted(LagoConsoleDbContext db, RecordFilter filter)
    {
        IQueryable<UsageRecord> wanted = Filtered(db, filter);
        return SearchText.Pattern(filter.Search) is { } pattern ? RecordSearch.Matching(db, wanted, pattern) : wanted;
    }

    private static IQueryable<UsageRecord> Filtered(LagoConsoleDbContext db, RecordFilter filter)
    {
        IQueryable<UsageRecord> wanted = db.UsageRecords.AsNoTracking();
        wanted = filter.State is { } state ? wanted.Where(record => record.State == state) : wanted;
        wanted = filter.NeedsPerson ? wanted.Where(_needsPerson) : wanted;
        wanted = filter.From is { } from ? wanted.Where(record => record.SlotHour >= from) : wanted;
        return filter.Until is { } until ? wanted.Where(record => record.SlotHour < until) : wanted;
    }

    private static IQueryable<JoinedGroup> WantedGroups(LagoConsoleDbContext db, GroupFilter filter)
    {
        IQueryable<JoinedGroup> wanted = JoinGroups(db);
        if (SearchText.Pattern(filter.Search) is { } pattern)
        {
            wanted = wanted.Where(row => EF.Functions.Like(row.Buyer.Name, pattern, SearchText.Escape) || EF.Functions.Like(row.Product.Name, pattern, SearchText.Escape));
        }

        wanted = filter.From is { } from ? wanted.Where(row => row.Group.WindowStart >= from) : wanted;
        wanted = filter.Until is { } until ? wanted.Where(row => row.Group.WindowStart < until) : wanted;
        return filter.Status switch
        {
            null => wanted,
            UsageRecordGroupStatus.Created => wanted.Where(row => !row.HasLive),
            UsageRecordGroupStatus.ReportFailed => wanted.Where(row => row.HasFailed),
            UsageRecordGroupStatus.Reported => wanted.Where(row => row.HasLive && !row.HasUnaccepted),
            UsageRecordGroupStatus.ReportPending => wanted.Where(row => row.HasUnaccepted && !row.HasFailed),
            _ => throw new ArgumentOutOfRangeException(nameof(filter), filter.Status, "Not a status."),
        };
    }

    private static IQueryable<Joined> Join(LagoConsoleDbContext db, IQueryable<UsageRecord> records) =>
        from record in records.AsNoTracking()
        join entitlement in db.Entitlements.AsNoTracking() on record.EntitlementId equals entitlement.Id
        join buyer in db.Buyers.AsNoTracking() on entitlement.BuyerId equals buyer.Id
        join product in db.Products.AsNoTracking() on entitlement.ProductId equals product.Id
        select new Joined { Record = record, Entitlement = entitlement, Buyer = buyer, Product = product };

    private static IQueryable<JoinedGroup> JoinGroups(LagoConsoleDbContext db)
    {
        var live = from link in db.RecordLinks
                   join increment in db.UsageIncrements on link.IncrementId equals increment.Id
                   join record in db.UsageRecords on link.RecordId equals record.Id
                   where record.State != UsageRecordState.Void
                   select new { increment.GroupId, record.State };
        return from window in db.UsageRecordGroups.AsNoTracking()
               join entitlement in db.Entitlements.AsNoTracking() on window.EntitlementId equals entitlement.Id
               join buyer in db.Buyers.AsNoTracking() on entitlement.BuyerId equals buyer.Id
               join product in db.Products.AsNoTracking() on entitlement.ProductId equals product.Id
               select new JoinedGroup
               {
                   Group = window,
                   Buyer = buyer,
                   Product = product,
                   HasLive = live.Any(part => part.GroupId == window.Id),
                   HasUnaccepted = live.Any(part => part.GroupId == window.Id && part.State != UsageRecordState.Accepted),
                   HasFailed = live.Any(part => part.GroupId == window.Id && (part.State == UsageRecordState.Blocked
                       || part.State == UsageRecordState.Conflict || part.State == UsageRecordState.Unresolved)),
               };
    }

    private static async Task<List<GroupRow>> GroupRowsAsync(LagoConsoleDbContext db, List<JoinedGroup> groups, CancellationToken cancellationToken)
    {
        List<Guid?> ids = [.. groups.Select(row => (Guid?)row.Group.Id)];
        var released = await db.UsageIncrements.AsNoTracking().Where(increment => ids.Contains(increment.GroupId))
            .Select(increment => new { increment.GroupId, increment.Currency, increment.AmountMinor, increment.WaivedMinor })
            .ToListAsync(cancellationToken);
        var recorded = await (
            from link in db.RecordLinks.AsNoTracking()
            join increment in db.UsageIncrements on link.IncrementId equals increment.Id
            join record in db.UsageRecords on link.RecordId equals record.Id
            where ids.Contains(increment.GroupId) && record.State != UsageRecordState.Void
            select new { increment.GroupId, RecordId = record.Id, record.State, link.AmountMinor })
            .ToListAsync(cancellationToken);
        return [.. groups.Select(row =>
        {
            var increments = released.Where(increment => increment.GroupId == row.Group.Id).ToList();
            var parts = recorded.Where(part => part.GroupId == row.Group.Id).ToList();
            return new GroupRow(
                row.Group.Id, row.Buyer.Id, row.Buyer.Name, row.Product.Name, row.Product.Marketplace, row.Group.WindowStart, row.Group.WindowEnd,
                UsageRecordGroupStatuses.Of(parts.Select(part => part.State)),
                string.Join('+', increments.Select(increment => increment.Currency).Distinct(StringComparer.Ordinal)),
                increments.Sum(increment => increment.AmountMinor - increment.WaivedMinor),
                parts.Sum(part => part.AmountMinor),
                parts.Select(part => part.RecordId).Distinct().Count());
        })];
    }

    private static RecordRow Row(Joined row) => new(
        row.Record.Id, row.Buyer.Id, row.Buyer.Name, row.Product.Name, row.Record.Marketplace, row.Record.DimensionKey, row.Record.SlotHour,
        row.Record.Quantity, row.Record.UnitPriceMinor, row.Record.Currency, row.Record.State, row.Record.OutcomeAssumed, row.Record.ErrorMessage);

    private static RecordDecision? Decision(UsageRecord record) =>
        record is { DecidedBy: { } by, DecidedAt: { } at, DecidedFrom: { } from, DecisionNote: { } note } ? new RecordDecision(by, at, from, note) : null;

    private sealed class Joined
    {
        public required UsageRecord Record { get; init; }

        public required Entitlement Entitlement { get; init; }

        public required Buyer Buyer { get; init; }

        public required Product Product { get; init; }
    }

    /// <summary>Records of one state, currency and price.</summary>
    private sealed record SummedRecords(UsageRecordState State, string Currency, decimal UnitPriceMinor, bool Assumed, long Units, int Count)
    {
        public decimal AmountMinor => Units * UnitPriceMinor;
    }

    private sealed class JoinedGroup
    {
        public required UsageRecordGroup Group { get; init; }

        public required Buyer Buyer { get; init; }

        public required Product Product { get; init; }

        public required bool HasLive { get; init; }

        public required bool HasUnaccepted { get; init; }

        public required bool HasFailed { get; init; }
    }
}
