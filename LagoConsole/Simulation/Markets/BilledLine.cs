using LagoConsole.Simulation.Oracles;

namespace LagoConsole.Simulation.Markets;

/// <summary>One line of a marketplace's bill, as the buyer pays it.</summary>
/// <param name="Purchase">The purchase's own key at its marketplace.</param>
/// <param name="SlotHour">Start of the hour that it is for.</param>
internal sealed record BilledLine(string Purchase, string Dimension, DateTimeOffset SlotHour, long Quantity, decimal AmountCents)
{
    /// <summary>Whether it is what this record asked for.</summary>
    public bool IsOf(BookedRecord record) =>
        record.Purchase == Purchase && record.Dimension == Dimension && record.Quantity == Quantity && record.SlotHour == SlotHour;
}
