using LagoConsole.Core.Persistence;
using LagoConsole.Core.Time;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Notifications;

/// <summary>Keeps causes and messages. A message is stored before it is sent.</summary>
public sealed class NotificationStore(IDbContextFactory<LagoConsoleDbContext> contexts, TimeProvider clock)
{
    /// <summary>Causes that are over, and their messages, are kept as long.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(90);

    /// <summary>Longer than an attempt can take: whoever has not settled by then is dead.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    /// <summary>Stores what changed and every message that is due because of it, together or not at all.</summary>
    /// <returns>How many messages were added.</returns>
    public Task<int> SaveAsync(IReadOnlyList<Cause> present, CancellationToken cancellationToken) => MoneyTransaction.RunAsync(
        contexts,
        async db =>
        {
            DateTimeOffset now = clock.GetUtcNow();
            List<NotificationCause> causes = await db.NotificationCauses.Where(cause => cause.OverAt == null).ToListAsync(cancellationToken);
            CauseChanges changes = NotificationPlan.Compare(present, causes);
            foreach ((NotificationCause stored, Cause worse) in changes.Worse)
            {
                stored.Grade = worse.Grade;
                stored.Text = Cut(worse.Text);
            }

            foreach (NotificationCause over in changes.Over)
            {
                over.OverAt = now;
            }

            foreach (Cause opened in changes.Opened)
            {
                NotificationCause cause = new()
                {
                    Id = NewId.At(now),
                    Key = opened.Key,
                    Kind = opened.Kind,
                    Text = Cut(opened.Text),
                    Link = opened.Link,
                    Grade = opened.Grade,
                    OpenedAt = now,
                };
                causes.Add(cause);
                db.NotificationCauses.Add(cause);
            }

            return await TellAsync(db, causes, now, cancellationToken);
        },
        cancellationToken);

    /// <summary>Messages whose time has come, by channel in the order in which they were stored. Behind one that rests, the channel's others wait: what is over is told after what it was.</summary>
    public async Task<IReadOnlyList<(NotificationChannel Channel, IReadOnlyList<NotificationDelivery> Queue)>> DueAsync(int most, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        List<(NotificationChannel, IReadOnlyList<NotificationDelivery>)> due = [];
        foreach (NotificationChannel channel in await db.NotificationChannels.AsNoTracking().Where(channel => channel.IsOn).ToListAsync(cancellationToken))
        {
            List<NotificationDelivery> queue = await db.NotificationDeliveries.AsNoTracking()
                .Where(delivery => delivery.State == DeliveryState.Pending && delivery.ChannelId == channel.Id)
                .OrderBy(delivery => delivery.CreatedAt).ThenBy(delivery => delivery.Id).Take(most).ToListAsync(cancellationToken);
            if (queue.Count > 0 && queue[0].NextAttemptAt <= now)
            {
                due.Add((channel, queue));
            }
        }

        return due;
    }

    /// <summary>Counts the attempt before the bytes leave.</summary>
    /// <returns>False where another node has it, or a person ended it.</returns>
    public async Task<bool> ClaimAsync(NotificationDelivery delivery, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset until = now + Lease;
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.NotificationDeliveries
            .Where(row => row.Id == delivery.Id && row.State == DeliveryState.Pending && row.AttemptCount == delivery.AttemptCount && row.NextAttemptAt <= now)
            .ExecuteUpdateAsync(
                set => set.SetProperty(row => row.AttemptCount, delivery.AttemptCount + 1).SetProperty(row => row.LastAttemptAt, now).SetProperty(row => row.NextAttemptAt, until),
                cancellationToken) == 1;
    }

    /// <summary>Keeps what came of the attempt that was claimed last.</summary>
    /// <param name="attempt">Its number.</param>
    /// <param name="problem">Null when the receiver took it.</param>
    public async Task SettleAsync(NotificationDelivery delivery, int attempt, string? problem, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset? next = problem is null ? null : DeliveryPatience.Next(delivery.Event, delivery.CreatedAt, attempt, now);
        DeliveryState state = problem is null ? DeliveryState.Delivered : next is null ? DeliveryState.Failed : DeliveryState.Pending;
        DateTimeOffset? deliveredAt = problem is null ? now : null;
        DateTimeOffset nextAt = next ?? now;
        string? kept = problem is { Length: > NotificationDelivery.MaxProblemLength } ? problem[..NotificationDelivery.MaxProblemLength] : problem;
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.NotificationDeliveries
            .Where(row => row.Id == delivery.Id && row.State == DeliveryState.Pending && row.AttemptCount == attempt)
            .ExecuteUpdateAsync(
                set => set.SetProperty(row => row.State, state).SetProperty(row => row.DeliveredAt, deliveredAt)
                    .SetProperty(row => row.NextAttemptAt, nextAt).SetProperty(row => row.LastProblem, kept),
                cancellationToken);
    }

    /// <summary>Deletes what is old and done. What is open stays, with what was told of it.</summary>
    public async Task ForgetAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset before = clock.GetUtcNow() - Retention;
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.NotificationDeliveries
            .Where(delivery => delivery.CreatedAt < before && delivery.State != DeliveryState.Pending
                && (delivery.CauseId == null || db.NotificationCauses.Any(cause => cause.Id == delivery.CauseId && cause.OverAt < before)))
            .ExecuteDeleteAsync(cancellationToken);
        await db.NotificationCauses
            .Where(cause => cause.OverAt < before && !db.NotificationDeliveries.Any(delivery => delivery.CauseId == cause.Id))
            .ExecuteDeleteAsync(cancellationToken);
    }

    private static async Task<int> TellAsync(LagoConsoleDbContext db, List<NotificationCause> causes, DateTimeOffset now, CancellationToken cancellationToken)
    {
        List<NotificationChannel> channels = await db.NotificationChannels.AsNoTracking().Where(channel => channel.IsOn).ToListAsync(cancellationToken);
        if (channels.Count == 0 || causes.Count == 0)
        {
            return 0;
        }

        // All that are open, and those that end in this step: in the database they are open still.
        List<Told> told = await db.NotificationDeliveries
            .Where(delivery => db.NotificationCauses.Any(cause => cause.Id == delivery.CauseId && cause.OverAt == null))
            .Select(delivery => new Told(delivery.ChannelId, delivery.CauseId!.Value, delivery.Event, delivery.Grade)).ToListAsync(cancellationToken);
        Dictionary<Guid, NotificationCause> byId = causes.ToDictionary(cause => cause.Id);
        Dictionary<Guid, string> names = channels.ToDictionary(channel => channel.Id, channel => channel.Name);
        IReadOnlyList<Told> missing = NotificationPlan.Missing(causes, channels, told);
        db.NotificationDeliveries.AddRange(missing.Select(message =>
        {
            NotificationCause cause = byId[message.CauseId];
            return new NotificationDelivery
            {
                Id = NewId.At(now),
                ChannelId = message.ChannelId,
                ChannelName = names[message.ChannelId],
                CauseId = message.CauseId,
                Event = message.Event,
                Grade = message.Grade,
                Title = MessageText.Title(message.Event, cause.Kind),
                Text = MessageText.Body(message.Event, cause.Text),
                Link = cause.Link,
                CreatedAt = now,
                NextAttemptAt = now,
            };
        }));
        return missing.Count;
    }

    private static string Cut(string text) => text.Length <= NotificationCauseConfiguration.MaxTextLength ? text : text[..NotificationCauseConfiguration.MaxTextLength];
}
