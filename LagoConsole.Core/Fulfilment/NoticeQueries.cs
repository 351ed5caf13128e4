using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Fulfilment;

/// <summary>One line of the list of notices.</summary>
/// <param name="BuyerName">Whose purchase it was about, where that is known.</param>
public sealed record NoticeRow(
    Guid Id, DateTimeOffset ReceivedAt, Marketplace Marketplace, NoticeKind Kind, string Said, DateTimeOffset? SaidAt, string? PurchaseId,
    NoticeState State, string? Outcome, Guid? BuyerId, string? BuyerName, string Payload);

/// <summary>One page of the list.</summary>
/// <param name="Total">Notices that match, on all pages.</param>
public sealed record NoticeList(IReadOnlyList<NoticeRow> Rows, int Total);

/// <summary>What the page of purchases reads.</summary>
public sealed class NoticeQueries(IDbContextFactory<LagoConsoleDbContext> databases)
{
    /// <summary>Newest first.</summary>
    /// <param name="openOnly">Only those that are not done.</param>
    /// <param name="page">From 0.</param>
    /// <param name="pageSize">1 to 200.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async Task<NoticeList> ListAsync(bool openOnly, int page, int pageSize, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(page);
        ArgumentOutOfRangeException.ThrowIfNotEqual(pageSize, Math.Clamp(pageSize, 1, 200));
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        IQueryable<ReceivedNotice> notices = Wanted(db, openOnly);
        int total = await notices.CountAsync(cancellationToken);
        List<Joined> rows = await Join(
            db, notices.OrderByDescending(notice => notice.ReceivedAt).ThenBy(notice => notice.Id).Skip(page * pageSize).Take(pageSize))
            .OrderByDescending(row => row.Notice.ReceivedAt).ThenBy(row => row.Notice.Id).ToListAsync(cancellationToken);
        return new NoticeList([.. rows.Select(Row)], total);
    }

    /// <summary>All notices, about in the order in which they were received.</summary>
    public IAsyncEnumerable<NoticeRow> StreamAsync(bool openOnly, CancellationToken cancellationToken) => RowParts.ReadAsync(
        databases, Guid.Empty, (db, last) => Join(db, Wanted(db, openOnly).Where(notice => notice.Id.CompareTo(last) > 0)).OrderBy(row => row.Notice.Id), row => row.Notice.Id,
        (_, rows) => Task.FromResult<IReadOnlyList<NoticeRow>>([.. rows.Select(Row)]), cancellationToken);

    private static IQueryable<ReceivedNotice> Wanted(LagoConsoleDbContext db, bool openOnly) =>
        db.ReceivedNotices.AsNoTracking().Where(notice => !openOnly || notice.State != NoticeState.Done);

    private static IQueryable<Joined> Join(LagoConsoleDbContext db, IQueryable<ReceivedNotice> notices) =>
        from notice in notices
        join buyer in db.Buyers on notice.BuyerId equals (Guid?)buyer.Id into buyers
        from buyer in buyers.DefaultIfEmpty()
        select new Joined { Notice = notice, BuyerName = buyer == null ? null : buyer.Name };

    private static NoticeRow Row(Joined row) => new(
        row.Notice.Id, row.Notice.ReceivedAt, row.Notice.Marketplace, row.Notice.Kind, row.Notice.Said, row.Notice.SaidAt, row.Notice.PurchaseId,
        row.Notice.State, row.Notice.Outcome, row.Notice.BuyerId, row.BuyerName, row.Notice.Payload);

    private sealed class Joined
    {
        public required ReceivedNotice Notice { get; init; }

        public required string? BuyerName { get; init; }
    }
}
