using LagoConsole.Core.Products;

namespace LagoConsole.Core.Fulfilment;

/// <summary>A message as a queue delivered it.</summary>
/// <param name="Receipt">By which it is deleted.</param>
/// <param name="MessageId">The queue's own id of it.</param>
public sealed record QueuedNotice(string Receipt, string MessageId, string Body);

/// <summary>What came of asking a queue.</summary>
public abstract record QueueAnswer
{
    private QueueAnswer()
    {
    }

    /// <param name="Notices">Empty where there are none now.</param>
    public sealed record Received(IReadOnlyList<QueuedNotice> Notices) : QueueAnswer;

    public sealed record Failed(string Sentence) : QueueAnswer;
}

/// <summary>Where a marketplace leaves its notices. What is not deleted comes again.</summary>
public interface INoticeQueue
{
    Marketplace Marketplace { get; }

    bool IsConfigured { get; }

    /// <summary>Does not wait for messages that are yet to come. Never throws for what a network does: that is the answer.</summary>
    /// <param name="productId">Whose account asks.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    Task<QueueAnswer> ReceiveAsync(Guid productId, CancellationToken cancellationToken);

    /// <summary>Only what is kept may be deleted.</summary>
    /// <returns>What went wrong, in a sentence; null where nothing did.</returns>
    Task<string?> DeleteAsync(Guid productId, IReadOnlyList<QueuedNotice> notices, CancellationToken cancellationToken);
}
