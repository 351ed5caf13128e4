using System.Globalization;
using LagoConsole.Core.Accounts;
using LagoConsole.Core.Audit;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Notifications;
using LagoConsole.Core.Persistence;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Security;

/// <summary>
/// Makes a new key and encrypts every stored secret with it: after the certificate of the key ring has changed, or when
/// an old key may have been seen. Older keys stay in the ring, because sign-ins and copies of the database need them.
/// </summary>
/// <remarks>A node that runs meanwhile does not know the new key before its ring is read again, so none should.</remarks>
public sealed class SecretRotation(
    IDbContextFactory<LagoConsoleDbContext> contexts, IKeyManager ring, ApiKeyVault apiKeys, AccountVault accounts, NotificationVault channels,
    KeyErasure erasure, TimeProvider clock)
{
    /// <summary>A key's life, as the key ring gives it to the keys that it makes by itself.</summary>
    private static readonly TimeSpan KeyLifetime = TimeSpan.FromDays(90);

    /// <exception cref="ForbiddenException">The actor is no administrator.</exception>
    public async Task<SecretRotationReport> RotateAsync(Actor actor, CancellationToken cancellationToken)
    {
        actor.Require(Role.Admin);

        // Keys live by real time, as the key ring itself does; the console's clock can be moved in Development.
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        ring.CreateNewKey(now, now + KeyLifetime);

        // One transaction: a secret that was edited meanwhile makes it begin anew, so that no new one is lost.
        SecretRotationReport report = await MoneyTransaction.RunAsync(contexts, db => ReencryptAsync(db, actor, cancellationToken), cancellationToken);
        await erasure.EraseAsync(cancellationToken); // where the log is in use, the next checkpoint takes the old ciphers
        return report;
    }

    private async Task<SecretRotationReport> ReencryptAsync(LagoConsoleDbContext db, Actor actor, CancellationToken cancellationToken)
    {
        int done = 0;
        List<string> unreadable = [];
        foreach (Integration integration in await db.Integrations.OrderBy(row => row.Name).ToListAsync(cancellationToken))
        {
            if (apiKeys.Unprotect(integration.Id, integration.ApiKeyCipher) is not VaultAnswer.Opened opened)
            {
                unreadable.Add($"the API key of integration {integration.Name}");
                continue;
            }

            integration.ApiKeyCipher = apiKeys.Protect(integration.Id, opened.Key);
            done++;
        }

        foreach (MarketplaceAccount account in await db.MarketplaceAccounts.Where(row => row.SecretCipher != null).OrderBy(row => row.Name).ToListAsync(cancellationToken))
        {
            if (accounts.Unprotect(account.Id, account.SecretCipher!) is not { } secret)
            {
                unreadable.Add($"the secret of marketplace account {account.Name}");
                continue;
            }

            account.SecretCipher = accounts.Protect(account.Id, secret);
            done++;
        }

        foreach (NotificationChannel channel in await db.NotificationChannels.OrderBy(row => row.Name).ToListAsync(cancellationToken))
        {
            channel.SecretCipher = Anew(channels.Secrets, channel.SecretCipher, "secret");
            channel.AddressCipher = Anew(channels.Addresses, channel.AddressCipher, "address");

            string? Anew(SecretVault vault, string? cipher, string what)
            {
                if (cipher is null)
                {
                    return null;
                }

                if (vault.Unprotect(channel.Id, cipher) is not { } secret)
                {
                    unreadable.Add($"the {what} of notification channel {channel.Name}");
                    return cipher;
                }

                done++;
                return vault.Protect(channel.Id, secret);
            }
        }

        db.Audit(
            clock.GetUtcNow(), actor, "Re-encrypt secrets", "KeyRing", "",
            after: string.Create(CultureInfo.InvariantCulture, $"{done} encrypted with a new key, {unreadable.Count} could not be opened"));
        return new SecretRotationReport(done, unreadable);
    }
}

/// <summary>What became of the stored secrets.</summary>
/// <param name="Reencrypted">How many are encrypted with the new key now.</param>
/// <param name="Unreadable">Which could not be opened and stay as they are; never a secret.</param>
public sealed record SecretRotationReport(int Reencrypted, IReadOnlyList<string> Unreadable);
