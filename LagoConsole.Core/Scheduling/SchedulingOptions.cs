using System.ComponentModel.DataAnnotations;

namespace LagoConsole.Core.Scheduling;

/// <summary>
/// When the system's own jobs run and how long their history is kept. Section <c>Scheduling</c>; a bad value stops the
/// start. When Lago is polled is <c>Polling:Cron</c>.
/// </summary>
public sealed class SchedulingOptions
{
    public const string Section = "Scheduling";

    /// <summary>Quartz cron expression, UTC. Default: minutes 15 and 35 of each hour (35: an hour whose poll failed is released then); it also runs after each poll and whenever a record is due.</summary>
    [Required]
    public string ReportCron { get; set; } = "0 15,35 * * * ?";

    /// <summary>Quartz cron expression, UTC. Default: minute 25 of each hour.</summary>
    [Required]
    public string CloseCron { get; set; } = "0 25 * * * ?";

    /// <summary>Quartz cron expression, UTC. Default: every five minutes. AWS and Google leave an hour after a cancellation: a longer rest takes from it.</summary>
    [Required]
    public string NoticesCron { get; set; } = "0 1/5 * * * ?";

    /// <summary>Quartz cron expression, UTC. Default: minute 45 of each hour. Azure is asked then only if a record waits for proof, else once a day.</summary>
    [Required]
    public string ReconcileCron { get; set; } = "0 45 * * * ?";

    /// <summary>Quartz cron expression, UTC. Default: every five minutes. A run each minute would push the other jobs' runs out of the history.</summary>
    [Required]
    public string NotifyCron { get; set; } = "0 3/5 * * * ?";

    /// <summary>Quartz cron expression, UTC. Default: 03:40 each day. It reads the whole database: choose a quiet hour.</summary>
    [Required]
    public string MaintenanceCron { get; set; } = "0 40 3 * * ?";

    /// <summary>Jobs that run at once on one node. Default: 8.</summary>
    [Range(1, 64)]
    public int Concurrency { get; set; } = 8;

    /// <summary>How long runs are kept. Default: 90 days.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan HistoryRetention { get; set; } = TimeSpan.FromDays(90);

    /// <summary>Most runs kept; the oldest go first. Default: 200,000.</summary>
    [Range(1_000, 10_000_000)]
    public int HistoryRows { get; set; } = 200_000;
}
