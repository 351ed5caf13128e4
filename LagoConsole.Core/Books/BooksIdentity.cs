namespace LagoConsole.Core.Books;

/// <summary>What must be true of the books at any instant, after any crash (R14).</summary>
public enum BooksIdentity
{
    /// <summary>(a) A mark is its baseline and its increments, one after another without a gap.</summary>
    Mark = 1,

    /// <summary>(b) An increment is what of it is on records that are not void, open, waived and billed before a restore; what is open is in one place.</summary>
    Increment = 2,

    /// <summary>(c) A record's quantity × frozen price is what it took from its increments, and what was open before it less what stayed open.</summary>
    Record = 3,

    /// <summary>(d) A record is as it was stored, and its hour is its meter's alone.</summary>
    Stored = 4,

    /// <summary>(e) An accepted record has the attempt or the decision that says so, and a void one none, unless it says that it was billed after all.</summary>
    Proof = 5,

    /// <summary>
    /// (f) What stays is at least zero and less than one unit. It can be judged where what was released and could be
    /// allocated was allocated, and that is known of the moment when a record was made; what could be allocated now and
    /// is not yet is no failure, but due (<see cref="BooksReport.Due"/>).
    /// </summary>
    Remainder = 6,

    /// <summary>
    /// (g) Lago's last total is the mark, what is held and what is refused together, or less. Exempt is what no look was
    /// to count: a total that is reported at the close only (R8) until it is closed, and growth that a look at saving a
    /// Lago Customer ID left to the next poll (R7).
    /// </summary>
    LastTotal = 7,

    /// <summary>A meter's open money is its increments' open money, and what it allocated is what its records that are not void bill (R10).</summary>
    Meter = 8,

    /// <summary>Per currency, what was counted is what became of it.</summary>
    Sums = 9,
}

/// <summary>The names by which the rules are cited.</summary>
public static class BooksIdentityNames
{
    public static string Label(this BooksIdentity identity) => identity switch
    {
        BooksIdentity.Mark => "R14 a",
        BooksIdentity.Increment => "R14 b",
        BooksIdentity.Record => "R14 c",
        BooksIdentity.Stored => "R14 d",
        BooksIdentity.Proof => "R14 e",
        BooksIdentity.Remainder => "R14 f",
        BooksIdentity.LastTotal => "R14 g",
        BooksIdentity.Meter => "R14 meter",
        BooksIdentity.Sums => "R14 sums",
        _ => throw new ArgumentOutOfRangeException(nameof(identity), identity, "Not an identity."),
    };
}
