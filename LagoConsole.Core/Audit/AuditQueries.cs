using LagoConsole.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Audit;

/// <summary>Which entries are wanted. Everything given must hold.</summary>
/// <param name="Search">Part of who, what, the subject or the note.</param>
/// <param name="Action">Exactly this.</param>
/// <param name="From">From this instant on.</param>
/// <param name="Until">And before this.</param>
public sealed record AuditFilter(string? Search = null, string? Action = null, DateTimeOffset? From = null, DateTimeOffset? Until = null);

/// <param name="Total">Entries of all pages.</param>
public sealed record AuditList(IReadOnlyList<AuditEntry> Rows, int Total);

/// <summary>What the page Audit reads.</summary>
public sealed class AuditQueries(IDbContextFactory<LagoConsoleDbContext> contexts)
{
    /// <summary>One page of entries, newest first.</summary>
    public async Task<AuditList> ListAsync(AuditFilter filter, int skip, int take, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        IQueryable<AuditEntry> wanted = Wanted(db, filter);
        return new AuditList(
            await wanted.OrderByDescending(entry => entry.At).ThenByDescending(entry => entry.Id).Skip(skip).Take(take).ToListAsync(cancellationToken),
            await wanted.CountAsync(cancellationToken));
    }

    /// <summary>Every action that was ever done, by name.</summary>
    public async Task<IReadOnlyList<string>> ListActionsAsync(CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.AuditEntries.Select(entry => entry.Action).Distinct().OrderBy(action => action).ToListAsync(cancellationToken);
    }

    /// <summary>All entries, in parts: the last that was stored first.</summary>
    public IAsyncEnumerable<AuditEntry> StreamAsync(AuditFilter filter, CancellationToken cancellationToken) => RowParts.ReadAsync(
        contexts, long.MaxValue, (db, last) => Wanted(db, filter).Where(entry => entry.Id < last).OrderByDescending(entry => entry.Id), entry => entry.Id, cancellationToken);

    private static IQueryable<AuditEntry> Wanted(LagoConsoleDbContext db, AuditFilter filter)
    {
        IQueryable<AuditEntry> wanted = db.AuditEntries.AsNoTracking();
        if (SearchText.Pattern(filter.Search) is { } pattern)
        {
            wanted = wanted.Where(entry => EF.Functions.Like(entry.Actor, pattern, SearchText.Escape)
                || EF.Functions.Like(entry.Action, pattern, SearchText.Escape)
                || EF.Functions.Like(entry.SubjectType, pattern, SearchText.Escape)
                || EF.Functions.Like(entry.SubjectId, pattern, SearchText.Escape)
                || (entry.Note != null && EF.Functions.Like(entry.Note, pattern, SearchText.Escape)));
        }

        wanted = filter.Action is { } action ? wanted.Where(entry => entry.Action == action) : wanted;
        wanted = filter.From is { } from ? wanted.Where(entry => entry.At >= from) : wanted;
        return filter.Until is { } until ? wanted.Where(entry => entry.At < until) : wanted;
    }
}
