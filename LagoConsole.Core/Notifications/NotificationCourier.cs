using System.Diagnostics;
using LagoConsole.Core.Time;

namespace LagoConsole.Core.Notifications;

/// <summary>Brings stored messages to their receivers: every channel at once, each in its own order.</summary>
public sealed class NotificationCourier(NotificationStore store, IEnumerable<INotificationSender> senders, SendLimits limits, NetworkClock network)
{
    /// <summary>Messages of a channel that one run takes up at most.</summary>
    private const int MostAtOnce = 50;

    /// <summary>A channel that fails or is slow ends its own turn only.</summary>
    public async Task<CourierOutcome> DeliverDueAsync(CancellationToken cancellationToken)
    {
        CourierOutcome[] outcomes = await Task.WhenAll((await store.DueAsync(MostAtOnce, cancellationToken))
            .Select(due => DeliverAsync(due.Channel, due.Queue, cancellationToken)));
        return new CourierOutcome(outcomes.Sum(outcome => outcome.Delivered), outcomes.Sum(outcome => outcome.NotTaken));
    }

    /// <summary>One attempt of one message.</summary>
    /// <returns>Null when it was taken; else what went wrong, or that another node has it.</returns>
    public async Task<string?> AttemptAsync(NotificationChannel channel, NotificationDelivery delivery, CancellationToken cancellationToken)
    {
        if (!await store.ClaimAsync(delivery, cancellationToken))
        {
            return "Another node is sending it.";
        }

        INotificationSender sender = senders.FirstOrDefault(candidate => candidate.Kind == channel.Kind) ?? throw new UnreachableException();
        Message message = new(delivery.Id, delivery.Event, delivery.Title, delivery.Text, channel.ConsoleAddress + delivery.Link, delivery.CreatedAt);
        string? problem = await sender.SendAsync(channel, message, cancellationToken);
        await store.SettleAsync(delivery, delivery.AttemptCount + 1, problem, CancellationToken.None); // what happened is kept, also while stopping
        return problem;
    }

    private async Task<CourierOutcome> DeliverAsync(NotificationChannel channel, IReadOnlyList<NotificationDelivery> queue, CancellationToken cancellationToken)
    {
        int delivered = 0;
        long began = network.Time.GetTimestamp();
        foreach (NotificationDelivery delivery in queue)
        {
            if (network.Time.GetElapsedTime(began) >= limits.Turn)
            {
                break;
            }

            if (await AttemptAsync(channel, delivery, cancellationToken) is not null)
            {
                return new CourierOutcome(delivered, 1); // what waits behind it keeps its order
            }

            delivered++;
        }

        return new CourierOutcome(delivered, 0);
    }
}

/// <param name="NotTaken">Channels whose turn ended with a message that was not taken.</param>
public sealed record CourierOutcome(int Delivered, int NotTaken);
