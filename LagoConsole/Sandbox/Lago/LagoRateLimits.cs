using System.Globalization;

namespace LagoConsole.Sandbox.Lago;

/// <summary>
/// The limits of Lago Cloud per second and organization, as headers on each answer. They are told, not enforced:
/// a day that passes in a moment would exceed them. The throttling fault answers 429.
/// </summary>
internal sealed class LagoRateLimits(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, (long Second, int Used)> _windows = [];

    public static int LimitOf(IReadOnlyList<string> segments) => segments switch
    {
        ["events"] => 500,
        ["customers", _, "current_usage"] => 200,
        _ => 50,
    };

    /// <summary>Counts a request and writes the headers.</summary>
    public void Count(IReadOnlyList<string> segments, SandboxResponse answer)
    {
        int limit = LimitOf(segments);
        long second = clock.GetUtcNow().ToUnixTimeSeconds();
        int used;
        lock (_gate)
        {
            (long Second, int Used) window = _windows.GetValueOrDefault(limit);
            used = window.Second == second ? window.Used + 1 : 1;
            _windows[limit] = (second, used);
        }

        Write(answer, limit, Math.Max(limit - used, 0));
    }

    public static void Write(SandboxResponse answer, int limit, int remaining)
    {
        answer.Headers["X-RateLimit-Limit"] = limit.ToString(CultureInfo.InvariantCulture);
        answer.Headers["X-RateLimit-Remaining"] = remaining.ToString(CultureInfo.InvariantCulture);
        answer.Headers["X-RateLimit-Reset"] = "1"; // seconds until reset, not a time
    }
}
