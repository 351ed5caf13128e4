using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Buyers;

/// <summary>One line of the list of buyers.</summary>
/// <param name="Waiting">Money that waits, one amount per currency.</param>
public sealed record BuyerRow(
    Guid Id, string Name, string? Email, string? LagoCustomerId, string? IntegrationName,
    IReadOnlyList<EntitlementState> Entitlements, IReadOnlyList<WaitingAmount> Waiting);

/// <param name="Minor">Minor units; may have a fraction.</param>
public sealed record WaitingAmount(string Currency, decimal Minor);

/// <summary>What the list of buyers can be sorted by. What has none stands at the end, in both directions.</summary>
public enum BuyerSort
{
    Name = 1,

    Email = 2,

    LagoCustomerId = 3,
}

/// <summary>One page of the list.</summary>
/// <param name="Total">Buyers that match, on all pages.</param>
public sealed record BuyerList(IReadOnlyList<BuyerRow> Rows, int Total);

/// <summary>Everything that the page of one buyer shows.</summary>
/// <param name="Version">For <see cref="EditBuyer.SeenVersion"/>.</param>
/// <param name="Link">The Lago Customer ID it has now.</param>
/// <param name="UnconvertedMetrics">Metrics that Lago counts for it now and that no product it bought converts: their money waits.</param>
public sealed record BuyerDetail(
    Guid Id, int Version, string Name, string? Email, BuyerLinkDetail? Link,
    IReadOnlyList<EntitlementDetail> Entitlements, IReadOnlyList<WaitingLine> Waiting, IReadOnlyList<string> UnconvertedMetrics);

/// <param name="HasCoupons">The customer has coupons in Lago: the marketplace bills gross.</param>
/// <param name="LastProblem">What the last poll of the customer failed on; null when it went well.</param>
public sealed record BuyerLinkDetail(
    Guid IntegrationId, string IntegrationName, IntegrationStatus IntegrationStatus, BillingMode BillingMode, string LagoCustomerId,
    DateTimeOffset LinkedAt, string LinkedBy, bool HasCoupons, string? LastProblem, DateTimeOffset? LastProblemAt);

/// <param name="Version">For <see cref="EditEntitlement.SeenVersion"/>.</param>
/// <param name="Identity">Where its usage is billed.</param>
/// <param name="AzurePlanId">Azure: the plan that its next record names.</param>
public sealed record EntitlementDetail(
    Guid Id, int Version, Guid ProductId, string ProductName, Marketplace Marketplace, IReadOnlyList<IdentityPart> Identity,
    EntitlementState State, DateTimeOffset StartsAt, DateTimeOffset? EndsAt, string? AzurePlanId);

/// <summary>Waiting money of one reason and currency.</summary>
/// <param name="Minor">Minor units; may have a fraction.</param>
/// <param name="Since">Since when the oldest of it waits.</param>
public sealed record WaitingLine(WaitReason Reason, string Currency, decimal Minor, DateTimeOffset? Since, IReadOnlyList<string> MetricCodes);

/// <summary>What the buyer pages read.</summary>
public sealed class BuyerQueries(IDbContextFactory<LagoConsoleDbContext> databases)
{
    /// <summary>So many links that a search finds are taken by their buyers' ids.</summary>
    private const int Few = 1000;

    /// <param name="search">Part of a name, e-mail address or Lago Customer ID; null or empty for all.</param>
    /// <param name="page">From 0.</param>
    /// <param name="pageSize">1 to 200.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <param name="unlinkedOnly">Only buyers without a Lago Customer ID.</param>
    public async Task<BuyerList> ListAsync(
        string? search, int page, int pageSize, CancellationToken cancellationToken, BuyerSort sort = BuyerSort.Name, bool descending = false, bool unlinkedOnly = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(page);
        ArgumentOutOfRangeException.ThrowIfNotEqual(pageSize, Math.Clamp(pageSize, 1, 200));
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        IQueryable<Buyer> buyers = Wanted(db, search, unlinkedOnly, await FewLinkedAsync(db, search, cancellationToken));
        int total = await buyers.CountAsync(cancellationToken);
        List<Buyer> shown = await Sorted(db, buyers, sort, descending)
            .Skip(page * pageSize).Take(pageSize).ToListAsync(cancellationToken);
        return new BuyerList(await RowsAsync(db, shown, cancellationToken), total);
    }

    /// <summary>All buyers that match, about in the order in which they were entered.</summary>
    public IAsyncEnumerable<BuyerRow> StreamAsync(string? search, bool unlinkedOnly, CancellationToken cancellationToken) => RowParts.ReadAsync(
        databases, Guid.Empty, (db, last) => Wanted(db, search, unlinkedOnly).Where(buyer => buyer.Id.CompareTo(last) > 0).OrderBy(buyer => buyer.Id), buyer => buyer.Id,
        (db, shown) => RowsAsync(db, shown, cancellationToken), cancellationToken);

    /// <param name="linked">The buyers whose Lago Customer ID matches, where they are known; null: they are sought.</param>
    private static IQueryable<Buyer> Wanted(LagoConsoleDbContext db, string? search, bool unlinkedOnly, IQueryable<Guid>? linked = null)
    {
        IQueryable<Buyer> buyers = unlinkedOnly
            ? db.Buyers.AsNoTracking().Where(buyer => !db.BuyerLinks.Any(link => link.BuyerId == buyer.Id && link.UnlinkedAt == null))
            : db.Buyers.AsNoTracking();
        if (SearchText.Pattern(search) is not { } pattern)
        {
            return buyers;
        }

        linked ??= Linked(db, pattern);
        return buyers.Where(buyer => EF.Functions.Like(buyer.Name, pattern, SearchText.Escape)
            || (buyer.Email != null && EF.Functions.Like(buyer.Email, pattern, SearchText.Escape))
            || linked.Contains(buyer.Id));
    }

    private static IQueryable<Guid> Linked(LagoConsoleDbContext db, string pattern) => db.BuyerLinks
        .Where(link => link.UnlinkedAt == null && EF.Functions.Like(link.LagoCustomerId, pattern, SearchText.Escape)).Select(link => link.BuyerId);

    /// <summary>The same, if they are few: to count and to list what matches, all links are then gone through once and not twice.</summary>
    private static async Task<IQueryable<Guid>?> FewLinkedAsync(LagoConsoleDbContext db, string? search, CancellationToken cancellationToken)
    {
        if (SearchText.Pattern(search) is not { } pattern)
        {
            return null;
        }

        List<Guid> found = await Linked(db, pattern).Take(Few + 1).ToListAsync(cancellationToken);
        return found.Count <= Few ? db.Buyers.Where(buyer => found.Contains(buyer.Id)).Select(buyer => buyer.Id) : null;
    }

    private static async Task<IReadOnlyList<BuyerRow>> RowsAsync(LagoConsoleDbContext db, List<Buyer> shown, CancellationToken cancellationToken)
    {
        List<Guid> ids = [.. shown.Select(buyer => buyer.Id)];
        var links = await db.BuyerLinks.AsNoTracking()
            .Where(link => ids.Contains(link.BuyerId) && link.UnlinkedAt == null)
            .Join(db.Integrations, link => link.IntegrationId, integration => integration.Id, (link, integration) => new { link.BuyerId, link.LagoCustomerId, integration.Name })
            .ToDictionaryAsync(link => link.BuyerId, cancellationToken);
        ILookup<Guid, EntitlementState> states = (await db.Entitlements.AsNoTracking()
            .Where(entitlement => ids.Contains(entitlement.BuyerId)).OrderBy(entitlement => entitlement.StartsAt)
            .Select(entitlement => new { entitlement.BuyerId, entitlement.State })
            .ToListAsync(cancellationToken)).ToLookup(row => row.BuyerId, row => row.State);
        ILookup<Guid, WaitingIncrement> waiting = (await WaitingAsync(db, ids, cancellationToken)).ToLookup(increment => increment.BuyerId);
        return [.. shown.Select(buyer => new BuyerRow(
            buyer.Id, buyer.Name, buyer.Email,
            links.GetValueOrDefault(buyer.Id)?.LagoCustomerId, links.GetValueOrDefault(buyer.Id)?.Name,
            [.. states[buyer.Id]],
            [.. waiting[buyer.Id].GroupBy(increment => increment.Currency, StringComparer.Ordinal)
                .Select(group => new WaitingAmount(group.Key, group.Sum(increment => increment.OpenMinor)))
                .OrderBy(amount => amount.Currency, StringComparer.Ordinal)]))];
    }

    private static IQueryable<Buyer> Sorted(LagoConsoleDbContext db, IQueryable<Buyer> buyers, BuyerSort sort, bool descending)
    {
        switch (sort)
        {
            case BuyerSort.Name:
                return (descending ? buyers.OrderByDescending(buyer => buyer.Name) : buyers.OrderBy(buyer => buyer.Name)).ThenBy(buyer => buyer.Id);

            case BuyerSort.Email:
                IOrderedQueryable<Buyer> withEmailFirst = buyers.OrderBy(buyer => buyer.Email == null);
                return (descending ? withEmailFirst.ThenByDescending(buyer => buyer.Email) : withEmailFirst.ThenBy(buyer => buyer.Email))
                    .ThenBy(buyer => buyer.Name).ThenBy(buyer => buyer.Id);

            case BuyerSort.LagoCustomerId:
                var linked =
                    from buyer in buyers
                    join link in db.BuyerLinks.Where(link => link.UnlinkedAt == null) on buyer.Id equals link.BuyerId into links
                    from link in links.DefaultIfEmpty()
                    select new { Buyer = buyer, LagoCustomerId = (string?)link!.LagoCustomerId };
                var ordered = linked.OrderBy(row => row.LagoCustomerId == null);
                return (descending ? ordered.ThenByDescending(row => row.LagoCustomerId) : ordered.ThenBy(row => row.LagoCustomerId))
                    .ThenBy(row => row.Buyer.Name).ThenBy(row => row.Buyer.Id).Select(row => row.Buyer);

            default:
                throw new ArgumentOutOfRangeException(nameof(sort), sort, "Not a sort.");
        }
    }

    /// <summary>Null if there is no such buyer.</summary>
    public async Task<BuyerDetail?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        Buyer? buyer = await db.Buyers.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
        if (buyer is null)
        {
            return null;
        }

        BuyerLinkDetail? link = await db.BuyerLinks.AsNoTracking()
            .Where(row => row.BuyerId == id && row.UnlinkedAt == null)
            .Join(db.Integrations, row => row.IntegrationId, integration => integration.Id, (row, integration) => new BuyerLinkDetail(
                integration.Id, integration.Name, integration.Status, integration.BillingMode, row.LagoCustomerId, row.LinkedAt, row.LinkedBy, row.HasCoupons, row.LastProblem, row.LastProblemAt))
            .SingleOrDefaultAsync(cancellationToken);
        var bought = await db.Entitlements.AsNoTracking()
            .Where(entitlement => entitlement.BuyerId == id)
            .OrderBy(entitlement => entitlement.StartsAt).ThenBy(entitlement => entitlement.Id)
            .Join(db.Products, entitlement => entitlement.ProductId, product => product.Id, (entitlement, product) => new { Entitlement = entitlement, Product = product })
            .ToListAsync(cancellationToken);
        List<EntitlementDetail> entitlements = [.. bought.Select(row => new EntitlementDetail(
            row.Entitlement.Id, row.Entitlement.Version, row.Product.Id, row.Product.Name, row.Entitlement.Marketplace, MarketplaceIdentity.Parts(row.Product, row.Entitlement),
            row.Entitlement.State, row.Entitlement.StartsAt, row.Entitlement.EndsAt, row.Entitlement.AzurePlanOf(row.Product)))];
        List<WaitingLine> waiting = [.. (await WaitingAsync(db, [id], cancellationToken))
            .GroupBy(increment => (increment.Reason, increment.Currency))
            .Select(group => new WaitingLine(
                group.Key.Reason, group.Key.Currency, group.Sum(increment => increment.OpenMinor), group.Min(increment => increment.Since),
                [.. group.Select(increment => increment.MetricCode).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]))
            .OrderBy(line => line.Since)];
        return new BuyerDetail(
            buyer.Id, buyer.Version, buyer.Name, buyer.Email, link, entitlements, waiting,
            entitlements.Count == 0 ? [] : await UnconvertedMetricsAsync(db, id, cancellationToken));
    }

    /// <summary>Counted in a period that is not closed yet; without a conversion in any product that the buyer bought.</summary>
    private static Task<List<string>> UnconvertedMetricsAsync(LagoConsoleDbContext db, Guid buyerId, CancellationToken cancellationToken) =>
        (from mark in db.HighWaterMarks
         join period in db.BillingPeriods on mark.PeriodId equals period.Id
         where period.BuyerId == buyerId && period.State != BillingPeriodState.Closed
             && !db.DimensionConversions.Any(conversion => conversion.MetricCode == mark.MetricCode
                 && db.Entitlements.Any(entitlement => entitlement.BuyerId == buyerId && entitlement.ProductId == conversion.ProductId))
         orderby mark.MetricCode
         select mark.MetricCode).Distinct().ToListAsync(cancellationToken);

    /// <summary>Added up by the caller: SQLite would add decimals as floating point (R1).</summary>
    private static Task<List<WaitingIncrement>> WaitingAsync(
        LagoConsoleDbContext db, List<Guid> buyerIds, CancellationToken cancellationToken) =>
        db.UsageIncrements.AsNoTracking()
            .Where(increment => increment.WaitReason != null && increment.IsOpen && buyerIds.Contains(increment.BuyerId))
            .Select(increment => new WaitingIncrement(
                increment.BuyerId, increment.WaitReason!.Value, increment.Currency, increment.MetricCode, increment.OpenMinor, increment.WaitingSince))
            .ToListAsync(cancellationToken);

    private sealed record WaitingIncrement(
        Guid BuyerId, WaitReason Reason, string Currency, string MetricCode, decimal OpenMinor, DateTimeOffset? Since);
}
