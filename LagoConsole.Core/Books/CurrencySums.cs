using LagoConsole.Core.HighWater;

namespace LagoConsole.Core.Books;

/// <summary>All money of one currency: what was counted, and what became of it. Minor units.</summary>
/// <param name="Counted">Σ increments.</param>
public sealed record CurrencySums(string Currency, decimal Counted)
{
    /// <summary>On records that the marketplace confirmed, or a person settled as billed.</summary>
    public decimal Accepted { get; init; }

    /// <summary>On records that were accepted by inference, not by a receipt (R13).</summary>
    public decimal Assumed { get; init; }

    /// <summary>On records that are pending, being sent, sent again, or whose outcome is unknown.</summary>
    public decimal OnTheWay { get; init; }

    public decimal Unresolved { get; init; }

    public decimal Conflict { get; init; }

    public decimal Blocked { get; init; }

    /// <summary>On meters, on no record yet.</summary>
    public decimal OnMeters { get; init; }

    /// <summary>On no meter, by the reason.</summary>
    public IReadOnlyDictionary<WaitReason, decimal> Waiting { get; init; } = new Dictionary<WaitReason, decimal>();

    public decimal Waived { get; init; }

    public decimal BilledBeforeRestore { get; init; }

    /// <summary>Beside the rest: what held keys show above their marks. It is not counted before a person says so (R15).</summary>
    public decimal Held { get; init; }

    /// <summary>Beside the rest: what a person refused of held growth, and Lago still shows.</summary>
    public decimal Refused { get; init; }

    /// <summary>Beside the rest: what a marketplace billed on void records, whose money is on other records too (R13).</summary>
    public decimal BilledTwice { get; init; }

    /// <summary>What became of it, together.</summary>
    public decimal Placed => Places.Sum(place => place.AmountMinor);

    /// <summary>What became of it, in the order in which money goes; each amount once.</summary>
    public IReadOnlyList<CurrencyPlace> Places =>
    [
        new("accepted by the marketplace", Accepted, "On records that it confirmed, or that a person settled as billed."),
        new("accepted, assumed", Assumed, "A repetition was answered as a duplicate, and nobody else writes this usage. Compare it with the marketplace's own report."),
        new("on the way", OnTheWay, "On records that are stored and wait, are being sent, or are sent again. Nothing to do."),
        new("unresolved", Unresolved, "Nobody can say whether it was billed. A person decides, record by record."),
        new("in conflict", Conflict, "The marketplace holds another record for the hour. A person decides."),
        new("blocked", Blocked, "Refused, not billed. A person mends what the record names."),
        new("open on meters", OnMeters, "On no record yet: less than one unit, or the next hour takes it."),
        .. Waiting.OrderBy(waiting => waiting.Key)
            .Select(waiting => new CurrencyPlace($"waiting: {waiting.Key.Label()}", waiting.Value, waiting.Key.Sentence())),
        new("waived", Waived, "Given up by a person; the audit log says by whom."),
        new("billed before a restore", BilledBeforeRestore, "Billed by records that the restored books do not know, as a person found out."),
    ];

    /// <summary>What is not in the sum, and should be known beside it.</summary>
    public IReadOnlyList<CurrencyPlace> Beside =>
    [
        new("held", Held, "Shown by Lago above the marks, and not counted before a person says so."),
        new("refused", Refused, "Shown by Lago, and refused by a person: it is not counted."),
        new("billed twice", BilledTwice, "On void records that the marketplace billed after all; their money was given back and goes onto other records. Ask it to correct them."),
    ];
}

/// <summary>One line of the sums.</summary>
/// <param name="Meaning">What it is, and what to do about it.</param>
public sealed record CurrencyPlace(string Label, decimal AmountMinor, string Meaning);
