using LagoConsole.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Notifications;

/// <summary>One channel as the page shows it: nothing of its secret, and of a webhook's address the host only.</summary>
/// <param name="Receiver">Where it goes: the host of a webhook, the addresses of an e-mail.</param>
/// <param name="Problem">Why its oldest message has not been taken; null while nothing is stuck.</param>
/// <param name="Version">For <see cref="EditChannel.SeenVersion"/>.</param>
public sealed record ChannelRow(
    Guid Id, string Name, ChannelKind Kind, bool IsOn, CauseKinds Causes, string Receiver, string ConsoleAddress, string? Template, string? SmtpHost, int? SmtpPort,
    SmtpSecurity? SmtpSecurity, string? SmtpUser, string? FromAddress, string? ToAddresses, int Waiting, string? Problem, int Version);

/// <summary>A cause that lasts.</summary>
public sealed record CauseRow(Guid Id, CauseKinds Kind, string Text, string Link, DateTimeOffset OpenedAt);

/// <summary>Which messages to list. Null means all.</summary>
public sealed record DeliveryFilter(Guid? ChannelId = null, DeliveryState? State = null);

/// <summary>One page of the delivery log, newest first.</summary>
public sealed record DeliveryPage(IReadOnlyList<NotificationDelivery> Rows, int Total);

/// <summary>What the page of notifications reads.</summary>
public sealed class NotificationQueries(IDbContextFactory<LagoConsoleDbContext> contexts)
{
    /// <summary>All channels by name: a vendor has a handful.</summary>
    public async Task<IReadOnlyList<ChannelRow>> ListChannelsAsync(CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        List<NotificationChannel> channels = await db.NotificationChannels.AsNoTracking().ToListAsync(cancellationToken);
        List<ChannelRow> rows = [];
        foreach (NotificationChannel channel in channels.OrderBy(channel => channel.Name, StringComparer.OrdinalIgnoreCase))
        {
            IQueryable<NotificationDelivery> pending = db.NotificationDeliveries.Where(delivery => delivery.State == DeliveryState.Pending && delivery.ChannelId == channel.Id);
            rows.Add(new ChannelRow(
                channel.Id, channel.Name, channel.Kind, channel.IsOn, channel.Causes, channel.AddressHost ?? channel.ToAddresses ?? "", channel.ConsoleAddress, channel.Template,
                channel.SmtpHost, channel.SmtpPort, channel.SmtpSecurity, channel.SmtpUser, channel.FromAddress, channel.ToAddresses,
                await pending.CountAsync(cancellationToken),
                await pending.OrderBy(delivery => delivery.CreatedAt).ThenBy(delivery => delivery.Id).Select(delivery => delivery.LastProblem).FirstOrDefaultAsync(cancellationToken),
                channel.Version));
        }

        return rows;
    }

    /// <summary>What is the case now, as the last run found it; the oldest first.</summary>
    public async Task<IReadOnlyList<CauseRow>> ListOpenAsync(CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.NotificationCauses.AsNoTracking().Where(cause => cause.OverAt == null).OrderBy(cause => cause.OpenedAt).ThenBy(cause => cause.Id)
            .Select(cause => new CauseRow(cause.Id, cause.Kind, cause.Text, cause.Link, cause.OpenedAt)).ToListAsync(cancellationToken);
    }

    public async Task<DeliveryPage> ListDeliveriesAsync(DeliveryFilter filter, int skip, int take, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        IQueryable<NotificationDelivery> rows = Wanted(db, filter);
        return new DeliveryPage(
            await rows.OrderByDescending(delivery => delivery.CreatedAt).ThenByDescending(delivery => delivery.Id).Skip(skip).Take(take).ToListAsync(cancellationToken),
            await rows.CountAsync(cancellationToken));
    }

    /// <summary>The whole delivery log of a filter, about in the order in which messages were stored.</summary>
    public IAsyncEnumerable<NotificationDelivery> StreamDeliveriesAsync(DeliveryFilter filter, CancellationToken cancellationToken) => RowParts.ReadAsync(
        contexts, Guid.Empty, (db, last) => Wanted(db, filter).Where(delivery => delivery.Id.CompareTo(last) > 0).OrderBy(delivery => delivery.Id), delivery => delivery.Id,
        cancellationToken);

    private static IQueryable<NotificationDelivery> Wanted(LagoConsoleDbContext db, DeliveryFilter filter)
    {
        IQueryable<NotificationDelivery> rows = db.NotificationDeliveries.AsNoTracking();
        rows = filter.ChannelId is { } channel ? rows.Where(delivery => delivery.ChannelId == channel) : rows;
        return filter.State is { } state ? rows.Where(delivery => delivery.State == state) : rows;
    }
}
