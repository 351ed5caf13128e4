namespace LagoConsole.Core.Reporting.Limits;

/// <summary>How calls to a marketplace go, as this node has met it since it started.</summary>
/// <param name="Width">Calls that may be under way at once.</param>
/// <param name="InFlight">Calls under way.</param>
/// <param name="Calls">Calls made.</param>
/// <param name="Failed">Calls without an answer, or with that of a failing server.</param>
/// <param name="Throttled">Calls that met a limit of the marketplace.</param>
/// <param name="ThrottledAt">When the last of these ended.</param>
public sealed record LaneState(
    MarketplaceLane Lane, Circuit Circuit, int Width, int InFlight, long Calls, long Failed, long Throttled, DateTimeOffset? ThrottledAt);
