using LagoConsole.Core.Persistence;
using Microsoft.Data.SqlClient;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Quartz;

namespace LagoConsole.Core.Scheduling;

/// <summary>Registers Quartz on its own store, and what keeps its triggers true.</summary>
public static class SchedulingRegistration
{
    public const string SchedulerName = "LagoConsole";

    public static IServiceCollection AddScheduling(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<SchedulingOptions>().Bind(configuration.GetSection(SchedulingOptions.Section))
            .ValidateDataAnnotations()
            .Validate(options => CronExpression.TryParse(options.ReportCron, out _), "Scheduling:ReportCron is not a Quartz cron expression, for example 0 15 * * * ?")
            .Validate(options => CronExpression.TryParse(options.CloseCron, out _), "Scheduling:CloseCron is not a Quartz cron expression, for example 0 25 * * * ?")
            .Validate(options => CronExpression.TryParse(options.NoticesCron, out _), "Scheduling:NoticesCron is not a Quartz cron expression, for example 0 1/5 * * * ?")
            .Validate(options => CronExpression.TryParse(options.ReconcileCron, out _), "Scheduling:ReconcileCron is not a Quartz cron expression, for example 0 45 * * * ?")
            .Validate(options => CronExpression.TryParse(options.NotifyCron, out _), "Scheduling:NotifyCron is not a Quartz cron expression, for example 0 3/5 * * * ?")
            .Validate(options => CronExpression.TryParse(options.MaintenanceCron, out _), "Scheduling:MaintenanceCron is not a Quartz cron expression, for example 0 40 3 * * ?")
            .ValidateOnStart();
        SchedulingOptions chosen = new();
        configuration.GetSection(SchedulingOptions.Section).Bind(chosen);
        DatabaseOptions database = new();
        configuration.GetSection(DatabaseOptions.Section).Bind(database);

        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(options =>
            {
                options.InstanceName = SchedulerName;
                options.DefaultTimeZone = TimeZoneInfo.Utc;
            });
            quartz.UseDefaultThreadPool(chosen.Concurrency);
            quartz.UsePersistentStore(store =>
            {
                if (database.Provider == DatabaseProvider.Sqlite || database.UpdateAtStart)
                {
                    store.ProvisionSchema(); // else Quartz looks whether its tables are there, and refuses to start without them
                }

                store.UseExecutionHistory();
                store.ConfigureStore(options =>
                {
                    options.StoreJobDataAsStrings = true;

                    // A trigger that was about to fire when the clock jumped (the sandbox's hour, a machine's sleep) is found by the next
                    // look for what was missed. At Quartz's own minute the sandbox's time would stand still for as long.
                    options.MisfireHandlerFrequency = TimeSpan.FromSeconds(2);
                });
                if (database.Provider == DatabaseProvider.SqlServer)
                {
                    store.UseSqlServer(SqlClientFactory.Instance, database.ConnectionString!);
                    store.UseClustering();
                }
                else
                {
                    store.UseSqlite(source => source.DataSourceFactory =
                        provider => QuartzSqliteSource.Create(provider.GetRequiredService<IOptions<DatabaseOptions>>().Value));
                }
            });
            quartz.UseExecutionLogCapture();
            quartz.AddJobListener<InterruptedRuns>();
            quartz.AddTriggerListener<PausedJobs>();
        });
        services.AddQuartzExecutionHistory(options =>
        {
            options.Retention = chosen.HistoryRetention;
            options.MaxEntriesPerScheduler = chosen.HistoryRows;

            // A row a run, written at once, would make each run wait for the disk; a crash may lose the last second of it.
            options.WriteBehindInterval = TimeSpan.FromSeconds(1);
        });

        services.AddSingleton<Schedule>();
        services.AddSingleton<ScheduleSync>();
        services.AddQuartzHostedService(options => options.WaitForJobsToComplete = true);
        services.AddHostedService(provider => provider.GetRequiredService<ScheduleSync>());
        return services;
    }
}
