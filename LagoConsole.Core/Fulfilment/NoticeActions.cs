using LagoConsole.Core.Audit;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using LagoConsole.Core.Security;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Fulfilment;

/// <summary>Acts on kept notices: where the marketplace has an API, what that says is carried out, and never the notice's own claim.</summary>
public sealed class NoticeActions(
    IDbContextFactory<LagoConsoleDbContext> databases, AskingProducts products, AzureSubscriptions azure, GoogleEntitlements google, PurchaseService purchases,
    TimeProvider clock)
{
    /// <summary>Notices that are to be acted on, oldest first.</summary>
    public async Task<IReadOnlyList<Guid>> PendingAsync(CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.ReceivedNotices.Where(notice => notice.State == NoticeState.Pending)
            .OrderBy(notice => notice.ReceivedAt).ThenBy(notice => notice.Id).Select(notice => notice.Id).ToListAsync(cancellationToken);
    }

    /// <summary>Acts on one. May stop at any point and be repeated: what a notice changes, it changes once.</summary>
    /// <returns>Where it stands now; null where it is not pending.</returns>
    public async Task<NoticeState?> ActAsync(Guid id, CancellationToken cancellationToken)
    {
        ReceivedNotice? kept;
        await using (LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken))
        {
            kept = await db.ReceivedNotices.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id && row.State == NoticeState.Pending, cancellationToken);
        }

        if (kept is null)
        {
            return null;
        }

        Verdict verdict = await JudgeAsync(NoticeReader.Read(kept.Marketplace, kept.NoticeId, kept.Payload), cancellationToken);
        await using LagoConsoleDbContext write = await databases.CreateDbContextAsync(cancellationToken);
        write.Attach(kept);
        kept.State = verdict.State;
        kept.Outcome = verdict.Sentence.Length <= ReceivedNoticeConfiguration.MaxOutcome ? verdict.Sentence : verdict.Sentence[..ReceivedNoticeConfiguration.MaxOutcome];
        kept.ActedAt = clock.GetUtcNow();
        kept.BuyerId = verdict.BuyerId;
        await write.SaveChangesAsync(cancellationToken);
        return kept.State;
    }

    /// <summary>A person has mended what stood in the way.</summary>
    /// <exception cref="ForbiddenException">Needs <see cref="Role.Operator"/>.</exception>
    public async Task<NoticeState?> TryAgainAsync(Actor actor, Guid id, CancellationToken cancellationToken)
    {
        await ChangeAsync(actor, id, "Try notice again", NoticeState.Pending, notice => notice.Outcome, cancellationToken);
        return await ActAsync(id, cancellationToken);
    }

    /// <summary>A person has dealt with it another way.</summary>
    /// <exception cref="ForbiddenException">Needs <see cref="Role.Operator"/>.</exception>
    public Task DismissAsync(Actor actor, Guid id, CancellationToken cancellationToken) =>
        ChangeAsync(actor, id, "Dismiss notice", NoticeState.Done, notice => $"Dismissed by {actor.Name}. {notice.Outcome}", cancellationToken);

    private async Task ChangeAsync(
        Actor actor, Guid id, string action, NoticeState state, Func<ReceivedNotice, string?> outcome, CancellationToken cancellationToken)
    {
        actor.Require(Role.Operator);
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.ReceivedNotices.SingleOrDefaultAsync(row => row.Id == id && row.State == NoticeState.NeedsPerson, cancellationToken) is not { } notice)
        {
            return; // somebody else was faster
        }

        db.Audit(clock.GetUtcNow(), actor, action, nameof(ReceivedNotice), id, notice.Outcome, after: null, note: Name(notice.Said, notice.NoticeId));
        notice.Outcome = outcome(notice);
        notice.State = state;
        await db.SaveChangesAsync(cancellationToken);
    }

    private async Task<Verdict> JudgeAsync(PurchaseNotice notice, CancellationToken cancellationToken)
    {
        if (notice.Kind == NoticeKind.NotUnderstood)
        {
            return new Verdict(NoticeState.NeedsPerson, "The console does not know such a notice, so it changed nothing. Look at the message; what it is about can be entered by hand under Buyers.");
        }

        if (notice.PurchaseId is not { } purchase)
        {
            return new Verdict(NoticeState.Done, "It is about the buyer's account and no purchase: there was nothing to do.");
        }

        switch (notice.Marketplace)
        {
            case Marketplace.Aws:
                return PurchaseRules.Believed(notice, clock.GetUtcNow()) is { } believed
                    ? await ApplyAsync(notice, believed, cancellationToken)
                    : new Verdict(NoticeState.Done, "It names no licence: AWS tells that of a purchase with License Updated. There was nothing to do.");
            case Marketplace.Azure:
                return await FollowAsync(
                    notice, await AskAsync(notice, product => azure.ReadAsync(product, Guid.Parse(purchase), notice.AzureOperationId, cancellationToken), cancellationToken), cancellationToken);
            case Marketplace.Gcp:
                return await FollowAsync(notice, await AskAsync(notice, product => google.ReadAsync(product, purchase, cancellationToken), cancellationToken), cancellationToken);
            default:
                throw new System.Diagnostics.UnreachableException($"No such marketplace: {notice.Marketplace}.");
        }
    }

    /// <summary>Of several accounts the one that knows the purchase answers; that none does is concluded only where each of them said so.</summary>
    private async Task<PurchaseAnswer> AskAsync(PurchaseNotice notice, Func<Guid, Task<PurchaseAnswer>> ask, CancellationToken cancellationToken)
    {
        List<PurchaseAnswer> answers = [];
        foreach (Guid product in await products.ListAsync(notice.Marketplace, notice.PurchaseId, cancellationToken))
        {
            answers.Add(await ask(product));
            if (answers[^1] is PurchaseAnswer.Read read)
            {
                return read;
            }
        }

        return answers.Find(answer => answer is PurchaseAnswer.Failed) ?? answers.Find(answer => answer is PurchaseAnswer.Refused) ?? answers[0];
    }

    private async Task<Verdict> FollowAsync(PurchaseNotice notice, PurchaseAnswer answer, CancellationToken cancellationToken)
    {
        switch (answer)
        {
            case PurchaseAnswer.Read read:
                return await ApplyAsync(notice, read.Purchase, cancellationToken);
            case PurchaseAnswer.NotFound notFound:
                // Not believed as an end: where the console still reports usage for it, a person looks.
                await using (LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken))
                {
                    Guid? buyer = await db.Entitlements
                        .Where(row => row.Marketplace == notice.Marketplace && row.State != EntitlementState.Cancelled
                            && (row.PurchaseId == notice.PurchaseId || row.AzureResourceId == notice.PurchaseId))
                        .Select(row => (Guid?)row.BuyerId).FirstOrDefaultAsync(cancellationToken);
                    return buyer is null
                        ? new Verdict(NoticeState.Done, $"{notFound.Sentence} The console has no running purchase of it: there was nothing to do.")
                        : new Verdict(NoticeState.NeedsPerson, $"{notFound.Sentence} The console still reports usage for it: enter Cancelled at on the buyer's page if it has ended.", buyer);
                }

            case PurchaseAnswer.Refused refused:
                return new Verdict(NoticeState.NeedsPerson, refused.Sentence);
            case PurchaseAnswer.Failed failed:
                return new Verdict(NoticeState.Pending, failed.Sentence);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task<Verdict> ApplyAsync(PurchaseNotice notice, PurchaseReading reading, CancellationToken cancellationToken)
    {
        PurchaseOutcome outcome = await purchases.ApplyAsync(Actor.System, reading, PurchaseHints.None, Name(notice.Said, notice.NoticeId), cancellationToken);
        return new Verdict(outcome is PurchaseOutcome.NeedsPerson ? NoticeState.NeedsPerson : NoticeState.Done, outcome.Sentence, outcome.BuyerId);
    }

    private static string Name(string said, string noticeId) => $"{said}, notice {noticeId}";

    private sealed record Verdict(NoticeState State, string Sentence, Guid? BuyerId = null);
}
