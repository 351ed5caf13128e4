namespace LagoConsole.Simulation;

/// <summary>Chance that a seed decides: the same seed, the same throws. Each part of a world throws its own dice, so that a throw more in one leaves the others alone.</summary>
internal sealed class Dice(long seed, string purpose)
{
    private ulong _state = Sandbox.StableHash.Of(seed, "simulation", purpose);

    /// <summary>A number in [0, <paramref name="below"/>).</summary>
    public int Below(int below) => (int)(Next() % (ulong)below);

    /// <summary>A number in [<paramref name="from"/>, <paramref name="to"/>], both included.</summary>
    public int Between(int from, int to) => from + Below(to - from + 1);

    /// <summary>True once in <paramref name="times"/>.</summary>
    public bool OnceIn(int times) => Below(times) == 0;

    /// <summary>True in so many of a thousand.</summary>
    public bool Permille(int share) => Below(1000) < share;

    public T Of<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];

    /// <summary>A span in [<paramref name="from"/>, <paramref name="to"/>], by the second.</summary>
    public TimeSpan Span(TimeSpan from, TimeSpan to) =>
        from + TimeSpan.FromSeconds((long)(Next() % (ulong)((to - from).Ticks / TimeSpan.TicksPerSecond + 1)));

    public long Seed() => (long)(Next() >> 1);

    private ulong Next()
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15UL;
            return Sandbox.StableHash.With(_state, 1);
        }
    }
}
