namespace LagoConsole.Core.Reporting;

/// <summary>
/// What a person may decide of a record, by its state. Pure. Where nothing may be decided, the record is settled, or it
/// is still on its way and only a receipt or its deadline may settle it (R13).
/// </summary>
public static class RecordChoices
{
    /// <summary>Only what was refused for a reason that can be mended; what may have been billed is resent by itself, or not at all.</summary>
    public static bool CanBeSentAgain(this UsageRecordState state) => state == UsageRecordState.Blocked;

    /// <summary>Not what is known not to be billed.</summary>
    public static bool CanBeSettledAsBilled(this UsageRecordState state) =>
        state is UsageRecordState.Unresolved or UsageRecordState.Conflict;

    /// <summary>Gives the record's money to a later hour.</summary>
    public static bool CanBeSettledAsNotBilled(this UsageRecordState state) => state.NeedsPerson();
}
