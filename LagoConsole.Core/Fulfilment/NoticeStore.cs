using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using LagoConsole.Core.Time;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Fulfilment;

/// <summary>Keeps each notice once. What is kept may be deleted where it came from.</summary>
public sealed class NoticeStore(IDbContextFactory<LagoConsoleDbContext> databases, TimeProvider clock)
{
    /// <summary>Longest message that is kept, in characters. Honest ones have some 2,000.</summary>
    public const int MaxMessage = 64 * 1024;

    /// <param name="messageId">See <see cref="NoticeReader.Read"/>.</param>
    /// <returns>False where it is known already.</returns>
    public async Task<bool> KeepAsync(Marketplace marketplace, string messageId, string body, CancellationToken cancellationToken)
    {
        string kept = body.Length <= MaxMessage ? body : body[..MaxMessage]; // cut, it is understood no more, and shown
        PurchaseNotice notice = NoticeReader.Read(marketplace, messageId, kept);
        DateTimeOffset now = clock.GetUtcNow();
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        if (await IsKnownAsync(db, notice, cancellationToken))
        {
            return false;
        }

        db.ReceivedNotices.Add(new ReceivedNotice
        {
            Id = NewId.At(now),
            Marketplace = marketplace,
            NoticeId = notice.NoticeId,
            Kind = notice.Kind,
            Said = notice.Said,
            SaidAt = notice.At,
            PurchaseId = notice.PurchaseId,
            ReceivedAt = now,
            Payload = kept,
        });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateException)
        {
            // Two deliveries at once: the unique index let one of them through.
            await using LagoConsoleDbContext again = await databases.CreateDbContextAsync(cancellationToken);
            if (await IsKnownAsync(again, notice, cancellationToken))
            {
                return false;
            }

            throw;
        }
    }

    private static Task<bool> IsKnownAsync(LagoConsoleDbContext db, PurchaseNotice notice, CancellationToken cancellationToken) =>
        db.ReceivedNotices.AnyAsync(row => row.Marketplace == notice.Marketplace && row.NoticeId == notice.NoticeId, cancellationToken);
}
