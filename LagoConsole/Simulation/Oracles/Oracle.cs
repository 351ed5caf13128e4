using System.Runtime.CompilerServices;
using System.Text.Json;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Sandbox;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Sandbox.Lago;
using LagoConsole.Simulation.Engines;
using LagoConsole.Simulation.Threads;

namespace LagoConsole.Simulation.Oracles;

/// <summary>How much of what is open a person gives up.</summary>
internal enum Extent
{
    /// <summary>All of it.</summary>
    All,

    /// <summary>What they had not said to report before.</summary>
    AllButSaid,

    /// <summary>What lies on one purchase only: the console says how much that was, and it is never more than is open.</summary>
    Part,
}

/// <summary>
/// Keeps a world's own books beside the engines': what Lago told and when that was stored, each record as it was made, and
/// what the person refused. It shares no rule with the engines; where both differ, one of them is wrong.
/// </summary>
internal sealed class Oracle(SandboxWorld services, Auditor auditor, Story story) : IListener
{
    /// <summary>Growth above it can only be a jump that the script made; all other growth is far below the engine's limits.</summary>
    public const long JumpMinor = 50_000_000;

    /// <summary>A key that has counted less is far from what would let a jump of the script count as usual (R15).</summary>
    private const long Little = 100_000;

    /// <summary>Lago cuts some instants to the second.</summary>
    private static readonly TimeSpan Rounding = TimeSpan.FromSeconds(2);

    private readonly ConditionalWeakTable<SandboxResponse, HeardUsage> _answers = [];
    private readonly Dictionary<Guid, BookedRecord> _records = [];
    private Dictionary<string, List<PeriodBook>> _periods = new(StringComparer.Ordinal);
    private (Dictionary<string, List<PeriodBook>> Periods, long LastRow)? _backup;
    private long _lastRow;

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
            _answers.Add(answer, ReadUsage(request, answer));
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
            LagoSubscription subscription = services.Lago.Read(state => SubscriptionOf(state, lagoId));
            PeriodBook period = PeriodOf(lagoId, subscription.ExternalId, subscription.Customer.ExternalId, from, end);
            if (period.IsClosed)
            {
                continue;
            }

            period.IsClosed = true;
            period.Integration = Integration;
            period.HasNoFinal = invoiceId is null;
            IReadOnlyDictionary<string, long>? arrears = invoiceId is null ? null : FinalsOf(invoiceId).FirstOrDefault(final => final.Period == period).Arrears;
            foreach (string code in arrears?.Keys ?? [])
            {
                KeyOf(period, code, CurrencyOf(invoiceId!));
            }

            SeeEndings(period);
            foreach (KeyBook key in period.Keys)
            {
                Close(key, arrears);
            }
        }
    }

    /// <summary>What a key usually grows by scales its limit: once it has grown by jumps, the engine may take another for usual.</summary>
    private long JumpOf(KeyBook key, long total, long jump) =>
        total - key.Refused - key.Counted > jump && key.Counted - key.Baseline >= Little && !auditor.HeldFor(HoldReason.Jump).Exists(row => Find(row) == key)
            ? long.MaxValue
            : jump;

    private void SeeEndings(PeriodBook period)
    {
        HashSet<KeyBook?> ending = [.. auditor.HeldFor(HoldReason.EntitlementEnding).Select(Find)];
        foreach (KeyBook key in period.Keys.Where(key => key.IsProjection))
        {
            key.IsEndingHeld = ending.Contains(key);
        }
    }

    private void Close(KeyBook key, IReadOnlyDictionary<string, long>? arrears)
    {
        // Without a final total the last one stands; of projections, nothing can be told.
        long? total = arrears is null || IsLeftToSuccessor(key)
            ? key.IsProjection ? null : key.Last
            : arrears.GetValueOrDefault(key.Code) + PaidInAdvance(key);
        Succeed(key);
        if (total is { } final)
        {
            key.IsRestoredHeld |= !key.Exists && RestoredAt > key.Period.From;
            bool isGivenUp = StartedFromNowAt >= key.Period.End
                || (LinkedFromNowAt.TryGetValue(key.Period.Customer, out DateTimeOffset linked) && linked >= key.Period.End);
            long growth = key.StoreFinal(final, isGivenUp ? long.MaxValue : JumpOf(key, final, JumpMinor));
            key.Waived += isGivenUp ? growth : 0; // the person gave up the periods that had ended (R7, R16)
        }
    }

    private static LagoSubscription SubscriptionOf(LagoState state, string lagoId) => state.Subscriptions.First(candidate => candidate.LagoId.ToString() == lagoId);

    private string CurrencyOf(string invoiceId) => services.Lago.Read(state => state.Invoices.First(invoice => invoice.LagoId.ToString() == invoiceId).Currency);

    /// <summary>A person gave up what was open of these keys.</summary>
    public void GiveUp(Func<KeyBook, bool> which, Extent extent)
    {
        HashSet<Guid> live = auditor.LiveRecords();
        Dictionary<KeyName, decimal> written = Sums(auditor.Waived());
        Dictionary<KeyName, decimal> held = Sums(auditor.Held());
        foreach (KeyBook key in Keys.Where(which))
        {
            decimal open = Math.Max(0, key.Open(OnRecords(key, live)) - (key.IsHeld ? 0 : held.GetValueOrDefault(key.Name)));
            decimal least = extent switch
            {
                Extent.All => open - key.LeftByDeleted,
                Extent.AllButSaid => open - key.LeftByDeleted - key.SaidToReport,
                _ => 0,
            };
            key.Waived += Math.Clamp(written.GetValueOrDefault(key.Name) - key.Waived, Math.Max(0, least), open);
        }
    }

    /// <summary>Whether so much more is written waived than the person had given up: else their word came too late, and changed nothing.</summary>
    public bool IsWrittenOff(KeyBook key, decimal minor) => Sums(auditor.Waived()).GetValueOrDefault(key.Name) >= key.Waived + minor;

    /// <summary>Whether a hold has ended as the person said: else their word came too late, and changed nothing.</summary>
    public bool IsDecided(KeyBook key, long markMinor, long refusedMinor) => auditor.Marks(key.Period.LagoId)
        .Exists(mark => Find(mark.Key) == key && !mark.IsHeld && mark.AmountMinor == markMinor && mark.RefusedMinor == refusedMinor);

    private Dictionary<KeyName, decimal> Sums(IEnumerable<(KeyRow Key, decimal Minor)> rows) => rows
        .Select(row => (Key: Find(row.Key), row.Minor)).Where(row => row.Key is not null)
        .GroupBy(row => row.Key!.Name).ToDictionary(ofKey => ofKey.Key, ofKey => ofKey.Sum(row => row.Minor));

    /// <summary>
    /// A person starts from now: what they were shown of keys that await an older subscription is given up too, once that is
    /// known, and of projections the share that has passed (R16, R8).
    /// </summary>
    public void GiveUpShown(HeardUsage shown)
    {
        PeriodBook period = PeriodOf(shown.LagoId, shown.ExternalId, shown.Customer, shown.From, shown.End);
        SeeEndings(period);
        foreach (KeyBook key in period.Keys.Where(key => key.Last is not null))
        {
            if (key.IsProjection)
            {
                key.GiveUpTo((long)((Int128)key.Last!.Value * (shown.ReadAt - shown.From).Ticks / (shown.End - shown.From).Ticks) - key.Refused);
            }
            else if (key.IsSuccessionHeld)
            {
                key.GiveUpTo(key.Last!.Value - key.Refused);
            }
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

    /// <summary>What the marketplace billed of a key by records that the restored books do not know.</summary>
    public decimal BilledByLostRecords(KeyBook key) => Records
        .Where(record => record.IsLost && services.Aws.Bill.Any(billed => billed.LicenseArn == record.Licence && billed.Dimension == record.Dimension
            && billed.Hour == record.SlotHour && billed.Quantity == record.Quantity))
        .SelectMany(record => record.Links).Where(link => link.Key == key.Name).Sum(link => link.AmountMinor) - key.BilledBefore + key.RoundedUp;

    /// <summary>A person linked a customer again from now: what was found while it had no link is given up, whatever part of the open money that is (R7).</summary>
    public void GiveUpUnlinked(string customer)
    {
        HashSet<Guid> live = auditor.LiveRecords();
        Dictionary<KeyName, decimal> written = Sums(auditor.Waived());
        foreach (KeyBook key in Keys.Where(key => key.Period.Customer == customer))
        {
            decimal open = Math.Max(0, key.Open(OnRecords(key, live)));
            key.Waived += Math.Clamp(written.GetValueOrDefault(key.Name) - key.Waived, 0, open);
        }
    }

    /// <summary>A person said to report what is open of these keys, whatever comes.</summary>
    /// <param name="isDeleted">The integration that saw it was deleted with that.</param>
    public void SayToReport(Func<KeyBook, bool> which, bool isDeleted)
    {
        HashSet<Guid> live = auditor.LiveRecords();
        foreach (KeyBook key in Keys.Where(which))
        {
            key.SaidToReport = Math.Max(0, key.Open(OnRecords(key, live)));
            key.LeftByDeleted = isDeleted ? key.SaidToReport : key.LeftByDeleted;
        }
    }

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
                key.GiveUpTo(Math.Min(elsewhere, total) - key.Refused);
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

    private static bool IsSame(PeriodBook period, DateTimeOffset from) => (period.From - from).Duration() <= Rounding;

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

    /// <summary>What the older subscription counted of the same units is not known, or not since long enough for this key to have been read again.</summary>
    public bool AwaitsPredecessor(KeyBook key, DateTimeOffset since) => key.IsSuccessionHeld && Predecessor(key) is { } old
        && (!old.Period.IsClosed || AllFinals().Any(final => final.Period == old.Period && final.At >= since));

    private KeyBook? Predecessor(KeyBook key) => services.Lago.Read(state =>
    {
        if (key.IsProjection || !state.Metrics[key.Code].Recurring
            || SubscriptionOf(state, key.Period.LagoId) is not { PreviousPlanCode: not null } next
            || (next.StartedAt - key.Period.From).Duration() > Rounding)
        {
            return null;
        }

        LagoSubscription old = state.Subscriptions.Last(candidate => candidate.ExternalId == next.ExternalId && candidate.TerminatedAt == next.StartedAt);
        DateTimeOffset from = BillingPeriods.Containing(old, state.Plans[old.PlanCode].Interval, next.StartedAt.AddTicks(-1)).From;
        return _periods.GetValueOrDefault(old.LagoId.ToString())?.Find(period => IsSame(period, from))?.FindKey(key.Code, key.Currency);
    });

    private KeyBook KeyOf(PeriodBook period, string code, string currency)
    {
        KeyBook key = period.Key(code, currency);
        key.IsProjection |= services.Lago.Read(state => IsProjection(state, period.LagoId, code));
        return key;
    }

    private static bool IsProjection(LagoState state, string lagoId, string code) =>
        state.Metrics.TryGetValue(code, out LagoMetric? metric) && metric.Aggregation == LagoAggregation.WeightedSum;

    private HeardUsage ReadUsage(SandboxRequest request, SandboxResponse answer)
    {
        LagoQuery query = new(request.RawQuery);
        LagoSubscription subscription = services.Lago.Read(state => state.FindActive(query["external_subscription_id"]!)!);
        using JsonDocument json = JsonDocument.Parse(answer.Body);
        JsonElement usage = json.RootElement.GetProperty("customer_usage");
        return new HeardUsage(
            subscription.LagoId.ToString(), subscription.ExternalId, subscription.Customer.ExternalId,
            usage.GetProperty("from_datetime").GetDateTimeOffset(), usage.GetProperty("to_datetime").GetDateTimeOffset().AddSeconds(1),
            usage.GetProperty("currency").GetString()!,
            [.. usage.GetProperty("charges_usage").EnumerateArray().Select(charge => new HeardCharge(
                charge.GetProperty("charge").GetProperty("lago_id").GetString()!,
                charge.GetProperty("billable_metric").GetProperty("code").GetString()!,
                charge.GetProperty("amount_cents").GetInt64()))],
            ReadAt: default);
    }

    /// <summary>What a finalized invoice says of the periods that it closes: arrears fees per code, true-ups left out.</summary>
    public IEnumerable<(PeriodBook Period, IReadOnlyDictionary<string, long> Arrears, string Currency)> FinalsOf(string invoiceId) =>
        services.Lago.Read(state => state.Invoices.Where(invoice => invoice.LagoId.ToString() == invoiceId).SelectMany(FinalsOf).ToArray());

    /// <summary>All finalized invoices' totals, and since when they are final.</summary>
    public IReadOnlyList<(PeriodBook Period, IReadOnlyDictionary<string, long> Arrears, string Currency, DateTimeOffset At)> AllFinals() =>
        services.Lago.Read(state => state.Invoices.Where(invoice => invoice is { IsFinal: true, IsVoided: false })
            .SelectMany(invoice => FinalsOf(invoice).Select(final => (final.Period, final.Arrears, final.Currency, At: FinalAt(invoice)))).ToArray());

    /// <summary>Recurring units of a replaced subscription are on no invoice of it: the next plan's has them all (T7).</summary>
    public bool IsLeftToSuccessor(KeyBook key) => services.Lago.Read(state =>
        SubscriptionOf(state, key.Period.LagoId) is { NextPlanCode: { } next, TerminatedAt: { } ended }
        && ended > key.Period.From && ended < key.Period.End + Rounding
        && state.Metrics[key.Code].Recurring && state.Plans[next].Charges.Any(charge => charge.MetricCode == key.Code));

    private static DateTimeOffset FinalAt(LagoInvoice invoice) =>
        invoice.FinalizesOn is { } date && LagoBiller.Finalizing(date) is var at && at > invoice.CreatedAt ? at : invoice.CreatedAt;

    private IEnumerable<(PeriodBook Period, IReadOnlyDictionary<string, long> Arrears, string Currency)> FinalsOf(LagoInvoice invoice) => invoice.Periods
        .Where(row => row.Reason != "subscription_starting")
        .Select(row => (
            PeriodOf(row.Subscription.LagoId.ToString(), row.Subscription.ExternalId, row.Subscription.Customer.ExternalId, row.Period.From, row.Period.End),
            (IReadOnlyDictionary<string, long>)invoice.Fees
                .Where(fee => fee.Subscription == row.Subscription && fee.Usage is not null && fee.TrueUpParentId is null)
                .GroupBy(fee => fee.Usage!.Metric.Code, StringComparer.Ordinal)
                .ToDictionary(ofCode => ofCode.Key, ofCode => ofCode.Sum(fee => fee.AmountCents), StringComparer.Ordinal),
            invoice.Currency));

    /// <summary>The last stored amounts of the charges that no final invoice carries (T17).</summary>
    public long PaidInAdvance(KeyBook key)
    {
        HashSet<string> advance = ChargesInAdvance(key);
        return key.LastCharges.Where(charge => advance.Contains(charge.ChargeId)).Sum(charge => charge.AmountMinor);
    }

    /// <summary>Part of it is on no final invoice.</summary>
    public bool HasPayInAdvance(KeyBook key) => ChargesInAdvance(key).Count > 0;

    /// <summary>Of subscriptions that ended under one external id, Lago shows only the last with its plan.</summary>
    public bool IsPlanReadable(PeriodBook period) => services.Lago.Read(state =>
        SubscriptionOf(state, period.LagoId) is { TerminatedAt: null }
        || state.Subscriptions.Last(candidate => candidate.ExternalId == period.ExternalId && candidate.TerminatedAt is not null).LagoId.ToString() == period.LagoId);

    private HashSet<string> ChargesInAdvance(KeyBook key) => services.Lago.Read(state =>
    {
        LagoPlan plan = state.Plans[SubscriptionOf(state, key.Period.LagoId).PlanCode];
        return plan.Charges.Where(charge => charge.PayInAdvance && charge.MetricCode == key.Code)
            .Select(charge => LagoJson.ChargeId(state, plan.Code, charge).ToString()).ToHashSet(StringComparer.Ordinal);
    });

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

            _records[row.Id] = new BookedRecord(row.Row, row.Id, row.Licence, row.Dimension, row.SlotHour, row.Quantity, row.UnitPriceMinor, links);
        }
    }

    /// <summary>The books are those of the backup again.</summary>
    public void Restored()
    {
        (Dictionary<string, List<PeriodBook>> backup, long lastRow) = _backup!.Value;
        foreach (BookedRecord record in _records.Values.Where(record => record.Row > lastRow))
        {
            record.IsLost = true;
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
