using LagoConsole.Core.Buyers;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using LagoConsole.Core.Security;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Fulfilment;

/// <summary>What reading every purchase anew came to.</summary>
/// <param name="Read">Purchases that a marketplace told of.</param>
/// <param name="Problems">A sentence for each that needs a person, or could not be read.</param>
public sealed record SyncOutcome(int Read, int Entered, int Changed, IReadOnlyList<string> Problems);

/// <summary>Reads purchases anew where the marketplace has an API: Google's whole list, and each of Azure's that the console has and that runs.</summary>
public sealed class PurchaseSync(
    IDbContextFactory<LagoConsoleDbContext> databases, AskingProducts products, AzureSubscriptions azure, GoogleEntitlements google, PurchaseService purchases)
{
    private const string Cause = "synchronised";

    /// <exception cref="ForbiddenException">Needs <see cref="Role.Operator"/>.</exception>
    public async Task<SyncOutcome> RunAsync(Actor actor, CancellationToken cancellationToken)
    {
        actor.Require(Role.Operator);
        List<PurchaseReading> readings = [];
        List<string> problems = [];
        List<(string Id, Guid ProductId)> subscriptions;
        HashSet<string> known;
        bool sellsAtGoogle;
        await using (LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken))
        {
            subscriptions = [.. (await db.Entitlements.AsNoTracking()
                .Where(row => row.AzureResourceId != null && row.State != EntitlementState.Cancelled)
                .OrderBy(row => row.AzureResourceId).ToListAsync(cancellationToken)).Select(row => (row.AzureResourceId!, row.ProductId))];
            known = [.. await db.Entitlements.Where(row => row.Marketplace == Marketplace.Gcp && row.PurchaseId != null).Select(row => row.PurchaseId!).ToListAsync(cancellationToken)];
            sellsAtGoogle = await db.Products.AnyAsync(row => row.Marketplace == Marketplace.Gcp, cancellationToken);
        }

        foreach ((string subscription, Guid product) in subscriptions)
        {
            switch (await azure.ReadAsync(product, Guid.Parse(subscription), operation: null, cancellationToken))
            {
                case PurchaseAnswer.Read read:
                    readings.Add(read.Purchase);
                    break;
                case PurchaseAnswer.NotFound notFound:
                    problems.Add(notFound.Sentence);
                    break;
                case PurchaseAnswer.Refused refused:
                    problems.Add(refused.Sentence);
                    break;
                case PurchaseAnswer.Failed failed:
                    problems.Add($"{subscription}: {failed.Sentence}");
                    break;
            }
        }

        if (google.IsConfigured)
        {
            switch (await google.ListAsync((await products.ListAsync(Marketplace.Gcp, purchaseId: null, cancellationToken))[0], cancellationToken))
            {
                case PurchaseList.Read list:
                    // Several may stand under one reporting id. Ends of purchases that the console knows come first, so that what runs
                    // after them is seen; other ends last, so that they end nothing that a running purchase claims.
                    readings.AddRange(list.Purchases
                        .OrderBy(purchase => purchase.State != EntitlementState.Cancelled ? 1 : known.Contains(purchase.PurchaseId!) ? 0 : 2)
                        .ThenBy(purchase => purchase.StartsAt));
                    break;
                case PurchaseList.Failed failed:
                    problems.Add(failed.Sentence);
                    break;
            }
        }
        else if (sellsAtGoogle)
        {
            problems.Add("Google's purchases were not read: Google:ProviderId is not set. Set it to the provider's id in the Producer Portal.");
        }

        int entered = 0;
        int changed = 0;
        foreach (PurchaseReading reading in readings)
        {
            switch (await purchases.ApplyAsync(actor, reading, PurchaseHints.None, Cause, cancellationToken))
            {
                case PurchaseOutcome.Entered:
                    entered++;
                    break;
                case PurchaseOutcome.Changed:
                    changed++;
                    break;
                case PurchaseOutcome.NeedsPerson needs:
                    problems.Add($"{reading.Marketplace.Label()} {reading.PurchaseId}: {needs.Sentence}");
                    break;
            }
        }

        return new SyncOutcome(readings.Count, entered, changed, problems);
    }
}
