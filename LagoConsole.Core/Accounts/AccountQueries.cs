using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Accounts;

/// <summary>One account as the page shows it. Nothing of its secret but the last four characters.</summary>
/// <param name="ExpiryWarning">What is to be done about the secret's end; null while nothing is.</param>
/// <param name="ClockAhead">This machine's clock minus the marketplace's, as last measured; null before that.</param>
/// <param name="Products">Names of the products that report with it.</param>
/// <param name="Version">For <see cref="EditAccount.SeenVersion"/>.</param>
public sealed record AccountRow(
    Guid Id, string Name, Marketplace Marketplace, CredentialKind Kind, AccountParts Parts, string? SecretLastFour,
    DateTimeOffset? SecretExpiresAt, ExpiryState Expiry, string? ExpiryWarning, AccountStatus Status, string? StatusDetail, DateTimeOffset? VerifiedAt,
    TimeSpan? ClockAhead, IReadOnlyList<string> Products, int Version);

/// <summary>What pages read of accounts.</summary>
public sealed class AccountQueries(IDbContextFactory<LagoConsoleDbContext> databases, TimeProvider clock)
{
    /// <summary>All accounts, by marketplace and name: a vendor has a handful.</summary>
    public async Task<IReadOnlyList<AccountRow>> ListAsync(CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        List<MarketplaceAccount> accounts = await db.MarketplaceAccounts.AsNoTracking().ToListAsync(cancellationToken);
        ILookup<Guid?, string> products = (await db.Products.AsNoTracking().Where(product => product.AccountId != null)
            .Select(product => new { product.AccountId, product.Name }).ToListAsync(cancellationToken)).ToLookup(product => product.AccountId, product => product.Name);
        return [.. accounts.OrderBy(account => account.Marketplace).ThenBy(account => account.Name, StringComparer.OrdinalIgnoreCase)
            .Select(account => Row(account, [.. products[account.Id].Order(StringComparer.OrdinalIgnoreCase)]))];
    }

    /// <summary>Null when it is gone.</summary>
    public async Task<AccountRow?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        (await ListAsync(cancellationToken)).FirstOrDefault(account => account.Id == id);

    /// <summary>What a product's account can be chosen from.</summary>
    public async Task<IReadOnlyList<AccountChoice>> ChoicesAsync(CancellationToken cancellationToken) =>
        [.. (await ListAsync(cancellationToken)).Select(account => new AccountChoice(account.Id, account.Name, account.Marketplace, account.Status))];

    /// <summary>Accounts whose secrets end soon or have ended, the nearest end first.</summary>
    public async Task<IReadOnlyList<AccountRow>> ExpiringAsync(CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        List<MarketplaceAccount> accounts = await db.MarketplaceAccounts.AsNoTracking().Where(account => account.SecretExpiresAt != null).ToListAsync(cancellationToken);
        return [.. accounts.OrderBy(account => account.SecretExpiresAt).Select(account => Row(account, [])).Where(row => row.ExpiryWarning is not null)];
    }

    private AccountRow Row(MarketplaceAccount account, IReadOnlyList<string> products)
    {
        DateTimeOffset now = clock.GetUtcNow();
        return new AccountRow(
            account.Id, account.Name, account.Marketplace, account.Kind, account.Parts, account.SecretLastFour,
            account.SecretExpiresAt, SecretExpiry.Of(account.SecretExpiresAt, now), SecretExpiry.Sentence(account.Name, account.SecretExpiresAt, now),
            account.Status, account.StatusDetail, account.VerifiedAt,
            account.ClockAheadSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null, products, account.Version);
    }
}
