using System.Collections.Immutable;
using System.Globalization;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Simulation.Markets;

namespace LagoConsole.Simulation.Oracles;

/// <summary>Holds the engines' books, the marketplace's bill and the oracle's own knowledge against each other.</summary>
internal sealed class Verdict
{
    /// <summary>Of the money that nothing blocks; the rest are parts of a unit.</summary>
    private const decimal LeastBilled = 0.999m;

    private readonly Oracle _oracle;
    private readonly LagoTruth _lago;
    private readonly EngineBooks _books;
    private readonly IExcuses _excuses;
    private readonly List<string> _complaints = [];
    private readonly Dictionary<KeyName, decimal> _billed = [];
    private readonly Dictionary<KeyName, decimal> _openRecords = [];
    private readonly Dictionary<KeyName, decimal> _remainder = [];
    private readonly Dictionary<KeyName, decimal> _waiting = [];
    private readonly Dictionary<KeyName, decimal> _unjustified = [];
    private readonly Dictionary<KeyName, HighWaterMark> _marks = [];
    private readonly Dictionary<KeyName, (long Total, DateTimeOffset At)> _finals = [];
    private readonly HashSet<Guid> _billedRecords = [];
    private readonly SortedDictionary<string, decimal> _byReason = new(StringComparer.Ordinal);
    private decimal _overbilled;
    private decimal _unaccounted;
    private decimal _unresolved;

    private Verdict(Oracle oracle, LagoTruth lago, EngineBooks books, IExcuses excuses)
    {
        _oracle = oracle;
        _lago = lago;
        _books = books;
        _excuses = excuses;
    }

    /// <param name="bill">What the marketplaces billed of the console's records; what others wrote is left out.</param>
    public static (Totals Totals, IReadOnlyList<string> Complaints) Of(
        Oracle oracle, LagoTruth lago, EngineBooks books, IReadOnlyList<BilledLine> bill, IExcuses excuses)
    {
        Verdict verdict = new(oracle, lago, books, excuses);
        verdict.ReadBill(bill);
        verdict.ReadFinals();
        verdict.ReadClaims();
        return (verdict.Sum(bill), verdict._complaints);
    }

    /// <summary>What each key was really billed: the marketplace's own amounts, by the links of the records as they were made.</summary>
    private void ReadBill(IReadOnlyList<BilledLine> bill)
    {
        ILookup<(string, string), BookedRecord> made = _oracle.Records.ToLookup(record => (record.Purchase, record.Dimension));
        foreach (BilledLine billed in bill)
        {
            BookedRecord? record = made[(billed.Purchase, billed.Dimension)].FirstOrDefault(billed.IsOf);
            if (record is null || !_billedRecords.Add(record.Id))
            {
                _overbilled += billed.AmountCents;
                Complain($"the marketplace billed {billed.Quantity} {billed.Dimension} for {billed.SlotHour:u} ({Money(billed.AmountCents)}), which no record of the console asked for");
                continue;
            }

            decimal difference = billed.AmountCents - record.LinkedMinor;
            if (difference != 0)
            {
                _overbilled += Math.Max(0, difference);
                _unaccounted += Math.Max(0, -difference);
                Complain($"the marketplace billed {Money(billed.AmountCents)} for {billed.Quantity} {billed.Dimension} of {billed.SlotHour:u}, but {Money(record.LinkedMinor)} was linked to it");
            }

            foreach (BookedLink link in record.Links)
            {
                Add(_billed, link.Key, link.AmountMinor);
            }
        }
    }

    private void ReadFinals()
    {
        foreach ((PeriodBook period, LagoFinal final) in _oracle.AllFinals())
        {
            foreach (string code in final.Arrears.Keys)
            {
                period.Key(code, final.Currency); // also one that no engine was ever told of
            }

            foreach (KeyBook key in period.Keys.Where(key => key.Currency == final.Currency && !_lago.IsLeftToSuccessor(key)))
            {
                _finals[key.Name] = (final.Arrears.GetValueOrDefault(key.Code) + _lago.PaidInAdvance(key), final.At);
            }
        }
    }

    private void ReadClaims()
    {
        Dictionary<Guid, KeyBook> keys = [];
        foreach (HighWaterMark mark in _books.Marks)
        {
            if (_oracle.Find(_books.KeyOf(mark)) is { } key)
            {
                keys[mark.Id] = key;
                _marks[key.Name] = mark;
            }
            else if (mark.AmountMinor > 0 || mark.HeldMinor > 0)
            {
                Complain($"the engine has a key {_books.KeyOf(mark)} that Lago never told it of");
            }
        }

        ReadRecords();
        ILookup<Guid, UsageIncrement> onMeters = _books.Increments.Where(increment => increment.MeterId is not null).ToLookup(increment => increment.MeterId!.Value);
        foreach (Meter meter in _books.Meters.Values)
        {
            ReadMeter(meter, onMeters[meter.Id], keys);
        }

        foreach (UsageIncrement increment in _books.Increments.Where(increment => increment is { IsOpen: true, MeterId: null }))
        {
            if (!keys.TryGetValue(increment.MarkId, out KeyBook? key))
            {
                continue;
            }

            if (increment.WaitReason is { } reason && _excuses.MayWait(key, reason, increment.SeenAt))
            {
                Add(_waiting, key.Name, increment.OpenMinor);
                AddReason($"waiting {reason}", increment.OpenMinor);
            }
            else
            {
                Add(_unjustified, key.Name, increment.OpenMinor);
                Complain($"{Money(increment.OpenMinor)} of {key.Name} waits ({increment.WaitReason}), and nothing in this world is a reason for it");
            }
        }
    }

    private void ReadRecords()
    {
        Dictionary<Guid, BookedRecord> made = _oracle.Records.ToDictionary(record => record.Id);
        foreach (UsageRecord record in _books.Records.Values)
        {
            bool isBilled = _billedRecords.Contains(record.Id);
            switch (record.State)
            {
                case UsageRecordState.Accepted when !isBilled:
                    Complain($"record {Describe(record)} counts as accepted, but the marketplace has not billed it");
                    break;
                case UsageRecordState.Void when isBilled:
                    Complain($"record {Describe(record)} counts as not billed, but the marketplace has billed it");
                    break;
                case UsageRecordState.Accepted or UsageRecordState.Void:
                    break;
                case UsageRecordState.Blocked or UsageRecordState.Conflict or UsageRecordState.Unresolved when _excuses.MayStay(record):
                    _unresolved += record.AmountMinor;
                    AddReason($"unresolved {record.State}", record.AmountMinor);
                    foreach (BookedLink link in isBilled ? [] : made[record.Id].Links)
                    {
                        Add(_openRecords, link.Key, link.AmountMinor);
                    }

                    break;
                default:
                    Complain($"record {Describe(record)} is {record.State} after two days without faults");
                    foreach (BookedLink link in isBilled ? [] : made[record.Id].Links)
                    {
                        Add(_unjustified, link.Key, link.AmountMinor);
                    }

                    break;
            }
        }
    }

    /// <summary>Less than a unit may stay on a meter that lives; whole units need a reason.</summary>
    private void ReadMeter(Meter meter, IEnumerable<UsageIncrement> increments, Dictionary<Guid, KeyBook> keys)
    {
        List<UsageIncrement> open = [.. increments.Where(increment => increment.IsOpen && keys.ContainsKey(increment.MarkId))];
        decimal due = open.Where(IsDue).Sum(increment => increment.OpenMinor);
        Entitlement entitlement = _books.Entitlements[meter.EntitlementId];
        string purchase = EngineBooks.PurchaseOf(entitlement);
        bool isRemainder = due < _excuses.UnitPriceMinor(purchase, meter.DimensionKey);
        bool isBlocked = _books.Records.Values.Any(record => record.MeterId == meter.Id && record.State == UsageRecordState.Blocked && _excuses.MayStay(record));
        bool mayRest = isRemainder || isBlocked || _excuses.MayRest(entitlement);
        if (!mayRest)
        {
            Complain($"{Money(due)} stays on the meter of {meter.DimensionKey} of {purchase[^4..]}, and nothing in this world is a reason for it");
        }

        foreach (UsageIncrement increment in open)
        {
            Dictionary<KeyName, decimal> sums = !IsDue(increment) ? _waiting : isRemainder ? _remainder : mayRest ? _waiting : _unjustified;
            Add(sums, keys[increment.MarkId].Name, increment.OpenMinor);
            if (sums == _waiting)
            {
                AddReason(IsDue(increment) ? isBlocked ? "waiting behind a refused record" : "waiting on the meter of a purchase that rests" : "waiting for its release", increment.OpenMinor);
            }
        }
    }

    private bool IsDue(UsageIncrement increment) => increment.SeenAt < _excuses.DueUntil;

    private Totals Sum(IReadOnlyList<BilledLine> bill)
    {
        decimal counted = 0;
        decimal held = 0;
        decimal waived = 0;
        decimal excess = 0;
        ILookup<Guid, UsageIncrement> ofMark = _books.Increments.ToLookup(increment => increment.MarkId);
        foreach (KeyBook key in _oracle.Keys)
        {
            HighWaterMark? mark = _marks.GetValueOrDefault(key.Name);
            decimal billed = _billed.GetValueOrDefault(key.Name);
            decimal waivedHere = mark is null ? 0 : ofMark[mark.Id].Sum(increment => increment.WaivedMinor);
            decimal givenUp = key.GivenUp(waivedHere);
            long heldHere = mark is { Hold: not null } ? mark.HeldMinor : 0;
            (long low, long high) = Bounds(key);

            decimal unjustified = _unjustified.GetValueOrDefault(key.Name);
            bool mayBeHeld = heldHere > 0 && _excuses.MayBeHeld(key, mark!.Hold!.Value);
            if (heldHere > 0 && !mayBeHeld)
            {
                unjustified += heldHere;
                Complain($"{Money(heldHere)} of {key.Name} is held ({mark!.Hold}), and nothing in this world is a reason for it");
            }

            if (waivedHere > givenUp + key.MayBeGivenUpBeyond)
            {
                unjustified += waivedHere - givenUp;
                Complain($"{Money(waivedHere)} of {key.Name} is written waived, but the person gave up {Money(givenUp)}");
            }

            decimal accounted = billed + _openRecords.GetValueOrDefault(key.Name) + _remainder.GetValueOrDefault(key.Name) + _waiting.GetValueOrDefault(key.Name)
                + (mayBeHeld ? heldHere : 0) + Math.Min(waivedHere, givenUp) + key.Baseline + key.RoundedUp;
            decimal missing = Math.Max(low - accounted, unjustified);
            decimal above = billed - Math.Max(0, high - key.Baseline - givenUp + key.WaivedThoughBilled);
            if (missing > 0)
            {
                _unaccounted += missing;
                Complain(
                    $"{Money(missing)} of {key.Name} is unaccounted for: low {low}, billed {Money(billed)}, on open records {Money(_openRecords.GetValueOrDefault(key.Name))}, "
                    + $"remainder {Money(_remainder.GetValueOrDefault(key.Name))}, waiting {Money(_waiting.GetValueOrDefault(key.Name))}, held {heldHere}, "
                    + $"waived {Money(waivedHere)} (ledger {Money(givenUp)}), baseline {key.Baseline}; mark {mark?.AmountMinor}, last {key.Last}, counted {key.Counted}");
            }

            if (above > 0)
            {
                _overbilled += above;
                Complain(
                    $"{Money(above)} of {key.Name} is billed too much: high {high}, billed {Money(billed)}, baseline {key.Baseline}, waived {Money(givenUp)}; "
                    + $"mark {mark?.AmountMinor}, last {key.Last}, counted {key.Counted}, refused {key.Refused}");
            }

            counted += low;
            held += heldHere;
            if (heldHere > 0)
            {
                AddReason($"held {mark!.Hold}", heldHere);
            }

            waived += waivedHere;
            excess += _finals.TryGetValue(key.Name, out (long Total, DateTimeOffset At) final) ? Math.Max(0, billed - Math.Max(0, final.Total - key.Carried)) : 0;
        }

        decimal remainder = _remainder.Values.Sum();
        decimal allBilled = bill.Sum(record => record.AmountCents);
        if (allBilled < LeastBilled * (allBilled + remainder))
        {
            Complain($"of {Money(allBilled + remainder)} that nothing blocks only {Money(allBilled)} is billed");
        }

        return new Totals
        {
            Counted = counted,
            Billed = allBilled,
            ByMarketplace = bill.GroupBy(line => line.Marketplace.Label(), StringComparer.Ordinal)
                .ToImmutableSortedDictionary(ofOne => ofOne.Key, ofOne => ofOne.Sum(line => line.AmountCents), StringComparer.Ordinal),
            Remainder = remainder,
            Waiting = _waiting.Values.Sum(),
            Held = held,
            Waived = waived,
            Unresolved = _unresolved,
            Assumed = _books.Records.Values.Where(record => record is { State: UsageRecordState.Accepted, OutcomeAssumed: true }).Sum(record => record.AmountMinor),
            PeakExcess = excess,
            Overbilled = _overbilled,
            Unaccounted = _unaccounted,
            ByReason = _byReason.ToImmutableSortedDictionary(StringComparer.Ordinal),
        };
    }

    /// <summary>What of a key must at least be accounted for, and what may at most be billed, before what the person refused.</summary>
    private (long Low, long High) Bounds(KeyBook key)
    {
        bool hasFinal = _finals.TryGetValue(key.Name, out (long Total, DateTimeOffset At) final);
        long last = key.IsProjection && !key.Period.HasNoFinal ? 0 : key.LastPolled; // a projection that awaits its final total is nothing yet
        bool isFinal = hasFinal && (key.Final is not null || _excuses.CouldClose(key.Period, final.At));
        long low = isFinal ? final.Total : last;
        long high = Math.Max(key.Peak, hasFinal ? final.Total - key.Refused : 0);
        return (Math.Max(0, low - key.Refused - key.Carried), Math.Max(0, high - key.Carried));
    }

    private void AddReason(string reason, decimal amount) => _byReason[reason] = _byReason.GetValueOrDefault(reason) + amount;

    private static void Add(Dictionary<KeyName, decimal> sums, KeyName key, decimal amount) => sums[key] = sums.GetValueOrDefault(key) + amount;

    private static string Money(decimal amount) => amount.ToString("0.######", CultureInfo.InvariantCulture);

    private static string Describe(UsageRecord record) => string.Create(
        CultureInfo.InvariantCulture, $"of {record.Quantity} {record.DimensionKey} for {record.SlotHour:u} ({record.AmountMinor:0.######}, {record.AttemptCount} attempts, {record.ErrorCode})");

    private void Complain(string sentence) => _complaints.Add(sentence);
}
