using Quartz;

namespace LagoConsole.Simulation.Engines;

/// <summary>
/// There is no Quartz in a simulation: the world's calendar starts the jobs. Services that ask for the schedule to be
/// matched take this for a schedule that cannot be reached now, and go on.
/// </summary>
internal sealed class NoScheduler : ISchedulerFactory
{
    public ValueTask<List<IScheduler>> GetAllSchedulers(CancellationToken cancellationToken = default) => throw Absent();

    public ValueTask<IScheduler> GetScheduler(CancellationToken cancellationToken = default) => throw Absent();

    public ValueTask<IScheduler?> LookupScheduler(string schedName, CancellationToken cancellationToken = default) => throw Absent();

    private static SchedulerException Absent() => new("A simulation has no scheduler.");
}
