using System.Collections.Concurrent;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Security;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Buyers.Mapping;

/// <summary>
/// Looks for Lago customers with usage and no buyer. Lago lists no amounts with its customers, so that each running period without a
/// buyer is one call: a look is asked for by a person, is bounded, and keeps its result with its time.
/// </summary>
public sealed class LagoLooks(
    IDbContextFactory<LagoConsoleDbContext> databases, MappingQueries queries, IntegrationConnections connections, TimeProvider clock)
{
    /// <summary>Customers listed in one look.</summary>
    public const int MostCustomers = 200_000;

    /// <summary>Running periods read in one look: at 20 calls a second, some four minutes beside the polls.</summary>
    public const int MostPeriods = 5_000;

    private const int ReadsAtOnce = 4;

    /// <summary>A Lago that refuses so often is not asked about the rest.</summary>
    private const int MostFailures = 20;

    private const int PerPage = 100;

    private readonly ConcurrentDictionary<Guid, LagoLook> _kept = new();

    /// <summary>Asks Lago. Where it is cancelled, an earlier look stays.</summary>
    /// <exception cref="ForbiddenException">Needs <see cref="Role.Operator"/>.</exception>
    public async Task<LookOutcome> LookAsync(Actor actor, Guid integrationId, IProgress<LookProgress>? progress, CancellationToken cancellationToken)
    {
        actor.Require(Role.Operator);
        DateTimeOffset askedAt = clock.GetUtcNow();
        LagoConnection connection = await connections.OpenAsync(integrationId, cancellationToken);
        if (connection is not LagoConnection.Opened { Client: var lago })
        {
            return new LookOutcome.Failed(((LagoConnection.Unavailable)connection).Sentence);
        }

        Dictionary<string, SeenCustomer> customers = new(StringComparer.Ordinal);
        for (int? page = 1; page is { } number;)
        {
            LagoAnswer<LagoPage<CustomerResponse>> answer = await lago.SearchCustomersAsync(searchTerm: null, number, PerPage, cancellationToken);
            if (answer is not LagoAnswer<LagoPage<CustomerResponse>>.Ok { Value: var listed })
            {
                return new LookOutcome.Failed(((LagoAnswer<LagoPage<CustomerResponse>>.Failed)answer).Failure.Sentence);
            }

            foreach (CustomerResponse customer in listed.Rows)
            {
                customers[customer.ExternalId] = new SeenCustomer(customer.ExternalId, LagoCustomers.NamesOf(customer), customer.Email);
            }

            progress?.Report(new LookProgress("customers", customers.Count, listed.TotalCount));
            page = listed.NextPage;
            if (page <= number || customers.Count > MostCustomers)
            {
                return new LookOutcome.Failed($"Lago lists more than {MostCustomers} customers, or a list that does not end. Nothing was concluded from it.");
            }
        }

        progress?.Report(new LookProgress("subscriptions", 0, null));
        LagoAnswer<IReadOnlyList<SubscriptionResponse>> list = await lago.ListSubscriptionsAsync(cancellationToken);
        if (list is not LagoAnswer<IReadOnlyList<SubscriptionResponse>>.Ok { Value: var subscriptions })
        {
            return new LookOutcome.Failed(((LagoAnswer<IReadOnlyList<SubscriptionResponse>>.Failed)list).Failure.Sentence);
        }

        HashSet<string> linked = await queries.LinkedAsync(integrationId, cancellationToken);
        List<SubscriptionResponse> running = [.. subscriptions.Where(subscription => subscription.Status == SubscriptionResponse.Active
            && customers.ContainsKey(subscription.ExternalCustomerId) && !linked.Contains(subscription.ExternalCustomerId))];
        ConcurrentBag<UnbilledPeriod> periods = [];
        ConcurrentQueue<string> problems = new();
        (int done, int settled) = (0, 0);
        await Parallel.ForEachAsync(
            running.Take(MostPeriods), new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = cancellationToken },
            async (subscription, token) =>
            {
                if (problems.Count < MostFailures)
                {
                    switch (await UsageReader.ReadAsync(lago, subscription, clock, token))
                    {
                        case UsageAnswer.Read { Reading: var reading }:
                            await using (LagoConsoleDbContext db = await databases.CreateDbContextAsync(token))
                            {
                                periods.Add(LookRules.Period(reading, await PeriodStore.MarksOfAsync(db, reading, token)));
                            }

                            Interlocked.Increment(ref settled);
                            break;

                        case UsageAnswer.NotActive or UsageAnswer.Failed { Failure: LagoFailure.NotFound }: // it ended since it was listed
                            Interlocked.Increment(ref settled);
                            break;

                        case UsageAnswer.Failed { Failure: var failure }:
                            problems.Enqueue(failure.Sentence);
                            break;
                    }
                }

                progress?.Report(new LookProgress("running periods", Interlocked.Increment(ref done), Math.Min(running.Count, MostPeriods)));
            });
        LagoLook look = new(
            askedAt, actor.Name, [.. customers.Values], [.. periods], running.Count - settled, problems.TryPeek(out string? problem) ? problem : null);
        _kept[integrationId] = look;
        return new LookOutcome.Seen(look);
    }

    /// <summary>The last look, held against the buyers as they are now; null where there is none.</summary>
    public async Task<LookReport?> FindAsync(Guid integrationId, CancellationToken cancellationToken)
    {
        foreach (Guid gone in _kept.Keys.Except(await queries.IntegrationsAsync(cancellationToken)))
        {
            _kept.TryRemove(gone, out _); // what was seen of an integration goes with it
        }

        return _kept.TryGetValue(integrationId, out LagoLook? look)
            ? LookRules.Report(look, await queries.LinkedAsync(integrationId, cancellationToken), await queries.UnlinkedBuyersAsync(cancellationToken))
            : null;
    }
}
