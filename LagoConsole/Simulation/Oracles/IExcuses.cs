using LagoConsole.Core.Buyers;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Reporting;

namespace LagoConsole.Simulation.Oracles;

/// <summary>What the script knows of why money may not be billed at the end of a world. Without a cause that was injected, it is missing.</summary>
internal interface IExcuses
{
    /// <summary>Whether money of this key may wait for this reason.</summary>
    bool MayWait(KeyBook key, WaitReason reason, DateTimeOffset seenAt);

    /// <summary>Growth that was seen before this has had its release; what was seen later may lie on its meter.</summary>
    DateTimeOffset DueUntil { get; }

    /// <summary>Whether growth of this key may be held for this reason.</summary>
    bool MayBeHeld(KeyBook key, HoldReason reason);

    /// <summary>Whether a meter of this purchase may keep whole units.</summary>
    bool MayRest(Entitlement entitlement);

    /// <summary>Whether something was injected that can leave a record in this state.</summary>
    bool MayStay(UsageRecord record);

    /// <summary>Whether an engine could have read a final total that Lago made at this moment.</summary>
    bool CouldClose(PeriodBook period, DateTimeOffset finalAt);

    /// <summary>The latest price of a unit on this purchase's dimension, in minor units.</summary>
    decimal UnitPriceMinor(string purchase, string dimension);
}
