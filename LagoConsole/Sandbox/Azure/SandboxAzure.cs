using LagoConsole.Sandbox.Faults;
using LagoConsole.Sandbox.Journal;

namespace LagoConsole.Sandbox.Azure;

/// <summary>
/// An Azure Marketplace in memory, kept by a journal: what it has taken, it bills, whatever the caller learned of it. Thread safe;
/// reads the injected clock on every use.
/// </summary>
public sealed class SandboxAzure : IDisposable
{
    private readonly Lock _gate = new();
    private readonly AzureState _state = new();
    private readonly SandboxJournal<AzureEntry> _journal;
    private readonly TimeProvider _clock;

    /// <param name="clock">The one clock of app and sandbox.</param>
    /// <param name="journalPath">Where it is kept; null keeps it in memory.</param>
    /// <param name="faults">Whether Azure fails on an event by itself is drawn from here.</param>
    public SandboxAzure(TimeProvider clock, string? journalPath, SandboxFaults faults)
    {
        _clock = clock;
        _journal = new SandboxJournal<AzureEntry>(journalPath);
        foreach (AzureEntry entry in _journal.Past)
        {
            _state.Apply(entry);
        }

        Tokens = new AzureTokens(clock, SandboxKeys.AzureApp.ClientId, SandboxKeys.AzureApp.ClientSecret);
        Fulfilment = new AzureFulfilment(clock);
        Requests = new AzureApi(this, faults);
    }

    /// <summary>Its HTTP API.</summary>
    public AzureApi Requests { get; }

    /// <summary>Its login.</summary>
    public AzureTokens Tokens { get; }

    /// <summary>Its fulfilment service, beside reading.</summary>
    public AzureFulfilment Fulfilment { get; }

    /// <summary>Whether the time of an accepted event is told with its zone. Real answers leave it out.</summary>
    public bool WritesZones { get; set; }

    /// <summary>How long after it was taken an event shows in <c>GET usageEvents</c>. How long that is at Azure is not documented. Default: at once.</summary>
    public TimeSpan ReadsLag { get; set; }

    /// <summary>True if nothing has been made yet.</summary>
    public bool IsEmpty => Read(state => state.Offers.Count == 0);

    /// <summary>Every event that was taken, oldest first.</summary>
    public IReadOnlyList<AzureBilledEvent> Bill => Read(state => state.Bill.ToArray());

    internal DateTimeOffset Now => _clock.GetUtcNow();

    /// <summary>Looks at the state. Nothing of it may be kept: it goes on changing.</summary>
    public T Read<T>(Func<AzureState, T> look)
    {
        lock (_gate)
        {
            return look(_state);
        }
    }

    /// <summary>Adds or changes an offer.</summary>
    /// <exception cref="SandboxRefusedException">A plan that was bought is no longer in it.</exception>
    public void Save(AzureOffer offer) => Write(now =>
        _state.Subscriptions.Values.FirstOrDefault(bought => bought.OfferId == offer.OfferId && offer.Plans.All(plan => plan.PlanId != bought.PlanId)) is { } lost
            ? throw new SandboxRefusedException($"The plan \"{lost.PlanId}\" was bought: the offer must keep it.")
            : new AzureOfferSaved(now, offer));

    /// <summary>Adds a purchase, or changes where it stands. A cancelled one without an end ends now.</summary>
    /// <exception cref="SandboxRefusedException">There is no such offer or plan.</exception>
    public void Save(AzureSubscription subscription) => Write(now =>
        _state.Offers.TryGetValue(subscription.OfferId, out AzureOffer? offer) && offer.Plans.Any(plan => plan.PlanId == subscription.PlanId)
            ? new AzureSubscriptionSaved(now, subscription.Status == AzureSubscriptionStatus.Unsubscribed ? subscription with { EndsAt = subscription.EndsAt ?? now } : subscription)
            : throw new SandboxRefusedException($"There is no plan \"{subscription.PlanId}\" of an offer \"{subscription.OfferId}\"."));

    /// <summary>Sets a later price of a dimension.</summary>
    /// <exception cref="SandboxRefusedException">There is no such offer, plan or dimension.</exception>
    public void Save(AzurePrice price) => Write(now => _state.Offers.TryGetValue(price.OfferId, out AzureOffer? offer)
        && offer.Plans.Any(plan => plan.PlanId == price.PlanId && plan.Dimensions.Any(dimension => dimension.Key == price.Dimension))
            ? new AzurePriceSet(now, price)
            : throw new SandboxRefusedException($"There is no dimension \"{price.Dimension}\" of the plan \"{price.PlanId}\"."));

    /// <summary>Puts a purchase where it stands from now on; a cancelled one gets its end.</summary>
    /// <exception cref="SandboxRefusedException">There is no such purchase.</exception>
    public void Set(Guid resourceId, AzureSubscriptionStatus status) => Write(now =>
        _state.Subscriptions.TryGetValue(resourceId, out AzureSubscription? subscription)
            ? new AzureSubscriptionSaved(now, subscription with { Status = status, EndsAt = status == AzureSubscriptionStatus.Unsubscribed ? now : null })
            : throw new SandboxRefusedException($"There is no subscription {resourceId}."));

    /// <summary>Cancels a purchase at an instant: usage from before it is taken as long as any other.</summary>
    /// <exception cref="SandboxRefusedException">There is no such purchase.</exception>
    public void End(Guid resourceId, DateTimeOffset at) => Write(now =>
        _state.Subscriptions.TryGetValue(resourceId, out AzureSubscription? subscription)
            ? new AzureSubscriptionSaved(now, subscription with { Status = AzureSubscriptionStatus.Unsubscribed, EndsAt = at })
            : throw new SandboxRefusedException($"There is no subscription {resourceId}."));

    /// <summary>Takes a call's events: decided, written to the journal, then in effect.</summary>
    internal IReadOnlyList<AzureVerdict> Meter(string clientId, IReadOnlyList<AzureUsageEvent> events, int leftUnprocessed)
    {
        lock (_gate)
        {
            DateTimeOffset now = _clock.GetUtcNow();
            AzureDecision decision = _state.Decide(clientId, events, leftUnprocessed, now);
            if (decision.Accepted.Count > 0)
            {
                AzureEventsAccepted entry = new(now, decision.Accepted);
                _journal.Append(entry);
                _state.Apply(entry);
            }

            return decision.Verdicts;
        }
    }

    /// <summary>Writes several entries at once: a start that is killed leaves no half-furnished marketplace.</summary>
    internal void DoAll(Func<DateTimeOffset, IEnumerable<AzureEntry>> entries)
    {
        lock (_gate)
        {
            AzureEntry[] made = [.. entries(_clock.GetUtcNow())];
            _journal.Append(made);
            foreach (AzureEntry entry in made)
            {
                _state.Apply(entry);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _journal.Dispose();

    private void Write(Func<DateTimeOffset, AzureEntry> entry) => DoAll(now => [entry(now)]);
}
