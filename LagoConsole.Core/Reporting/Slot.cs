using LagoConsole.Core.Conversion;
using LagoConsole.Core.Polling;

namespace LagoConsole.Core.Reporting;

/// <summary>Chooses the hour that a record is kept under at its marketplace (R12). Pure.</summary>
public static class Slot
{
    /// <summary>
    /// The latest closed hour, if it is later than the last used one, not before the hour in which the entitlement
    /// started, before the hour of its end, and not past its deadline; else null: wait for the next hour.
    /// </summary>
    public static DateTimeOffset? Choose(
        DateTimeOffset now, DateTimeOffset? lastSlotHour, DateTimeOffset startsAt, DateTimeOffset? endsAt, MarketplaceRules rules)
    {
        DateTimeOffset slot = ReportingWindow.ClosedHour(now).Start;
        bool free = IsFree(slot, lastSlotHour, now);
        bool started = slot >= ReportingWindow.FloorToHour(startsAt);
        bool notEnded = endsAt is null || slot < FinalFlush.Slot(endsAt.Value); // that hour is kept for the last record (R18)
        return free && started && notEnded && now < rules.Deadline(slot) ? slot : null;
    }

    /// <summary>The hour kept for the last record of an ended purchase; null when it was used, or nothing is taken any more (R18).</summary>
    public static DateTimeOffset? Last(
        DateTimeOffset now, DateTimeOffset? lastSlotHour, DateTimeOffset startsAt, DateTimeOffset endsAt, MarketplaceRules rules)
    {
        DateTimeOffset slot = FinalFlush.Slot(endsAt);
        bool free = IsFree(slot, lastSlotHour, now);
        bool started = slot >= ReportingWindow.FloorToHour(startsAt);
        return free && started && now < FinalFlush.Closes(endsAt, rules) ? slot : null;
    }

    /// <summary>
    /// Later than the last used hour. One that is a day ahead was used by a clock that was wrong: it would keep the meter from
    /// all hours until then, and the unique index still guards each of them.
    /// </summary>
    private static bool IsFree(DateTimeOffset slot, DateTimeOffset? lastSlotHour, DateTimeOffset now) =>
        lastSlotHour is null || slot > lastSlotHour || lastSlotHour > now + UsageWriter.Skew;
}
