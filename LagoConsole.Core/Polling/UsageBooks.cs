using LagoConsole.Core.Buyers;
using LagoConsole.Core.Held;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Polling;

/// <summary>What readings of some subscriptions are written against, tracked by a transaction's context: read in as many queries as for one.</summary>
internal sealed class UsageBooks
{
    private readonly ILookup<string, BillingPeriod> _periods;
    private readonly ILookup<Guid, HighWaterMark> _marks;
    private readonly IReadOnlyDictionary<Guid, RoutingTable> _routes;

    private UsageBooks(ILookup<string, BillingPeriod> periods, ILookup<Guid, HighWaterMark> marks, IReadOnlyDictionary<Guid, RoutingTable> routes, JumpLimits limits)
    {
        _periods = periods;
        _marks = marks;
        _routes = routes;
        Limits = limits;
    }

    public JumpLimits Limits { get; }

    public static async Task<UsageBooks> LoadAsync(
        LagoConsoleDbContext db, Guid integrationId, IReadOnlyCollection<PolledReading> polled, CancellationToken cancellationToken)
    {
        List<Guid> buyers = [.. polled.Select(one => one.Link.BuyerId)];
        List<string> subscriptions = [.. polled.Select(one => one.Reading.SubscriptionLagoId)];
        List<DateTimeOffset> starts = [.. polled.Select(one => one.Reading.PeriodStart).Distinct()];
        DateTimeOffset earliest = polled.Min(one => one.Reading.PeriodEnd) - PeriodMatch.Tolerance;
        List<BillingPeriod> periods = await db.BillingPeriods
            .Where(period => subscriptions.Contains(period.SubscriptionLagoId)
                && (period.State != BillingPeriodState.Closed || period.PeriodEnd >= earliest || starts.Contains(period.PeriodStart))) // none else can match (PeriodMatch)
            .ToListAsync(cancellationToken);
        List<Guid> open = [.. periods.Where(period => period.State != BillingPeriodState.Closed).Select(period => period.Id)];
        List<HighWaterMark> marks = await db.HighWaterMarks.Where(mark => open.Contains(mark.PeriodId)).ToListAsync(cancellationToken);
        IReadOnlyDictionary<Guid, RoutingTable> routes = await RoutingTable.LoadAsync(db, buyers, cancellationToken);
        JumpLimits limits = await LimitsAsync(db, integrationId, cancellationToken);
        List<string> identities = [.. routes.Values.SelectMany(routing => routing.Identities)];
        await db.Meters.Where(meter => identities.Contains(meter.Identity)).LoadAsync(cancellationToken); // found among what is tracked
        return new UsageBooks(
            periods.ToLookup(period => period.SubscriptionLagoId, StringComparer.Ordinal), marks.ToLookup(mark => mark.PeriodId), routes, limits);
    }

    /// <summary>The periods of a subscription that its reading may belong to.</summary>
    public List<BillingPeriod> PeriodsOf(string subscriptionLagoId) => [.. _periods[subscriptionLagoId]];

    /// <summary>Null for a closed period, whose marks were not read.</summary>
    public List<HighWaterMark>? MarksOf(BillingPeriod period) => _marks.Contains(period.Id) ? [.. _marks[period.Id]] : null;

    public RoutingTable RoutesOf(Guid buyerId) => _routes[buyerId];

    /// <summary>Of an integration that is gone, none: what it showed is not held.</summary>
    public static async Task<JumpLimits> LimitsAsync(LagoConsoleDbContext db, Guid integrationId, CancellationToken cancellationToken) =>
        await db.Integrations.Where(integration => integration.Id == integrationId)
            .Select(integration => new JumpLimits(integration.JumpFactor, integration.JumpFloorMinor, integration.JumpAbsoluteMinor))
            .SingleOrDefaultAsync(cancellationToken) ?? new JumpLimits(0, 0, 0);
}
