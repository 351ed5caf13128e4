namespace LagoConsole.Simulation.Oracles;

/// <summary>One charge of a running total, as Lago sent it.</summary>
internal sealed record HeardCharge(string ChargeId, string MetricCode, long AmountMinor);

/// <summary>Running totals of one subscription that an engine was told.</summary>
/// <param name="LagoId">Of the subscription that Lago computed them for.</param>
/// <param name="End">Exclusive.</param>
/// <param name="ReadAt">By the engine's clock, when it first asked.</param>
internal sealed record HeardUsage(
    string LagoId, string ExternalId, string Customer, DateTimeOffset From, DateTimeOffset End, string Currency,
    IReadOnlyList<HeardCharge> Charges, DateTimeOffset ReadAt)
{
    /// <summary>Per metric code.</summary>
    public IEnumerable<(string Code, IReadOnlyList<HeardCharge> Charges)> Metrics => Charges
        .GroupBy(charge => charge.MetricCode, StringComparer.Ordinal)
        .Select(ofMetric => (ofMetric.Key, (IReadOnlyList<HeardCharge>)[.. ofMetric]));
}

/// <summary>
/// What Lago told one flow since it last stored something. A poll stores what it heard last; a person's deed stores all of
/// what it was shown.
/// </summary>
internal sealed class Hearing(bool keepsAll)
{
    private readonly Dictionary<string, HeardUsage> _usage = new(StringComparer.Ordinal);

    public IReadOnlyCollection<HeardUsage> Usage => _usage.Values;

    /// <summary>The last of each subscription that was ever heard: what a preview showed.</summary>
    public Dictionary<string, HeardUsage> Shown { get; } = new(StringComparer.Ordinal);

    public void Add(HeardUsage usage)
    {
        if (!keepsAll)
        {
            _usage.Clear();
        }

        _usage[usage.LagoId] = usage;
        Shown[usage.LagoId] = usage;
    }

    /// <summary>It was stored, or it will not be.</summary>
    public void Forget() => _usage.Clear();
}
