using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using LagoConsole.Core.Money;

namespace LagoConsole.Core.Books;

/// <summary>What a failure is of.</summary>
public enum BooksSubject
{
    /// <summary>A high-water mark: a metric of one subscription in one billing period.</summary>
    Key = 1,

    Increment = 2,
    Meter = 3,
    Record = 4,

    /// <summary>All money of one currency.</summary>
    Currency = 5,
}

/// <summary>An identity of the books that does not hold, and by how much.</summary>
/// <param name="Id">Of the key, increment, meter or record; empty for a currency.</param>
/// <param name="What">What is wrong, as the part of a sentence that begins with the subject.</param>
/// <param name="Difference">Found − expected; null where it is no amount.</param>
public sealed partial record BooksFailure(
    BooksIdentity Identity, BooksSubject Subject, Guid Id, string What, string Expected, string Found, string? Difference)
{
    /// <summary>The key that an increment belongs to.</summary>
    public Guid? KeyId { get; init; }

    public Guid? BuyerId { get; init; }

    /// <summary>For a person: buyer, subscription and metric, or buyer, dimension and hour, or the currency.</summary>
    public string Name { get; init; } = "";

    /// <summary>One sentence; <see cref="TryFindPage"/> reads its ids back.</summary>
    public string Sentence => Say(Name);

    /// <summary>The same without the buyer's name, for the history of the jobs, which outlives what it names.</summary>
    public string SentenceWithoutName => Say(BuyerId is { } buyer ? $"buyer:{buyer}" : "");

    internal static BooksFailure OfMoney(
        BooksIdentity identity, BooksSubject subject, Guid id, string what, decimal expectedMinor, decimal foundMinor, string currency) =>
        new(
            identity, subject, id, what, MoneyText.Format(expectedMinor, currency), MoneyText.Format(foundMinor, currency),
            MoneyText.Format(foundMinor - expectedMinor, currency));

    /// <summary>What a stored sentence speaks of, so that a page can lead there.</summary>
    /// <param name="sentence">A <see cref="Sentence"/>.</param>
    /// <param name="subject">A key, a meter or a record; an increment is shown with its key.</param>
    public static bool TryFindPage(string sentence, [NotNullWhen(true)] out BooksSubject? subject, out Guid id)
    {
        Match match = Subjects().Match(sentence);
        subject = match.Success ? Enum.Parse<BooksSubject>(match.Groups["kind"].ValueSpan, ignoreCase: true) : null;
        id = match.Success ? Guid.Parse(match.Groups["id"].ValueSpan, CultureInfo.InvariantCulture) : Guid.Empty;
        return match.Success;
    }

    [GeneratedRegex(
        "^R14 \\w+, (increment [0-9a-f-]{36} of )?(?<kind>key|meter|record) (?<id>[0-9a-f-]{36})\\b",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Subjects();

    private string Say(string name)
    {
        string subject = Subject switch
        {
            BooksSubject.Key => $"key {Id}",
            BooksSubject.Increment => $"increment {Id} of key {KeyId}",
            BooksSubject.Meter => $"meter {Id}",
            BooksSubject.Record => $"record {Id}",
            BooksSubject.Currency => "all money",
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        string difference = Difference is null ? "" : $", difference {Difference}";
        return $"{Identity.Label()}, {subject}{(name.Length == 0 ? "" : $" ({name})")}: {What}; expected {Expected}, found {Found}{difference}.";
    }
}
