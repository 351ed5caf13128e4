namespace LagoConsole.Simulation.Oracles;

/// <summary>Money of one key in a record, as the engine linked it when it made the record.</summary>
internal sealed record BookedLink(KeyName Key, decimal AmountMinor);

/// <summary>A record at the moment it was made: later changes of the engine's books cannot change what it bills.</summary>
/// <param name="Row">Grows from record to record.</param>
/// <param name="Id">The engine's; to look at its state.</param>
/// <param name="Purchase">Whom it bills: the purchase's own key at its marketplace.</param>
/// <param name="MadeAt">By the world's clock, whatever the engine's showed.</param>
internal sealed record BookedRecord(
    long Row, Guid Id, string Purchase, string Dimension, DateTimeOffset SlotHour, long Quantity, decimal UnitPriceMinor,
    DateTimeOffset MadeAt, IReadOnlyList<BookedLink> Links)
{
    /// <summary>A restore has taken it out of the engine's books.</summary>
    public bool IsLost { get; set; }

    /// <summary>A restore has left it in the engine's books, as it was at the backup.</summary>
    public bool IsRestored { get; set; }

    public decimal LinkedMinor => Links.Sum(link => link.AmountMinor);
}
