namespace LagoConsole.Core.Reporting.Limits;

/// <summary>
/// Whether a marketplace is called at all. Pure. It opens when calls fail one after another, whichever records they carry. While it
/// rests no call begins; then one call tries: an answer closes it, a failure lets it rest up to twice as long.
/// </summary>
/// <remarks>
/// It counts failures in a row, and not a share of the calls in a window of time, as ready-made breakers do: a marketplace that
/// takes a minute to fail would never fill a short window, and a busy one would not empty a long one.
/// </remarks>
public sealed record Circuit
{
    /// <summary>Calls that must fail in a row.</summary>
    public const int FailuresToOpen = 3;

    /// <summary>No rest is longer: shorter than what a record that fails by itself takes (<see cref="Backoff"/>).</summary>
    public static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan FirstRest = TimeSpan.FromSeconds(30);

    private Circuit()
    {
    }

    public static Circuit Closed { get; } = new();

    /// <summary>Calls that have failed since the last answer.</summary>
    public int Failures { get; private init; }

    /// <summary>When the first of them began; null while there is none.</summary>
    public DateTimeOffset? FailingSince { get; private init; }

    /// <summary>When the next call tries; null while the circuit is closed.</summary>
    public DateTimeOffset? RestsUntil { get; private init; }

    /// <summary>Why the last call failed, for a person.</summary>
    public string? LastFailure { get; private init; }

    public bool IsOpen => RestsUntil is not null;

    /// <summary>No call may begin. An end that is further ahead than any rest was written before the clock was put back: it does not count.</summary>
    public bool Rests(DateTimeOffset now) => RestsUntil is { } until && now < until && until - now <= LongestRest;

    /// <param name="isProbe">The circuit was open when the call began. Other calls that end while it is open had begun before: their failure is no news.</param>
    /// <param name="failure">Why it failed; null where it did not.</param>
    /// <param name="sample">A number in [0, 1): spreads the nodes that try again.</param>
    public Circuit After(CallHealth health, bool isProbe, DateTimeOffset startedAt, DateTimeOffset endedAt, string? failure, double sample)
    {
        switch (health)
        {
            case CallHealth.NotMade:
                return this;

            case CallHealth.Answered or CallHealth.Throttled:
                return Closed;

            case CallHealth.Failed when IsOpen && !isProbe:
                return this;

            case CallHealth.Failed:
                int failures = Failures + 1;
                return new Circuit
                {
                    Failures = failures,
                    FailingSince = FailingSince ?? startedAt,
                    RestsUntil = failures < FailuresToOpen ? null : endedAt + Rest(failures - FailuresToOpen, sample),
                    LastFailure = failure,
                };

            default:
                throw new ArgumentOutOfRangeException(nameof(health), health, "Not a call's health.");
        }
    }

    /// <summary>Between half and all of 30 seconds, a minute, two, four, and then five.</summary>
    private static TimeSpan Rest(int restsBefore, double sample)
    {
        TimeSpan ceiling = restsBefore >= 4 ? LongestRest : FirstRest * (1 << restsBefore);
        return (ceiling / 2) + (ceiling / 2 * sample);
    }
}
