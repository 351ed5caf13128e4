namespace LagoConsole.Core.HighWater;

/// <summary>A rise of a mark, and how much of it is not billed here.</summary>
/// <param name="NotBilledMinor">Waived, or still waiting.</param>
public sealed record CountedRise(long FromMinor, long ToMinor, decimal NotBilledMinor);

/// <summary>
/// What was billed above Lago's final total (R19): a total fell after its growth was reported, and what was reported is never
/// taken back. Pure.
/// </summary>
public static class AboveFinal
{
    /// <summary>In minor units; 0 when nothing was.</summary>
    /// <param name="finalMinor">Lago's final total of the key.</param>
    /// <param name="rises">
    /// The key's increments: they begin at its baseline, so that what was billed elsewhere is none of it. What of one is billed
    /// counts from its lower end: what was given up of it was its top.
    /// </param>
    public static decimal Of(long finalMinor, IEnumerable<CountedRise> rises) =>
        rises.Sum(rise => Math.Max(0, rise.ToMinor - rise.NotBilledMinor - Math.Max(rise.FromMinor, finalMinor)));
}
