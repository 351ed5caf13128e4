using System.ComponentModel.DataAnnotations;

namespace LagoConsole.Core.Lago;

/// <summary>How Lago is called. Section <c>Lago</c>; a bad value stops the start.</summary>
public sealed class LagoOptions
{
    public const string Section = "Lago";

    /// <summary>
    /// Hosts, as <c>host</c> or <c>host:port</c>, of self-hosted servers that may be called without https and at
    /// private or loopback addresses. Default: none.
    /// </summary>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>Limit for one attempt, from its first byte to the last of the answer. Default: 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:10:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Largest answer taken in, in bytes after decompression. Default: 32 MiB.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public int MaxResponseBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>Attempts a second and integration. Default: 20; Lago Cloud allows 50, shared with the vendor's own traffic.</summary>
    [Range(1, 100_000)]
    public int RequestsPerSecond { get; set; } = 20;

    /// <summary>Attempts under way at once, per integration. Default: 8.</summary>
    [Range(1, 64)]
    public int ConcurrentRequests { get; set; } = 8;

    /// <summary>How often a call is repeated after 429. Default: 3.</summary>
    [Range(0, 10)]
    public int RateLimitRetries { get; set; } = 3;

    /// <summary>Longest wait before one repetition, whatever Lago asks for. Default: 20 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:05:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan LongestRetryDelay { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How often a call is repeated after a 5xx or a broken connection. Default: 2; the next hourly run makes good what is left.</summary>
    [Range(0, 10)]
    public int FaultRetries { get; set; } = 2;
}
