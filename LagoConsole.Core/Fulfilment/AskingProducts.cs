using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Fulfilment;

/// <summary>As which product a marketplace is asked: an account sees its own purchases only, and a product names its account.</summary>
public sealed class AskingProducts(IDbContextFactory<LagoConsoleDbContext> databases)
{
    /// <summary>The product of the purchase where the console has it; else every product of the marketplace that has another account, the oldest first.</summary>
    /// <param name="purchaseId">Null for what is about no one purchase.</param>
    /// <returns>Never empty: without any product the usual chain asks.</returns>
    public async Task<IReadOnlyList<Guid>> ListAsync(Marketplace marketplace, string? purchaseId, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        List<Guid> known = await db.Entitlements
            .Where(row => row.Marketplace == marketplace && purchaseId != null && (row.PurchaseId == purchaseId || row.AzureResourceId == purchaseId))
            .Select(row => row.ProductId).Take(1).ToListAsync(cancellationToken);
        if (known.Count > 0)
        {
            return known;
        }

        List<Product> products = await db.Products.AsNoTracking().Where(row => row.Marketplace == marketplace).OrderBy(row => row.CreatedAt).ToListAsync(cancellationToken);
        return products.Count == 0 ? [Guid.Empty] : [.. products.DistinctBy(row => row.AccountId).Select(row => row.Id)];
    }
}
