using LagoConsole.Sandbox.Journal;

namespace LagoConsole.Sandbox.Lago;

/// <summary>A whole Lago in memory, kept by a journal. Thread safe; reads the injected clock on every use.</summary>
public sealed class SandboxLago : IDisposable
{
    private readonly Lock _gate = new();
    private readonly LagoState _state = new();
    private readonly SandboxJournal<LagoEntry> _journal;
    private readonly TimeProvider _clock;

    /// <param name="clock">The one clock of app and sandbox.</param>
    /// <param name="journalPath">Where it is kept; null keeps it in memory.</param>
    /// <param name="seed">All made-up ids and usage follow from it; an existing journal has its own.</param>
    /// <param name="grows">Whether usage comes by itself from the start.</param>
    public SandboxLago(TimeProvider clock, string? journalPath, long seed, bool grows)
    {
        _clock = clock;
        _journal = new SandboxJournal<LagoEntry>(journalPath);
        foreach (LagoEntry entry in _journal.Past)
        {
            _state.Apply(entry);
        }

        if (_journal.Past.Count == 0)
        {
            Do(now => new LagoOpened(now, seed, "Sandbox Vendor", grows));
        }

        Requests = new LagoApi(this, clock);
    }

    /// <summary>Its HTTP API.</summary>
    public LagoApi Requests { get; }

    /// <summary>True if nothing but the organization has been made yet.</summary>
    public bool IsEmpty => Read(state => state.Customers.Count == 0 && state.Plans.Count == 0 && state.ApiKeys.Count == 0);

    /// <summary>Looks at the state as of now. Nothing of it may be kept: it goes on changing.</summary>
    public T Read<T>(Func<LagoState, T> look)
    {
        lock (_gate)
        {
            _state.Advance(_clock.GetUtcNow());
            return look(_state);
        }
    }

    /// <summary>Does something: checked, written to the journal, then in effect.</summary>
    /// <param name="entry">Makes the entry from the present time.</param>
    /// <exception cref="SandboxRefusedException">It is not possible, and why.</exception>
    public void Do(Func<DateTimeOffset, LagoEntry> entry)
    {
        lock (_gate)
        {
            _state.Advance(_clock.GetUtcNow());
            LagoEntry made = entry(_state.Now == default ? _clock.GetUtcNow() : _state.Now);
            _state.Check(made);
            _journal.Append(made);
            _state.Apply(made);
        }
    }

    /// <summary>Does several things, kept in one write: a start that is killed leaves no half-furnished organization.</summary>
    /// <exception cref="SandboxRefusedException">One is not possible; this world is not to be used any further.</exception>
    internal void DoAll(Func<DateTimeOffset, IEnumerable<LagoEntry>> entries)
    {
        lock (_gate)
        {
            _state.Advance(_clock.GetUtcNow());
            LagoEntry[] made = [.. entries(_state.Now)];
            foreach (LagoEntry entry in made)
            {
                _state.Check(entry);
                _state.Apply(entry);
            }

            _journal.Append(made);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _journal.Dispose();
}
