namespace LagoConsole.Sandbox.Lago;

/// <summary>A usage period; the start belongs to it, the end does not.</summary>
/// <param name="From">First instant.</param>
/// <param name="End">First instant after it: local midnight, or the termination.</param>
/// <param name="FullDays">Days of the whole calendar period it is (part of): the divisor of proration.</param>
public sealed record LagoPeriod(DateTimeOffset From, DateTimeOffset End, int FullDays)
{
    /// <summary>As Lago writes it: the last second. A period of no length ends where it starts.</summary>
    public DateTimeOffset ToInclusive => End > From ? End.AddSeconds(-1) : End;

    /// <summary>Whether the instant lies in it.</summary>
    public bool Contains(DateTimeOffset instant) => From <= instant && instant < End;
}
