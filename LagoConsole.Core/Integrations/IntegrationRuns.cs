using LagoConsole.Core.Polling;
using Quartz;

namespace LagoConsole.Core.Integrations;

/// <summary>When integrations are polled next, by the scheduler's own store.</summary>
public sealed class IntegrationRuns(ISchedulerFactory schedulers)
{
    /// <summary>Null for an integration without a schedule, or with a paused one.</summary>
    public async Task<IReadOnlyDictionary<Guid, DateTimeOffset?>> NextAsync(IReadOnlyCollection<Guid> integrationIds, CancellationToken cancellationToken)
    {
        IScheduler scheduler = await schedulers.GetScheduler(cancellationToken);
        Dictionary<Guid, DateTimeOffset?> next = [];
        foreach (Guid id in integrationIds)
        {
            PagedResult<TriggerHeader> triggers = await scheduler.QueryTriggers(
                new TriggerQuery { Job = PollUsageJob.KeyOf(id) }, cancellationToken);
            next[id] = triggers.Items.Where(trigger => trigger.State != TriggerState.Paused).Min(trigger => trigger.NextFireTimeUtc);
        }

        return next;
    }
}
