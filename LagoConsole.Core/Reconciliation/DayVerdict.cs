using System.Diagnostics;

namespace LagoConsole.Core.Reconciliation;

/// <summary>How Azure's total of a meter's day compares with ours.</summary>
public enum DayVerdict
{
    Equal = 1,

    /// <summary>We have accepted records of the day; Azure lists nothing.</summary>
    Missing = 2,

    /// <summary>Azure lists units of the day; we have no accepted record.</summary>
    Extra = 3,

    /// <summary>Both have some, and not as much; or Azure has not taken it as it was reported.</summary>
    Different = 4,

    /// <summary>Azure was not asked yet, or not since a record of the day was made.</summary>
    NotRead = 5,
}

/// <summary>The verdicts in words.</summary>
public static class DayVerdictText
{
    public static string Label(this DayVerdict verdict) => verdict switch
    {
        DayVerdict.Equal => "equal",
        DayVerdict.Missing => "missing",
        DayVerdict.Extra => "extra",
        DayVerdict.Different => "different",
        DayVerdict.NotRead => "not read yet",
        _ => throw new UnreachableException($"No such verdict: {verdict}."),
    };
}
