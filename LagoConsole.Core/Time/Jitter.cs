namespace LagoConsole.Core.Time;

/// <summary>Spreads what failed together, so that it does not come back together. Not a secret.</summary>
public static class Jitter
{
    /// <summary>A number in [0, 1).</summary>
    public static double Next() => Chance.Seeded is { } seeded ? seeded.Sample() : Random.Shared.NextDouble();
}
