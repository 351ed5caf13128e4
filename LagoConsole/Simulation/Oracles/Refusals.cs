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

/// <summary>The person's own ledger of what it refused and what it said to report, key by key, by what the oracle's books had open then.</summary>
internal sealed class Refusals(Oracle oracle, Auditor auditor)
{
    /// <summary>A person gave up what was open of these keys.</summary>
    public void GiveUp(Func<KeyBook, bool> which, Extent extent)
    {
        HashSet<Guid> live = auditor.LiveRecords();
        Dictionary<KeyName, decimal> written = Sums(auditor.Waived());
        Dictionary<KeyName, decimal> held = Sums(auditor.Held());
        foreach (KeyBook key in oracle.Keys.Where(which))
        {
            decimal open = Math.Max(0, key.Open(oracle.OnRecords(key, live)) - (key.IsHeld ? 0 : held.GetValueOrDefault(key.Name)));
            decimal least = extent switch
            {
                Extent.All => open - key.LeftByDeleted - oracle.ReturnedToDeleted(key, live),
                Extent.AllButSaid => open - key.LeftByDeleted - oracle.ReturnedToDeleted(key, live) - key.SaidToReport,
                _ => 0,
            };
            key.Waive(Math.Clamp(written.GetValueOrDefault(key.Name) - key.Waived, Math.Max(0, least), open), oracle.BilledByLostRecords(key));
        }
    }

    /// <summary>
    /// A person starts from now: what they were shown of keys that await an older subscription is given up too, once that is
    /// known, and of projections the share that has passed (R16, R8).
    /// </summary>
    public void GiveUpShown(HeardUsage shown)
    {
        PeriodBook period = oracle.PeriodOf(shown.LagoId, shown.ExternalId, shown.Customer, shown.From, shown.End);
        oracle.SeeEndings(period);
        HashSet<KeyBook> awaiting = oracle.Awaiting();
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
            else if (awaiting.Contains(key))
            {
                key.GiveUpAwaited(key.Last!.Value - key.Refused);
            }
        }
    }

    /// <summary>A person linked a customer again from now: what was found while it had no link is given up, whatever part of the open money that is (R7).</summary>
    public void GiveUpUnlinked(string customer)
    {
        HashSet<Guid> live = auditor.LiveRecords();
        Dictionary<KeyName, decimal> written = Sums(auditor.Waived());
        foreach (KeyBook key in oracle.Keys.Where(key => key.Period.Customer == customer))
        {
            decimal open = Math.Max(0, key.Open(oracle.OnRecords(key, live)));
            key.Waive(Math.Clamp(written.GetValueOrDefault(key.Name) - key.Waived, 0, open), oracle.BilledByLostRecords(key));
        }
    }

    /// <summary>A person said to report what is open of these keys, whatever comes.</summary>
    /// <param name="isDeleted">The integration that saw it was deleted with that.</param>
    public void SayToReport(Func<KeyBook, bool> which, bool isDeleted)
    {
        HashSet<Guid> live = auditor.LiveRecords();
        foreach (KeyBook key in oracle.Keys.Where(which))
        {
            key.SaidToReport = Math.Max(0, key.Open(oracle.OnRecords(key, live)));
            key.LeftByDeleted = isDeleted ? key.SaidToReport : key.LeftByDeleted;
        }
    }

    /// <summary>Whether so much more is written waived than the person had given up: else their word came too late, and changed nothing.</summary>
    public bool IsWrittenOff(KeyBook key, decimal minor) => Sums(auditor.Waived()).GetValueOrDefault(key.Name) >= key.Waived + minor;

    /// <summary>Whether a hold has ended as the person said: else their word came too late, and changed nothing.</summary>
    public bool IsDecided(KeyBook key, long markMinor, long refusedMinor) => auditor.Marks(key.Period.LagoId)
        .Exists(mark => oracle.Find(mark.Key) == key && !mark.IsHeld && mark.AmountMinor == markMinor && mark.RefusedMinor == refusedMinor);

    private Dictionary<KeyName, decimal> Sums(IEnumerable<(KeyRow Key, decimal Minor)> rows) => rows
        .Select(row => (Key: oracle.Find(row.Key), row.Minor)).Where(row => row.Key is not null)
        .GroupBy(row => row.Key!.Name).ToDictionary(ofKey => ofKey.Key, ofKey => ofKey.Sum(row => row.Minor));
}
