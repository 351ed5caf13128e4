using System.Collections.Concurrent;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace LagoConsole.Core.DryRun;

/// <summary>Reads from Lago what the next poll would read, and stores nothing.</summary>
public sealed class LagoLookReader(
    IDbContextFactory<LagoConsoleDbContext> contexts, IntegrationConnections connections, UsagePipeline pipeline,
    IOptions<PollingOptions> options, TimeProvider clock)
{
    /// <param name="progress">Called with (buyers read, buyers in all); may be called from several threads.</param>
    public async Task<LagoLookOutcome> ReadAsync(DryRunScope scope, Action<int, int> progress, CancellationToken cancellationToken)
    {
        DateTimeOffset at = clock.GetUtcNow();
        List<Target> targets = await TargetsAsync(scope, cancellationToken);
        if (scope is DryRunScope.OfLink { Preview: var preview })
        {
            DateTimeOffset? lastPoll = await LastPollAsync(preview.IntegrationId, cancellationToken);
            return new LagoLookOutcome.Ready(new LagoLook(preview.ReadAt, [])
            {
                Buyers = [.. targets.Select(target => OfPreview(target, preview, lastPoll))],
            });
        }

        Run run = new(targets.Count, progress);
        List<IGrouping<Guid?, Target>> perIntegration = [.. targets.GroupBy(target => target.Polled?.Id)];
        foreach (IGrouping<Guid?, Target> ofIntegration in perIntegration)
        {
            await ReadAsync(ofIntegration.First().Polled, [.. ofIntegration], run, cancellationToken);
        }

        int polled = perIntegration.Count(group => group.Key is not null);
        return polled > 0 && run.Unreadable.Count == polled
            ? new LagoLookOutcome.Failed($"{run.Unreadable[0]} Without Lago's present totals there is no dry run. Nothing was changed, and the change can be saved without one.")
            : new LagoLookOutcome.Ready(new LagoLook(at, [.. run.Unreadable, .. run.Problems.Order(StringComparer.Ordinal)]) { Buyers = [.. run.Buyers] });
    }

    private async Task<List<Target>> TargetsAsync(DryRunScope scope, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        IQueryable<Buyer> buyers = scope switch
        {
            DryRunScope.OfIntegration { IntegrationId: var id } => db.Buyers.Where(buyer =>
                db.BuyerLinks.Any(link => link.BuyerId == buyer.Id && link.IntegrationId == id && link.UnlinkedAt == null)
                || db.UsageIncrements.WhereOpen().Any(increment => increment.BuyerId == buyer.Id && increment.IntegrationId == id)),
            DryRunScope.OfBuyer { BuyerId: var id } => db.Buyers.Where(buyer => buyer.Id == id),
            DryRunScope.OfProduct { ProductId: var id } => db.Buyers.Where(buyer =>
                db.Entitlements.Any(entitlement => entitlement.BuyerId == buyer.Id && entitlement.ProductId == id)),
            DryRunScope.OfLink { Preview.BuyerId: var id } => db.Buyers.Where(buyer => buyer.Id == id),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return await (
            from buyer in buyers
            from link in db.BuyerLinks.Where(link => link.BuyerId == buyer.Id && link.UnlinkedAt == null).DefaultIfEmpty()
            from integration in db.Integrations.Where(integration => integration.Id == link.IntegrationId).DefaultIfEmpty()
            orderby buyer.Name, buyer.Id
            select new Target(buyer.Id, buyer.Name, link, integration)).AsNoTracking().ToListAsync(cancellationToken);
    }

    private async Task<DateTimeOffset?> LastPollAsync(Guid integrationId, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Integrations.Where(integration => integration.Id == integrationId)
            .Select(integration => integration.LastPollStartedAt).SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>What the preview read is what the next poll would read, if Lago counted nothing meanwhile.</summary>
    private static BuyerLook OfPreview(Target target, LinkPreview preview, DateTimeOffset? lastPoll) => new(
        target.BuyerId, target.Name, Link: null,
        [.. preview.Readings.Select(reading => reading with { Source = SnapshotSource.Poll, PreviousReadAt = lastPoll })],
        new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal));

    private async Task ReadAsync(Integration? integration, IReadOnlyList<Target> targets, Run run, CancellationToken cancellationToken)
    {
        if (integration is null)
        {
            foreach (Target target in targets)
            {
                run.Add(target, [], []); // its books still have a next window
            }

            return;
        }

        LagoConnection connection = connections.Open(integration);
        if (connection is not LagoConnection.Opened { Client: var lago })
        {
            run.Unreadable.Add($"{integration.Name}: {((LagoConnection.Unavailable)connection).Sentence}");
            return;
        }

        LagoAnswer<IReadOnlyList<SubscriptionResponse>> list = targets is [{ Link: { } only }]
            ? await lago.ListSubscriptionsOfAsync(only.LagoCustomerId, cancellationToken)
            : await lago.ListSubscriptionsAsync(cancellationToken);
        if (list is LagoAnswer<IReadOnlyList<SubscriptionResponse>>.Failed failed)
        {
            run.Unreadable.Add($"{integration.Name}: {failed.Failure.Sentence}");
            return;
        }

        ILookup<string, SubscriptionResponse> byCustomer = ((LagoAnswer<IReadOnlyList<SubscriptionResponse>>.Ok)list).Value
            .ToLookup(subscription => subscription.ExternalCustomerId, StringComparer.Ordinal);
        LagoFailure? refusal = null;
        await Parallel.ForEachAsync(
            targets,
            new ParallelOptions { MaxDegreeOfParallelism = options.Value.Concurrency, CancellationToken = cancellationToken },
            async (target, token) => refusal ??= await ReadAsync(lago, integration, target, [.. byCustomer[target.Link!.LagoCustomerId]], run, token));
        if (refusal is not null)
        {
            run.Unreadable.Add($"{integration.Name}: {refusal.Sentence}");
        }
    }

    /// <summary>Returns a refusal that holds for every buyer: Lago is not asked for the others.</summary>
    private async Task<LagoFailure?> ReadAsync(
        LagoClient lago, Integration integration, Target target, IReadOnlyList<SubscriptionResponse> ofCustomer, Run run, CancellationToken cancellationToken)
    {
        BuyerLink link = target.Link!;
        List<SubscriptionResponse> active = [.. ofCustomer.Where(row => row.Status == SubscriptionResponse.Active)];
        if (UsageReader.ForeignCustomer(link, active) is { } foreign)
        {
            run.Problems.Add($"{target.Name}: {foreign}");
        }

        List<SubscriptionReading> readings = [];
        foreach (SubscriptionResponse subscription in active.Where(row => UsageReader.IsOf(link, row)))
        {
            switch (await pipeline.ReadAsync(lago, integration, link, subscription, ofCustomer, cancellationToken))
            {
                case UsageAnswer.Read read:
                    readings.Add(read.Reading);
                    break;
                case UsageAnswer.Failed { Failure: LagoFailure.KeyRejected or LagoFailure.PermissionMissing } refused:
                    return refused.Failure;
                case UsageAnswer.Failed failure:
                    run.Problems.Add($"{target.Name}: {failure.Failure.Sentence} Growth of subscription {subscription.ExternalId} is missing here.");
                    break;
            }
        }

        run.Add(target, readings, ofCustomer);
        return null;
    }

    /// <param name="Link">The active one.</param>
    /// <param name="Integration">The link's.</param>
    private sealed record Target(Guid BuyerId, string Name, BuyerLink? Link, Integration? Integration)
    {
        /// <summary>Another status rests the polling (R16).</summary>
        public Integration? Polled => Integration is { Status: IntegrationStatus.Verified } ? Integration : null;
    }

    private sealed class Run(int buyers, Action<int, int> progress)
    {
        private int _done;

        public ConcurrentBag<BuyerLook> Buyers { get; } = [];

        public ConcurrentBag<string> Problems { get; } = [];

        /// <summary>A sentence for each integration that could not be read at all.</summary>
        public List<string> Unreadable { get; } = [];

        public void Add(Target target, IReadOnlyList<SubscriptionReading> readings, IEnumerable<SubscriptionResponse> ofCustomer)
        {
            Buyers.Add(new BuyerLook(
                target.BuyerId, target.Name, target.Link, readings,
                ofCustomer.Where(row => row.Status == SubscriptionResponse.Terminated && row.TerminatedAt is not null)
                    .GroupBy(row => row.LagoId, StringComparer.Ordinal)
                    .ToDictionary(group => group.Key, group => group.First().TerminatedAt!.Value.ToUniversalTime(), StringComparer.Ordinal)));
            progress(Interlocked.Increment(ref _done), buyers);
        }
    }
}
