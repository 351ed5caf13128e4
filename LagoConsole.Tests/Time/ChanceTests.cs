using LagoConsole.Core.Time;
using Xunit;

namespace LagoConsole.Tests.Time;

public sealed class ChanceTests
{
    private static readonly DateTimeOffset Noon = new(2026, 8, 20, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task The_same_seed_gives_the_same_ids_and_the_same_jitter()
    {
        Assert.Equal(await DrawAsync(7), await DrawAsync(7));
        Assert.NotEqual(await DrawAsync(7), await DrawAsync(8));
    }

    [Fact]
    public async Task Ids_are_of_version_7_and_later_ones_sort_later()
    {
        (Guid first, _, _) = await DrawAsync(7);
        (Guid later, _, _) = await DrawAsync(7, Noon.AddMilliseconds(1));

        Assert.Equal(7, first.Version);
        Assert.Equal(
            Guid.CreateVersion7(Noon).ToString("N")[..12],
            first.ToString("N")[..12]); // 48 bits of milliseconds
        Assert.True(string.CompareOrdinal(first.ToString(), later.ToString()) < 0);
    }

    [Fact]
    public async Task A_seed_rules_its_own_flow_of_calls_only()
    {
        await DrawAsync(7);

        Assert.Null(Chance.Seeded);
        Assert.NotEqual(NewId.At(Noon), NewId.At(Noon));
    }

    private static async Task<(Guid One, Guid Two, double Jitter)> DrawAsync(long seed, DateTimeOffset? at = null)
    {
        await Task.Yield(); // its own flow
        new Chance(seed).Rule();
        (Guid, Guid, double) drawn = (NewId.At(at ?? Noon), NewId.At(at ?? Noon), Jitter.Next());
        Assert.InRange(drawn.Item3, 0, 1);
        return drawn;
    }
}
