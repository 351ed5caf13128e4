using System.Data.Common;
using LagoConsole.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Accounts;

/// <summary>With which account a product reports.</summary>
public abstract record AccountAnswer
{
    private AccountAnswer()
    {
    }

    /// <summary>The product names no account: what the marketplace's own tools would find on this machine.</summary>
    public sealed record UsualChain : AccountAnswer
    {
        public static UsualChain Instance { get; } = new();
    }

    public sealed record Found(AccountCredentials Credentials) : AccountAnswer;

    /// <summary>The account cannot be read now.</summary>
    /// <param name="Problem">Begins a sentence and ends without a stop.</param>
    /// <param name="Remedy">A sentence.</param>
    public sealed record Missing(string Problem, string Remedy) : AccountAnswer;
}

/// <summary>Where meters ask for a product's account. An interface so that a meter can be tried without a database.</summary>
public interface IProductAccounts
{
    /// <summary>Never throws for what a database does: that is the answer.</summary>
    Task<AccountAnswer> FindAsync(Guid productId, CancellationToken cancellationToken);
}

/// <summary>
/// Reads a product's account, and keeps it for half a minute: by then a node knows what was changed at another one. What was
/// changed here counts at once.
/// </summary>
public sealed class ProductAccounts(IDbContextFactory<LagoConsoleDbContext> databases, AccountVault vault, TimeProvider clock) : IProductAccounts
{
    private static readonly TimeSpan Holds = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, (AccountAnswer Answer, DateTimeOffset ReadAt)> _known = [];
    private int _edition;

    public async Task<AccountAnswer> FindAsync(Guid productId, CancellationToken cancellationToken)
    {
        int edition;
        lock (_gate)
        {
            if (_known.TryGetValue(productId, out (AccountAnswer Answer, DateTimeOffset ReadAt) known) && (clock.GetUtcNow() - known.ReadAt).Duration() < Holds)
            {
                return known.Answer;
            }

            edition = _edition;
        }

        MarketplaceAccount? account;
        try
        {
            await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
            account = await db.MarketplaceAccounts.AsNoTracking()
                .SingleOrDefaultAsync(row => db.Products.Any(product => product.Id == productId && product.AccountId == row.Id), cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return NotRead;
        }
        catch (Exception failure) when (failure is DbException || MoneyTransaction.IsConflict(failure))
        {
            return NotRead;
        }

        lock (_gate)
        {
            AccountAnswer answer = account is null ? AccountAnswer.UsualChain.Instance : Reuse(account) ?? Open(account);
            if (edition == _edition) // else it was read before a change that is known of: true for this once
            {
                _known[productId] = (answer, clock.GetUtcNow());
            }

            return answer;
        }
    }

    /// <summary>Something was changed: what is kept is read again.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _edition++;
            _known.Clear();
        }
    }

    /// <summary>The account's secret and parts, for a caller that has the row.</summary>
    internal AccountAnswer Open(MarketplaceAccount account)
    {
        AccountSecret? secret = account.SecretCipher is { } cipher ? vault.Unprotect(account.Id, cipher) : null;
        return secret is null && account.SecretCipher is not null
            ? new AccountAnswer.Missing(
                $"The account {account.Name} cannot be used, because {AccountVault.Unreadable}",
                "Restore the encryption keys, or enter the secret again with Edit under Settings.")
            : new AccountAnswer.Found(new AccountCredentials
            {
                AccountId = account.Id,
                Generation = account.Generation,
                AccountName = account.Name,
                Kind = account.Kind,
                Parts = account.Parts,
                Secret = secret,
            });
    }

    /// <summary>The same object for the same credentials, whichever product asks: an account has one token.</summary>
    private AccountAnswer.Found? Reuse(MarketplaceAccount account) => _known.Values
        .Select(known => known.Answer).OfType<AccountAnswer.Found>()
        .FirstOrDefault(found => found.Credentials.AccountId == account.Id && found.Credentials.Generation == account.Generation);

    private static AccountAnswer.Missing NotRead { get; } = new(
        "The console's database did not say in time which account the product reports with", "If this repeats, check the database.");
}
