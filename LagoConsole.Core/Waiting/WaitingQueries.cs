using System.Runtime.CompilerServices;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Money;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace LagoConsole.Core.Waiting;

/// <summary>What the page of waiting and held money reads.</summary>
public sealed class WaitingQueries(IDbContextFactory<LagoConsoleDbContext> contexts, IOptions<ReportingOptions> options, TimeProvider clock)
{
    /// <summary>A period without a final total for this long after its end is shown: most are closed within hours.</summary>
    public static readonly TimeSpan ClosingPatience = TimeSpan.FromHours(48);

    /// <summary>One page of waiting money.</summary>
    public async Task<WaitingList> ListAsync(WaitingFilter filter, int skip, int take, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        Dictionary<WaitingKey, Group> groups = await AddUpAsync(db, filter.Buyer, cancellationToken);
        Purchases purchases = await Purchases.LoadAsync(db, Waiting(db).Select(increment => increment.BuyerId), cancellationToken);
        List<Line> wanted = Sort(groups, purchases, filter);
        return new WaitingList(
            await DescribeAsync(db, wanted.Skip(skip).Take(take), purchases, cancellationToken),
            wanted.Count,
            [.. groups.GroupBy(pair => (pair.Value.Currency, pair.Key.Reason))
                .Select(total => new WaitingTotal(total.Key.Currency, total.Key.Reason, total.Sum(pair => pair.Value.Sum.Minor), total.Count()))
                .OrderByDescending(total => InWholeUnits(total.Minor, total.Currency)).ThenBy(total => total.Currency, StringComparer.Ordinal).ThenBy(total => total.Reason)]);
    }

    /// <summary>All that waits, in the order of the page. In memory is one sum for each line, as for a page.</summary>
    public async IAsyncEnumerable<WaitingRow> StreamAsync(WaitingFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        Purchases purchases = await Purchases.LoadAsync(db, Waiting(db).Select(increment => increment.BuyerId), cancellationToken);
        foreach (Line[] part in Sort(await AddUpAsync(db, filter.Buyer, cancellationToken), purchases, filter).Chunk(RowParts.Size))
        {
            foreach (WaitingRow row in await DescribeAsync(db, part, purchases, cancellationToken))
            {
                yield return row;
            }
        }
    }

    private List<Line> Sort(Dictionary<WaitingKey, Group> groups, Purchases purchases, WaitingFilter filter) =>
    [
        .. groups.Where(pair => filter.Reason is null || pair.Key.Reason == filter.Reason)
            .Select(pair => new Line(
                pair.Key, pair.Value, purchases.DeadlineOf(pair.Key.BuyerId, pair.Value.MetricCode, pair.Value.Currency, options.Value.DeadlineMargin)))
            .OrderBy(line => filter.Order == WaitingOrder.Deadline ? line.Deadline ?? DateTimeOffset.MaxValue : DateTimeOffset.MaxValue)
            .ThenByDescending(line => InWholeUnits(line.Group.Sum.Minor, line.Group.Currency))
            .ThenBy(line => line.Group.Sum.Since).ThenBy(line => line.Key.MarkId).ThenBy(line => line.Key.Reason),
    ];

    private static async Task<IReadOnlyList<WaitingRow>> DescribeAsync(LagoConsoleDbContext db, IEnumerable<Line> lines, Purchases purchases, CancellationToken cancellationToken)
    {
        List<Line> page = [.. lines];
        List<Guid> markIds = [.. page.Select(line => line.Key.MarkId)];
        Dictionary<Guid, BillingPeriod> periods = await db.HighWaterMarks.Where(mark => markIds.Contains(mark.Id))
            .Join(db.BillingPeriods, mark => mark.PeriodId, period => period.Id, (mark, period) => new { mark.Id, Period = period })
            .AsNoTracking().ToDictionaryAsync(row => row.Id, row => row.Period, cancellationToken);
        List<Guid> buyerIds = [.. page.Select(line => line.Key.BuyerId).Distinct()];
        Dictionary<Guid, string> names = await db.Buyers.Where(buyer => buyerIds.Contains(buyer.Id))
            .ToDictionaryAsync(buyer => buyer.Id, buyer => buyer.Name, cancellationToken);
        HashSet<Guid> coupons = [.. await db.BuyerLinks.Where(link => buyerIds.Contains(link.BuyerId) && link.UnlinkedAt == null && link.HasCoupons)
            .Select(link => link.BuyerId).ToListAsync(cancellationToken)];
        return [.. page.Select(line =>
        {
            BillingPeriod period = periods[line.Key.MarkId];
            return new WaitingRow(
                line.Key, names[line.Key.BuyerId], period.SubscriptionExternalId, period.PeriodStart, period.PeriodEnd, line.Group.MetricCode,
                line.Group.Currency, line.Group.Sum.Minor, line.Group.Sum.Count, line.Group.Sum.Since, line.Deadline,
                coupons.Contains(line.Key.BuyerId), purchases.ProductOf(line.Key.BuyerId),
                purchases.TargetsOf(line.Key.BuyerId, line.Group.MetricCode, line.Group.Currency), line.Group.Sum.Stamp);
        })];
    }

    /// <summary>Periods that have ended long ago and still have no final total, the oldest first.</summary>
    public async Task<(IReadOnlyList<ClosingRow> Rows, int Count)> ListClosingsAsync(
        string? buyer, int skip, int take, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        IQueryable<ClosingRow> rows =
            from period in LateClosings(db)
            join owner in BuyersNamed(db, buyer) on period.BuyerId equals owner.Id
            orderby period.PeriodEnd, period.Id
            select new ClosingRow(
                period.Id, owner.Id, owner.Name, period.SubscriptionExternalId, period.PeriodStart, period.PeriodEnd, period.LastCloseAttemptAt, period.CloseDetail);
        return (await rows.Skip(skip).Take(take).ToListAsync(cancellationToken), await rows.CountAsync(cancellationToken));
    }

    /// <summary>Which entitlements a buyer's Lago subscriptions are routed to, by subscription.</summary>
    public async Task<IReadOnlyList<RouteRow>> ListRoutesAsync(Guid buyerId, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        return await (
            from route in db.SubscriptionRoutes
            join entitlement in db.Entitlements on route.EntitlementId equals entitlement.Id
            join product in db.Products on entitlement.ProductId equals product.Id
            where route.BuyerId == buyerId
            let externalId = db.BillingPeriods.Where(period => period.SubscriptionLagoId == route.SubscriptionLagoId)
                .Select(period => period.SubscriptionExternalId).FirstOrDefault() ?? route.SubscriptionLagoId
            orderby externalId, product.Name, route.Id
            select new RouteRow(route.Id, externalId, product.Name, entitlement.Identity, route.CreatedAt, route.CreatedBy))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Everything that does not go on by itself, at a glance.</summary>
    public async Task<WaitingOverview> SummariseAsync(CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        var held = await db.HighWaterMarks.Where(mark => mark.Hold != null)
            .GroupBy(mark => new { mark.Currency, mark.Hold })
            .Select(group => new { group.Key.Currency, group.Key.Hold, Minor = group.Sum(mark => mark.HeldMinor), Keys = group.Count() })
            .ToListAsync(cancellationToken);
        IQueryable<UsageRecord> records = db.UsageRecords.Where(record => record.State == UsageRecordState.Blocked
            || record.State == UsageRecordState.Conflict || record.State == UsageRecordState.Unresolved);
        var sums = await records.GroupBy(record => new { record.Currency, record.UnitPriceMinor })
            .Select(group => new { group.Key.Currency, group.Key.UnitPriceMinor, Units = group.Sum(record => record.Quantity), Count = group.Count() })
            .ToListAsync(cancellationToken);
        DateTimeOffset? deadline = await records.Where(record => record.State == UsageRecordState.Blocked)
            .MinAsync(record => (DateTimeOffset?)record.Deadline, cancellationToken);
        return new WaitingOverview(
            [.. held.OrderBy(total => total.Currency, StringComparer.Ordinal).ThenBy(total => total.Hold)
                .Select(total => new HeldTotal(total.Currency, total.Hold!.Value, total.Minor, total.Keys))],
            new RecordsToSettle(
                sums.Sum(sum => sum.Count),
                [.. sums.GroupBy(sum => sum.Currency, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal)
                    .Select(group => new CurrencyAmount(group.Key, group.Sum(sum => sum.Units * sum.UnitPriceMinor)))],
                deadline),
            await CountLinesAsync(db, cancellationToken),
            await LateClosings(db).CountAsync(cancellationToken));
    }

    /// <summary>How many lines wait for a person: of waiting money and of held keys.</summary>
    public async Task<int> CountAsync(CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        return await CountLinesAsync(db, cancellationToken) + await db.HighWaterMarks.CountAsync(mark => mark.Hold != null, cancellationToken);
    }

    internal static IQueryable<UsageIncrement> Waiting(LagoConsoleDbContext db) =>
        db.UsageIncrements.Where(increment => increment.WaitReason != null && increment.IsOpen);

    private static Task<int> CountLinesAsync(LagoConsoleDbContext db, CancellationToken cancellationToken) => Waiting(db)
        .Select(increment => new { increment.BuyerId, increment.MarkId, increment.WaitReason }).Distinct().CountAsync(cancellationToken);

    /// <summary>Read through once, one row at a time: what is kept is one sum for each line.</summary>
    private static async Task<Dictionary<WaitingKey, Group>> AddUpAsync(LagoConsoleDbContext db, string? buyer, CancellationToken cancellationToken)
    {
        IQueryable<UsageIncrement> waiting = Waiting(db);
        if (SearchText.Pattern(buyer) is not null)
        {
            waiting = waiting.Where(increment => BuyersNamed(db, buyer).Any(owner => owner.Id == increment.BuyerId));
        }

        Dictionary<WaitingKey, Group> groups = [];
        await foreach (var row in waiting
            .Select(increment => new
            {
                increment.BuyerId,
                increment.MarkId,
                increment.WaitReason,
                increment.MetricCode,
                increment.Currency,
                increment.OpenMinor,
                increment.WaitingSince,
                increment.SeenAt,
            })
            .AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            WaitingKey key = new(row.BuyerId, row.MarkId, row.WaitReason!.Value);
            if (!groups.TryGetValue(key, out Group? group))
            {
                groups.Add(key, group = new Group(row.MetricCode, row.Currency, new WaitingSum()));
            }

            group.Sum.Add(row.OpenMinor, row.WaitingSince ?? row.SeenAt, row.SeenAt);
        }

        return groups;
    }

    private static IQueryable<Buyers.Buyer> BuyersNamed(LagoConsoleDbContext db, string? name)
    {
        IQueryable<Buyers.Buyer> buyers = db.Buyers.AsNoTracking();
        return SearchText.Pattern(name) is { } pattern
            ? buyers.Where(buyer => EF.Functions.Like(buyer.Name, pattern, SearchText.Escape))
            : buyers;
    }

    private IQueryable<BillingPeriod> LateClosings(LagoConsoleDbContext db)
    {
        DateTimeOffset late = clock.GetUtcNow() - ClosingPatience;
        return db.BillingPeriods.AsNoTracking().Where(period => period.State == BillingPeriodState.Ended && period.PeriodEnd <= late);
    }

    /// <summary>For order only: what is equal here need not be worth the same.</summary>
    private static decimal InWholeUnits(decimal minor, string currency) =>
        Currencies.TryGet(currency, out Currency? known) ? minor / known.MinorPerMajor : minor;

    private sealed record Group(string MetricCode, string Currency, WaitingSum Sum);

    private sealed record Line(WaitingKey Key, Group Group, DateTimeOffset? Deadline);
}
