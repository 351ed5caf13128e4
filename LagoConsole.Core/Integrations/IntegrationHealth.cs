using LagoConsole.Core.Buyers;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Integrations;

/// <summary>What runs find out about an integration: whether its key still works, and which buyers could not be polled.</summary>
public sealed class IntegrationHealth(IDbContextFactory<LagoConsoleDbContext> contexts, TimeProvider clock)
{
    /// <summary>A poll that began at this instant reached Lago: decides the daily release (R17).</summary>
    public async Task PollStartedAsync(Guid integrationId, DateTimeOffset polledAt, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.Integrations.Where(integration => integration.Id == integrationId)
            .ExecuteUpdateAsync(set => set.SetProperty(integration => integration.LastPollStartedAt, polledAt), cancellationToken);
    }

    /// <summary>That poll ended: what it found is released together (R12: all increments of a dimension are added first).</summary>
    public async Task PollFinishedAsync(Guid integrationId, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.Integrations.Where(integration => integration.Id == integrationId)
            .ExecuteUpdateAsync(set => set.SetProperty(integration => integration.LastPollFinishedAt, now), cancellationToken);
    }

    /// <summary>
    /// Keeps which linked customers have coupons, for pages to say that the marketplace bills gross. No money depends on it: where
    /// the key may not read coupons, or the server is too old to list them, nobody is said to have any; after any other failure
    /// what was known stands.
    /// </summary>
    /// <param name="links">The links that are polled, as they were read.</param>
    public async Task CouponsSeenAsync(
        IReadOnlyCollection<BuyerLink> links, LagoAnswer<IReadOnlyList<AppliedCouponResponse>> answer, CancellationToken cancellationToken)
    {
        IReadOnlyList<AppliedCouponResponse> coupons;
        switch (answer)
        {
            case LagoAnswer<IReadOnlyList<AppliedCouponResponse>>.Ok ok:
                coupons = ok.Value;
                break;
            case LagoAnswer<IReadOnlyList<AppliedCouponResponse>>.Failed { Failure: LagoFailure.PermissionMissing or LagoFailure.NotFound }:
                coupons = [];
                break;
            default:
                return;
        }

        ILookup<string, AppliedCouponResponse> byCustomer = coupons.ToLookup(coupon => coupon.ExternalCustomerId, StringComparer.Ordinal);
        foreach (IGrouping<bool, BuyerLink> changed in links.Where(link => HasAny(link) != link.HasCoupons).GroupBy(HasAny))
        {
            List<Guid> ids = [.. changed.Select(link => link.Id)];
            await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
            await db.BuyerLinks.Where(link => ids.Contains(link.Id))
                .ExecuteUpdateAsync(set => set.SetProperty(link => link.HasCoupons, changed.Key), cancellationToken);
        }

        bool HasAny(BuyerLink link) => byCustomer[link.LagoCustomerId].Any(
            coupon => coupon.LagoCustomerId is null || coupon.LagoCustomerId == link.CustomerLagoId);
    }

    /// <summary>Lago refused the key or a permission in the middle of a run: polling rests, the schedule stays and tries each hour (R16).</summary>
    public Task RefusedAsync(Guid integrationId, LagoFailure failure, CancellationToken cancellationToken) =>
        MoneyTransaction.RunAsync(
            contexts,
            async db =>
            {
                Integration? integration = await db.Integrations.SingleOrDefaultAsync(
                    candidate => candidate.Id == integrationId, cancellationToken);
                if (integration is not null)
                {
                    integration.Status = IntegrationStatus.VerificationFailed;
                    integration.StatusDetail = $"{failure.Sentence} Polling rests; nothing already counted is lost, and money already "
                        + "accrued is still reported. Replace or repair the key (Edit), then VERIFY. The console also tries again by itself each hour.";
                }

                return integration is not null;
            },
            cancellationToken);

    /// <summary>Keeps the latest problem of a buyer's poll; writes only when it changed.</summary>
    public async Task BuyerPolledAsync(BuyerLink link, string? problem, CancellationToken cancellationToken)
    {
        if (link.LastProblem == problem)
        {
            return;
        }

        string? kept = problem is { Length: > 1000 } ? problem[..1000] : problem;
        DateTimeOffset? at = problem is null ? null : clock.GetUtcNow();
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.BuyerLinks.Where(stored => stored.Id == link.Id)
            .ExecuteUpdateAsync(
                set => set.SetProperty(stored => stored.LastProblem, kept).SetProperty(stored => stored.LastProblemAt, at),
                cancellationToken);
    }
}
