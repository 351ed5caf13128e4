using LagoConsole.Core.Money;
using LagoConsole.Core.Reporting;

namespace LagoConsole.Core.Reconciliation;

/// <summary>What the books have of one meter's day.</summary>
/// <param name="Accepted">Units of accepted records.</param>
/// <param name="Unknown">Units of records that are sent again until their deadline.</param>
/// <param name="Unresolved">Units of records that nobody could settle before their deadline.</param>
/// <param name="Conflicts">How many records met another one in their hour.</param>
/// <param name="VoidSent">Units of void records that were sent: taken for not billed.</param>
/// <param name="LastMadeAt">When the day's last record was made; null without one.</param>
/// <param name="IsOurs">The purchase is an entitlement of this console.</param>
public sealed record DayBooks(long Accepted, long Unknown, long Unresolved, int Conflicts, long VoidSent, DateTimeOffset? LastMadeAt, bool IsOurs)
{
    public static DayBooks Of(IReadOnlyCollection<UsageRecord> records, bool isOurs) => new(
        Units(records, UsageRecordState.Accepted), Units(records, UsageRecordState.Unknown) + Units(records, UsageRecordState.Sending),
        Units(records, UsageRecordState.Unresolved),
        records.Count(record => record.State == UsageRecordState.Conflict || record.DecidedFrom == UsageRecordState.Conflict),
        records.Where(record => record is { State: UsageRecordState.Void, AttemptCount: > 0 }).Sum(record => record.Quantity),
        records.Count == 0 ? null : records.Max(record => record.CreatedAt), isOurs);

    private static long Units(IEnumerable<UsageRecord> records, UsageRecordState state) =>
        records.Where(record => record.State == state).Sum(record => record.Quantity);
}

/// <summary>One meter's day held against Azure's total of it. Pure.</summary>
/// <param name="Difference">Azure's units less ours; 0 where it was not read.</param>
/// <param name="Todo">What it means for the money, and what to do.</param>
public sealed record DayComparison(DayVerdict Verdict, decimal Difference, string Todo)
{
    /// <summary>How long after a day's end Azure may still show less without that meaning anything. No source says how late an event shows.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromHours(24);

    /// <param name="total">Null where Azure was not asked for the day yet.</param>
    /// <param name="readAt">When it was.</param>
    /// <param name="day">Midnight, UTC.</param>
    /// <param name="unitPriceMinor">What a unit costs that day, in minor units of <paramref name="currency"/>; null where that is not known.</param>
    public static DayComparison Of(DayBooks books, DayTotal? total, DateTimeOffset? readAt, DateTimeOffset day, decimal? unitPriceMinor, string? currency)
    {
        if (total is null || readAt is not { } at || books.LastMadeAt > at)
        {
            return new DayComparison(DayVerdict.NotRead, 0, "Azure was not asked since the last record of the day was made. The job Reconcile with Azure does it, or Read now.");
        }

        decimal difference = total.Submitted - books.Accepted;
        DayVerdict verdict = (difference, total.IsPlain, total.Submitted, books.Accepted) switch
        {
            (0, true, _, _) => DayVerdict.Equal,
            (_, _, 0, > 0) => DayVerdict.Missing,
            (_, _, > 0, 0) => DayVerdict.Extra,
            _ => DayVerdict.Different,
        };
        return new DayComparison(verdict, difference, Advice(verdict, difference, books, total, isYoung: at < day.AddDays(1) + Late, unitPriceMinor, currency));
    }

    private static string Advice(DayVerdict verdict, decimal difference, DayBooks books, DayTotal total, bool isYoung, decimal? unitPriceMinor, string? currency)
    {
        string money = unitPriceMinor is { } price && currency is not null
            ? $"{ReadingRule.Units(Math.Abs(difference))} units, {MoneyText.Format(Math.Abs(difference) * price, currency)},"
            : $"{ReadingRule.Units(Math.Abs(difference))} units";
        long open = books.Unknown + books.Unresolved;
        return verdict switch
        {
            DayVerdict.Equal when open > 0 =>
                $"Azure lists exactly what is accepted, and not the {ReadingRule.Units(open)} units without an answer. They count as not billed once Azure is known to show all of the day.",
            DayVerdict.Equal => "Nothing to do.",
            _ when !books.IsOurs =>
                $"{money} are billed to a subscription that is no entitlement of this console. If its usage is yours to report, add the entitlement and stop whatever else reports it.",
            _ when !total.IsPlain =>
                $"Azure says of it: {total.Statuses}, {ReadingRule.Units(total.Processed)} of {ReadingRule.Units(total.Submitted)} units processed. What it does not process is not billed: ask Partner Center's support, with the request ids of the records.",
            _ when difference < 0 && isYoung => $"Azure lists {money} less than it has accepted. It may show events late: wait for the next day's read.",
            _ when difference < 0 =>
                $"Azure lists {money} less than it has accepted, and the buyer may not be billed for them. Ask Partner Center's support, with the usage event ids of the records.",
            _ when difference == open && books.Conflicts == 0 =>
                $"{money} are what the records without an answer come to: they were most likely billed, and the read settles them after their deadline where nothing else explains it.",
            _ when difference == books.VoidSent =>
                $"{money} are what void records of the day come to: they counted as not billed and may be billed after all, and so twice. Compare them with Partner Center, and refund the buyer what is billed twice.",
            _ => $"{money} are billed that this console did not report. Find out what else reports usage of this product and stop it; refund the buyer at Azure what is billed twice.",
        };
    }
}
