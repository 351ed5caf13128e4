namespace LagoConsole.Simulation.Threads;

/// <summary>
/// Weaves the flows of a world on its one thread. Code runs until it reaches a step (a command of the database, a call, a
/// wait); there the seed decides who goes on, and a life can end: what it was doing is then never resumed, as if the
/// process had been killed at that await.
/// </summary>
/// <remarks>
/// It rests on this: everything between two steps completes synchronously (SQLite, the sandbox), and an await without a
/// synchronization context is resumed on the thread that completes it. A step taken on another thread is a defect of the
/// simulation and throws.
/// </remarks>
internal sealed class Loom(VirtualClock clock, Dice dice)
{
    private readonly List<Ready> _ready = [];
    private readonly int _thread = Environment.CurrentManagedThreadId;

    /// <summary>In so many of a thousand steps another flow goes on, if there is one.</summary>
    public int SwitchPermille { get; set; } = 50;

    /// <summary>Called when a life has run out of steps.</summary>
    public Action<Life>? Died { get; set; }

    /// <summary>Called with a flow and what it failed on.</summary>
    public Action<Flow, Exception>? Failed { get; set; }

    /// <summary>Starts a flow; it begins when its turn comes.</summary>
    /// <param name="ended">Called when it has ended, well or not; not if its life ends first.</param>
    public void Start(Flow flow, Func<Task> work, Action? ended = null)
    {
        _ready.Add(new Ready(flow.Life, () => _ = RunAsync(flow, work, ended)));
    }

    /// <summary>A point at which others may go on, or the life may end.</summary>
    public Task StepAsync(Life life)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            throw new InvalidOperationException("A flow of the simulation left its thread: something waited for real time or started a thread.");
        }

        if (life.IsOver)
        {
            return Never();
        }

        if (life.StepsLeft is { } left)
        {
            life.StepsLeft = left - 1;
            if (left <= 1)
            {
                life.StepsLeft = null;
                Died?.Invoke(life);
                return Never();
            }
        }

        return _ready.Count > 0 && dice.Permille(SwitchPermille) ? Park(life) : Task.CompletedTask;
    }

    /// <summary>Lets something of a life go on when its turn comes.</summary>
    public void Later(Life life, Action goOn) => _ready.Add(new Ready(life, goOn));

    /// <summary>Lets time pass until then.</summary>
    public void RunUntil(DateTimeOffset end)
    {
        do
        {
            while (_ready.Count > 0)
            {
                int chosen = _ready.Count == 1 ? 0 : dice.Below(_ready.Count);
                Ready next = _ready[chosen];
                _ready.RemoveAt(chosen);
                if (!next.Life.IsOver)
                {
                    next.GoOn();
                }
            }
        }
        while (clock.Advance(end));
    }

    /// <summary>What belongs to a life that ended is forgotten here: nobody holds it any more.</summary>
    private static Task Never() => new TaskCompletionSource().Task;

    private Task Park(Life life)
    {
        TaskCompletionSource turn = new();
        _ready.Add(new Ready(life, () => turn.TrySetResult()));
        return turn.Task;
    }

    private async Task RunAsync(Flow flow, Func<Task> work, Action? ended)
    {
        try
        {
            await flow.RunAsync(work);
        }
#pragma warning disable CA1031 // Whatever a run fails on is told in the world's story, and the next run comes, as under a scheduler.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Failed?.Invoke(flow, failure);
        }

        ended?.Invoke();
    }

    private sealed record Ready(Life Life, Action GoOn);
}
