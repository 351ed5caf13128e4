using System.Runtime.CompilerServices;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Sandbox;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Simulation.Engines;
using LagoConsole.Simulation.Markets;
using LagoConsole.Simulation.Threads;

namespace LagoConsole.Simulation.Oracles;

/// <summary>
/// Keeps a world's own books beside the engines': what Lago told and when that was stored, each record as it was made, and
/// what the person refused. It shares no rule with the engines; where both differ, one of them is wrong.
/// </summary>
internal sealed class Oracle(IReadOnlyList<Market> markets, LagoTruth lago, Auditor auditor, Story story, VirtualClock clock) : IListener
{
    /// <summary>Growth above it can only be a jump that the script made; all other growth is far below the engine's limits.</summary>
    public const long JumpMinor = 50_000_000;

    /// <summary>A key that has counted less is far from what would let a jump of the script count as usual (R15).</summary>
    private const long Little = 100_000;

    private readonly ConditionalWeakTable<SandboxResponse, HeardUsage> _answers = [];
    private readonly Dictionary<Guid, BookedRecord> _records = [];
    private Dictionary<string, List<PeriodBook>> _periods = new(StringComparer.Ordinal);
    private (Dictionary<string, List<PeriodBook>> Periods, long LastRow)? _backup;
    private long _lastRow;
    private long _lastRowOfDeleted;

    /// <summary>The integration whose polls are stored; null while there is none.</summary>
    public Guid? Integration { get; set; }

    /// <summary>When restored books were declared; null for never.</summary>
    public DateTimeOffset? RestoredAt { get; private set; }

    /// <summary>When the person last chose to start from now; null for this integration never.</summary>
    public DateTimeOffset? StartedFromNowAt { get; set; }

    /// <summary>Customers whose link in force the person chose to start from now, and when: ended periods before it are given up (R7).</summary>
    public IDictionary<string, DateTimeOffset> LinkedFromNowAt { get; } = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);

    public IEnumerable<PeriodBook> Periods => _periods.Values.SelectMany(ofSubscription => ofSubscription);

    public IEnumerable<KeyBook> Keys => Periods.SelectMany(period => period.Keys);

    public IReadOnlyCollection<BookedRecord> Records => _records.Values;

    public void Processed(SandboxService service, SandboxRequest request, SandboxResponse answer)
    {
        if (service != SandboxService.Lago || answer.Status != 200)
        {
            return;
        }

        if (request.RawPath.EndsWith("/current_usage", StringComparison.Ordinal))
        {
            _answers.Add(answer, lago.ReadUsage(request, answer));
        }
    }

    public void Delivered(SandboxService service, SandboxRequest request, SandboxResponse answer, DateTimeOffset askedAt)
    {
        if (!_answers.TryGetValue(answer, out HeardUsage? usage))
        {
            return;
        }

        Flow.Current!.Heard.Add(usage with { ReadAt = askedAt });
        PeriodBook period = PeriodOf(usage.LagoId, usage.ExternalId, usage.Customer, usage.From, usage.End);
        foreach ((string code, IReadOnlyList<HeardCharge> charges) in usage.Metrics)
        {
            KeyOf(period, code, usage.Currency).Tell(charges.Sum(charge => charge.AmountMinor));
        }
    }

    /// <summary>A flow has committed something.</summary>
    public void Committed(Flow flow, string? step)
    {
        if (flow.Deed is { } deed)
        {
            deed(step);
        }
        else if (step == MoneySteps.Mark)
        {
            StoreHeard(flow.Heard);
            StoreCloses();
        }

        if (step == MoneySteps.Allocation)
        {
            BookNewRecords();
        }
    }

    /// <summary>What a flow heard is now in the books.</summary>
    public void StoreHeard(Hearing heard)
    {
        foreach (HeardUsage usage in heard.Usage)
        {
            // The run read integration and link a while ago; what no longer stands is not stored, and nobody says so.
            if (Integration is { } integration && auditor.Stands(integration) && auditor.IsLinked(usage.Customer))
            {
                Store(usage, JumpMinor);
            }
        }

        heard.Forget();
    }

    /// <summary>Periods that an engine has closed since: which it closed is its word, what their final totals are is Lago's.</summary>
    public void StoreCloses()
    {
        foreach ((string lagoId, DateTimeOffset from, DateTimeOffset end, string? invoiceId) in auditor.Closed())
        {
            (string externalId, string customer) = lago.NamesOf(lagoId);
            PeriodBook period = PeriodOf(lagoId, externalId, customer, from, end);
            if (period.IsClosed)
            {
                continue;
            }

            period.IsClosed = true;
            period.Integration = Integration;
            period.HasNoFinal = invoiceId is null;
            LagoFinal? final = invoiceId is null ? null : Booked(lago.FinalsOf(invoiceId)).FirstOrDefault(candidate => candidate.Period == period).Final;
            foreach (string code in final?.Arrears.Keys ?? [])
            {
                KeyOf(period, code, final!.Currency);
            }

            SeeEndings(period);
            foreach (KeyBook key in period.Keys)
            {
                Close(key, final?.Arrears);
            }
        }
    }

    /// <summary>What a key usually grows by scales its limit: once it has grown by jumps, the engine may take another for usual.</summary>
    private long JumpOf(KeyBook key, long total, long jump) =>
        total - key.Refused - key.Counted > jump && key.Counted - key.Baseline >= Little && !auditor.HeldFor(HoldReason.Jump).Exists(row => Find(row) == key)
            ? long.MaxValue
            : jump;

    /// <summary>Which projections the engines hold because their purchase is ending.</summary>
    public void SeeEndings(PeriodBook period)
    {
        HashSet<KeyBook?> ending = [.. auditor.HeldFor(HoldReason.EntitlementEnding).Select(Find)];
        foreach (KeyBook key in period.Keys.Where(key => key.IsProjection))
        {
            key.IsEndingHeld = ending.Contains(key);
        }
    }

    /// <summary>Which keys the engines hold for the close of an older subscription.</summary>
    public HashSet<KeyBook> Awaiting() =>
        [.. auditor.HeldFor(HoldReason.Upgrade).Concat(auditor.HeldFor(HoldReason.Overlap)).Select(Find).OfType<KeyBook>()];

    private void Close(KeyBook key, IReadOnlyDictionary<string, long>? arrears)
    {
        // Without a final total the last one stands; of projections, nothing can be told.
        long? total = arrears is null || lago.IsLeftToSuccessor(key)
            ? key.IsProjection ? null : key.Last
            : arrears.GetValueOrDefault(key.Code) + lago.PaidInAdvance(key);
        Succeed(key);
        if (total is { } final)
        {
            key.IsRestoredHeld |= !key.Exists && RestoredAt > key.Period.From;
            bool isGivenUp = StartedFromNowAt >= key.Period.End
                || (LinkedFromNowAt.TryGetValue(key.Period.Customer, out DateTimeOffset linked) && linked >= key.Period.End);
            long growth = key.StoreFinal(final, isGivenUp ? long.MaxValue : JumpOf(key, final, JumpMinor));
            if (isGivenUp) // the person gave up the periods that had ended (R7, R16)
            {
                decimal written = auditor.Waived().Where(row => Find(row.Key) == key).Sum(row => row.WaivedMinor);
                key.GiveUpClosed(growth, lago.Predecessor(key) is not null, written, key.Open(OnRecords(key, auditor.LiveRecords())));
            }

            key.MayBeGivenUpBeyond = isGivenUp && !lago.IsPlanReadable(key.Period) ? key.LastCharges.Sum(charge => charge.AmountMinor) : 0;
        }
    }

    /// <summary>A person has declared that the books are those of a backup: what could have been billed since is held (R20).</summary>
    public void HoldRestored(DateTimeOffset now)
    {
        RestoredAt = now;
        HashSet<Guid> live = auditor.LiveRecords();
        foreach (KeyBook key in Keys.Where(key => key.Exists && (!key.Period.IsClosed || key.Open(OnRecords(key, live)) > 0)))
        {
            key.IsRestoredHeld = true;
        }
    }

    /// <summary>A record as it was made; null where no engine has committed it.</summary>
    public BookedRecord? FindRecord(Guid id) => _records.GetValueOrDefault(id);

    /// <summary>What a person finds who looks a record up at its marketplace.</summary>
    public bool IsBilled(BookedRecord record) => markets.SelectMany(market => market.Bill).Any(line => line.IsOf(record));

    /// <summary>What the marketplaces billed of a key by records that the restored books do not know.</summary>
    public decimal BilledByLostRecords(KeyBook key) => Records
        .Where(record => record.IsLost && record.Links.Any(link => link.Key == key.Name) && IsBilled(record))
        .SelectMany(record => record.Links).Where(link => link.Key == key.Name).Sum(link => link.AmountMinor) - key.BilledBefore + key.RoundedUp;

    /// <summary>
    /// A record that restored books had was not billed: its money may be on another one since the backup, and waits for the person's
    /// word once more (R20).
    /// </summary>
    public bool IsReturnedByRestored(KeyBook key)
    {
        HashSet<Guid> live = auditor.LiveRecords();
        return _records.Values.Any(record => record.IsRestored && !live.Contains(record.Id) && record.Links.Any(link => link.Key == key.Name));
    }

    /// <summary>An integration was deleted: the records that were made until then hold money of what is gone.</summary>
    public void Deleted() => _lastRowOfDeleted = _lastRow;

    /// <summary>Money of a key that came back from records of a deleted integration: what a person says of a later one's is not about it.</summary>
    public decimal ReturnedToDeleted(KeyBook key, HashSet<Guid> live) => _records.Values
        .Where(record => record.Row <= _lastRowOfDeleted && !live.Contains(record.Id))
        .SelectMany(record => record.Links).Where(link => link.Key == key.Name).Sum(link => link.AmountMinor);

    /// <summary>Stores one reading; one that is older than what is stored, or of a period that is closed, is dropped whole (R2).</summary>
    public void Store(HeardUsage usage, long jump)
    {
        PeriodBook period = PeriodOf(usage.LagoId, usage.ExternalId, usage.Customer, usage.From, usage.End);
        if (period.IsClosed || period.StoredAt > usage.ReadAt)
        {
            return;
        }

        bool changed = false;
        period.Integration = Integration;
        foreach ((string code, IReadOnlyList<HeardCharge> charges) in usage.Metrics)
        {
            KeyBook key = KeyOf(period, code, usage.Currency);
            key.IsRestoredHeld |= !key.Exists && RestoredAt > period.From;
            Succeed(key);
            long total = charges.Sum(charge => charge.AmountMinor);
            changed |= key.Store(total, charges, JumpOf(key, total, jump));
        }

        if (changed)
        {
            period.StoredAt = usage.ReadAt;
        }
    }

    /// <summary>A person put a Lago Customer ID on a buyer, who had seen this, and said what of it is billed elsewhere (R7).</summary>
    /// <param name="billedElsewhere">Of a key with this total.</param>
    public void StoreLink(HeardUsage shown, Func<KeyBook, long, long> billedElsewhere)
    {
        PeriodBook period = PeriodOf(shown.LagoId, shown.ExternalId, shown.Customer, shown.From, shown.End);
        SeeEndings(period);
        HashSet<KeyBook> awaiting = Awaiting();
        period.Integration = Integration;
        foreach ((string code, IReadOnlyList<HeardCharge> charges) in shown.Metrics)
        {
            KeyBook key = KeyOf(period, code, shown.Currency);
            long total = charges.Sum(charge => charge.AmountMinor);
            long elsewhere = billedElsewhere(key, total);
            bool isNew = !key.Exists;
            key.See(total, charges);
            if (isNew)
            {
                key.Baseline = elsewhere;
                key.Counted = elsewhere;
                key.IsRestoredHeld |= RestoredAt > period.From;
                Succeed(key);
            }
            else
            {
                Succeed(key);
                long net = Math.Min(elsewhere, total) - key.Refused;
                key.GiveUpTo(net);
                if (awaiting.Contains(key))
                {
                    key.GiveUpAwaited(net);
                }
            }
        }

        period.StoredAt = shown.ReadAt;
    }

    public PeriodBook PeriodOf(string lagoId, string externalId, string customer, DateTimeOffset from, DateTimeOffset end)
    {
        if (!_periods.TryGetValue(lagoId, out List<PeriodBook>? known))
        {
            _periods[lagoId] = known = [];
        }

        PeriodBook? period = known.Find(candidate => IsSame(candidate, from));
        if (period is null)
        {
            known.Add(period = new PeriodBook(lagoId, externalId, customer, known.Count + 1, from, end));
        }

        period.End = end;
        return period;
    }

    private static bool IsSame(PeriodBook period, DateTimeOffset from) => (period.From - from).Duration() <= LagoTruth.Rounding;

    /// <summary>The key that the engine's rows name so; null when no engine was ever told of it.</summary>
    public KeyBook? Find(KeyRow row) => FindPeriod(row.LagoId, row.PeriodStart)?.FindKey(row.Code, row.Currency);

    /// <summary>The period that the engine's rows name so; null when no engine was ever told of it.</summary>
    public PeriodBook? FindPeriod(string lagoId, DateTimeOffset start) => _periods.GetValueOrDefault(lagoId)?.Find(period => IsSame(period, start));

    /// <summary>Money of a key on records that hold it.</summary>
    public decimal OnRecords(KeyBook key, HashSet<Guid> live) => _records.Values.Where(record => live.Contains(record.Id))
        .SelectMany(record => record.Links).Where(link => link.Key == key.Name).Sum(link => link.AmountMinor);

    /// <summary>Recurring units of an upgraded subscription are counted again by the next: it starts from what the older one counted, once that is closed (T7).</summary>
    private void Succeed(KeyBook key)
    {
        if (!key.HasCarried && Predecessor(key) is { Exists: true } old)
        {
            key.IsSuccessionHeld = !old.Period.IsClosed;
            if (old.Period.IsClosed)
            {
                key.Carry(old.Counted + old.HeldMinor + old.Refused);
            }
        }
    }

    /// <summary>
    /// What an older subscription counted of the same units is not known, or not since long enough for this key to have been read
    /// again. Whether it counted any of them, only its close tells.
    /// </summary>
    public bool AwaitsPredecessor(KeyBook key, DateTimeOffset since) => lago.Predecessor(key) is { } old
        && (FindPeriod(old.LagoId, old.From) is not { IsClosed: true } period || AllFinals().Any(final => final.Period == period && final.Final.At >= since));

    private KeyBook? Predecessor(KeyBook key) => lago.Predecessor(key) is { } old ? FindPeriod(old.LagoId, old.From)?.FindKey(key.Code, key.Currency) : null;

    /// <summary>All finalized invoices' totals.</summary>
    public IReadOnlyList<(PeriodBook Period, LagoFinal Final)> AllFinals() => Booked(lago.Finals());

    private (PeriodBook Period, LagoFinal Final)[] Booked(IReadOnlyList<LagoFinal> finals) =>
        [.. finals.Select(final => (PeriodOf(final.LagoId, final.ExternalId, final.Customer, final.From, final.End), final))];

    private KeyBook KeyOf(PeriodBook period, string code, string currency)
    {
        KeyBook key = period.Key(code, currency);
        key.IsProjection |= lago.IsProjection(code);
        return key;
    }

    private void BookNewRecords()
    {
        foreach (RecordRow row in auditor.RecordsAfter(_lastRow))
        {
            _lastRow = row.Row;
            List<BookedLink> links = [];
            foreach ((KeyRow name, decimal amount) in row.Links)
            {
                if (Find(name) is { } key)
                {
                    links.Add(new BookedLink(key.Name, amount));
                }
                else
                {
                    story.Tell("records of keys that Lago never told of", $"a record holds {amount} of {name}, which no engine was ever told of");
                }
            }

            _records[row.Id] = new BookedRecord(row.Row, row.Id, row.Purchase, row.Dimension, row.SlotHour, row.Quantity, row.UnitPriceMinor, clock.Now, links);
        }
    }

    /// <summary>The books are those of the backup again.</summary>
    public void Restored()
    {
        (Dictionary<string, List<PeriodBook>> backup, long lastRow) = _backup!.Value;
        foreach (BookedRecord record in _records.Values)
        {
            record.IsLost |= record.Row > lastRow;
            record.IsRestored = !record.IsLost;
        }

        _lastRow = lastRow;
        foreach (PeriodBook period in Periods)
        {
            PeriodBook? before = backup.GetValueOrDefault(period.LagoId)?.Find(candidate => candidate.Number == period.Number);
            period.Integration = before?.Integration;
            period.StoredAt = before?.StoredAt;
            period.IsClosed = before?.IsClosed ?? false;
            period.HasNoFinal = before?.HasNoFinal ?? false;
            foreach (KeyBook key in period.Keys)
            {
                key.Restore(before?.FindKey(key.Code, key.Currency));
            }
        }
    }

    /// <summary>The books are copied as they are.</summary>
    public void BackedUp() =>
        _backup = (_periods.ToDictionary(pair => pair.Key, pair => pair.Value.ConvertAll(period => period.Copy()), StringComparer.Ordinal), _lastRow);
}
