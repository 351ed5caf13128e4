using System.ComponentModel.DataAnnotations;

namespace LagoConsole.Core.Polling;

/// <summary>When and how patiently Lago is asked. Section <c>Polling</c>; a bad value stops the start.</summary>
public sealed class PollingOptions
{
    public const string Section = "Polling";

    /// <summary>Quartz cron expression, UTC. Default: minute 5 of every hour, so that the hour just closed is the slot.</summary>
    [Required]
    public string Cron { get; set; } = "0 5 * * * ?";

    /// <summary>Buyers of whom Lago is asked at the same time, per integration; a few more wait for the database. Default: 8.</summary>
    [Range(1, 64)]
    public int Concurrency { get; set; } = 8;
}
