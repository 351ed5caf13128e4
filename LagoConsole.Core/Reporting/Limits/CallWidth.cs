namespace LagoConsole.Core.Reporting.Limits;

/// <summary>
/// How many calls to a marketplace may be under way at once. Pure. One at first; one more each time that so many were answered;
/// half as many when the marketplace throttles or does not answer (additive increase, multiplicative decrease).
/// </summary>
public sealed record CallWidth
{
    private CallWidth()
    {
    }

    public static CallWidth One { get; } = new();

    /// <summary>Calls at once, 1 or more.</summary>
    public int Limit { get; private init; } = 1;

    /// <summary>How often it was cut: a call knows by it whether what it met has been answered for already.</summary>
    public int Cuts { get; private init; }

    /// <summary>Calls answered since the limit changed.</summary>
    private int Answered { get; init; }

    /// <param name="cutsAtStart"><see cref="Cuts"/> when the call began: calls that were under way together count as one sign.</param>
    /// <param name="most">The limit never passes this.</param>
    public CallWidth After(CallHealth health, int cutsAtStart, int most) => health switch
    {
        CallHealth.NotMade => this,
        CallHealth.Answered when Limit >= most => this,
        CallHealth.Answered when Answered + 1 >= Limit => this with { Limit = Limit + 1, Answered = 0 },
        CallHealth.Answered => this with { Answered = Answered + 1 },
        CallHealth.Throttled or CallHealth.Failed when cutsAtStart < Cuts => this,
        CallHealth.Throttled or CallHealth.Failed => this with { Limit = Math.Max(1, Limit / 2), Answered = 0, Cuts = Cuts + 1 },
        _ => throw new ArgumentOutOfRangeException(nameof(health), health, "Not a call's health."),
    };
}
