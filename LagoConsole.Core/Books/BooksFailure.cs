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
public sealed record BooksFailure(
    BooksIdentity Identity, BooksSubject Subject, Guid Id, string What, string Expected, string Found, string? Difference)
{
    /// <summary>The key that an increment belongs to.</summary>
    public Guid? KeyId { get; init; }

    public Guid? BuyerId { get; init; }

    /// <summary>Of whom and what: buyer, subscription and metric; or buyer, dimension and hour; or all money of a currency.</summary>
    public string Name { get; init; } = "";

    /// <summary>One sentence; <see cref="FailureLine"/> reads its ids back.</summary>
    public string Sentence => Say(Name);

    /// <summary>The same without the buyer's name, for the history of the jobs, which outlives what it names.</summary>
    public string SentenceWithoutName => Say(BuyerId is { } buyer ? $"buyer:{buyer}" : Name);

    internal static BooksFailure OfMoney(
        BooksIdentity identity, BooksSubject subject, Guid id, string what, decimal expectedMinor, decimal foundMinor, string currency) =>
        new(
            identity, subject, id, what, MoneyText.Format(expectedMinor, currency), MoneyText.Format(foundMinor, currency),
            MoneyText.Format(foundMinor - expectedMinor, currency));

    private string Say(string name)
    {
        string difference = Difference is null ? "" : $", difference {Difference}";
        string ids = Subject switch
        {
            BooksSubject.Key => $" [key {Id}]",
            BooksSubject.Increment => $" [increment {Id}, key {KeyId}]",
            BooksSubject.Meter => $" [meter {Id}]",
            BooksSubject.Record => $" [record {Id}]",
            BooksSubject.Currency => "",
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return $"{Identity.Label()}, {name}: {What}; expected {Expected}, found {Found}{difference}.{ids}";
    }
}
