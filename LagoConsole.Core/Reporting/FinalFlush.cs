using LagoConsole.Core.Conversion;

namespace LagoConsole.Core.Reporting;

/// <summary>Where and when the last record of an ended purchase is made (R18). Pure.</summary>
public static class FinalFlush
{
    /// <summary>The hour that contains the purchase's last moment: kept for the last record, and used by no other.</summary>
    /// <param name="endsAt">Exclusive: a purchase that ends at a full hour has its last moment in the hour before.</param>
    public static DateTimeOffset Slot(DateTimeOffset endsAt) => ReportingWindow.FloorToHour(endsAt.AddTicks(-1));

    /// <summary>From when on the marketplace takes nothing more for the purchase.</summary>
    public static DateTimeOffset Closes(DateTimeOffset endsAt, MarketplaceRules rules) => Deadline(Slot(endsAt), endsAt, rules);

    /// <summary>When the last record is made: as late as is safe, so that late usage is in it.</summary>
    /// <param name="margin">How long before the end of its window a record must be on its way.</param>
    public static DateTimeOffset DueAt(DateTimeOffset endsAt, MarketplaceRules rules, TimeSpan margin)
    {
        DateTimeOffset due = Closes(endsAt, rules) - margin;
        return due > endsAt ? due : endsAt;
    }

    /// <summary>The last moment at which a record of this slot is taken, for a purchase that ends.</summary>
    public static DateTimeOffset Deadline(DateTimeOffset slotHour, DateTimeOffset? endsAt, MarketplaceRules rules)
    {
        DateTimeOffset bySlot = rules.Deadline(slotHour);
        return endsAt + rules.AfterEnd is { } byEnd && byEnd < bySlot ? byEnd : bySlot;
    }
}
