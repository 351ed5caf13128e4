using LagoConsole.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Buyers.Mapping;

/// <summary>What is stored about which Lago customer is which buyer. Asks no Lago.</summary>
public sealed class MappingQueries(IDbContextFactory<LagoConsoleDbContext> databases)
{
    /// <summary>More than a person resolves before looking again.</summary>
    private const int MostShared = 50;

    /// <summary>Two buyers on one customer: one Lago customer under two external ids, or through two integrations of one organization.</summary>
    public async Task<IReadOnlyList<SharedCustomer>> SharedAsync(CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        List<string> shared = await db.BuyerLinks.Where(link => link.UnlinkedAt == null)
            .GroupBy(link => link.CustomerLagoId).Where(group => group.Count() > 1).Select(group => group.Key)
            .OrderBy(id => id).Take(MostShared).ToListAsync(cancellationToken);
        if (shared.Count == 0)
        {
            return [];
        }

        var buyers = await (
            from link in db.BuyerLinks
            where link.UnlinkedAt == null && shared.Contains(link.CustomerLagoId)
            join buyer in db.Buyers on link.BuyerId equals buyer.Id
            join integration in db.Integrations on link.IntegrationId equals integration.Id
            orderby link.LinkedAt
            select new { link.CustomerLagoId, Buyer = new SharingBuyer(buyer.Id, buyer.Name, link.LagoCustomerId, integration.Name) })
            .ToListAsync(cancellationToken);
        return [.. buyers.GroupBy(row => row.CustomerLagoId, StringComparer.Ordinal).Select(group => new SharedCustomer(group.Key, [.. group.Select(row => row.Buyer)]))];
    }

    /// <summary>Buyers whose purchase takes usage now and that no usage is polled for.</summary>
    public async Task<int> CountUnlinkedAsync(CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Buyers.CountAsync(
            buyer => db.Entitlements.Any(entitlement => entitlement.BuyerId == buyer.Id
                    && (entitlement.State == EntitlementState.Active || entitlement.State == EntitlementState.PendingCancel))
                && !db.BuyerLinks.Any(link => link.BuyerId == buyer.Id && link.UnlinkedAt == null),
            cancellationToken);
    }

    internal async Task<IReadOnlyList<Guid>> IntegrationsAsync(CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Integrations.Select(integration => integration.Id).ToListAsync(cancellationToken);
    }

    /// <summary>Lago Customer IDs of the integration that have a buyer.</summary>
    internal async Task<HashSet<string>> LinkedAsync(Guid integrationId, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        return new HashSet<string>(
            await db.BuyerLinks.Where(link => link.IntegrationId == integrationId && link.UnlinkedAt == null).Select(link => link.LagoCustomerId).ToListAsync(cancellationToken),
            StringComparer.Ordinal);
    }

    /// <summary>With everything that they are known by.</summary>
    internal async Task<IReadOnlyList<UnlinkedBuyer>> UnlinkedBuyersAsync(CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        IQueryable<Buyer> unlinked = db.Buyers.AsNoTracking().Where(buyer => !db.BuyerLinks.Any(link => link.BuyerId == buyer.Id && link.UnlinkedAt == null));
        var bought = await db.Entitlements.AsNoTracking()
            .Where(entitlement => unlinked.Any(buyer => buyer.Id == entitlement.BuyerId))
            .Select(entitlement => new
            {
                entitlement.BuyerId,
                entitlement.AwsAccountId,
                entitlement.AwsLicenseArn,
                entitlement.AzureResourceId,
                entitlement.GcpUsageReportingId,
                entitlement.PurchaseId,
            })
            .ToListAsync(cancellationToken);
        ILookup<Guid, string> ids = bought
            .SelectMany(row => new[] { row.AwsAccountId, row.AwsLicenseArn, row.AzureResourceId, row.GcpUsageReportingId, row.PurchaseId }.OfType<string>(), (row, id) => (row.BuyerId, Id: id))
            .ToLookup(row => row.BuyerId, row => row.Id);
        return [.. (await unlinked.OrderBy(buyer => buyer.Name).ToListAsync(cancellationToken))
            .Select(buyer => new UnlinkedBuyer(buyer.Id, buyer.Name, buyer.Email, [buyer.Id.ToString(), .. ids[buyer.Id].Distinct(StringComparer.Ordinal)]))];
    }
}
