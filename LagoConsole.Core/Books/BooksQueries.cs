using LagoConsole.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Books;

/// <summary>What the page of the books reads.</summary>
public sealed class BooksQueries(IDbContextFactory<LagoConsoleDbContext> contexts, TimeProvider clock)
{
    /// <summary>The last checks, and what they found.</summary>
    /// <param name="checks">How many of the last checks.</param>
    public Task<BooksOverview> LoadAsync(int checks, CancellationToken cancellationToken) =>
        DatabaseView.ReadAsync(contexts, db => LoadAsync(db, checks, cancellationToken), cancellationToken);

    /// <summary>Where all money is now. Each increment and record is added up: of very many that takes a second or more.</summary>
    public async Task<BooksBalance> AddUpAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        return new BooksBalance(now, await DatabaseView.ReadAsync(contexts, db => BooksSums.ReadAsync(db, cancellationToken), cancellationToken));
    }

    /// <summary>All checks, about in the order in which they were made.</summary>
    public IAsyncEnumerable<BooksCheck> StreamChecksAsync(CancellationToken cancellationToken) => RowParts.ReadAsync(
        contexts, Guid.Empty, (db, last) => db.BooksChecks.AsNoTracking().Where(check => check.Id.CompareTo(last) > 0).OrderBy(check => check.Id), check => check.Id, cancellationToken);

    private static async Task<BooksOverview> LoadAsync(LagoConsoleDbContext db, int checks, CancellationToken cancellationToken)
    {
        List<BooksCheck> last = await db.BooksChecks.AsNoTracking().OrderByDescending(check => check.StartedAt).Take(checks).ToListAsync(cancellationToken);
        return new BooksOverview(
            last,
            last is [{ Failures.Length: > 0 } check, ..] ? await FailuresAsync(db, check, cancellationToken) : [],
            await db.RestoreEpochs.AsNoTracking().OrderByDescending(epoch => epoch.RestoredAt).FirstOrDefaultAsync(cancellationToken));
    }

    private static async Task<IReadOnlyList<FailureLine>> FailuresAsync(LagoConsoleDbContext db, BooksCheck check, CancellationToken cancellationToken)
    {
        List<FailureLine> lines = [.. check.Failures.Split('\n').Select(FailureLine.Read)];
        List<Guid> meterIds = [.. lines.Select(line => line.MeterId).OfType<Guid>()];
        Dictionary<Guid, Guid> buyers = await (
            from meter in db.Meters
            join entitlement in db.Entitlements on meter.EntitlementId equals entitlement.Id
            where meterIds.Contains(meter.Id)
            select new { meter.Id, entitlement.BuyerId }).ToDictionaryAsync(row => row.Id, row => row.BuyerId, cancellationToken);
        return [.. lines.Select(line => line.MeterId is { } meter && buyers.TryGetValue(meter, out Guid buyer) ? line with { BuyerId = buyer } : line)];
    }
}

/// <summary>Where all money is.</summary>
/// <param name="At">When it was read.</param>
public sealed record BooksBalance(DateTimeOffset At, IReadOnlyList<CurrencySums> Sums);

/// <param name="Checks">Newest first.</param>
/// <param name="Failures">The last check's that were kept.</param>
/// <param name="LastRestore">When the books were last declared restored; null if never.</param>
public sealed record BooksOverview(
    IReadOnlyList<BooksCheck> Checks, IReadOnlyList<FailureLine> Failures, RestoreEpoch? LastRestore)
{
    public BooksCheck? LastCheck => Checks.Count > 0 ? Checks[0] : null;
}
