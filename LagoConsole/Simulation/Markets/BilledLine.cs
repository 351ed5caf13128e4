using LagoConsole.Core.Products;
using LagoConsole.Simulation.Oracles;

namespace LagoConsole.Simulation.Markets;

/// <summary>One line of a marketplace's bill, as the buyer pays it.</summary>
/// <param name="Purchase">The purchase's own key at its marketplace.</param>
/// <param name="SlotHour">Start of the hour that it is for.</param>
/// <param name="OperationId">By which the marketplace knows it and counts it once; null where that is the hour.</param>
internal sealed record BilledLine(
    Marketplace Marketplace, string Purchase, string Dimension, DateTimeOffset SlotHour, long Quantity, decimal AmountCents, Guid? OperationId = null)
{
    /// <summary>Whether it is what this record asked for.</summary>
    public bool IsOf(BookedRecord record) => record.Purchase == Purchase && record.Dimension == Dimension && record.Quantity == Quantity
        && (OperationId is { } operation ? record.Id == operation : record.SlotHour == SlotHour);
}
