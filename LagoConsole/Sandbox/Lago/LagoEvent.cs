namespace LagoConsole.Sandbox.Lago;

/// <summary>One line of usage sent to Lago.</summary>
/// <param name="TransactionId">Key: the same one for the same subscription is taken once.</param>
/// <param name="SubscriptionExternalId">Which subscription; matched by external id, as Lago does.</param>
/// <param name="MetricCode">Which metric.</param>
/// <param name="Timestamp">Decides the period, whenever it arrives.</param>
/// <param name="Value">For all but count and unique; may be negative.</param>
/// <param name="Key">For unique: what is counted once.</param>
/// <param name="Remove">For unique: takes the key away.</param>
/// <param name="Repeats">Stands for that many equal events; keeps large numbers small.</param>
public sealed record LagoEvent(
    string TransactionId,
    string SubscriptionExternalId,
    string MetricCode,
    DateTimeOffset Timestamp,
    decimal Value = 1,
    string? Key = null,
    bool Remove = false,
    int Repeats = 1);
