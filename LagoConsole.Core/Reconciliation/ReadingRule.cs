using System.Globalization;
using LagoConsole.Core.Reporting;

namespace LagoConsole.Core.Reconciliation;

/// <summary>
/// What Azure's day totals prove of a record whose outcome was unknown at its deadline (R13). Pure, and sceptical: where a total can be
/// explained in two ways, it proves nothing.
/// </summary>
/// <remarks>
/// <para>
/// <c>room = Azure's total of the meter's day − Σ quantities that are proven to be in it</c>. The record can be in the total only if
/// there is room for it. <b>Billed</b>: some of the unproven records together with this one fill the room exactly, and without this one
/// none of their sums does. A day with a conflict never proves it: what the stranger reported is unknown and could be any part of the room.
/// </para>
/// <para>
/// <b>Not billed</b>: there is no room for it, although Azure shows what it knows by now. How late Azure shows an event is not
/// documented, so the same answer must show <i>a later event of the resource</i>, or the total must have stood for 24 hours of reads
/// after the deadline. Azure lists days and no events. A later event is therefore one that a day's total cannot be reached without: the
/// total of some meter and day of the same resource is exactly what is proven of it, and more than all its records together that are not
/// later. <i>Later</i> means of a later hour, and made after this record's deadline: then Azure had taken it after the last moment at
/// which it can have taken this record, and shows it all the same. And some day of the resource must be listed exactly as the books have it:
/// an app that may not see the purchase, or sees it under other names, is shown nothing for ever.
/// </para>
/// </remarks>
public static class ReadingRule
{
    /// <summary>How long two equal reads must be apart.</summary>
    private static readonly TimeSpan Apart = TimeSpan.FromHours(24);

    /// <summary>Unproven records of a day whose sums are tried; of more nothing is concluded.</summary>
    private const int MostUnproven = 16;

    /// <param name="record">Unknown or unresolved; or taken for not billed though its outcome was unknown, of which only the contrary is proven.</param>
    /// <param name="day">The record's meter and day.</param>
    /// <param name="answer">Every meter and day of the record's resource in the same answer.</param>
    public static ReadingVerdict Judge(UsageRecord record, MeterDay day, IReadOnlyList<MeterDay> answer, ReadingFacts facts)
    {
        if (!IsOpen(record) && !IsInDoubt(record))
        {
            return new ReadingVerdict.NotYet($"The record is {record.State.Label()}: only one whose outcome is unknown is settled by a read.");
        }

        if (facts.ReadAt < record.Deadline || facts.AttemptsEndedAt is not { } ended || ended > facts.ReadAt)
        {
            return new ReadingVerdict.NotYet("The record was still on its way when Azure was asked.");
        }

        if (!day.Total.IsPlain)
        {
            return new ReadingVerdict.NotYet($"Azure says of this day: {day.Total.Statuses}, {Units(day.Total.Processed)} of {Units(day.Total.Submitted)} units processed. What is listed is not what is billed.");
        }

        decimal proven = day.Records.Where(IsProven).Sum(other => (decimal)other.Quantity);
        decimal room = day.Total.Submitted - proven;
        string sum = $"Azure counts {Units(day.Total.Submitted)} units of {day.DimensionKey} on {UtcDay.Text(day.Day)}; {Units(proven)} are of records that are proven";
        return room < 0 ? new ReadingVerdict.NotYet($"{sum}. Azure shows less than it has accepted.")
            : room >= record.Quantity ? WithRoom(record, day, facts, room, sum)
            : IsOpen(record) ? WithoutRoom(record, answer, facts, sum)
            : new ReadingVerdict.NotYet($"{sum}: there is no room for this record, which counts as not billed.");
    }

    /// <summary>Its outcome is unknown.</summary>
    internal static bool IsOpen(UsageRecord record) => record.State is UsageRecordState.Unknown or UsageRecordState.Unresolved;

    /// <summary>It was taken for not billed after an outcome that was unknown, by a person or by a read: a later proof to the contrary is an alert (R13).</summary>
    internal static bool IsInDoubt(UsageRecord record) => record is { State: UsageRecordState.Void, HadUnknownAttempt: true, BilledAfterVoidAt: null };

    /// <summary>Proven to be in Azure's total: by a receipt or by a read, also by one that came too late. What a person decided may be so.</summary>
    internal static bool IsProven(UsageRecord record) => record is { State: UsageRecordState.Accepted, DecidedBy: null } or { BilledAfterVoidAt: not null };

    /// <summary>Not proven to be in Azure's total, and not known never to have been taken.</summary>
    internal static bool MayBeIn(UsageRecord record) => !IsProven(record) && record.State
        is UsageRecordState.Unknown or UsageRecordState.Unresolved or UsageRecordState.Sending or UsageRecordState.Void or UsageRecordState.Accepted;

    internal static string Units(decimal quantity) => quantity.ToString("#,##0.##########", CultureInfo.InvariantCulture);

    private static ReadingVerdict WithRoom(UsageRecord record, MeterDay day, ReadingFacts facts, decimal room, string sum)
    {
        if (facts.BooksMayLackRecords)
        {
            return new ReadingVerdict.NotYet($"{sum}, but the books were restored since: a record that they have lost could be the rest.");
        }

        if (day.Records.Any(other => other.State == UsageRecordState.Conflict || other.DecidedFrom == UsageRecordState.Conflict))
        {
            return new ReadingVerdict.NotYet($"{sum}. Somebody else reported usage of that day too, and how much is not known: it could be the rest.");
        }

        List<long> others = [.. day.Records.Where(other => other.Id != record.Id && MayBeIn(other)).Select(other => other.Quantity)];
        if (others.Count > MostUnproven)
        {
            return new ReadingVerdict.NotYet($"{sum}. {Units(others.Count)} other records of the day are not proven either: their sums are too many to tell which is meant.");
        }

        HashSet<decimal> sums = Sums(others);
        return (WithIt: sums.Contains(room - record.Quantity), WithoutIt: sums.Contains(room)) switch
        {
            (true, false) => new ReadingVerdict.Billed(
                $"{sum}. The other {Units(room)} can only be reached with the {Units(record.Quantity)} of this record{(others.Count == 0 ? "" : $", whichever of the day's {Units(others.Count)} other unproven records are in it")}."),
            (true, true) => new ReadingVerdict.NotYet($"{sum}. The other {Units(room)} may be this record's {Units(record.Quantity)}, or those of other records of the day that are not proven."),
            _ => new ReadingVerdict.NotYet($"{sum}. No sum of this console's records is the other {Units(room)}: something else reports usage of this purchase, or Azure shows only a part yet."),
        };
    }

    private static ReadingVerdict WithoutRoom(UsageRecord record, IReadOnlyList<MeterDay> answer, ReadingFacts facts, string sum)
    {
        string room = $"{sum}: there is no room for the {Units(record.Quantity)} of this record";
        if (answer.FirstOrDefault(other => ShowsLater(other, record)) is { } later)
        {
            return new ReadingVerdict.NotBilled(
                $"{room}. The same answer shows an event of {later.DimensionKey} on {UtcDay.Text(later.Day)} that Azure took after this record's last moment.");
        }

        if (facts.UnchangedSince < record.Deadline || facts.ReadAt - facts.UnchangedSince < Apart)
        {
            return new ReadingVerdict.NotYet($"{room}, but Azure may show events late. It counts as not billed when Azure shows a later event of this purchase, or the same total 24 hours later.");
        }

        return answer.Any(Agrees)
            ? new ReadingVerdict.NotBilled($"{room}, and every read has said so for 24 hours.")
            : new ReadingVerdict.NotYet($"{room}, but no day of this purchase that Azure lists is as the books have it: perhaps this app does not see it, or not under the same names.");
    }

    /// <summary>Azure lists something of the day, and exactly what is proven.</summary>
    private static bool Agrees(MeterDay day) =>
        day.Total is { IsPlain: true, Submitted: > 0 } && day.Total.Submitted == day.Records.Where(IsProven).Sum(other => (decimal)other.Quantity);

    private static bool ShowsLater(MeterDay day, UsageRecord record) =>
        Agrees(day) && day.Total.Submitted > day.Records.Where(other => (IsProven(other) || MayBeIn(other)) && !IsLater(other, record)).Sum(other => (decimal)other.Quantity);

    private static bool IsLater(UsageRecord other, UsageRecord record) => other.SlotHour > record.SlotHour && other.CreatedAt >= record.Deadline;

    /// <summary>What some of them come to, none and all included.</summary>
    private static HashSet<decimal> Sums(List<long> quantities)
    {
        HashSet<decimal> sums = [0];
        foreach (long quantity in quantities)
        {
            sums.UnionWith([.. sums.Select(sum => sum + quantity)]);
        }

        return sums;
    }
}
