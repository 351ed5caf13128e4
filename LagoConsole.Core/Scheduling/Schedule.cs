using LagoConsole.Core.Books;
using LagoConsole.Core.Closing;
using LagoConsole.Core.Fulfilment;
using LagoConsole.Core.Notifications;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reconciliation;
using LagoConsole.Core.Reporting;
using Microsoft.Extensions.Options;
using Quartz;

namespace LagoConsole.Core.Scheduling;

/// <summary>Every job and every trigger of the console. A missed time is made up once: growth is cumulative.</summary>
public sealed class Schedule(IOptions<PollingOptions> polling, IOptions<SchedulingOptions> scheduling, TimeProvider clock)
{
    /// <summary>Group of the jobs that serve all integrations.</summary>
    public const string SystemGroup = "system";

    /// <summary>Most periods end at a full hour. Others, and many at once, are looked for each minute (<see cref="ScheduleSync"/>).</summary>
    private const string ExtraPollCron = "0 55 * * * ?";

    /// <summary>
    /// The jobs of the whole system. Each is kept without a trigger too, so that another job can start it.
    /// </summary>
    public IReadOnlyList<ScheduledJob> System { get; } =
    [
        Every<ReportUsageJob>(
            ReportUsageJob.Key, "Report usage", "Makes records of what has accrued, sends them, and settles the answers.", scheduling.Value.ReportCron, clock),
        Every<ClosePeriodsJob>(
            ClosePeriodsJob.Key, "Close periods", "Brings in the final totals of billing periods that have ended.", scheduling.Value.CloseCron, clock),
        Every<ExtraPollJob>(
            ExtraPollJob.Key, "Poll before a period ends", "Reads the running totals once more of buyers whose billing period is about to end.", ExtraPollCron, clock),
        Every<ReadNoticesJob>(
            ReadNoticesJob.Key, "Read notices", "Takes what the marketplaces tell of purchases, and makes the console's entitlements follow.", scheduling.Value.NoticesCron, clock),
        Every<ReconcileJob>(
            ReconcileJob.Key, "Reconcile with Azure", "Reads Azure's usage events, compares them with the records, and settles by them what they prove.", scheduling.Value.ReconcileCron, clock),
        Every<MaintenanceJob>(
            MaintenanceJob.Key, "Check the books", "Checks every identity of the books over the whole database, and changes nothing.", scheduling.Value.MaintenanceCron, clock),
        Every<NotifyJob>(
            NotifyJob.Key, "Notify", "Looks for what people should hear of, and delivers the messages about it.", scheduling.Value.NotifyCron, clock),
    ];

    /// <summary>Polls one integration. No name in it: the history outlives a deleted integration.</summary>
    public ScheduledJob Poll(Guid integrationId)
    {
        ScheduledJob job = Every<PollUsageJob>(
            PollUsageJob.KeyOf(integrationId), "Poll Lago", "Reads the running totals of each linked buyer from Lago and books what grew.", polling.Value.Cron, clock);

        // Buyers that failed get two more chances before the next hour's run. Retries stop when that run is near.
        return job with
        {
            Trigger = job.Trigger.GetTriggerBuilder()
                .WithRetryPolicy(RetryPolicy.Exponential(2, TimeSpan.FromMinutes(5), 2, TimeSpan.FromMinutes(20), jitter: 0.2))
                .Build(),
        };
    }

    private static ScheduledJob Every<TJob>(JobKey key, string title, string description, string cron, TimeProvider clock)
        where TJob : IJob =>
        new(
            title,
            JobBuilder.Create<TJob>().WithIdentity(key).WithDescription(description).StoreDurably().RequestRecovery().Build(),
            TriggerBuilder.Create<TJob>(clock)
                .WithIdentity(ScheduledJob.ClockOf(key))
                .ForJob(key)
                .WithDescription(cron)
                .WithCronSchedule(cron, schedule => schedule
                    .InTimeZone(TimeZoneInfo.Utc)
                    .WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed))
                .Build());
}

/// <summary>A job and the one trigger that fires it by the clock; both carry the same key.</summary>
/// <param name="Title">What people call it.</param>
public sealed record ScheduledJob(string Title, IJobDetail Job, ITrigger Trigger)
{
    /// <summary>The trigger that a pause of this job pauses.</summary>
    public static TriggerKey ClockOf(JobKey job) => new(job.Name, job.Group);
}
