using System.ComponentModel.DataAnnotations;

namespace LagoConsole.Core.Reporting.Aws;

/// <summary>
/// How patiently AWS is asked. Section <c>Aws</c>; a bad value stops the start. Credentials are not set here: they come
/// from AWS's usual chain (environment, shared profile, role of the container or machine).
/// </summary>
public sealed class AwsOptions
{
    public const string Section = "Aws";

    /// <summary>
    /// Limit for one call, from finding credentials to the last byte of the answer. Default: 20 seconds. A call that is
    /// given up after it was sent leaves its records unknown, so a short limit costs more than a slow call.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00", ErrorMessage = "Aws:RequestTimeout must lie between 00:00:01 and 00:02:00.")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(20);
}
