using LagoConsole.Core.Conversion;
using LagoConsole.Core.Polling;
using LagoConsole.Sandbox;
using Quartz;

namespace LagoConsole.Components.Sandbox;

/// <summary>
/// Lets time pass hour by hour, and each hour's jobs end before the next begins: a month that passed in one jump would
/// have been polled once, and one poll cannot see what rose and fell in between.
/// </summary>
internal sealed class PassingTime(SandboxControl control, ISchedulerFactory schedulers)
{
    /// <summary>Real time: how long one hour's jobs may take before the page stops and says so.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(20);

    /// <summary>Where in its hour a poll begins.</summary>
    private static readonly TimeSpan _poll = new(0, 5, 1);

    /// <summary>Half an hour into the next month: its first runs have closed the old one's periods by then.</summary>
    public static DateTimeOffset AfterMonthEnd(DateTimeOffset now) =>
        new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1).AddMinutes(30);

    /// <summary>An hour later, and not before that hour has been polled: who presses in an hour's first minutes sees what it brought too.</summary>
    public static DateTimeOffset AnHour(DateTimeOffset now)
    {
        DateTimeOffset later = now.AddHours(1);
        DateTimeOffset poll = ReportingWindow.FloorToHour(later).Add(_poll);
        return later > poll ? later : poll;
    }

    /// <summary>Each hour is stopped at where it is polled (<see cref="PollingOptions.Cron"/>'s default), as real time would pass it.</summary>
    private static DateTimeOffset NextPoll(DateTimeOffset now)
    {
        DateTimeOffset poll = ReportingWindow.FloorToHour(now).Add(_poll);
        return poll > now ? poll : poll.AddHours(1);
    }

    /// <param name="progress">Called after each hour with the hours passed and the hours in all.</param>
    /// <exception cref="TimeoutException">An hour's jobs did not end. Time stands where they began.</exception>
    /// <exception cref="SandboxRefusedException">The app runs on a clock that cannot be moved.</exception>
    public async Task PassUntilAsync(DateTimeOffset target, Func<int, int, Task> progress, CancellationToken cancellationToken)
    {
        int all = Math.Max(1, (int)Math.Ceiling((target - control.Now).TotalHours));
        for (int stops = 0; target > control.Now; stops++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            DateTimeOffset next = NextPoll(control.Now);
            control.MoveForward((next < target ? next : target) - control.Now);
            await JobsEndAsync(cancellationToken);
            await progress(Math.Min(stops, all), all);
        }
    }

    /// <summary>Twice in a row, because one job starts another.</summary>
    private async Task JobsEndAsync(CancellationToken cancellationToken)
    {
        long start = TimeProvider.System.GetTimestamp();
        for (int quiet = 0; quiet < 2;)
        {
            if (TimeProvider.System.GetElapsedTime(start) > _patience)
            {
                throw new TimeoutException("The jobs of this hour are still running. See Jobs; time goes on when you press again.");
            }

            await Task.Delay(_look, TimeProvider.System, cancellationToken);
            quiet = await IsQuietAsync(cancellationToken) ? quiet + 1 : 0;
        }
    }

    private async Task<bool> IsQuietAsync(CancellationToken cancellationToken)
    {
        IScheduler scheduler = await schedulers.GetScheduler(cancellationToken);
        PagedResult<FireInstance> running = await scheduler.QueryFireInstances(new FireInstanceQuery { Take = 1 }, cancellationToken);
        if (running.Items.Count > 0)
        {
            return false;
        }

        PagedResult<TriggerHeader> triggers = await scheduler.QueryTriggers(new TriggerQuery { Take = int.MaxValue }, cancellationToken);
        return !triggers.Items.Any(trigger => trigger.State == TriggerState.Normal && trigger.NextFireTimeUtc <= control.Now);
    }
}
