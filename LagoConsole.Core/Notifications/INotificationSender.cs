namespace LagoConsole.Core.Notifications;

/// <summary>Hands one message to one channel's receiver.</summary>
public interface INotificationSender
{
    ChannelKind Kind { get; }

    /// <summary>Never throws for what a receiver does, or for time that runs out.</summary>
    /// <returns>Null when it was taken; else what went wrong, in a sentence without a secret.</returns>
    Task<string?> SendAsync(NotificationChannel channel, Message message, CancellationToken cancellationToken);
}
