using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Reporting;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Polling;

/// <summary>What becomes of money that is on no record yet, when its link or integration goes.</summary>
public enum OpenMoneyChoice
{
    /// <summary>It is still reported, as soon as a slot is free.</summary>
    Report = 1,

    /// <summary>It is waived; the audit log says by whom.</summary>
    WriteOff = 2,
}

/// <summary>Money of one metric that is on no record yet.</summary>
public sealed record OpenMoneyLine(string MetricCode, string Currency, decimal AmountMinor);

/// <summary>Decides over open money inside a caller's transaction.</summary>
internal static class OpenMoneyStore
{
    /// <summary>Open increments of a buyer (or of all buyers) that this integration saw.</summary>
    public static IQueryable<UsageIncrement> Open(LagoConsoleDbContext db, Guid integrationId, Guid? buyerId) => db.UsageIncrements.WhereOpen()
        .Where(increment => increment.IntegrationId == integrationId && (buyerId == null || increment.BuyerId == buyerId));

    public static async Task<IReadOnlyList<OpenMoneyLine>> ListAsync(
        LagoConsoleDbContext db, Guid integrationId, Guid buyerId, CancellationToken cancellationToken)
    {
        return Lines(await Open(db, integrationId, buyerId).AsNoTracking().ToListAsync(cancellationToken));
    }

    /// <summary>Added up per metric. Pure.</summary>
    public static IReadOnlyList<OpenMoneyLine> Lines(IEnumerable<UsageIncrement> open) =>
    [
        .. open.GroupBy(increment => (increment.MetricCode, increment.Currency))
            .Select(group => new OpenMoneyLine(group.Key.MetricCode, group.Key.Currency, group.Sum(increment => increment.OpenMinor)))
            .OrderBy(line => line.MetricCode, StringComparer.Ordinal),
    ];

    /// <summary>Carries out the choice on these tracked increments.</summary>
    public static async Task DecideAsync(
        LagoConsoleDbContext db, IReadOnlyCollection<UsageIncrement> increments, OpenMoneyChoice choice, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (choice == OpenMoneyChoice.Report)
        {
            await ReleaseStore.ReleaseRegardlessAsync(db, increments, now, cancellationToken);
            return;
        }

        List<Guid?> meterIds = [.. increments.Select(increment => increment.MeterId).Where(id => id is not null).Distinct()];
        Dictionary<Guid, Meter> meters = await db.Meters.Where(meter => meterIds.Contains(meter.Id))
            .ToDictionaryAsync(meter => meter.Id, cancellationToken);
        foreach (UsageIncrement increment in increments)
        {
            MeterBook.WaiveOpen(increment, increment.MeterId is { } meterId ? meters[meterId] : null);
        }
    }
}
