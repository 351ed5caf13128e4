using System.ComponentModel.DataAnnotations;

namespace LagoConsole.Core.Reporting;

/// <summary>How records are sent. Section <c>Reporting</c>; a bad value stops the start.</summary>
public sealed class ReportingOptions
{
    public const string Section = "Reporting";

    /// <summary>How long a node may hold a record while sending it; afterwards its outcome counts as unknown. Longer than any call may take. Default: 2 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "01:00:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long before its deadline an undelivered record is void, so that its money takes a later hour. Default: 30 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "06:00:00")]
    public TimeSpan DeadlineMargin { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Calls to one marketplace that this node has under way at once, at most; at AWS, of one region. Fewer while it throttles. Default: 8.</summary>
    [Range(1, 32)]
    public int ConcurrentCalls { get; set; } = 8;
}
