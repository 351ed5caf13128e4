namespace LagoConsole.Simulation.Threads;

/// <summary>
/// SQLite has one writer at a time; who comes second waits. In one thread it would wait for itself, so the waiting is done
/// here, in virtual time.
/// </summary>
internal sealed class WriteTurn(Loom loom)
{
    private readonly Queue<(object Holder, Life Life, TaskCompletionSource Turn)> _waiting = new();
    private (object Holder, Life Life)? _writer;

    public async Task TakeAsync(object holder, Life life)
    {
        if (_writer is { } writer)
        {
            if (writer.Holder == holder)
            {
                return;
            }

            TaskCompletionSource turn = new();
            _waiting.Enqueue((holder, life, turn));
            await turn.Task; // given by Pass
            return;
        }

        _writer = (holder, life);
    }

    /// <summary>Gives the turn on, if this holder has it.</summary>
    public void GiveUp(object holder)
    {
        if (_writer is { } writer && writer.Holder == holder)
        {
            Pass();
        }
    }

    /// <summary>A life ended: what it held is free, and it waits for nothing more.</summary>
    public void GiveUpAll(Life life)
    {
        if (_writer is { } writer && writer.Life == life)
        {
            Pass();
        }
    }

    private void Pass()
    {
        _writer = null;
        while (_waiting.TryDequeue(out (object Holder, Life Life, TaskCompletionSource Turn) next))
        {
            if (!next.Life.IsOver)
            {
                _writer = (next.Holder, next.Life);
                loom.Later(next.Life, () => next.Turn.TrySetResult());
                return;
            }
        }
    }
}
