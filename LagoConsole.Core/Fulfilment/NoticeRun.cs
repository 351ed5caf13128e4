using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using Microsoft.Extensions.Logging;

namespace LagoConsole.Core.Fulfilment;

/// <summary>What one run did.</summary>
/// <param name="Received">Notices that were new.</param>
/// <param name="Acted">Notices that were brought to an end.</param>
/// <param name="Waiting">Notices that a later run looks at again.</param>
public sealed record NoticeRunOutcome(int Received, int Acted, int Waiting, IReadOnlyList<string> Failures);

/// <summary>Fetches notices, keeps each before it is deleted, and acts on all that are pending. Any step may be the last before a crash.</summary>
public sealed class NoticeRun(IEnumerable<INoticeQueue> queues, AskingProducts products, NoticeStore store, NoticeActions actions, ILogger<NoticeRun> logger)
{
    /// <summary>One run does not go on for ever, however fast a queue is filled.</summary>
    private const int MostBatches = 100;

    public async Task<NoticeRunOutcome> RunAsync(CancellationToken cancellationToken)
    {
        ItemRun run = new(logger);
        int received = await run.EachAsync(
            queues.Where(queue => queue.IsConfigured), queue => $"Fetching the notices of {queue.Marketplace.Label()}",
            queue => FetchAsync(queue, cancellationToken), cancellationToken);
        IReadOnlyList<Guid> pending = await actions.PendingAsync(cancellationToken);
        int acted = await run.EachAsync(
            pending, notice => $"The notice {notice}",
            async notice => await actions.ActAsync(notice, cancellationToken) is NoticeState.Pending ? 0 : 1, cancellationToken);
        return new NoticeRunOutcome(received, acted, pending.Count - acted, run.Failures);
    }

    private async Task<int> FetchAsync(INoticeQueue queue, CancellationToken cancellationToken)
    {
        Guid product = (await products.ListAsync(queue.Marketplace, purchaseId: null, cancellationToken))[0]; // one queue is one account's
        int fresh = 0;
        for (int batch = 0; batch < MostBatches; batch++)
        {
            switch (await queue.ReceiveAsync(product, cancellationToken))
            {
                case QueueAnswer.Received { Notices.Count: 0 }:
                    return fresh;
                case QueueAnswer.Received received:
                    foreach (QueuedNotice notice in received.Notices)
                    {
                        fresh += await store.KeepAsync(queue.Marketplace, notice.MessageId, notice.Body, cancellationToken) ? 1 : 0;
                    }

                    if (await queue.DeleteAsync(product, received.Notices, cancellationToken) is { } problem)
                    {
                        throw new InvalidOperationException(problem);
                    }

                    break;
                case QueueAnswer.Failed failed:
                    throw new InvalidOperationException(failed.Sentence);
            }
        }

        return fresh;
    }
}
