namespace LagoConsole.Core.Books;

/// <summary>What a check of the whole database came to.</summary>
/// <param name="StartedAt">The instant of the view that was checked: changes after it are not in it.</param>
/// <param name="Failures">The first of them, at most <see cref="BooksAuditor.MostFailures"/>.</param>
/// <param name="Due">Whole units that nothing blocks: the next run of Report usage makes records of them. Empty after a full drain.</param>
public sealed record BooksReport(
    DateTimeOffset StartedAt, DateTimeOffset FinishedAt, int Keys, int Increments, int Meters, int Records,
    IReadOnlyList<CurrencySums> Sums, int FailureCount, IReadOnlyList<BooksFailure> Failures, IReadOnlyList<DueMoney> Due)
{
    public bool Balanced => FailureCount == 0;
}

/// <summary>Money of one currency that the next run of Report usage makes records of.</summary>
/// <param name="Meters">On how many meters.</param>
public sealed record DueMoney(string Currency, int Meters, decimal AmountMinor);

/// <summary>How far a check has come.</summary>
/// <param name="Percent">0 to 100.</param>
public sealed record BooksProgress(int Percent, string Message);
