using LagoConsole.Core.Products;

namespace LagoConsole.Core.Reporting.Limits;

/// <summary>How soon a call may follow others. Pure; told by a clock that only runs forward.</summary>
/// <param name="Interval">Between calls at an even pace; zero where the marketplace names no quota.</param>
/// <param name="AtOnce">Calls that may come together after a pause, 1 or more.</param>
public sealed record CallPace(TimeSpan Interval, int AtOnce)
{
    /// <summary>When a next call would come at an even pace.</summary>
    private TimeSpan Due { get; init; }

    /// <summary>
    /// AWS takes ten calls a second of an account in a region: two together and eight a second never pass that in any second.
    /// Azure and Google document no quota for reporting.
    /// </summary>
    public static CallPace Of(Marketplace marketplace) =>
        marketplace == Marketplace.Aws ? new CallPace(TimeSpan.FromMilliseconds(125), AtOnce: 2) : new CallPace(TimeSpan.Zero, AtOnce: 1);

    /// <summary>How long a call that comes now waits, and the pace after it.</summary>
    /// <param name="now">Since any fixed moment.</param>
    public (TimeSpan Wait, CallPace Next) Take(TimeSpan now)
    {
        TimeSpan due = Due > now ? Due : now;
        TimeSpan wait = due - now - (Interval * (AtOnce - 1));
        return (wait > TimeSpan.Zero ? wait : TimeSpan.Zero, this with { Due = due + Interval });
    }
}
