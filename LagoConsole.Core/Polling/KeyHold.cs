using LagoConsole.Core.HighWater;

namespace LagoConsole.Core.Polling;

/// <summary>Puts holds on keys and takes them off again; the only hand that writes a mark's hold.</summary>
internal static class KeyHold
{
    public static void Place(HighWaterMark mark, HoldReason reason, DateTimeOffset now)
    {
        mark.Hold = reason;
        mark.HeldSince ??= now;
        mark.HeldMinor = Math.Max(0, checked(mark.LastTotalMinor - mark.RefusedMinor - mark.AmountMinor));
    }

    public static void End(HighWaterMark mark)
    {
        mark.Hold = null;
        mark.HeldSince = null;
        mark.HeldMinor = 0;
    }

    /// <summary>Writes what a look at Lago decided of hold, held amount and refusal.</summary>
    public static void Carry(HighWaterMark mark, HighWaterDecision decision, DateTimeOffset now)
    {
        mark.Hold = decision.Hold;
        mark.HeldMinor = decision.HeldMinor;
        mark.HeldSince = decision.Hold is null ? null : mark.HeldSince ?? now;
        mark.RefusedMinor = decision.RefusedMinor;
        mark.HighestTotalMinor = decision.HighestTotalMinor;
    }
}
