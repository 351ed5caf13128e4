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
        IQueryable<ReceivedNotice> notices = db.ReceivedNotices.AsNoTracking().Where(notice => !openOnly || notice.State != NoticeState.Done);
        int total = await notices.CountAsync(cancellationToken);
        List<NoticeRow> rows = await (
            from notice in notices.OrderByDescending(notice => notice.ReceivedAt).ThenBy(notice => notice.Id).Skip(page * pageSize).Take(pageSize)
            join buyer in db.Buyers on notice.BuyerId equals (Guid?)buyer.Id into buyers
            from buyer in buyers.DefaultIfEmpty()
            orderby notice.ReceivedAt descending, notice.Id
            select new NoticeRow(
                notice.Id, notice.ReceivedAt, notice.Marketplace, notice.Kind, notice.Said, notice.SaidAt, notice.PurchaseId,
                notice.State, notice.Outcome, notice.BuyerId, buyer == null ? null : buyer.Name, notice.Payload)).ToListAsync(cancellationToken);
        return new NoticeList(rows, total);
    }
}
