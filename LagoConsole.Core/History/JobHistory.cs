using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Scheduling;
using Microsoft.EntityFrameworkCore;
using Quartz;
using Quartz.Extensibility;

namespace LagoConsole.Core.History;

/// <summary>
/// What the jobs did, do and will do, read from Quartz. Its rows hold no names, because they outlive what they name;
/// here an integration's and a buyer's id becomes the name that it has now.
/// </summary>
public sealed partial class JobHistory(
    ISchedulerFactory schedulers, IExecutionHistoryStore history, Schedule schedule, IDbContextFactory<LagoConsoleDbContext> contexts)
{
    /// <summary>Most runs that a timeline shows: the newest. With a hundred integrations some 1,400 are in its reach.</summary>
    private const int TimelineRuns = 2_000;

    /// <summary>Every job: the system's, then one per integration by name.</summary>
    public async Task<IReadOnlyList<JobStatus>> ListJobsAsync(CancellationToken cancellationToken = default)
    {
        IScheduler scheduler = await schedulers.GetScheduler(cancellationToken);
        Dictionary<TriggerKey, TriggerHeader> triggers = (await scheduler.QueryTriggers(new TriggerQuery { Take = int.MaxValue }, cancellationToken))
            .Items.ToDictionary(trigger => trigger.Key);
        HashSet<JobKey> running = [.. (await scheduler.QueryFireInstances(new FireInstanceQuery { Take = int.MaxValue }, cancellationToken))
            .Items.Select(firing => firing.JobKey).OfType<JobKey>()];
        Dictionary<JobKey, JobRunStatus> statuses = (await history.QueryJobRunStatuses(
            new JobRunStatusQuery { SchedulerName = scheduler.SchedulerName, Take = int.MaxValue }, cancellationToken)).Items.ToDictionary(status => status.Job);

        DateTimeOffset reach = scheduler.TimeProvider.GetUtcNow() + Timeline.Reach;
        List<JobStatus> jobs = [.. schedule.System.Select(job => Status(job, job.Title, rests: null))];
        foreach (IntegrationName integration in await IntegrationsAsync(cancellationToken))
        {
            ScheduledJob poll = schedule.Poll(integration.Id);
            jobs.Add(Status(poll, $"{poll.Title}: {integration.Name}", integration switch
            {
                { AutoReport: false } => "Enable Auto Report Usage is off.",
                { Status: IntegrationStatus.Created } => "Not verified yet.",
                _ => null,
            }) with
            {
                Integration = new PolledIntegration(integration.Id, integration.Name),
            });
        }

        return jobs;

        JobStatus Status(ScheduledJob job, string title, string? rests)
        {
            TriggerHeader? clock = triggers.GetValueOrDefault(job.Trigger.Key);
            JobRunStatus? last = statuses.GetValueOrDefault(job.Job.Key);
            bool paused = clock?.State == TriggerState.Paused;
            return new JobStatus(
                job.Job.Key, title, job.Job.Description ?? "", paused ? null : clock?.NextFireTimeUtc,
                paused ? new JobPause(clock!.Pause?.RequestedBy, clock.Pause?.Reason, clock.Pause?.PausedAtUtc) : null,
                rests, running.Contains(job.Job.Key), last?.LastFiredAtUtc, last is null ? null : ResultOf(last.LastResult), last?.ConsecutiveFailures ?? 0)
            {
                NextRuns = paused ? [] : [.. StartsOf(job.Trigger, clock?.NextFireTimeUtc, reach)],
            };
        }
    }

    /// <summary>What runs right now, on any node, longest first.</summary>
    public async Task<IReadOnlyList<RunningJob>> ListRunningAsync(CancellationToken cancellationToken = default)
    {
        IScheduler scheduler = await schedulers.GetScheduler(cancellationToken);
        PagedResult<FireInstance> firings = await scheduler.QueryFireInstances(new FireInstanceQuery { Take = int.MaxValue }, cancellationToken);
        if (firings.Items.Count == 0)
        {
            return [];
        }

        Names names = await NamesAsync([], cancellationToken);
        return [.. firings.Items
            .Where(firing => firing.JobKey is not null)
            .OrderBy(firing => firing.FireTimeUtc)
            .Select(firing => new RunningJob(
                firing.FireInstanceId, firing.JobKey!, names.TitleOf(firing.JobKey!), firing.FireTimeUtc,
                firing.Progress, names.Resolve(firing.ProgressMessage), firing.SchedulerInstanceId))];
    }

    /// <summary>Runs that have ended, newest first. A row appears within about a second of the end.</summary>
    /// <param name="page">From 0.</param>
    public async Task<JobRunPage> ListRunsAsync(JobRunFilter filter, int page, int pageSize, CancellationToken cancellationToken = default)
    {
        IScheduler scheduler = await schedulers.GetScheduler(cancellationToken);
        PagedResult<ExecutionHistoryEntry> entries = await history.QueryExecutions(
            new ExecutionHistoryQuery
            {
                SchedulerName = scheduler.SchedulerName,
                Job = filter.Job,
                JobContains = filter.JobGroup is { } group ? $"{group}." : null, // a key reads group.name
                FiredFrom = filter.From,
                FiredBefore = filter.Until,
                Results = filter.Result is { } result ? [QuartzResultOf(result)] : null,
                Skip = page * pageSize,
                Take = pageSize,
                IncludeTotalCount = true,
            },
            cancellationToken);
        Names names = await NamesAsync(entries.Items.SelectMany(entry => new[] { entry.Summary, entry.ExceptionMessage }), cancellationToken);
        return new JobRunPage([.. entries.Items.Select(entry => RunOf(entry, names))], entries.TotalCount ?? entries.Items.Count);
    }

    /// <summary>The schedule around now: what these jobs did lately, do and will do.</summary>
    public async Task<Timeline> ReadTimelineAsync(
        IReadOnlyList<JobStatus> jobs, IReadOnlyList<RunningJob> running, CancellationToken cancellationToken = default)
    {
        IScheduler scheduler = await schedulers.GetScheduler(cancellationToken);
        DateTimeOffset now = scheduler.TimeProvider.GetUtcNow();
        JobRunPage lately = await ListRunsAsync(new JobRunFilter(From: now - Timeline.Reach), 0, TimelineRuns, cancellationToken);
        return Timeline.Of(jobs, lately.Runs, running, now);
    }

    /// <summary>One run with its log lines; null when it is no longer kept.</summary>
    public async Task<JobRunDetail?> FindAsync(string id, CancellationToken cancellationToken = default)
    {
        IScheduler scheduler = await schedulers.GetScheduler(cancellationToken);
        ExecutionHistoryEntry? entry = await history.GetExecution(scheduler.SchedulerName, id, cancellationToken);
        if (entry is null)
        {
            return null;
        }

        Names names = await NamesAsync([entry.Summary, entry.ExceptionMessage, entry.Log], cancellationToken);
        string[] lines = names.Resolve(entry.Log)?.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        return new JobRunDetail(RunOf(entry, names), lines);
    }

    private static IEnumerable<DateTimeOffset> StartsOf(ITrigger trigger, DateTimeOffset? next, DateTimeOffset until)
    {
        for (DateTimeOffset? start = next; start < until; start = trigger.GetFireTimeAfter(start))
        {
            yield return start.Value;
        }
    }

    private static JobRun RunOf(ExecutionHistoryEntry entry, Names names)
    {
        JobKey job = new(entry.JobName, entry.JobGroup);
        bool killed = entry.Summary == InterruptedRuns.Summary;
        return new JobRun(
            entry.EntryId ?? "", job, names.TitleOf(job), ResultOf(entry.EffectiveResult), entry.FiredAtUtc, killed ? null : entry.Duration,
            names.Resolve(entry.Summary), CountsOf(entry.MetricsJson), StartOf(entry), names.Resolve(entry.ExceptionMessage),
            entry.RetryScheduled, entry.SchedulerInstanceId);
    }

    private static RunStart StartOf(ExecutionHistoryEntry entry) => entry switch
    {
        { RetryAttempt: > 0 } => RunStart.Retry,
        { TriggerGroup: JobControl.ByHandGroup } => RunStart.Person,
        { TriggerGroup: SchedulerConstants.DefaultRecoveryGroup } => RunStart.Recovery,
        _ when entry.TriggerName == entry.JobName && entry.TriggerGroup == entry.JobGroup => RunStart.Schedule,
        _ => RunStart.Job,
    };

    private static RunResult ResultOf(JobRunResult result) => result switch
    {
        JobRunResult.Succeeded => RunResult.Succeeded,
        JobRunResult.Failed => RunResult.Failed,
        JobRunResult.Cancelled => RunResult.Interrupted,
        JobRunResult.Skipped => RunResult.Skipped,
        _ => throw new ArgumentOutOfRangeException(nameof(result), result, "Not a result."),
    };

    private static JobRunResult QuartzResultOf(RunResult result) => result switch
    {
        RunResult.Succeeded => JobRunResult.Succeeded,
        RunResult.Failed => JobRunResult.Failed,
        RunResult.Interrupted => JobRunResult.Cancelled,
        RunResult.Skipped => JobRunResult.Skipped,
        _ => throw new ArgumentOutOfRangeException(nameof(result), result, "Not a result."),
    };

    private static List<RunCount> CountsOf(string? metricsJson)
    {
        if (metricsJson is null)
        {
            return [];
        }

        using JsonDocument metrics = JsonDocument.Parse(metricsJson);
        return [.. metrics.RootElement.EnumerateObject().Select(metric => new RunCount(metric.Name, metric.Value.ToString()))];
    }

    private async Task<List<IntegrationName>> IntegrationsAsync(CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Integrations.OrderBy(row => row.Name)
            .Select(row => new IntegrationName(row.Id, row.Name, row.AutoReport, row.Status)).ToListAsync(cancellationToken);
    }

    private async Task<Names> NamesAsync(IEnumerable<string?> texts, CancellationToken cancellationToken)
    {
        List<IntegrationName> integrations = await IntegrationsAsync(cancellationToken);
        HashSet<Guid> ids = [.. texts.OfType<string>().SelectMany(text => BuyerToken().Matches(text)).Select(BuyerOf)];
        Dictionary<Guid, string> buyers = [];
        if (ids.Count > 0)
        {
            await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
            buyers = await db.Buyers.Where(buyer => ids.Contains(buyer.Id)).ToDictionaryAsync(buyer => buyer.Id, buyer => buyer.Name, cancellationToken);
        }

        Dictionary<JobKey, string> titles = schedule.System.ToDictionary(job => job.Job.Key, job => job.Title);
        foreach (IntegrationName integration in integrations)
        {
            titles[PollUsageJob.KeyOf(integration.Id)] = $"Poll Lago: {integration.Name}";
        }

        return new Names(titles, buyers);
    }

    private static Guid BuyerOf(Match token) => Guid.Parse(token.Groups["id"].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex("buyer:(?<id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BuyerToken();

    private sealed record IntegrationName(Guid Id, string Name, bool AutoReport, IntegrationStatus Status);

    private sealed record Names(Dictionary<JobKey, string> Titles, Dictionary<Guid, string> Buyers)
    {
        public string TitleOf(JobKey job) => Titles.GetValueOrDefault(
            job, job.Group == PollUsageJob.Group ? "Poll Lago: a deleted integration" : $"{job.Group} {job.Name}");

        public string? Resolve(string? text) => text is null
            ? null
            : BuyerToken().Replace(text, token => Buyers.GetValueOrDefault(BuyerOf(token), token.Value));
    }
}
