using LagoConsole.Sandbox.Faults;
using LagoConsole.Sandbox.Journal;

namespace LagoConsole.Sandbox.Google;

/// <summary>
/// A Google Cloud Marketplace in memory, kept by a journal: what it has taken, it bills once, whatever the caller learned of it.
/// Thread safe; reads the injected clock on every use.
/// </summary>
public sealed class SandboxGoogle : IDisposable
{
    internal const string ServiceConfigId = "2026-07-01r0";

    private readonly Lock _gate = new();
    private readonly GoogleState _state = new();
    private readonly SandboxJournal<GoogleEntry> _journal;
    private readonly TimeProvider _clock;

    /// <param name="clock">The one clock of app and sandbox.</param>
    /// <param name="journalPath">Where it is kept; null keeps it in memory.</param>
    /// <param name="faults">Whether Google fails on an operation by itself is drawn from here.</param>
    public SandboxGoogle(TimeProvider clock, string? journalPath, SandboxFaults faults)
    {
        _clock = clock;
        _journal = new SandboxJournal<GoogleEntry>(journalPath);
        foreach (GoogleEntry entry in _journal.Past)
        {
            _state.Apply(entry);
        }

        Tokens = new GoogleTokens(clock, SandboxKeys.GoogleEmail, SandboxKeys.GoogleKey);
        Fulfilment = new GoogleFulfilment(this);
        Requests = new GoogleApi(this, faults);
    }

    /// <summary>Its HTTP API.</summary>
    public GoogleApi Requests { get; }

    /// <summary>Its token service.</summary>
    public GoogleTokens Tokens { get; }

    /// <summary>Its procurement service, and the notices of it.</summary>
    public GoogleFulfilment Fulfilment { get; }

    /// <summary>True if nothing has been made yet.</summary>
    public bool IsEmpty => Read(state => state.Services.Count == 0);

    /// <summary>Every operation that was taken, oldest first.</summary>
    public IReadOnlyList<GoogleBilledOperation> Bill => Read(state => state.Bill.ToArray());

    /// <summary>What callers did and must never do, oldest first. Every test and simulation ends with none.</summary>
    public IReadOnlyList<GoogleMistake> Mistakes => Read(state => state.Mistakes.ToArray());

    internal DateTimeOffset Now => _clock.GetUtcNow();

    /// <summary>Looks at the state. Nothing of it may be kept: it goes on changing.</summary>
    public T Read<T>(Func<GoogleState, T> look)
    {
        lock (_gate)
        {
            return look(_state);
        }
    }

    /// <summary>Adds or changes a service.</summary>
    public void Save(GoogleService service) => Write(now => new GoogleServiceSaved(now, service));

    /// <summary>Adds a purchase, or changes where it stands. A cancelled one without an end ends now.</summary>
    /// <exception cref="SandboxRefusedException">There is no such service.</exception>
    public void Save(GoogleEntitlement entitlement) => Write(now => _state.Services.ContainsKey(entitlement.Service)
        ? new GoogleEntitlementSaved(now, entitlement.State == GoogleEntitlementState.Cancelled ? entitlement with { EndsAt = entitlement.EndsAt ?? now } : entitlement)
        : throw new SandboxRefusedException($"There is no service \"{entitlement.Service}\"."));

    /// <summary>Sets a later price of a metric.</summary>
    /// <exception cref="SandboxRefusedException">There is no such service or metric.</exception>
    public void Save(GooglePrice price) => Write(now =>
        _state.Services.TryGetValue(price.Service, out GoogleService? service) && service.Metrics.Any(metric => metric.Id == price.Metric)
            ? new GooglePriceSet(now, price)
            : throw new SandboxRefusedException($"There is no metric \"{price.Metric}\" of a service \"{price.Service}\"."));

    /// <summary>Puts a purchase where it stands from now on; a cancelled one gets its end.</summary>
    /// <exception cref="SandboxRefusedException">There is no such purchase.</exception>
    public void Set(string entitlementId, GoogleEntitlementState state) => Write(now =>
        _state.Entitlements.TryGetValue(entitlementId, out GoogleEntitlement? entitlement)
            ? new GoogleEntitlementSaved(now, entitlement with { State = state, EndsAt = state == GoogleEntitlementState.Cancelled ? now : null })
            : throw new SandboxRefusedException($"There is no entitlement \"{entitlementId}\"."));

    /// <summary>Cancels a purchase at an instant: an hour is left to report what came before it.</summary>
    /// <exception cref="SandboxRefusedException">There is no such purchase.</exception>
    public void End(string entitlementId, DateTimeOffset at) => Write(now =>
        _state.Entitlements.TryGetValue(entitlementId, out GoogleEntitlement? entitlement)
            ? new GoogleEntitlementSaved(now, entitlement with { State = GoogleEntitlementState.Cancelled, EndsAt = at })
            : throw new SandboxRefusedException($"There is no entitlement \"{entitlementId}\"."));

    /// <summary>Something is wrong with a buyer's project from now on; null: nothing any more.</summary>
    /// <exception cref="SandboxRefusedException">There is no such consumer.</exception>
    public void Trouble(string consumer, GoogleConsumerTrouble? trouble) => Write(now =>
        _state.Entitlements.Values.Any(entitlement => entitlement.UsageReportingId == consumer)
            ? new GoogleTroubleSet(now, consumer, trouble)
            : throw new SandboxRefusedException($"There is no consumer \"{consumer}\"."));

    /// <summary>Takes a report's operations: decided, written to the journal, then in effect.</summary>
    internal IReadOnlyList<GoogleVerdict> Report(string service, IReadOnlyList<GoogleOperation> operations, int leftUnprocessed)
    {
        lock (_gate)
        {
            DateTimeOffset now = _clock.GetUtcNow();
            GoogleDecision decision = _state.Decide(service, operations, leftUnprocessed, now);
            List<GoogleEntry> entries = [.. decision.Mistakes.Select(mistake => new GoogleMistakeMade(now, mistake))];
            if (decision.Accepted.Count > 0)
            {
                entries.Add(new GoogleOperationsAccepted(now, decision.Accepted));
            }

            Keep(entries);
            return decision.Verdicts;
        }
    }

    /// <summary>Writes several entries at once: a start that is killed leaves no half-furnished marketplace.</summary>
    internal void DoAll(Func<DateTimeOffset, IEnumerable<GoogleEntry>> entries)
    {
        lock (_gate)
        {
            Keep([.. entries(_clock.GetUtcNow())]);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _journal.Dispose();

    /// <summary>In the journal, then in effect. Within the lock.</summary>
    private void Keep(List<GoogleEntry> entries)
    {
        _journal.Append(entries);
        foreach (GoogleEntry entry in entries)
        {
            _state.Apply(entry);
        }
    }

    private void Write(Func<DateTimeOffset, GoogleEntry> entry) => DoAll(now => [entry(now)]);
}
