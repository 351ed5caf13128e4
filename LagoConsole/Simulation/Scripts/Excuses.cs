using LagoConsole.Core.Buyers;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Simulation.Oracles;

namespace LagoConsole.Simulation.Scripts;

/// <summary>What this world's script injected that may keep money from being billed at its end.</summary>
internal sealed class Excuses(World world) : IExcuses
{
    private IEnumerable<BuyerRole> Buyers => world.Script.Buyers;

    public bool MayWait(KeyBook key, WaitReason reason, DateTimeOffset seenAt)
    {
        if (Buyers.FirstOrDefault(buyer => buyer.Customer == key.Period.Customer) is not { } buyer)
        {
            return false;
        }

        return reason switch
        {
            WaitReason.NoConversion => !buyer.Product.Conversions.ContainsKey(key.Code),
            WaitReason.NoEntitlement => buyer.Purchases.TrueForAll(purchase => purchase.EntitlementId is null),
            // A decision after a restore sends money anew to the purchase that a person had named, which may have ended meanwhile.
            WaitReason.EntitlementNotActive => !buyer.Purchases.Exists(purchase => purchase.TakesMoney)
                || (world.Oracle.RestoredAt > seenAt && buyer.Purchases.Exists(purchase => purchase.EndsAt is not null)),
            WaitReason.EntitlementStartsLater => buyer.Purchases.Exists(purchase => purchase.StartsAt > seenAt),
            WaitReason.EntitlementEnded => buyer.Purchases.Exists(purchase => purchase.EndsAt is not null),
            WaitReason.SeveralEntitlements => buyer.Purchases.Count(purchase => purchase.SeemsOpen) > 1,
            WaitReason.ForeignCurrency => key.Currency != Script.Currency,
            WaitReason.AutoReportOff => !world.Person.IsReporting,
            WaitReason.LinkRemoved => buyer.WasUnlinked,
            WaitReason.Restored => key.IsRestoredHeld || world.Oracle.IsReturnedByRestored(key),
            _ => false,
        };
    }

    public DateTimeOffset DueUntil => world.Person.Mode == BillingMode.AmountDaily ? new DateTimeOffset(world.End.UtcDateTime.Date, TimeSpan.Zero) : world.End.AddMinutes(-100);

    public bool MayBeHeld(KeyBook key, HoldReason reason) => reason switch
    {
        HoldReason.Jump => key.IsJumpHeld,
        HoldReason.Restored => key.IsRestoredHeld || world.Oracle.IsReturnedByRestored(key),
        HoldReason.Upgrade or HoldReason.Overlap => world.Oracle.AwaitsPredecessor(key, world.End.AddHours(-3))
            || (!key.Period.IsClosed && world.Lago.Predecessor(key) is not null && !IsRead(key)),
        HoldReason.EntitlementEnding => key.IsProjection && Buyers.Any(buyer => buyer.Customer == key.Period.Customer && buyer.Purchases.Exists(purchase => purchase.EndsAt is not null)),
        HoldReason.PayInAdvanceUnknown => (key.Last is null && world.Lago.HasPayInAdvance(key)) || !world.Lago.IsPlanReadable(key.Period),
        HoldReason.NoFinal => key is { IsProjection: true, Period.HasNoFinal: true },
        _ => false,
    };

    /// <summary>Polls or a close read it: what it waited for would have been seen. An ended period is read by its own close only.</summary>
    private bool IsRead(KeyBook key) => key.Period.End > world.Clock.Now && !world.Lago.IsOver(key.Period.LagoId)
        ? world.Person is { Integration: not null, IsReporting: true } && Buyers.Any(buyer => buyer.Customer == key.Period.Customer && buyer.IsLinked)
        : world.Oracle.AllFinals().Any(final => final.Period == key.Period && CouldClose(key.Period, final.Final.At));

    public bool MayRest(Entitlement entitlement) =>
        !world.Person.IsReporting
        || Buyers.SelectMany(buyer => buyer.Purchases).First(purchase => purchase.EntitlementId == entitlement.Id) is { IsSuspended: true } or { EndsAt: not null };

    public bool MayStay(UsageRecord record) => record.State switch
    {
        UsageRecordState.Unresolved => world.Weather.WasBad,
        UsageRecordState.Conflict => world.Script.IsForeign(record),
        UsageRecordState.Blocked => IsEarly(record)
            || Buyers.SelectMany(buyer => buyer.Purchases).Any(purchase => purchase.EntitlementId == record.EntitlementId && purchase.EndsAt is not null),
        _ => false,
    };

    /// <summary>An engine whose clock was ahead made it before its hour had ended: Google refuses times to come, and does not say that it is them.</summary>
    private bool IsEarly(UsageRecord record) =>
        record.Marketplace == Marketplace.Gcp && world.Oracle.FindRecord(record.Id) is { } made && made.MadeAt < record.SlotHour.AddHours(1);

    public bool CouldClose(PeriodBook period, DateTimeOffset finalAt) =>
        world.Person.Integration is not null && finalAt < world.End.AddHours(-3)
        && Buyers.FirstOrDefault(buyer => buyer.Customer == period.Customer) is { } buyer
        && buyer.Links.Exists(link => link.From < period.End && (link.Until ?? DateTimeOffset.MaxValue) > period.From
            && (!link.IsDeleted || period.Keys.Any(key => key.Last is not null))); // a deletion forgets whom it had linked, not what was seen

    public decimal UnitPriceMinor(string purchase, string dimension)
    {
        PurchaseRole role = Buyers.SelectMany(buyer => buyer.Purchases).First(candidate => candidate.Key == purchase);
        return role.Market.UnitPriceMinor(role, dimension, world.Clock.Now);
    }
}
