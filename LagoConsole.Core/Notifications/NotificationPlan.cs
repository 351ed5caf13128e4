namespace LagoConsole.Core.Notifications;

/// <summary>What is present, against what is stored open.</summary>
/// <param name="Opened">Not known yet.</param>
/// <param name="Worse">Known, at a lower grade.</param>
/// <param name="Over">Stored open, and not the case any more.</param>
public sealed record CauseChanges(
    IReadOnlyList<Cause> Opened, IReadOnlyList<(NotificationCause Stored, Cause Now)> Worse, IReadOnlyList<NotificationCause> Over);

/// <summary>That a channel was told of a cause, or is about to be: the message is stored.</summary>
public sealed record Told(Guid ChannelId, Guid CauseId, MessageEvent Event, int Grade);

/// <summary>Decides which messages there are: one cause, one message; quiet while it lasts; one when it is over. Pure.</summary>
public static class NotificationPlan
{
    public static CauseChanges Compare(IReadOnlyList<Cause> present, IReadOnlyList<NotificationCause> open)
    {
        Dictionary<string, Cause> now = present.ToDictionary(cause => cause.Key, StringComparer.Ordinal);
        HashSet<string> known = [.. open.Select(cause => cause.Key)];
        return new CauseChanges(
            [.. present.Where(cause => !known.Contains(cause.Key))],
            [.. open.Where(stored => now.TryGetValue(stored.Key, out Cause? cause) && cause.Grade > stored.Grade).Select(stored => (stored, now[stored.Key]))],
            [.. open.Where(stored => !now.ContainsKey(stored.Key))]);
    }

    /// <summary>
    /// What is still to be told. Decided by what was told, not by what has just changed: a channel that is new, or was off, hears
    /// of the causes that are open; and only who heard of a cause hears that it is over.
    /// </summary>
    /// <param name="causes">All that are open, and those that have just ended.</param>
    /// <param name="told">Of these causes.</param>
    public static IReadOnlyList<Told> Missing(
        IReadOnlyList<NotificationCause> causes, IReadOnlyList<NotificationChannel> channels, IReadOnlyList<Told> told)
    {
        ILookup<(Guid, Guid), Told> before = told.ToLookup(message => (message.ChannelId, message.CauseId));
        return
        [
            .. from cause in causes
               from channel in channels
               where channel.IsOn && channel.Causes.HasFlag(cause.Kind)
               let message = Next(cause, channel, [.. before[(channel.Id, cause.Id)]])
               where message is not null
               select message,
        ];
    }

    private static Told? Next(NotificationCause cause, NotificationChannel channel, IReadOnlyList<Told> told) => cause.OverAt switch
    {
        null when told.Count == 0 => new Told(channel.Id, cause.Id, MessageEvent.Opened, cause.Grade),
        null when told.Max(message => message.Grade) < cause.Grade => new Told(channel.Id, cause.Id, MessageEvent.Worse, cause.Grade),
        not null when told.Count > 0 && told.All(message => message.Event != MessageEvent.Over) => new Told(channel.Id, cause.Id, MessageEvent.Over, cause.Grade),
        _ => null,
    };
}
