using System.ComponentModel.DataAnnotations;

namespace LagoConsole.Core.Reporting.Google;

/// <summary>How patiently Google is asked. Section <c>Google</c>; a bad value stops the start. No credential is set here.</summary>
public sealed class GoogleOptions
{
    public const string Section = "Google";

    /// <summary>
    /// Limit for finding a token and asking about the buyers, and again for the report, to the last byte of its answer. Default:
    /// 40 seconds. A report that is given up leaves its records unknown until the same operation is reported again.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:05", "00:05:00", ErrorMessage = "Google:RequestTimeout must lie between 00:00:05 and 00:05:00.")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(40);
}
