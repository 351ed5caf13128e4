using System.Collections.Immutable;
using System.Globalization;

namespace LagoConsole.Simulation.Oracles;

/// <summary>What the worlds came to, in minor units.</summary>
internal sealed record Totals
{
    /// <summary>What Lago counted: final totals, and last totals where there is no final one.</summary>
    public decimal Counted { get; init; }

    /// <summary>What the marketplaces billed.</summary>
    public decimal Billed { get; init; }

    /// <summary>Less than a unit on each meter.</summary>
    public decimal Remainder { get; init; }

    public decimal Waiting { get; init; }

    public decimal Held { get; init; }

    public decimal Waived { get; init; }

    /// <summary>On records that a person must decide on, whether or not the marketplace has billed them.</summary>
    public decimal Unresolved { get; init; }

    /// <summary>Of what was billed: on records taken for accepted without a receipt.</summary>
    public decimal Assumed { get; init; }

    /// <summary>Billed above Lago's final totals, after a fall (R19).</summary>
    public decimal PeakExcess { get; init; }

    public decimal Overbilled { get; init; }

    public decimal Unaccounted { get; init; }

    /// <summary>Parts of what waits, is held or is unresolved, by their reason.</summary>
    public ImmutableSortedDictionary<string, decimal> ByReason { get; init; } = ImmutableSortedDictionary.Create<string, decimal>(StringComparer.Ordinal);

    /// <summary>Parts of what was billed.</summary>
    public ImmutableSortedDictionary<string, decimal> ByMarketplace { get; init; } = ImmutableSortedDictionary.Create<string, decimal>(StringComparer.Ordinal);

    public bool IsSound => Overbilled == 0 && Unaccounted == 0;

    public static Totals operator +(Totals left, Totals right) => new()
    {
        Counted = left.Counted + right.Counted,
        Billed = left.Billed + right.Billed,
        Remainder = left.Remainder + right.Remainder,
        Waiting = left.Waiting + right.Waiting,
        Held = left.Held + right.Held,
        Waived = left.Waived + right.Waived,
        Unresolved = left.Unresolved + right.Unresolved,
        Assumed = left.Assumed + right.Assumed,
        PeakExcess = left.PeakExcess + right.PeakExcess,
        Overbilled = left.Overbilled + right.Overbilled,
        Unaccounted = left.Unaccounted + right.Unaccounted,
        ByReason = Add(left.ByReason, right.ByReason),
        ByMarketplace = Add(left.ByMarketplace, right.ByMarketplace),
    };

    /// <summary>Parts in one line.</summary>
    public static string Line(ImmutableSortedDictionary<string, decimal> parts) =>
        string.Join(", ", parts.Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Key}={part.Value:0.######}")));

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"counted={Counted:0.######} billed={Billed:0.######} remainder={Remainder:0.######} waiting={Waiting:0.######} held={Held:0.######} "
        + $"waived={Waived:0.######} unresolved={Unresolved:0.######} assumed={Assumed:0.######} peak_excess={PeakExcess:0.######} "
        + $"overbilled={Overbilled:0.######} unaccounted={Unaccounted:0.######}");

    private static ImmutableSortedDictionary<string, decimal> Add(ImmutableSortedDictionary<string, decimal> left, ImmutableSortedDictionary<string, decimal> right) =>
        left.SetItems(right.Select(part => KeyValuePair.Create(part.Key, part.Value + left.GetValueOrDefault(part.Key))));
}
