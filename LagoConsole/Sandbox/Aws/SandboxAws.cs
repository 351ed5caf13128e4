using LagoConsole.Sandbox.Faults;
using LagoConsole.Sandbox.Journal;

namespace LagoConsole.Sandbox.Aws;

/// <summary>
/// An AWS Marketplace in memory, kept by a journal. Its bill is the oracle of crash tests: what it has taken, it
/// bills, whatever the caller learned of it. Thread safe; reads the injected clock on every use.
/// </summary>
public sealed class SandboxAws : IDisposable
{
    private readonly Lock _gate = new();
    private readonly AwsState _state = new();
    private readonly SandboxJournal<AwsEntry> _journal;
    private readonly TimeProvider _clock;

    /// <param name="clock">The one clock of app and sandbox.</param>
    /// <param name="journalPath">Where it is kept; null keeps it in memory.</param>
    /// <param name="faults">Faults that only AWS has (unprocessed records) are drawn from here.</param>
    public SandboxAws(TimeProvider clock, string? journalPath, SandboxFaults faults)
    {
        _clock = clock;
        _journal = new SandboxJournal<AwsEntry>(journalPath);
        foreach (AwsEntry entry in _journal.Past)
        {
            _state.Apply(entry);
        }

        Credentials = new Dictionary<string, AwsCredentials>(StringComparer.Ordinal);
        Notices = new AwsFulfilmentQueue(clock);
        Requests = new AwsApi(this, clock, faults);
    }

    /// <summary>Its HTTP API.</summary>
    public AwsApi Requests { get; }

    /// <summary>The queue that its notices are in.</summary>
    public AwsFulfilmentQueue Notices { get; }

    /// <summary>Keys it knows, by access key id.</summary>
    public IDictionary<string, AwsCredentials> Credentials { get; }

    /// <summary>How an identical repeat is answered: true = DuplicateRecord, false = Success. Sources disagree; live with both.</summary>
    public bool IdenticalIsDuplicate { get; set; }

    /// <summary>True if nothing has been made yet.</summary>
    public bool IsEmpty => Read(state => state.Products.Count == 0);

    /// <summary>Every record that was taken, oldest first.</summary>
    public IReadOnlyList<AwsBilledRecord> Bill => Read(state => state.Bill.ToArray());

    /// <summary>Looks at the state. Nothing of it may be kept: it goes on changing.</summary>
    public T Read<T>(Func<AwsState, T> look)
    {
        lock (_gate)
        {
            return look(_state);
        }
    }

    /// <summary>Adds or changes a listing.</summary>
    public void Save(AwsProduct product) => Write(now => new AwsProductSaved(now, product));

    /// <summary>Adds a purchase, or gives it its end.</summary>
    /// <exception cref="SandboxRefusedException">There is no such product.</exception>
    public void Save(AwsAgreement agreement) => Write(now => _state.Products.ContainsKey(agreement.ProductCode)
        ? new AwsAgreementSaved(now, agreement)
        : throw new SandboxRefusedException($"There is no product \"{agreement.ProductCode}\"."));

    /// <summary>Sets a later price of a dimension.</summary>
    /// <exception cref="SandboxRefusedException">There is no such product or dimension.</exception>
    public void Save(AwsPrice price) => Write(now => _state.Products.TryGetValue(price.ProductCode, out AwsProduct? product)
        && product.Dimensions.Any(dimension => dimension.Key == price.Dimension)
            ? new AwsPriceSet(now, price)
            : throw new SandboxRefusedException($"There is no dimension \"{price.Dimension}\" of a product \"{price.ProductCode}\"."));

    /// <summary>Ends a purchase now: one hour is left to report what came before.</summary>
    /// <exception cref="SandboxRefusedException">There is no such purchase.</exception>
    public void End(string licenseArn) => Write(now => new AwsAgreementSaved(now, Find(licenseArn) with { EndsAt = now }));

    /// <summary>A token as a buyer brings it from AWS's console; good for four hours.</summary>
    /// <exception cref="SandboxRefusedException">There is no such purchase.</exception>
    public string IssueToken(string licenseArn)
    {
        string token = "";
        Write(now =>
        {
            AwsAgreement agreement = Find(licenseArn);
            token = $"sandbox-{StableHash.Id(now.UtcTicks, agreement.LicenseArn, _state.Tokens.Count.ToString(System.Globalization.CultureInfo.InvariantCulture)):N}";
            return new AwsTokenIssued(now, new AwsRegistrationToken(token, licenseArn, now.AddHours(4)));
        });
        return token;
    }

    /// <summary>Takes a call's records: decided, written to the journal, then in effect.</summary>
    /// <exception cref="AwsRefusedException">Nothing of the call was taken.</exception>
    internal IReadOnlyList<AwsVerdict> Meter(string region, string? productCode, IReadOnlyList<AwsUsageRecord> records, int leftUnprocessed)
    {
        lock (_gate)
        {
            DateTimeOffset now = _clock.GetUtcNow();
            AwsDecision decision = _state.Decide(region, productCode, records, leftUnprocessed, IdenticalIsDuplicate, now);
            if (decision.Accepted.Count > 0)
            {
                AwsRecordsAccepted entry = new(now, decision.Accepted);
                _journal.Append(entry);
                _state.Apply(entry);
            }

            return decision.Verdicts;
        }
    }

    /// <summary>Writes several entries at once: a start that is killed leaves no half-furnished marketplace.</summary>
    internal void DoAll(Func<DateTimeOffset, IEnumerable<AwsEntry>> entries)
    {
        lock (_gate)
        {
            AwsEntry[] made = [.. entries(_clock.GetUtcNow())];
            _journal.Append(made);
            foreach (AwsEntry entry in made)
            {
                _state.Apply(entry);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _journal.Dispose();

    private AwsAgreement Find(string licenseArn) => _state.Agreements.GetValueOrDefault(licenseArn)
        ?? throw new SandboxRefusedException($"There is no agreement \"{licenseArn}\".");

    private void Write(Func<DateTimeOffset, AwsEntry> entry)
    {
        lock (_gate)
        {
            AwsEntry made = entry(_clock.GetUtcNow());
            _journal.Append(made);
            _state.Apply(made);
        }
    }
}
