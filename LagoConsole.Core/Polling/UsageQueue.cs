using System.Collections.Concurrent;
using LagoConsole.Core.Persistence;

namespace LagoConsole.Core.Polling;

/// <summary>
/// The readings of one run on their way into the books. Those that wait for the database at the same time share a transaction, and
/// what it must read: a commit costs more than a reading.
/// </summary>
internal sealed class UsageQueue(UsageStore store) : IDisposable
{
    /// <summary>How many share a transaction at most.</summary>
    private const int Together = 128;

    private readonly ConcurrentQueue<Waiting> _waiting = [];
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Writes one reading, as <see cref="UsageStore"/> does.</summary>
    public async Task<ReadingOutcome?> SaveAsync(PolledReading reading, CancellationToken cancellationToken)
    {
        Waiting mine = new(reading, cancellationToken);
        _waiting.Enqueue(mine);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            while (!mine.Outcome.Task.IsCompleted)
            {
                await SaveAsync(Next()); // for all that wait, this one among them
            }
        }
        finally
        {
            _turn.Release();
        }

        return await mine.Outcome.Task;
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>Those that have waited longest and may share a transaction; the others stay, in their order.</summary>
    private List<Waiting> Next()
    {
        List<Waiting> batch = [];
        List<Waiting> others = [];
        while (batch.Count < Together && _waiting.TryDequeue(out Waiting? next))
        {
            if (next.CancellationToken.IsCancellationRequested)
            {
                next.Outcome.TrySetCanceled(next.CancellationToken); // the run has ended: the next one sees the same or more
            }
            else
            {
                (next.MayJoin(batch) ? batch : others).Add(next);
            }
        }

        others.ForEach(_waiting.Enqueue);
        return batch;
    }

    private async Task SaveAsync(List<Waiting> batch)
    {
        if (batch.Count == 0)
        {
            return;
        }

        try
        {
            // Not one's own patience: the others wait for the same transaction, and it is short.
            IReadOnlyList<ReadingOutcome?> outcomes = await store.SaveAsync([.. batch.Select(one => one.Reading)], CancellationToken.None);
            foreach ((Waiting written, ReadingOutcome? outcome) in batch.Zip(outcomes))
            {
                written.Outcome.SetResult(outcome);
            }
        }
        catch (Exception exception) when (batch.Count > 1 && MoneyTransaction.MayBeOnePart(exception))
        {
            foreach (Waiting one in batch)
            {
                await SaveAsync([one]);
            }
        }
#pragma warning disable CA1031 // It is thrown to those who wait for it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            batch.ForEach(one => one.Outcome.SetException(exception));
        }
    }

    /// <summary>A reading whose turn has not come.</summary>
    private sealed record Waiting(PolledReading Reading, CancellationToken CancellationToken)
    {
        public TaskCompletionSource<ReadingOutcome?> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Two readings of one buyer, or of one subscription, are two transactions: the second builds on what the first has stored.</summary>
        public bool MayJoin(List<Waiting> batch) => batch.TrueForAll(other =>
            other.Reading.Link.BuyerId != Reading.Link.BuyerId && other.Reading.Reading.SubscriptionLagoId != Reading.Reading.SubscriptionLagoId);
    }
}
