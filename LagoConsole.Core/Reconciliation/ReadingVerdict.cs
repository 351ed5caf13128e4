namespace LagoConsole.Core.Reconciliation;

/// <summary>What Azure's usage events prove of a record.</summary>
/// <param name="Because">The sum behind it, or what a proof lacks.</param>
public abstract record ReadingVerdict(string Because)
{
    public sealed record Billed(string Because) : ReadingVerdict(Because);

    public sealed record NotBilled(string Because) : ReadingVerdict(Because);

    /// <summary>Nothing yet: a later read may, and a person may decide meanwhile.</summary>
    public sealed record NotYet(string Because) : ReadingVerdict(Because);
}

/// <summary>One meter's day: what Azure holds of it, and our records.</summary>
/// <param name="Records">All of the day, whatever their state.</param>
public sealed record MeterDay(string DimensionKey, DateTimeOffset Day, DayTotal Total, IReadOnlyList<Reporting.UsageRecord> Records);

/// <summary>What the rule must know of a read and of the record that it is held against.</summary>
/// <param name="ReadAt">When the read began.</param>
/// <param name="UnchangedSince">The first of the reads after the deadline that have shown the same total of the day; <paramref name="ReadAt"/> for the first of all.</param>
/// <param name="AttemptsEndedAt">When the record's last attempt was over; null while one is in flight.</param>
/// <param name="BooksMayLackRecords">The books were restored on the record's day or later (R20): a record of that day may be lost to them.</param>
public sealed record ReadingFacts(DateTimeOffset ReadAt, DateTimeOffset UnchangedSince, DateTimeOffset? AttemptsEndedAt, bool BooksMayLackRecords);
