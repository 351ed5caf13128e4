using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Persistence;

/// <summary>
/// Reads a list of any length in parts, each from where the one before ended. One query would not do: on SQL Server EF Core
/// keeps all of its rows in memory so that it can begin anew, and on SQLite it would hold up the log for as long as the slowest
/// reader takes. So each row is as it was when its part was read; none comes twice, because its key never changes.
/// </summary>
internal static class RowParts
{
    /// <summary>Rows of one part.</summary>
    public const int Size = 500;

    /// <param name="before">Comes before every key.</param>
    /// <param name="after">The rows after a key, in the order of the keys.</param>
    /// <param name="describe">Reads with a part's rows what else is shown of them.</param>
    public static async IAsyncEnumerable<TRow> ReadAsync<TKey, TFound, TRow>(
        IDbContextFactory<LagoConsoleDbContext> contexts, TKey before, Func<LagoConsoleDbContext, TKey, IQueryable<TFound>> after, Func<TFound, TKey> keyOf,
        Func<LagoConsoleDbContext, List<TFound>, Task<IReadOnlyList<TRow>>> describe, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        TKey last = before;
        int count;
        do
        {
            IReadOnlyList<TRow> rows;
            await using (LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
            {
                List<TFound> found = await after(db, last).Take(Size).ToListAsync(cancellationToken);
                rows = found.Count == 0 ? [] : await describe(db, found);
                count = found.Count;
                last = count == 0 ? last : keyOf(found[^1]);
            }

            foreach (TRow row in rows)
            {
                yield return row;
            }
        }
        while (count == Size);
    }

    /// <inheritdoc cref="ReadAsync{TKey,TFound,TRow}"/>
    public static IAsyncEnumerable<TRow> ReadAsync<TKey, TRow>(
        IDbContextFactory<LagoConsoleDbContext> contexts, TKey before, Func<LagoConsoleDbContext, TKey, IQueryable<TRow>> after, Func<TRow, TKey> keyOf,
        CancellationToken cancellationToken) =>
        ReadAsync(contexts, before, after, keyOf, (_, found) => Task.FromResult<IReadOnlyList<TRow>>(found), cancellationToken);
}
