using System.ComponentModel.DataAnnotations;

namespace LagoConsole.Core.Reporting.Azure;

/// <summary>How patiently Azure is asked. Section <c>Azure</c>; a bad value stops the start. No credential is set here.</summary>
public sealed class AzureOptions
{
    public const string Section = "Azure";

    /// <summary>
    /// Limit for one call, from finding a token to the last byte of the answer. Default: 30 seconds. A call that is given up
    /// after it was sent leaves its records unknown, so a short limit costs more than a slow call.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00", ErrorMessage = "Azure:RequestTimeout must lie between 00:00:01 and 00:02:00.")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
