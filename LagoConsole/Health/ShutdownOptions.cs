using System.ComponentModel.DataAnnotations;

namespace LagoConsole.Health;

/// <summary>How a node leaves. Section <c>Shutdown</c>; a bad value stops the start.</summary>
public sealed class ShutdownOptions
{
    public const string Section = "Shutdown";

    /// <summary>
    /// How long <c>/health/ready</c> says no before the node stops answering, so that a load balancer can send people
    /// elsewhere first. Default: 0. Behind one: a little longer than it takes to notice.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan Announce { get; set; } = TimeSpan.Zero;

    /// <summary>
    /// How long running jobs have from then on. Default: 1 minute, longer than any call to a marketplace. A job that needs
    /// longer is cut off as by a crash, which loses nothing.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:30:00")]
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(1);
}
