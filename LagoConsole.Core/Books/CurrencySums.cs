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
        new("accepted by the marketplace", Accepted),
        new("accepted, assumed", Assumed),
        new("on the way", OnTheWay),
        new("unresolved", Unresolved),
        new("in conflict", Conflict),
        new("blocked", Blocked),
        new("open on meters", OnMeters),
        .. Waiting.OrderBy(waiting => waiting.Key).Select(waiting => new CurrencyPlace($"waiting: {waiting.Key.Label()}", waiting.Value)),
        new("waived", Waived),
        new("billed before a restore", BilledBeforeRestore),
    ];

    /// <summary>What is not in the sum, and should be known beside it.</summary>
    public IReadOnlyList<CurrencyPlace> Beside =>
    [
        new("held, not counted yet", Held),
        new("refused", Refused),
        new("billed twice by the marketplace", BilledTwice),
    ];
}

/// <summary>One line of the sums.</summary>
public sealed record CurrencyPlace(string Label, decimal AmountMinor);
