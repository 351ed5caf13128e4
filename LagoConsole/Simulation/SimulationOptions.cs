namespace LagoConsole.Simulation;

/// <summary>What is simulated.</summary>
/// <param name="Seed">Of the first world; the next has the next number.</param>
/// <param name="Worlds">How many.</param>
/// <param name="Days">How long each lives, in days; at least 3, as the last two are without faults.</param>
/// <param name="Nodes">Engines in each; null lets each world's seed decide between 1 and 3.</param>
/// <param name="Watch">A key to follow, see <see cref="Oracles.KeyWatch"/>; null follows none.</param>
internal sealed record SimulationOptions(long Seed, int Worlds, int Days, int? Nodes, string? Watch = null);
