using LagoConsole.Core.Closing;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reconciliation;
using LagoConsole.Core.Reporting;
using LagoConsole.Simulation.Threads;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Simulation.Engines;

/// <summary>The jobs that a schedule would fire.</summary>
internal enum Job
{
    Poll,
    Report,
    Close,
    ExtraPoll,
    Reconcile,
}

/// <summary>
/// The schedule of a world: what Quartz does for the console, by virtual time. A job runs once at a time in the whole
/// cluster, is made up once where it was missed, and is recovered where its engine died; now and then a node is taken for
/// dead that is not, and a job runs twice at once.
/// </summary>
internal sealed class JobBoard(VirtualClock clock, Loom loom, Story story, Dice dice, IReadOnlyList<Engine> engines, World world)
{
    private readonly Dictionary<Job, List<Life>> _running = Enum.GetValues<Job>().ToDictionary(job => job, _ => new List<Life>());
    private readonly HashSet<Job> _again = [];
    private readonly HashSet<Job> _missed = [];
    private long? _polled;
    private long? _closed;
    private DateTimeOffset? _reportDueAt = DateTimeOffset.MinValue;
    private int _resend;
    private int _retries;

    /// <summary>Nothing runs: the books were restored, and nobody has declared it yet.</summary>
    public bool IsPaused { get; set; }

    /// <summary>The integration that is polled; null while there is none.</summary>
    public Guid? Integration { get; set; }

    public void Begin()
    {
        EachHour(5, Job.Poll);
        EachHour(15, Job.Report);
        EachHour(25, Job.Close);
        EachHour(35, Job.Report);
        EachHour(45, Job.Reconcile);
        EachHour(55, Job.ExtraPoll);
    }

    public void Due(Job job)
    {
        _running[job].RemoveAll(life => life.IsOver);
        if (_running[job].Count > 0)
        {
            _again.Add(job);
            return;
        }

        Engine[] alive = [.. engines.Where(engine => engine.Life is not null)];
        if (alive.Length == 0 || IsPaused)
        {
            _missed.Add(job);
            return;
        }

        Engine chosen = dice.Of(alive);
        Run(job, chosen);
        if (alive.Length > 1 && clock.Now < world.FairFrom && dice.Permille(20))
        {
            story.Count("jobs run on two nodes at once");
            Run(job, alive.First(engine => engine != chosen));
        }
    }

    /// <summary>An engine has started: what was missed or cut off is made up for.</summary>
    public void Started()
    {
        foreach (Job job in Enum.GetValues<Job>())
        {
            if (_running[job].RemoveAll(life => life.IsOver) > 0 || _missed.Contains(job))
            {
                _missed.Remove(job);
                Due(job);
            }
        }

        Due(Job.Report); // records may be due
    }

    private void EachHour(int minute, Job job)
    {
        DateTimeOffset first = Core.Conversion.ReportingWindow.FloorToHour(clock.Now).AddMinutes(minute);
        At(first > clock.Now ? first : first.AddHours(1));

        void At(DateTimeOffset moment) => clock.At(moment + TimeSpan.FromMilliseconds(dice.Below(2000)), () =>
        {
            if (job == Job.Poll)
            {
                _retries = 0;
            }

            if (IsWorthIt(job))
            {
                Due(job);
            }

            At(moment.AddHours(1));
        });
    }

    /// <summary>
    /// A run that finds what the one before has left adds nothing to the world but time: of those only some are run. In the
    /// last hours each one is, so that a world ends as a console would.
    /// </summary>
    private bool IsWorthIt(Job job)
    {
        if (clock.Now >= world.End.AddHours(-8) || dice.OnceIn(job == Job.Report ? 36 : 12)) // reporting has its turn three times an hour
        {
            return true;
        }

        return job switch
        {
            Job.Poll => _polled != world.Script.LagoChanges(),
            Job.Close => _closed != world.Script.LagoChangesBesideUse(),
            Job.Report => _reportDueAt <= clock.Now,
            Job.ExtraPoll => world.Script.EndsPeriodBefore(clock.Now.AddMinutes(10)),
            Job.Reconcile => false, // what it waits for comes by the day
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private void Run(Job job, Engine engine)
    {
        Life life = engine.Life!;
        _running[job].Add(life);
        loom.Start(new Flow(life, job.ToString()), () => WorkAsync(job, engine), () => Ended(job, life));
    }

    private void Ended(Job job, Life life)
    {
        _running[job].Remove(life);
        if (_again.Remove(job))
        {
            Due(job);
        }
    }

    private async Task WorkAsync(Job job, Engine engine)
    {
        switch (job)
        {
            case Job.Poll:
                await PollAsync(engine);
                break;
            case Job.Report:
                await ReportAsync(engine);
                break;
            case Job.Close:
                await CloseAsync(engine);
                break;
            case Job.ExtraPoll:
                if ((await engine.Get<ExtraPolls>().RunAsync(CancellationToken.None)).Increments > 0)
                {
                    Due(Job.Report);
                }

                break;
            case Job.Reconcile:
                await ReconcileAsync(engine);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task PollAsync(Engine engine)
    {
        if (Integration is not { } id)
        {
            return;
        }

        long before = world.Script.LagoChanges();
        PollRunOutcome outcome = await engine.Get<PollRun>().RunAsync(id, progress: null, CancellationToken.None);
        story.Count("polls");
        switch (outcome)
        {
            case PollRunOutcome.Polled { Outcome: { Stopped: null, Failures.Count: 0 } whole }:
                _polled = before;
                ReportIfWorthIt(whole.Increments);
                break;
            case PollRunOutcome.Polled { Outcome: var polled }:
                _polled = null;
                story.Count("polls that failed in part or whole");
                foreach (string problem in polled.Failures.Select(failure => failure.Sentence).Concat(polled.Stopped is { } stopped ? [stopped.Sentence] : []))
                {
                    story.Count($"of these for: {problem}");
                }

                ReportIfWorthIt(polled.Increments);
                RetryPoll();
                break;
            case PollRunOutcome.StillRefused:
                _polled = null;
                RetryPoll();
                break;
            default:
                _polled = before; // gone, or it rests
                break;
        }
    }

    private void ReportIfWorthIt(int increments)
    {
        if (increments > 0)
        {
            _reportDueAt = clock.Now;
        }

        if (IsWorthIt(Job.Report))
        {
            Due(Job.Report);
        }
    }

    /// <summary>As the poll's trigger does: two more chances before the next hour.</summary>
    private void RetryPoll()
    {
        if (_retries < 2)
        {
            _retries++;
            clock.At(clock.Now + TimeSpan.FromMinutes(5 * _retries), () => Due(Job.Poll));
        }
    }

    private async Task ReportAsync(Engine engine)
    {
        ReportOutcome outcome = await engine.Get<ReportRun>().RunAsync(CancellationToken.None);
        story.Count("report runs");
        _reportDueAt = outcome switch
        {
            { Failures.Count: > 0 } or { Expired: > 0 } => clock.Now,
            { FlowedOn: 0, Released: 0, Made: 0 } => null,
            _ => Core.Conversion.ReportingWindow.FloorToHour(clock.Now).AddHours(1), // what was left may have its slot then
        };
        foreach (string failure in outcome.Failures)
        {
            story.Tell("items that a report run failed on", failure);
        }

        if (outcome.NextAt is { } next)
        {
            // Through an outage of a day a schedule would fire for each record apart; here several go together.
            TimeSpan least = clock.Now < world.FairFrom ? dice.Span(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(15)) : TimeSpan.FromSeconds(1);
            DateTimeOffset due = next - engine.ClockStep;
            int mine = ++_resend; // replaces the one before
            clock.At(due > clock.Now + least ? due : clock.Now + least, () =>
            {
                if (mine == _resend)
                {
                    Due(Job.Report);
                }
            });
        }
    }

    private async Task ReconcileAsync(Engine engine)
    {
        switch (await engine.Get<ReconcileRun>().RunAsync(CancellationToken.None))
        {
            case ReconcileOutcome.NotRead:
                story.Count("reads of Azure that failed");
                break;
            case ReconcileOutcome.Done { Settled: var settled }:
                story.Count("reads of Azure");
                if (settled.Billed + settled.NotBilled + settled.BilledAfterAll > 0)
                {
                    story.Tell(
                        "records settled by a read",
                        $"what Azure lists proves {settled.Billed} records billed, {settled.NotBilled} not billed, and {settled.BilledAfterAll} billed that counted as not billed");
                }

                if (settled.NotBilled > 0)
                {
                    Due(Job.Report); // its money is free
                }

                break;
            default:
                break; // nothing to read
        }
    }

    private async Task CloseAsync(Engine engine)
    {
        List<Integration> integrations;
        await using (LagoConsoleDbContext db = await engine.Get<IDbContextFactory<LagoConsoleDbContext>>().CreateDbContextAsync())
        {
            integrations = await db.Integrations.AsNoTracking().ToListAsync();
        }

        long before = world.Script.LagoChangesBesideUse();
        bool isDone = true;
        foreach (Integration integration in integrations)
        {
            CloseOutcome outcome = await engine.Get<PeriodCloser>().CloseAsync(integration, CancellationToken.None);
            isDone &= outcome.Failures.Count == 0;
            if (outcome.Increments > 0)
            {
                Due(Job.Report);
            }
        }

        _closed = isDone ? before : null;
    }
}
