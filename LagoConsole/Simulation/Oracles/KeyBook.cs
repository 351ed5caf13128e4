namespace LagoConsole.Simulation.Oracles;

/// <summary>A key as the oracle names it: never by the engine's own ids.</summary>
/// <param name="Period">Number of the period among those of the subscription, in the order of its first sight.</param>
internal sealed record KeyName(string LagoId, int Period, string Code, string Currency)
{
    public override string ToString() => $"{Code} of period {Period} of subscription {LagoId[..8]}";
}

/// <summary>
/// What the oracle knows of one key: what Lago told of it and when an engine had stored it, what Lago's final invoice says,
/// and what the person refused of it. Amounts are minor units of the key's total, counted from the period's start.
/// </summary>
internal sealed class KeyBook(PeriodBook period, string code, string currency)
{
    public KeyName Name => new(Period.LagoId, Period.Number, Code, Currency);

    public PeriodBook Period { get; } = period;

    public string Code { get; } = code;

    public string Currency { get; } = currency;

    /// <summary>It shows the whole period early: only its final total counts (R8).</summary>
    public bool IsProjection { get; set; }

    /// <summary>The highest total that any engine was told, less what was refused of a jump by then.</summary>
    public long Peak { get; set; }

    /// <summary>The total in the last poll whose transaction committed, or what a person saw since, if that is less.</summary>
    public long LastPolled { get; private set; }

    /// <summary>The total in the last reading that was stored, also one that only a person saw; null while none was.</summary>
    public long? Last { get; private set; }

    /// <summary>Lago's final total, once an engine has stored it.</summary>
    public long? Final { get; private set; }

    public IReadOnlyList<HeardCharge> LastCharges { get; private set; } = [];

    /// <summary>Up to here the total has been taken: what is above is growth.</summary>
    public long Counted { get; set; }

    /// <summary>A jump was stored, and nobody has decided on it.</summary>
    public bool IsJumpHeld { get; set; }

    /// <summary>The books were restored, and nobody has said what was billed since.</summary>
    public bool IsRestoredHeld { get; set; }

    /// <summary>What the older subscription counted of the same units is not known yet.</summary>
    public bool IsSuccessionHeld { get; set; }

    /// <summary>It shows a projection, and its purchase ends: nobody has said what of it is billed there (R18).</summary>
    public bool IsEndingHeld { get; set; }

    /// <summary>The person's ledger: given up to this total while what the older subscription counted was not known.</summary>
    public long GivenUpTo { get; private set; }

    /// <summary>The person's ledger: counted elsewhere, never billed here.</summary>
    public long Baseline { get; set; }

    /// <summary>The person's ledger: counted, and given up.</summary>
    public decimal Waived { get; set; }

    /// <summary>Of that, what a record had billed that restored books do not know: the person did not know it either, and it stays billed (R20).</summary>
    public decimal WaivedThoughBilled { get; private set; }

    /// <summary>
    /// Given up with the rest of its period: charges that no plan tells whether they were paid in advance, or fell to zero. The engine
    /// counts them, so that nothing is missing; whether Lago did cannot be told.
    /// </summary>
    public long MayBeGivenUpBeyond { get; set; }

    /// <summary>
    /// The person's ledger: given up of what the engines held for an older subscription that no poll had seen. They write it when that
    /// one's close has told what it counted, less by that.
    /// </summary>
    public long AwaitedGivenUp { get; private set; }

    /// <summary>The person's ledger: refused of a jump, as long as Lago has not taken it back (R15).</summary>
    public long Refused { get; set; }

    /// <summary>The person's ledger: said to be billed by records that restored books do not know (R20).</summary>
    public decimal BilledBefore { get; set; }

    /// <summary>The person's ledger: what of that was entered too much, as only whole minor units can be entered.</summary>
    public decimal RoundedUp { get; set; }

    /// <summary>The person's ledger: of the open money, what was said to be reported whatever comes.</summary>
    public decimal SaidToReport { get; set; }

    /// <summary>The same of an integration that was deleted since: no later decision over another is about it.</summary>
    public decimal LeftByDeleted { get; set; }

    /// <summary>What the replaced or overlapped subscription had counted of the same units (T7, T9), above the baseline.</summary>
    public long Carried { get; private set; }

    /// <summary>What the older subscription counted is known, and this key starts from it.</summary>
    public bool HasCarried { get; private set; }

    private long _highest;

    /// <summary>Counted, and neither on records nor refused.</summary>
    /// <param name="onRecords">Money of the key on records that hold it.</param>
    public decimal Open(decimal onRecords) => Counted - Baseline - Carried - onRecords - Waived - BilledBefore;

    public bool Exists => Last is not null || Final is not null;

    public bool IsHeld => IsJumpHeld || IsRestoredHeld || IsSuccessionHeld || IsEndingHeld;

    /// <summary>What is above what was counted, while it is held.</summary>
    public long HeldMinor => IsHeld ? Math.Max(0, (Final ?? Last ?? 0) - Refused - Counted) : 0;

    /// <summary>It starts from there.</summary>
    public void Carry(long amount)
    {
        HasCarried = true;
        Carried = Math.Max(0, amount - Baseline);
        Counted = Math.Max(Counted, amount);
        long givenUp = GivenUpTo;
        GivenUpTo = 0;
        IsSuccessionHeld = false;
        GiveUpTo(givenUp);
    }

    /// <summary>A person says that up to this total, net of what they refused, it is billed elsewhere or given up. What else is held they decide by itself.</summary>
    public void GiveUpTo(long net)
    {
        IsJumpHeld &= (Last ?? 0) - Refused > Counted;
        if (IsSuccessionHeld)
        {
            GivenUpTo = Math.Max(GivenUpTo, net);
        }
        else if (!IsHeld && net > Counted)
        {
            Waived += net - Counted;
            Counted = net;
            Peak = Math.Max(Peak, net); // also of a projection: so much was told, and somebody bills it
        }
    }

    /// <summary>The same of a key that counts here already, while the engines hold it for an older subscription.</summary>
    public void GiveUpAwaited(long net)
    {
        if (!IsHeld)
        {
            AwaitedGivenUp = Math.Max(AwaitedGivenUp, net);
        }
    }

    /// <summary>What the person has given up.</summary>
    /// <param name="written">What the engines have written as given up.</param>
    public decimal GivenUp(decimal written) => Waived + Math.Clamp(written - Waived, 0, AwaitedGivenUp);

    /// <summary>A person gave up so much of what was open.</summary>
    /// <param name="billedByLost">What records that restored books do not know have billed of the key.</param>
    public void Waive(decimal amount, decimal billedByLost)
    {
        Waived += amount;
        WaivedThoughBilled += Math.Clamp(billedByLost - WaivedThoughBilled, 0, Math.Max(0, amount));
    }

    /// <summary>
    /// A person gave up the period, and it is closed. Of a key that follows an older subscription's, an engine may have held until
    /// then what counts here already: whether the older one counted any of it, only that one's close has told.
    /// </summary>
    /// <param name="growth">What the close brought.</param>
    /// <param name="written">What the engines have written as given up.</param>
    /// <param name="open">What of the key is neither on records nor given up: no more than that can have been held.</param>
    public void GiveUpClosed(long growth, bool follows, decimal written, decimal open) =>
        Waived += follows ? Math.Clamp(written - Waived, growth, Math.Max(growth, open)) : growth;

    /// <summary>As it is now, in a copy of its period.</summary>
    public KeyBook Copy(PeriodBook ofPeriod) => new(ofPeriod, Code, Currency)
    {
        IsProjection = IsProjection,
        Peak = Peak,
        Last = Last,
        LastPolled = LastPolled,
        Final = Final,
        LastCharges = LastCharges,
        Counted = Counted,
        IsJumpHeld = IsJumpHeld,
        IsRestoredHeld = IsRestoredHeld,
        IsSuccessionHeld = IsSuccessionHeld,
        IsEndingHeld = IsEndingHeld,
        GivenUpTo = GivenUpTo,
        AwaitedGivenUp = AwaitedGivenUp,
        Baseline = Baseline,
        Waived = Waived,
        WaivedThoughBilled = WaivedThoughBilled,
        Refused = Refused,
        BilledBefore = BilledBefore,
        RoundedUp = RoundedUp,
        SaidToReport = SaidToReport,
        LeftByDeleted = LeftByDeleted,
        Carried = Carried,
        HasCarried = HasCarried,
        _highest = _highest,
    };

    public void Tell(long total)
    {
        if (!IsProjection)
        {
            Peak = Math.Max(Peak, total - RefusedAt(total));
        }
    }

    /// <summary>A person has seen this total and it was stored; growth counts when a poll shows it, and a fall at once: no poll stores it again.</summary>
    public void See(long total, IReadOnlyList<HeardCharge> charges)
    {
        Last = total;
        LastCharges = charges;
        LastPolled = Math.Min(LastPolled, total);
        bool takenBack = RefusedAt(total) < Refused;
        _highest = takenBack ? total : Math.Max(_highest, total);
        Refused = takenBack ? 0 : Refused;
    }

    /// <summary>A reading was stored.</summary>
    /// <param name="jump">Growth above it is held.</param>
    /// <returns>Whether it differs from what was stored before.</returns>
    public bool Store(long total, IReadOnlyList<HeardCharge> charges, long jump)
    {
        bool changed = Last != total || !LastCharges.SequenceEqual(charges);
        See(total, charges);
        LastPolled = total;
        Count(total - Refused, jump, isFinal: false);
        return changed;
    }

    /// <summary>Lago's final total was stored.</summary>
    /// <returns>The growth that it brought.</returns>
    public long StoreFinal(long total, long jump)
    {
        long before = Counted;
        bool takenBack = RefusedAt(total) < Refused;
        _highest = takenBack ? total : Math.Max(_highest, total);
        Refused = takenBack ? 0 : Refused;
        Final = total;
        Count(total - Refused, jump, isFinal: true);
        return Counted - before;
    }

    /// <summary>The books are those of the backup again: what was stored since is forgotten, what Lago told is not.</summary>
    public void Restore(KeyBook? backup)
    {
        Last = backup?.Last;
        LastPolled = backup?.LastPolled ?? 0;
        Final = backup?.Final;
        LastCharges = backup?.LastCharges ?? [];
        Counted = backup?.Counted ?? 0;
        IsJumpHeld = backup?.IsJumpHeld ?? false;
        IsRestoredHeld = backup?.IsRestoredHeld ?? false;
        IsSuccessionHeld = backup?.IsSuccessionHeld ?? false;
        IsEndingHeld = backup?.IsEndingHeld ?? false;
        GivenUpTo = backup?.GivenUpTo ?? 0;
        AwaitedGivenUp = backup?.AwaitedGivenUp ?? 0;
        Baseline = backup?.Baseline ?? 0;
        Waived = backup?.Waived ?? 0;
        WaivedThoughBilled = backup?.WaivedThoughBilled ?? 0;
        Refused = backup?.Refused ?? 0;
        BilledBefore = backup?.BilledBefore ?? 0;
        RoundedUp = backup?.RoundedUp ?? 0;
        SaidToReport = backup?.SaidToReport ?? 0;
        LeftByDeleted = backup?.LeftByDeleted ?? 0;
        Carried = backup?.Carried ?? 0;
        HasCarried = backup?.HasCarried ?? false;
        _highest = backup?._highest ?? 0;
    }

    /// <summary>A person decided over what is held: up to this total it counts.</summary>
    /// <param name="goesOnFrom">More than that, where more is billed already than Lago shows now (R20).</param>
    public void Decide(long upTo, long seen, long goesOnFrom)
    {
        Refused += seen - upTo;
        Counted = Math.Max(Counted, goesOnFrom);
        Peak = Counted;
        _highest = Last ?? 0;
        IsJumpHeld = false;
        IsRestoredHeld = false;
        IsEndingHeld = false;
        GivenUpTo = 0;
        AwaitedGivenUp = 0;
    }

    /// <summary>What this total would leave refused: a jump that Lago took back is refused no more.</summary>
    private long RefusedAt(long total) => Refused > 0 && Math.Max(_highest, total) - total >= Refused ? 0 : Refused;

    private void Count(long net, long jump, bool isFinal)
    {
        if (IsHeld)
        {
            IsJumpHeld &= net > Counted;
            return;
        }

        if ((IsProjection && !isFinal) || net <= Counted)
        {
            return;
        }

        if (net - Counted > jump)
        {
            IsJumpHeld = true;
            return;
        }

        Counted = net;
    }
}

/// <summary>One billing period of one Lago subscription.</summary>
internal sealed class PeriodBook(string lagoId, string externalId, string customer, int number, DateTimeOffset from, DateTimeOffset end)
{
    private readonly Dictionary<(string Code, string Currency), KeyBook> _keys = [];

    public string LagoId { get; } = lagoId;

    public string ExternalId { get; } = externalId;

    public string Customer { get; } = customer;

    public int Number { get; } = number;

    public DateTimeOffset From { get; } = from;

    /// <summary>Exclusive, as last seen.</summary>
    public DateTimeOffset End { get; set; } = end;

    /// <summary>By which it was last read; another one may have been connected since.</summary>
    public Guid? Integration { get; set; }

    /// <summary>When the last reading that changed something had begun (R2).</summary>
    public DateTimeOffset? StoredAt { get; set; }

    /// <summary>An engine has stored its final totals, or that there are none.</summary>
    public bool IsClosed { get; set; }

    /// <summary>An engine has closed it, and no invoice comes.</summary>
    public bool HasNoFinal { get; set; }

    public IReadOnlyCollection<KeyBook> Keys => _keys.Values;

    public KeyBook Key(string code, string currency)
    {
        if (!_keys.TryGetValue((code, currency), out KeyBook? key))
        {
            _keys[(code, currency)] = key = new KeyBook(this, code, currency);
        }

        return key;
    }

    public KeyBook? FindKey(string code, string currency) => _keys.GetValueOrDefault((code, currency));

    /// <summary>As it is now, to be put back when the books are restored.</summary>
    public PeriodBook Copy()
    {
        PeriodBook copy = new(LagoId, ExternalId, Customer, Number, From, End) { Integration = Integration, StoredAt = StoredAt, IsClosed = IsClosed, HasNoFinal = HasNoFinal };
        foreach (((string Code, string Currency) name, KeyBook key) in _keys)
        {
            copy._keys[name] = key.Copy(copy);
        }

        return copy;
    }
}
