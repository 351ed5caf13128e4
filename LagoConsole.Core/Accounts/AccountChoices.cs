using LagoConsole.Core.Audit;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using LagoConsole.Core.Security;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Accounts;

/// <summary>Which account a product reports with.</summary>
public sealed class AccountChoices(IDbContextFactory<LagoConsoleDbContext> databases, ProductAccounts accounts, TimeProvider clock)
{
    /// <summary>Says with which account a product reports from now on; null for the marketplace's usual chain.</summary>
    /// <exception cref="ForbiddenException">Needs <see cref="Role.Operator"/>.</exception>
    public async Task<AccountOutcome> ChooseAsync(Actor actor, Guid productId, Guid? accountId, CancellationToken cancellationToken)
    {
        actor.Require(Role.Operator);
        AccountOutcome outcome = await MoneyTransaction.RunAsync(databases, db => ChooseAsync(db, actor, productId, accountId, cancellationToken), cancellationToken);
        accounts.Forget();
        return outcome;
    }

    private async Task<AccountOutcome> ChooseAsync(LagoConsoleDbContext db, Actor actor, Guid productId, Guid? accountId, CancellationToken cancellationToken)
    {
        Product product = await db.Products.SingleAsync(row => row.Id == productId, cancellationToken);
        MarketplaceAccount? chosen = await db.MarketplaceAccounts.SingleOrDefaultAsync(row => row.Id == accountId, cancellationToken);
        if (AccountChoice.Problem(accountId, chosen, product.Marketplace) is { } problem)
        {
            return new AccountOutcome.Refused(AccountField.Products, problem);
        }

        string? before = await db.MarketplaceAccounts.Where(row => row.Id == product.AccountId).Select(row => row.Name).SingleOrDefaultAsync(cancellationToken);
        product.AccountId = accountId;
        db.Audit(clock.GetUtcNow(), actor, "Choose account", nameof(Product), product.Id, before ?? AccountChoice.UsualChain, chosen?.Name ?? AccountChoice.UsualChain);
        return new AccountOutcome.Saved(product.Id, $"{product.Name} reports with {chosen?.Name ?? AccountChoice.UsualChain} from now on, records made before included.");
    }
}
