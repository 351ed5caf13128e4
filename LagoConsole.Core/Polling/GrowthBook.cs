using LagoConsole.Core.Conversion;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Time;

namespace LagoConsole.Core.Polling;

/// <summary>Writes increments and sends them to their meters, inside a caller's transaction. The only place where an increment is made.</summary>
/// <param name="routes">As of this transaction; null: read when they are needed.</param>
/// <param name="isLast">Nothing of the transaction looks at an increment again once it is saved.</param>
internal sealed class GrowthBook(LagoConsoleDbContext db, Guid integrationId, Guid buyerId, DateTimeOffset now, RoutingTable? routes = null, bool isLast = false)
{
    private readonly Dictionary<(Guid EntitlementId, Guid DimensionId), Meter> _meters = [];
    private RoutingTable? _routes = routes;

    /// <summary>Where this buyer's money goes, as of this transaction.</summary>
    public async ValueTask<RoutingTable> RoutesAsync(CancellationToken cancellationToken) =>
        _routes ??= await RoutingTable.LoadAsync(db, buyerId, cancellationToken);

    /// <summary>Raises the mark and writes the rise as an increment that is still nowhere.</summary>
    public UsageIncrement Add(HighWaterMark mark, long newMarkMinor, DateTimeOffset seenAt, SnapshotSource source)
    {
        long increase = checked(newMarkMinor - mark.AmountMinor);
        UsageIncrement increment = new()
        {
            Id = NewId.At(now),
            MarkId = mark.Id,
            IntegrationId = integrationId,
            BuyerId = buyerId,
            MetricCode = mark.MetricCode,
            Currency = mark.Currency,
            FromMinor = mark.AmountMinor,
            ToMinor = newMarkMinor,
            AmountMinor = increase,
            SeenAt = seenAt,
            Source = source,
            OpenMinor = increase,
            IsOpen = true,
        };
        if (isLast)
        {
            db.AddUnseen(increment);
        }
        else
        {
            db.UsageIncrements.Add(increment);
        }

        mark.AmountMinor = newMarkMinor;
        return increment;
    }

    /// <summary>To its meter, or waiting where no meter can be told (R6).</summary>
    public async Task FlowAsync(UsageIncrement increment, string subscriptionLagoId, CancellationToken cancellationToken)
    {
        switch ((await RoutesAsync(cancellationToken)).Route(increment, subscriptionLagoId))
        {
            case RoutingDecision.To to when _meters.TryGetValue((to.Entitlement.Id, to.Dimension.Id), out Meter? meter):
                MeterBook.Accrue(increment, meter);
                break;
            case RoutingDecision.To to:
                _meters[(to.Entitlement.Id, to.Dimension.Id)] = await MeterBook.AccrueAsync(db, increment, to.Entitlement, to.Dimension, now, cancellationToken);
                break;
            case RoutingDecision.Waits waits:
                Wait(increment, waits.Reason);
                break;
        }
    }

    public void Wait(UsageIncrement increment, WaitReason reason)
    {
        increment.WaitReason = reason;
        increment.WaitingSince ??= now;
    }
}
