using LagoConsole.Core.Buyers;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Integrations;

/// <summary>One integration as the page shows it. Nothing of its key but the last four characters.</summary>
/// <param name="Address">Base address of its Lago; empty for the sandbox's.</param>
/// <param name="LinkedBuyers">Buyers whose Lago Customer ID is one of this organization's now.</param>
/// <param name="GoogleBuyers">Of these, the ones with a purchase at Google that is not cancelled.</param>
/// <param name="Currencies">That its Lago counts in, as far as was seen; US dollars before anything was.</param>
/// <param name="Settings">For <see cref="EditIntegration.SeenSettings"/>.</param>
public sealed record IntegrationRow(
    Guid Id, string Name, LagoRegion Region, string Address, BillingMode BillingMode, bool AutoReport,
    IntegrationStatus Status, string? StatusDetail, string KeyLastFour,
    DateTimeOffset? VerifiedAt, DateTimeOffset? LastPollStartedAt, int LinkedBuyers, int GoogleBuyers,
    JumpLimits Limits, bool IncludeTrueUps, IReadOnlyList<string> Currencies, string Settings);

/// <summary>What the integrations page reads.</summary>
public sealed class IntegrationQueries(IDbContextFactory<LagoConsoleDbContext> databases)
{
    /// <summary>One page of integrations, by name.</summary>
    /// <param name="skip">Rows of the pages before.</param>
    public async Task<IntegrationPage> ListAsync(int skip, int take, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        int total = await db.Integrations.CountAsync(cancellationToken);
        var rows = await db.Integrations.AsNoTracking()
            .OrderBy(row => row.Name).ThenBy(row => row.Id)
            .Skip(skip).Take(take)
            .Select(row => new
            {
                Integration = row,
                LinkedBuyers = db.BuyerLinks.Count(link => link.IntegrationId == row.Id && link.UnlinkedAt == null),
            })
            .ToListAsync(cancellationToken);
        List<Guid> ids = [.. rows.Select(row => row.Integration.Id)];
        Dictionary<Guid, int> google = await GoogleBuyersAsync(db, ids, cancellationToken);
        ILookup<Guid, string> currencies = await CurrenciesAsync(db, ids, cancellationToken);
        return new IntegrationPage([.. rows.Select(row => Row(row.Integration, row.LinkedBuyers, google.GetValueOrDefault(row.Integration.Id), currencies[row.Integration.Id]))], total);
    }

    /// <summary>Null when it is gone.</summary>
    public async Task<IntegrationRow?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Integrations.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken) is { } integration
            ? Row(
                integration,
                await db.BuyerLinks.CountAsync(link => link.IntegrationId == id && link.UnlinkedAt == null, cancellationToken),
                (await GoogleBuyersAsync(db, [id], cancellationToken)).GetValueOrDefault(id),
                (await CurrenciesAsync(db, [id], cancellationToken))[id])
            : null;
    }

    /// <summary>Buyers by integration; none for an integration without any.</summary>
    private static async Task<Dictionary<Guid, int>> GoogleBuyersAsync(LagoConsoleDbContext db, List<Guid> ids, CancellationToken cancellationToken)
    {
        IQueryable<Entitlement> purchases = db.Entitlements.Where(bought => bought.Marketplace == Marketplace.Gcp && bought.State != EntitlementState.Cancelled);

        // Most consoles sell nothing at Google: one look at the purchases is far cheaper than one for each link.
        return await purchases.AnyAsync(cancellationToken)
            ? await db.BuyerLinks
                .Where(link => ids.Contains(link.IntegrationId) && link.UnlinkedAt == null && purchases.Any(bought => bought.BuyerId == link.BuyerId))
                .GroupBy(link => link.IntegrationId)
                .Select(links => new { links.Key, Count = links.Count() })
                .ToDictionaryAsync(links => links.Key, links => links.Count, cancellationToken)
            : [];
    }

    private static async Task<ILookup<Guid, string>> CurrenciesAsync(LagoConsoleDbContext db, List<Guid> ids, CancellationToken cancellationToken) =>
        (await db.BillingPeriods.Where(period => ids.Contains(period.IntegrationId))
            .Select(period => new { period.IntegrationId, period.Currency }).Distinct().ToListAsync(cancellationToken))
        .ToLookup(row => row.IntegrationId, row => row.Currency);

    private static IntegrationRow Row(Integration row, int linkedBuyers, int googleBuyers, IEnumerable<string> currencies) => new(
        row.Id, row.Name, row.Region, row.BaseUrl, row.BillingMode, row.AutoReport, row.Status, row.StatusDetail, row.ApiKeyLastFour,
        row.VerifiedAt, row.LastPollStartedAt, linkedBuyers, googleBuyers, new JumpLimits(row.JumpFactor, row.JumpFloorMinor, row.JumpAbsoluteMinor),
        row.IncludeTrueUps, [.. currencies.Order(StringComparer.Ordinal).DefaultIfEmpty("USD")], IntegrationSettings.Stamp(row));
}

/// <param name="Total">Rows of all pages.</param>
public sealed record IntegrationPage(IReadOnlyList<IntegrationRow> Rows, int Total);
