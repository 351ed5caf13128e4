using LagoConsole.Core.HighWater;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;

namespace LagoConsole.Core.Explain;

/// <summary>What of an increment's money a record holds, or held before it was void.</summary>
public sealed record ExplainedPart(
    Guid RecordId, DateTimeOffset SlotHour, string DimensionKey, long Quantity, decimal UnitPriceMinor, UsageRecordState State, bool Assumed, decimal AmountMinor)
{
    /// <summary>A void record gave it back.</summary>
    public decimal HeldMinor => State == UsageRecordState.Void ? 0 : AmountMinor;
}

/// <summary>One rise of a mark, what Lago showed then, and where its money is. Minor units.</summary>
/// <param name="TotalMinor">What Lago showed; null where no look stands behind it any more, or none did (a decision).</param>
public sealed record ExplainedGrowth(
    Guid IncrementId, DateTimeOffset SeenAt, SnapshotSource Source, long? TotalMinor, long FromMinor, long ToMinor, long AmountMinor,
    decimal WaivedMinor, decimal BilledBeforeRestoreMinor, decimal OpenMinor, bool OnMeter, WaitReason? WaitReason, IReadOnlyList<ExplainedPart> Parts)
{
    /// <summary>The money is where the books say: on records, waived, billed before a restore, or open (R14 b).</summary>
    public bool AddsUp => ToMinor - FromMinor == AmountMinor
        && AmountMinor == Parts.Sum(part => part.HeldMinor) + WaivedMinor + BilledBeforeRestoreMinor + OpenMinor;
}

/// <summary>What one record holds of a key.</summary>
public sealed record ExplainedRecord(
    Guid RecordId, DateTimeOffset SlotHour, string DimensionKey, long Quantity, decimal UnitPriceMinor, UsageRecordState State, bool Assumed, decimal AmountMinor);

/// <summary>A key from what Lago counted to what was billed of it, and back.</summary>
/// <param name="FinalInvoiceLagoId">Lago's invoice that its final total was read from; null while there is none.</param>
/// <param name="ClosedAt">When the final total was taken.</param>
/// <param name="Growth">Lowest first: the order in which Lago counted it.</param>
public sealed record ExplainedKey(
    UsageKeyRow Key, string? FinalInvoiceLagoId, DateTimeOffset? ClosedAt, string? CloseDetail, IReadOnlyList<ExplainedGrowth> Growth)
{
    public long CountedMinor => Growth.Sum(growth => growth.AmountMinor);

    public decimal BilledMinor => On(part => part.State == UsageRecordState.Accepted);

    public decimal OnTheWayMinor => On(part => part.State != UsageRecordState.Accepted && !part.State.NeedsPerson());

    public decimal NeedsPersonMinor => On(part => part.State.NeedsPerson());

    public decimal WaivedMinor => Growth.Sum(growth => growth.WaivedMinor);

    public decimal BilledBeforeRestoreMinor => Growth.Sum(growth => growth.BilledBeforeRestoreMinor);

    public decimal OnMeterMinor => Growth.Where(growth => growth.OnMeter).Sum(growth => growth.OpenMinor);

    public decimal WaitingMinor => Growth.Where(growth => !growth.OnMeter).Sum(growth => growth.OpenMinor);

    /// <summary>Baseline and growth are the mark, each rise begins where the one before ended, and each amount is somewhere (R14 a, b).</summary>
    public bool AddsUp => Key.BaselineMinor + CountedMinor == Key.MarkMinor
        && Growth.All(growth => growth.AddsUp)
        && Growth.Zip(Growth.Skip(1)).All(pair => pair.First.ToMinor == pair.Second.FromMinor);

    /// <summary>The records that hold money of it, or did before they were void, oldest hour first.</summary>
    public IReadOnlyList<ExplainedRecord> Records =>
    [
        .. Growth.SelectMany(growth => growth.Parts).GroupBy(part => part.RecordId)
            .Select(group => (Part: group.First(), Amount: group.Sum(part => part.AmountMinor)))
            .OrderBy(record => record.Part.SlotHour).ThenBy(record => record.Part.RecordId)
            .Select(record => new ExplainedRecord(
                record.Part.RecordId, record.Part.SlotHour, record.Part.DimensionKey, record.Part.Quantity, record.Part.UnitPriceMinor,
                record.Part.State, record.Part.Assumed, record.Amount)),
    ];

    private decimal On(Func<ExplainedPart, bool> wanted) => Growth.SelectMany(growth => growth.Parts).Where(wanted).Sum(part => part.HeldMinor);
}

/// <summary>A record from the marketplace back to Lago, with every key that it bills.</summary>
/// <param name="Keys">In the order in which the record used their money.</param>
public sealed record RecordStory(RecordDetail Record, IReadOnlyList<ExplainedKey> Keys);
