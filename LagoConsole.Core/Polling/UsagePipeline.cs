using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LagoConsole.Core.Polling;

/// <summary>One buyer that could not be polled, and why.</summary>
public sealed record PollFailure(Guid BuyerId, string Sentence);

/// <summary>What a poll of one integration did.</summary>
/// <param name="Stopped">Set when the whole run ended early: the key was refused, or the subscription list could not be read.</param>
public sealed record PollOutcome(
    int Buyers, int Subscriptions, int Snapshots, int Increments, IReadOnlyList<PollFailure> Failures, LagoFailure? Stopped)
{
    public static PollOutcome StoppedBy(LagoFailure failure) => new(0, 0, 0, 0, [], failure);
}

/// <summary>
/// Polls the linked customers of one integration and stores what it sees. A buyer that fails is an item of the
/// outcome: the others have their hour. Repeating a run adds nothing twice.
/// </summary>
public sealed class UsagePipeline(
    IDbContextFactory<LagoConsoleDbContext> contexts, IntegrationConnections connections, IntegrationHealth health,
    UsageStore usage, PeriodStore periods, IOptions<PollingOptions> options, TimeProvider clock,
    ILogger<UsagePipeline> logger)
{
    /// <summary>How many customers' stored usage is read at once.</summary>
    private const int ChunkSize = 500;

    /// <summary>
    /// For each customer that Lago is being asked about, so many are worked on: those that have an answer wait for the database, and
    /// Lago need not.
    /// </summary>
    private const int AtOnce = 4;

    /// <param name="progress">Called at the beginning and after each buyer; may be called from several threads.</param>
    public Task<PollOutcome> RunAsync(
        Integration integration, DateTimeOffset polledAt, Action<PollProgress>? progress, CancellationToken cancellationToken) =>
        RunAsync(integration, links: null, polledAt, progress, cancellationToken);

    /// <summary>Polls only these links: before one of them is changed or removed (R7).</summary>
    internal Task<PollOutcome> RunAsync(Integration integration, IReadOnlyCollection<BuyerLink> links, CancellationToken cancellationToken) =>
        RunAsync(integration, links, clock.GetUtcNow(), progress: null, cancellationToken);

    /// <param name="links">Null: all that the integration has.</param>
    private async Task<PollOutcome> RunAsync(
        Integration integration, IReadOnlyCollection<BuyerLink>? links, DateTimeOffset polledAt, Action<PollProgress>? progress,
        CancellationToken cancellationToken)
    {
        if (connections.Open(integration) is not LagoConnection.Opened { Client: var lago })
        {
            return PollOutcome.StoppedBy(new LagoFailure.KeyRejected());
        }

        // The whole organization's list is many pages: for a few links their own are asked for.
        List<ListedSubscription> listed = [];
        foreach (string? customer in links is null ? [null] : links.Select(link => (string?)link.LagoCustomerId))
        {
            switch (await lago.ListForPollAsync(customer, cancellationToken))
            {
                case LagoAnswer<IReadOnlyList<ListedSubscription>>.Ok list:
                    listed.AddRange(list.Value);
                    break;
                case LagoAnswer<IReadOnlyList<ListedSubscription>>.Failed failed:
                    return PollOutcome.StoppedBy(failed.Failure);
            }
        }

        SubscriptionShelf subscriptions = new(listed);

        int buyers = links?.Count ?? await CountAsync(integration.Id, cancellationToken);
        Func<IReadOnlyCollection<BuyerLink>, Task>? seen = null;
        if (links is null)
        {
            await health.PollStartedAsync(integration.Id, polledAt, cancellationToken);
            LagoAnswer<IReadOnlyList<AppliedCouponResponse>> coupons = await lago.ListActiveCouponsAsync(cancellationToken);
            seen = chunk => health.CouponsSeenAsync(chunk, coupons, cancellationToken);
        }

        await periods.EndTerminatedAsync(subscriptions.Terminated, cancellationToken);

        int concurrency = options.Value.Concurrency;
        using UsageQueue queue = new(usage);
        using SemaphoreSlim reads = new(concurrency);
        Run run = new(reads, concurrency > 1 ? queue.SaveAsync : (reading, token) => usage.SaveAsync(reading.Link, reading.Reading, token));
        progress?.Invoke(new PollProgress(0, buyers, 0, 0));
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            IAsyncEnumerable<BuyerLink[]> chunks = links is null ? ChunksAsync(integration.Id, stop.Token) : links.Chunk(ChunkSize).ToAsyncEnumerable();
            await EachAsync(
                KnownAsync(integration.Id, chunks, seen, stop.Token),
                concurrency > 1 ? concurrency * AtOnce : 1,
                async (customer, token) =>
                {
                    (BuyerLink link, KnownUsage known) = customer;
                    if (await PollSafelyAsync(lago, integration, link, subscriptions.Of(link.LagoCustomerId), known, run, token) is { } refusal)
                    {
                        run.Stopped = refusal;
                        await stop.CancelAsync(); // a refused key is refused for every buyer: do not hammer Lago with it
                        return;
                    }

                    progress?.Invoke(new PollProgress(Interlocked.Increment(ref run.Done), buyers, Volatile.Read(ref run.Increments), run.Failures.Count));
                },
                stop.Token);
        }
        catch (OperationCanceledException) when (run.Stopped is not null && !cancellationToken.IsCancellationRequested)
        {
            // The run was ended by its own finding, which is in the outcome.
        }

        if (links is null && run.Stopped is null)
        {
            await health.PollFinishedAsync(integration.Id, cancellationToken);
        }

        return new PollOutcome(buyers, run.Subscriptions, run.Snapshots, run.Increments, [.. run.Failures], run.Stopped);
    }

    private async Task<int> CountAsync(Guid integrationId, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        return await Links(db, integrationId).CountAsync(cancellationToken);
    }

    /// <summary>The links of an integration, some at a time: their number is not what a run's memory grows with.</summary>
    private async IAsyncEnumerable<BuyerLink[]> ChunksAsync(Guid integrationId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string last = "";
        while (true)
        {
            BuyerLink[] chunk;
            await using (LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
            {
#pragma warning disable CA1309 // the database compares, by the index that finds them
                chunk = await Links(db, integrationId).Where(link => string.Compare(link.LagoCustomerId, last) > 0)
                    .OrderBy(link => link.LagoCustomerId).Take(ChunkSize).ToArrayAsync(cancellationToken);
#pragma warning restore CA1309
            }

            if (chunk.Length == 0)
            {
                yield break;
            }

            yield return chunk;
            last = chunk[^1].LagoCustomerId;
        }
    }

    private static IQueryable<BuyerLink> Links(LagoConsoleDbContext db, Guid integrationId) =>
        db.BuyerLinks.AsNoTracking().Where(link => link.IntegrationId == integrationId && link.UnlinkedAt == null);

    /// <summary>Each link with what is known of its chunk, which is read when its first is asked for; those before it are still worked on.</summary>
    private async IAsyncEnumerable<(BuyerLink Link, KnownUsage Known)> KnownAsync(
        Guid integrationId, IAsyncEnumerable<BuyerLink[]> chunks, Func<IReadOnlyCollection<BuyerLink>, Task>? seen, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (BuyerLink[] chunk in chunks.WithCancellation(cancellationToken))
        {
            if (seen is not null)
            {
                await seen(chunk);
            }

            KnownUsage known = await KnownUsage.LoadAsync(contexts, integrationId, chunk, cancellationToken);
            foreach (BuyerLink link in chunk)
            {
                yield return (link, known);
            }
        }
    }

    /// <summary>One at a time stays with its caller, thread and all: a simulation decides by its seed who goes on.</summary>
    private static async Task EachAsync<T>(IAsyncEnumerable<T> customers, int atOnce, Func<T, CancellationToken, ValueTask> poll, CancellationToken cancellationToken)
    {
        if (atOnce > 1)
        {
            await Parallel.ForEachAsync(
                customers, new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken }, poll);
            return;
        }

        await foreach (T customer in customers.WithCancellation(cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await poll(customer, cancellationToken);
        }
    }

    /// <summary>A defect or the database may fail one buyer: it is an item of the outcome like a network's failure.</summary>
    private async Task<LagoFailure?> PollSafelyAsync(
        LagoClient lago, Integration integration, BuyerLink link, IReadOnlyList<SubscriptionResponse> subscriptions, KnownUsage known, Run run,
        CancellationToken cancellationToken)
    {
        try
        {
            return await PollAsync(lago, integration, link, subscriptions, known, run, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            logger.LogError(exception, "The poll of buyer:{BuyerId} failed; the other buyers go on.", link.BuyerId);
            run.Failures.Add(new PollFailure(link.BuyerId, $"{exception.Message} Nothing of this subscription was stored; the next run tries again."));
            return null;
        }
    }

    /// <summary>Reads one active subscription of a link: with its plan at the first sight of a period, and with what the books must know to judge it.</summary>
    /// <param name="ofCustomer">All subscriptions of the customer, ended ones too.</param>
    /// <param name="known">What is known of their open periods. Null: what is unchanged is read like anything else.</param>
    internal async Task<UsageAnswer> ReadAsync(
        LagoClient lago, Integration integration, BuyerLink link, SubscriptionResponse subscription, IReadOnlyList<SubscriptionResponse> ofCustomer,
        CancellationToken cancellationToken, KnownUsage? known = null)
    {
        UsageAnswer answer = await UsageReader.ReadAsync(
            lago, subscription, clock, cancellationToken, known is null ? null : (listed, text) => known.ShowsAgain(link, listed, text));
        if (answer is UsageAnswer.Read { Reading: var shown })
        {
            if (known?.Shows(link, shown) == true)
            {
                return new UsageAnswer.Unchanged();
            }

            if (known?.Knows(shown) != true && !await usage.KnowsAsync(shown, cancellationToken))
            {
                answer = await UsageReader.WithPlanAsync(lago, shown, cancellationToken);
            }
        }

        return answer is UsageAnswer.Read read
            ? new UsageAnswer.Read(UsageReader.Among(ofCustomer, read.Reading, link.LinkedAt) with
            {
                PreviousReadAt = link.LastProblem is null ? integration.LastPollStartedAt : null,
            })
            : answer;
    }

    /// <summary>Returns a failure only if it ends the whole run.</summary>
    private async Task<LagoFailure?> PollAsync(
        LagoClient lago, Integration integration, BuyerLink link, IReadOnlyList<SubscriptionResponse> subscriptions, KnownUsage known, Run run,
        CancellationToken cancellationToken)
    {
        List<SubscriptionResponse> active = [.. subscriptions.Where(row => row.Status == SubscriptionResponse.Active)];
        string? problem = UsageReader.ForeignCustomer(link, active);
        foreach (SubscriptionResponse subscription in active.Where(row => UsageReader.IsOf(link, row)))
        {
            UsageAnswer answer;
            await run.Reads.WaitAsync(cancellationToken);
            try
            {
                answer = await ReadAsync(lago, integration, link, subscription, subscriptions, cancellationToken, known);
            }
            finally
            {
                run.Reads.Release();
            }

            switch (answer)
            {
                case UsageAnswer.Unchanged:
                    Interlocked.Increment(ref run.Subscriptions);
                    break;
                case UsageAnswer.Read read:
                    ReadingOutcome? outcome = await run.SaveAsync(new PolledReading(link, read.Reading), cancellationToken);
                    if (outcome is { Dropped: true, StoredAheadUntil: { } ahead })
                    {
                        problem = $"What is stored of subscription {subscription.ExternalId} was read at {ahead:u}, which is still to come: "
                            + "the clock was ahead once. Nothing is lost; polling goes on when time has caught up.";
                    }

                    Interlocked.Increment(ref run.Subscriptions);
                    Interlocked.Add(ref run.Snapshots, outcome?.Snapshots ?? 0);
                    Interlocked.Add(ref run.Increments, outcome?.Increments ?? 0);
                    if (outcome is { PeriodSlid: true })
                    {
                        problem = $"Lago moved the borders of the billing period of subscription {subscription.ExternalId} without starting its totals anew. "
                            + "The period's marks go on, so nothing is billed twice; look at the subscription in Lago.";
                    }

                    break;
                case UsageAnswer.NotActive:
                    break; // ended since the list was read: closing takes over
                case UsageAnswer.Failed { Failure: LagoFailure.KeyRejected or LagoFailure.PermissionMissing } refused:
                    return refused.Failure;
                case UsageAnswer.Failed failure:
                    problem = $"{failure.Failure.Sentence} Nothing is lost: usage is cumulative, the next successful poll catches up.";
                    break;
            }
        }

        if (problem is not null)
        {
            run.Failures.Add(new PollFailure(link.BuyerId, problem));
        }

        await health.BuyerPolledAsync(link, problem, cancellationToken);
        return null;
    }

    /// <summary>Counters of one run, and its way into the books.</summary>
    private sealed class Run(SemaphoreSlim reads, Func<PolledReading, CancellationToken, Task<ReadingOutcome?>> save)
    {
        public int Done;
        public int Subscriptions;
        public int Snapshots;
        public int Increments;

        /// <summary>Looks at Lago at the same time.</summary>
        public SemaphoreSlim Reads => reads;

        public ConcurrentBag<PollFailure> Failures { get; } = [];

        public Task<ReadingOutcome?> SaveAsync(PolledReading reading, CancellationToken cancellationToken) => save(reading, cancellationToken);

        public LagoFailure? Stopped { get; set; }
    }
}
