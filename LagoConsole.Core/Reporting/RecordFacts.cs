using LagoConsole.Core.Buyers;
using LagoConsole.Core.Products;

namespace LagoConsole.Core.Reporting;

/// <summary>What a record's payload is made of.</summary>
/// <param name="RecordId">The record's own id; where a marketplace takes one, it is its idempotency key.</param>
/// <param name="SlotHour">Start of the hour that the record is for.</param>
/// <param name="Timestamp">The instant to send: the slot hour, or the entitlement's start if that lies inside it.</param>
/// <param name="PreviousSlotHour">The slot hour of the meter's record before; null for its first, and after one that was not billed.</param>
/// <param name="Quantity">Whole units.</param>
public sealed record RecordFacts(
    Guid RecordId, Product Product, Entitlement Entitlement, string DimensionKey, DateTimeOffset SlotHour, DateTimeOffset Timestamp,
    DateTimeOffset? PreviousSlotHour, long Quantity);
