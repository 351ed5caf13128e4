using System.Collections.Concurrent;
using LagoConsole.Core.Time;
using Microsoft.Extensions.Options;

namespace LagoConsole.Core.Reporting.Limits;

/// <summary>A marketplace that no call is made to before then.</summary>
internal sealed record LaneRest(MarketplaceLane Lane, DateTimeOffset Until);

/// <summary>
/// One resilience policy for each marketplace; at AWS for each region. Kept in memory: each node learns for itself, and a node that
/// has started anew asks the marketplace once more.
/// </summary>
/// <param name="network">Default: real time.</param>
public sealed class MarketplaceLimits(IOptions<ReportingOptions> options, TimeProvider clock, NetworkClock? network = null)
{
    private readonly ConcurrentDictionary<MarketplaceLane, LaneCalls> _lanes = new();

    /// <summary>How calls go to each marketplace that was called.</summary>
    public IReadOnlyList<LaneState> Lanes => [.. _lanes.Values.Select(calls => calls.State).OrderBy(state => state.Lane.Name, StringComparer.Ordinal)];

    /// <summary>Those to which no call may begin now.</summary>
    internal IReadOnlyList<MarketplaceLane> Full => [.. _lanes.Where(lane => !lane.Value.MayBegin).Select(lane => lane.Key)];

    /// <summary>Those that rest, and until when.</summary>
    internal IReadOnlyList<LaneRest> Rests
    {
        get
        {
            DateTimeOffset now = clock.GetUtcNow();
            return [.. Lanes.Where(state => state.Circuit.Rests(now)).Select(state => new LaneRest(state.Lane, state.Circuit.RestsUntil!.Value))];
        }
    }

    internal LaneState StateOf(MarketplaceLane lane) => Of(lane).State;

    internal bool MayBegin(MarketplaceLane lane) => Of(lane).MayBegin;

    /// <summary>Makes a call for records that are leased.</summary>
    internal Task<MeteringAnswer> CallAsync(
        MarketplaceLane lane, Func<CancellationToken, Task<MeteringAnswer>> call, CancellationToken cancellationToken) =>
        Of(lane).CallAsync(call, cancellationToken);

    private LaneCalls Of(MarketplaceLane lane) => _lanes.GetOrAdd(
        lane, key => new LaneCalls(key, options.Value.ConcurrentCalls, options.Value.Lease, clock, network ?? NetworkClock.Real));
}
