using System.Globalization;
using LagoConsole.Core.Audit;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using LagoConsole.Core.Security;
using LagoConsole.Core.Time;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Accounts;

/// <summary><i>Add</i>, <i>VERIFY</i>, <i>Edit</i> and <i>Delete</i> of marketplace accounts. For administrators.</summary>
public sealed class AccountService(
    IDbContextFactory<LagoConsoleDbContext> databases, AccountVault vault, ProductAccounts accounts, AccountVerifier verifier, KeyErasure erasure, TimeProvider clock)
{
    /// <summary>Stores a new account, not verified yet: what was typed is not lost to a short outage, and no product uses it until one is told to.</summary>
    /// <exception cref="ForbiddenException">The actor is not an administrator.</exception>
    public async Task<AccountOutcome> AddAsync(Actor actor, AccountInput input, CancellationToken cancellationToken)
    {
        actor.Require(Role.Admin);
        DateTimeOffset now = clock.GetUtcNow();
        if (input.Kind is not { } kind || !CredentialKinds.Of(input.Marketplace).Contains(kind))
        {
            return new AccountOutcome.Refused(AccountField.Kind, $"Choose how the account signs in at {input.Marketplace.Label()}.");
        }

        FieldProblems<AccountField> problems = new();
        if (TypedAccount.Read(input, kind, present: null, now, problems) is not { } read)
        {
            return new AccountOutcome.Refused(problems.All);
        }

        Guid id = NewId.At(now);
        MarketplaceAccount account = new()
        {
            Id = id,
            Marketplace = input.Marketplace,
            Kind = kind,
            Name = read.Name,
            Parts = read.Parts,
            SecretCipher = read.Secret is { } secret ? vault.Protect(id, secret.Value) : null,
            SecretLastFour = read.Secret?.LastFour,
            SecretExpiresAt = read.ExpiresAt,
            StatusDetail = "Added, but not verified yet: press VERIFY.",
            CreatedAt = now,
        };
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        if (await IsTakenAsync(db, account.Name, id, cancellationToken))
        {
            return NameTaken(account.Name);
        }

        db.MarketplaceAccounts.Add(account);
        db.Audit(now, actor, "Add account", "Account", id, after: Summary(account));
        return await SaveNamedAsync(db, account, new AccountOutcome.Saved(id, $"{account.Name} is added. Press VERIFY next, then choose it on the page of each product that reports with it."), cancellationToken);
    }

    /// <summary>Asks the marketplace, and stores what it said.</summary>
    /// <exception cref="ForbiddenException">The actor is not an administrator.</exception>
    public async Task<AccountVerification> VerifyAsync(Actor actor, Guid id, CancellationToken cancellationToken)
    {
        actor.Require(Role.Admin);
        if (await FindAsync(id, cancellationToken) is not (MarketplaceAccount asked, var products))
        {
            return new AccountVerification.Overtaken(AccountOutcome.ChangedMeanwhile.Gone.Sentence);
        }

        AccountVerdict verdict = accounts.Open(asked) switch
        {
            AccountAnswer.Found found => await verifier.VerifyAsync(found.Credentials, products, cancellationToken),
            AccountAnswer.Missing missing => new AccountVerdict.NoCredentials(missing.Problem, missing.Remedy) { Who = asked.Marketplace.Label() },
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return await MoneyTransaction.RunAsync<AccountVerification>(
            databases,
            async db =>
            {
                if (await db.MarketplaceAccounts.SingleOrDefaultAsync(row => row.Id == id, cancellationToken) is not { } account)
                {
                    return new AccountVerification.Overtaken(AccountOutcome.ChangedMeanwhile.Gone.Sentence);
                }

                if (account.Generation != asked.Generation)
                {
                    return new AccountVerification.Overtaken("The credentials were replaced while the former ones were being verified. Press VERIFY again.");
                }

                DateTimeOffset now = clock.GetUtcNow();
                AccountStatus before = account.Status;
                Keep(account, verdict, now);
                db.Audit(now, actor, "Verify account", "Account", id, before.Label(), account.Status.Label(), account.StatusDetail);
                return new AccountVerification.Done(verdict);
            },
            cancellationToken);
    }

    /// <summary>
    /// Changes name, expiry and credentials. New credentials are shown to the marketplace first and stored only when it accepts
    /// them; until then the present ones stay in use, so that a mistyped secret stops no money.
    /// </summary>
    /// <exception cref="ForbiddenException">The actor is not an administrator.</exception>
    public async Task<AccountOutcome> EditAsync(Actor actor, EditAccount edit, CancellationToken cancellationToken)
    {
        actor.Require(Role.Admin);
        DateTimeOffset now = clock.GetUtcNow();
        if (await FindAsync(edit.Id, cancellationToken) is not (MarketplaceAccount present, var products))
        {
            return AccountOutcome.ChangedMeanwhile.Gone;
        }

        if (present.Version != edit.SeenVersion)
        {
            return Changed(present.Name);
        }

        FieldProblems<AccountField> problems = new();
        if (TypedAccount.Read(edit.Input, present.Kind, present, now, problems) is not { } read)
        {
            return new AccountOutcome.Refused(problems.All);
        }

        bool isRotated = read.Secret is not null || read.Parts != present.Parts;
        AccountVerdict? verdict = null;
        if (isRotated)
        {
            switch (Candidate(present, read))
            {
                case AccountAnswer.Found found:
                    verdict = await verifier.VerifyAsync(found.Credentials, products, cancellationToken);
                    break;
                case AccountAnswer.Missing missing:
                    return new AccountOutcome.Refused(AccountField.Secret, $"{missing.Problem}. Enter the secret again.");
                default:
                    throw new System.Diagnostics.UnreachableException();
            }

            if (!verdict.IsVerified)
            {
                return new AccountOutcome.Refused(
                    present.Kind.Secret() == SecretNeed.None ? AccountField.Kind : AccountField.Secret,
                    $"{verdict.Sentence} The present credentials stay in use.");
            }
        }

        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        if (await IsTakenAsync(db, read.Name, edit.Id, cancellationToken))
        {
            return NameTaken(read.Name);
        }

        if (await db.MarketplaceAccounts.SingleOrDefaultAsync(row => row.Id == edit.Id, cancellationToken) is not { } account)
        {
            return AccountOutcome.ChangedMeanwhile.Gone;
        }

        if (account.Version != edit.SeenVersion)
        {
            return Changed(account.Name);
        }

        string before = Summary(account);
        bool keepsSecret = read.Secret is null && (account.Kind != CredentialKind.AwsAssumedRole || read.Parts.AwsAccessKeyId is not null);
        account.Name = read.Name;
        account.Parts = read.Parts;
        account.SecretExpiresAt = read.ExpiresAt;
        if (!keepsSecret)
        {
            account.SecretCipher = read.Secret is { } secret ? vault.Protect(account.Id, secret.Value) : null;
            account.SecretLastFour = read.Secret?.LastFour;
        }

        if (verdict is not null)
        {
            account.Generation++;
            Keep(account, verdict, now);
        }

        db.Audit(now, actor, read.Secret is null ? "Edit account" : "Rotate account secret", "Account", account.Id, before, Summary(account));
        AccountOutcome outcome = await SaveNamedAsync(
            db, account,
            new AccountOutcome.Saved(account.Id, isRotated
                ? $"{account.Name} uses the new credentials from now on: they are verified. Records under way were signed with the former ones, so delete those at the marketplace in an hour."
                : $"{account.Name} is saved."),
            cancellationToken);
        if (outcome is AccountOutcome.Saved && !keepsSecret)
        {
            await erasure.EraseAsync(CancellationToken.None); // the former secret; where it is kept in use, the next checkpoint does it
        }

        return outcome;
    }

    /// <summary>Deletes the account with its secret, for good. Refused while products use it, unless they are moved in the same step.</summary>
    /// <exception cref="ForbiddenException">The actor is not an administrator.</exception>
    public async Task<AccountOutcome> DeleteAsync(Actor actor, DeleteAccount request, CancellationToken cancellationToken)
    {
        actor.Require(Role.Admin);
        AccountOutcome outcome = await MoneyTransaction.RunAsync(databases, db => DeleteAsync(db, actor, request, cancellationToken), cancellationToken);
        if (outcome is not AccountOutcome.Saved saved)
        {
            return outcome;
        }

        accounts.Forget();
        return await erasure.EraseAsync(CancellationToken.None)
            ? saved
            : saved with
            {
                Sentence = saved.Sentence + " A copy of the encrypted secret is still in the database's write-ahead log, because other work kept the log in use; "
                    + "it disappears with the next checkpoint, at the latest when the console stops.",
            };
    }

    private async Task<AccountOutcome> DeleteAsync(LagoConsoleDbContext db, Actor actor, DeleteAccount request, CancellationToken cancellationToken)
    {
        if (await db.MarketplaceAccounts.SingleOrDefaultAsync(row => row.Id == request.Id, cancellationToken) is not { } account)
        {
            return AccountOutcome.ChangedMeanwhile.Gone;
        }

        List<Product> products = await db.Products.Where(product => product.AccountId == account.Id).OrderBy(product => product.Name).ToListAsync(cancellationToken);
        MarketplaceAccount? target = await db.MarketplaceAccounts.SingleOrDefaultAsync(row => row.Id == request.MoveTo, cancellationToken);
        if (products.Count > 0 && !request.MoveProducts)
        {
            return new AccountOutcome.Refused(
                AccountField.Products,
                $"{string.Join(", ", products.Select(product => product.Name))} {(products.Count == 1 ? "reports" : "report")} with {account.Name}. Choose what they report with instead. Nothing was deleted.");
        }

        if (products.Count > 0 && (target == account ? "Choose another account than the one that goes." : AccountChoice.Problem(request.MoveTo, target, account.Marketplace)) is { } problem)
        {
            return new AccountOutcome.Refused(AccountField.Products, problem);
        }

        DateTimeOffset now = clock.GetUtcNow();
        string instead = target?.Name ?? AccountChoice.UsualChain;
        foreach (Product product in products)
        {
            product.AccountId = target?.Id;
            db.Audit(now, actor, "Choose account", nameof(Product), product.Id, account.Name, instead, note: $"{account.Name} was deleted");
        }

        db.MarketplaceAccounts.Remove(account);
        db.Audit(now, actor, "Delete account", "Account", account.Id, before: Summary(account));
        string moved = products.Count == 0 ? "" : $" {string.Join(", ", products.Select(product => product.Name))} {(products.Count == 1 ? "reports" : "report")} with {instead} from now on.";
        return new AccountOutcome.Saved(account.Id, $"{account.Name} is deleted, and its secret with it.{moved}");
    }

    /// <summary>The credentials as they would be: what was typed over what is stored.</summary>
    private AccountAnswer Candidate(MarketplaceAccount present, ReadAccount read)
    {
        AccountSecret? secret = read.Secret?.Value;
        bool needsStored = secret is null && present.SecretCipher is not null
            && (present.Kind != CredentialKind.AwsAssumedRole || read.Parts.AwsAccessKeyId is not null);
        if (needsStored)
        {
            if (accounts.Open(present) is not AccountAnswer.Found { Credentials.Secret: var stored })
            {
                return accounts.Open(present);
            }

            secret = stored;
        }

        return new AccountAnswer.Found(new AccountCredentials
        {
            AccountId = present.Id,
            Generation = present.Generation + 1,
            AccountName = read.Name,
            Kind = present.Kind,
            Parts = read.Parts,
            Secret = secret,
        });
    }

    private async Task<(MarketplaceAccount Account, IReadOnlyList<Product> Products)?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.MarketplaceAccounts.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken) is { } account
            ? (account, await db.Products.AsNoTracking().Where(product => product.AccountId == id).OrderBy(product => product.Id).ToListAsync(cancellationToken))
            : null;
    }

    private static void Keep(MarketplaceAccount account, AccountVerdict verdict, DateTimeOffset now)
    {
        account.Status = verdict.IsVerified ? AccountStatus.Verified : AccountStatus.VerificationFailed;
        account.StatusDetail = verdict.Sentence is { Length: > 2000 } sentence ? sentence[..2000] : verdict.Sentence;
        account.VerifiedAt = verdict.IsVerified ? now : account.VerifiedAt;
        account.ClockAheadSeconds = verdict.ClockAhead is { } ahead ? (int)ahead.TotalSeconds : account.ClockAheadSeconds;
    }

    private async Task<AccountOutcome> SaveNamedAsync(LagoConsoleDbContext db, MarketplaceAccount account, AccountOutcome.Saved saved, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            accounts.Forget();
            return saved;
        }
        catch (DbUpdateConcurrencyException)
        {
            return Changed(account.Name);
        }
        catch (DbUpdateException)
        {
            // Two people at once: the unique index let one of them through.
            await using LagoConsoleDbContext again = await databases.CreateDbContextAsync(cancellationToken);
            if (await IsTakenAsync(again, account.Name, account.Id, cancellationToken))
            {
                return NameTaken(account.Name);
            }

            throw;
        }
    }

    private static Task<bool> IsTakenAsync(LagoConsoleDbContext db, string name, Guid except, CancellationToken cancellationToken) =>
        db.MarketplaceAccounts.AnyAsync(other => other.Name == name && other.Id != except, cancellationToken);

    private static AccountOutcome.Refused NameTaken(string name) => new(AccountField.Name, $"There is already an account called {name}. Choose another name.");

    private static AccountOutcome.ChangedMeanwhile Changed(string name) =>
        new($"Somebody else changed {name} while you were editing it. Nothing of yours was saved: close this, look at it, and edit again.");

    /// <summary>For the audit log: everything but the secret.</summary>
    private static string Summary(MarketplaceAccount account) => string.Create(
        CultureInfo.InvariantCulture,
        $"{account.Name}, {account.Marketplace.Label()}, {account.Kind.Label()}, {account.Parts}{(account.SecretLastFour is { Length: > 0 } end ? $", secret ending in {end}" : "")}{(account.SecretExpiresAt is { } expires ? $", expires {expires.UtcDateTime:yyyy-MM-dd HH:mm} UTC" : "")}");
}
