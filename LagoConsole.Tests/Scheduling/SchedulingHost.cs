using LagoConsole.Core.Books;
using LagoConsole.Core.History;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Scheduling;
using LagoConsole.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Quartz;

namespace LagoConsole.Tests.Scheduling;

/// <summary>
/// The scheduling of the console on real databases. Nothing in it is due by the clock, so what runs, a test has started.
/// </summary>
internal sealed class SchedulingHost : IAsyncDisposable
{
    private readonly IHost _host;

    /// <param name="more">Services of the jobs that a test runs.</param>
    public SchedulingHost(TestDatabase database, string? folder = null, string pollCron = "0 5 3 1 1 ?", Action<IServiceCollection>? more = null)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(database.Settings);
        if (folder is not null)
        {
            builder.Configuration.AddInMemoryCollection([new("Database:DataFolder", folder)]);
        }

        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Polling:Cron"] = pollCron,
            ["Scheduling:ReportCron"] = "0 15 3 1 1 ?",
            ["Scheduling:CloseCron"] = "0 25 3 1 1 ?",
            ["Scheduling:NoticesCron"] = "0 45 3 1 1 ?",
            ["Scheduling:ReconcileCron"] = "0 45 3 1 1 ?",
            ["Scheduling:NotifyCron"] = "0 45 3 1 1 ?",
            ["Scheduling:MaintenanceCron"] = "0 40 3 1 1 ?",
        });
        builder.Services.AddLogging();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IDbContextFactory<LagoConsoleDbContext>>(database);
        builder.Services.AddOptions<DatabaseOptions>().Bind(builder.Configuration.GetSection(DatabaseOptions.Section));
        builder.Services.AddOptions<PollingOptions>().Bind(builder.Configuration.GetSection(PollingOptions.Section));
        builder.Services.AddSingleton(Probe);
        builder.Services.AddScheduling(builder.Configuration);
        builder.Services.AddHistory();
        builder.Services.AddBooks();
        more?.Invoke(builder.Services);
        _host = builder.Build();
    }

    public ProbeSignals Probe { get; } = new();

    public ScheduleSync Sync => _host.Services.GetRequiredService<ScheduleSync>();

    public JobHistory History => _host.Services.GetRequiredService<JobHistory>();

    public JobControl Control => _host.Services.GetRequiredService<JobControl>();

    public IServiceProvider Services => _host.Services;

    public static CancellationToken Cancellation => Xunit.TestContext.Current.CancellationToken;

    public async Task<IScheduler> SchedulerAsync() => await _host.Services.GetRequiredService<ISchedulerFactory>().GetScheduler(Cancellation);

    public async Task<SchedulingHost> StartAsync()
    {
        await _host.StartAsync(Cancellation);
        return this;
    }

    /// <summary>Puts a job of the tests where the console has one of its own, before the first sync.</summary>
    public async Task UseProbeAsync(JobKey key)
    {
        IScheduler scheduler = await SchedulerAsync();
        await scheduler.AddJob(JobBuilder.Create<ProbeJob>().WithIdentity(key).StoreDurably().RequestRecovery().Build(), AddJobOptions.Replacing, Cancellation);
    }

    public async Task<IReadOnlyList<TriggerHeader>> TriggersAsync(JobKey job) =>
        (await (await SchedulerAsync()).QueryTriggers(new TriggerQuery { Job = job }, Cancellation)).Items;

    public async Task<IReadOnlyList<JobRun>> RunsAsync(int expected)
    {
        for (int attempt = 0; attempt < 200; attempt++)
        {
            JobRunPage page = await History.ListRunsAsync(new JobRunFilter(), 0, 50, Cancellation);
            if (page.Total >= expected)
            {
                return page.Runs;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancellation);
        }

        throw new TimeoutException($"{expected} runs did not reach the history.");
    }

    /// <summary>A copy of Quartz's file as a killed process would leave it.</summary>
    public static void CopyQuartzFile(string from, string to)
    {
        Directory.CreateDirectory(to);
        using SqliteConnection source = new($"Data Source={Path.Combine(from, "quartz.db")};Pooling=false");
        using SqliteConnection target = new($"Data Source={Path.Combine(to, "quartz.db")};Pooling=false");
        source.Open();
        target.Open();
        source.BackupDatabase(target);
    }

    public static async Task<Guid> IntegrationAsync(
        TestDatabase database, bool autoReport = true, IntegrationStatus status = IntegrationStatus.Verified, string name = "Acme")
    {
        await using LagoConsoleDbContext db = database.CreateDbContext();
        Integration integration = new()
        {
            Id = Guid.NewGuid(),
            Name = name,
            Region = LagoRegion.Us,
            BaseUrl = "https://api.getlago.com/api/v1",
            ApiKeyCipher = "cipher",
            ApiKeyLastFour = "1234",
            BillingMode = BillingMode.AmountHourly,
            AutoReport = autoReport,
            Status = status,
            CreatedAt = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
        };
        db.Add(integration);
        await db.SaveChangesAsync(Cancellation);
        return integration.Id;
    }

    public async ValueTask DisposeAsync()
    {
        Probe.Finish.TrySetResult();
        await _host.StopAsync(CancellationToken.None);
        if (_host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
    }
}

/// <summary>What a test sees of, and tells, the job that it runs.</summary>
public sealed class ProbeSignals
{
    public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Finish { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Func<IJobExecutionContext, Task> Work { get; set; } = _ => Task.CompletedTask;

    public int Runs { get; set; }
}

/// <summary>A job that does what its test says.</summary>
[DisallowConcurrentExecution]
public sealed class ProbeJob(ProbeSignals signals) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        signals.Runs++;
        signals.Started.TrySetResult();
        await signals.Work(context);
    }
}
