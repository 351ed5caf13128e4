using System.CommandLine;
using System.Globalization;
using LagoConsole.Core.Books;
using LagoConsole.Core.Money;
using LagoConsole.Core.Persistence;
using LagoConsole.Sandbox;

namespace LagoConsole.Commands;

/// <summary><c>books</c>: checks all identities of the books (R14) and prints the sums, what was checked, and each failure. Changes nothing.</summary>
internal sealed class BooksCommand() : AppCommand(
    "books", "Checks whether the books balance. Exit code: 0 they do, 1 they do not, 2 they could not be checked. Changes nothing.")
{
    protected override void AddServices(WebApplicationBuilder builder)
    {
        builder.AddClock();
        builder.Services.AddPersistence(builder.Configuration);
        builder.Services.AddBooks();
    }

    protected override async Task<int> RunAsync(IServiceProvider services, ParseResult arguments, CancellationToken cancellationToken)
    {
        if (await WhyNoDatabaseAsync(services, cancellationToken) is { } reason)
        {
            await arguments.InvocationConfiguration.Error.WriteLineAsync($"{reason} Nothing was checked.");
            return ConsoleCommands.CouldNotRun;
        }

        BooksReport report = await services.GetRequiredService<BooksAuditor>().CheckAsync(progress: null, cancellationToken);
        TextWriter output = arguments.InvocationConfiguration.Output;
        foreach (string line in Lines(report))
        {
            await output.WriteLineAsync(line);
        }

        return report.Balanced ? 0 : 1;
    }

    private static IEnumerable<string> Lines(BooksReport report)
    {
        yield return $"The books as of {report.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC";
        foreach (CurrencySums sums in report.Sums)
        {
            yield return "";
            yield return Line($"{sums.Currency} counted", sums.Counted, sums.Currency);
            foreach (CurrencyPlace place in sums.Places.Where(place => place.AmountMinor != 0))
            {
                yield return Line($"  {place.Label}", place.AmountMinor, sums.Currency);
            }

            yield return Line("  together", sums.Placed, sums.Currency);
            foreach (CurrencyPlace place in sums.Beside.Where(place => place.AmountMinor != 0))
            {
                yield return Line($"beside it, {place.Label}", place.AmountMinor, sums.Currency);
            }

            foreach (DueMoney due in report.Due.Where(due => due.Currency == sums.Currency))
            {
                yield return Line($"of what is open, the next report run takes ({BooksText.Count(due.Meters, "meter")})", due.AmountMinor, sums.Currency);
            }
        }

        yield return "";
        yield return $"Checked {BooksText.Checked(report.Keys, report.Increments, report.Meters, report.Records)}";
        foreach (BooksFailure failure in report.Failures)
        {
            yield return failure.Sentence;
        }

        if (report.FailureCount > report.Failures.Count)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"and {report.FailureCount - report.Failures.Count:#,##0} more");
        }

        yield return report.Balanced ? "books balanced" : string.Create(CultureInfo.InvariantCulture, $"books NOT balanced: {report.FailureCount}");
    }

    private static string Line(string label, decimal amountMinor, string currency) => $"{label,-60} {MoneyText.Format(amountMinor, currency),24}";
}
