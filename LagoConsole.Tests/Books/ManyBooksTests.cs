using LagoConsole.Core.Books;
using LagoConsole.Core.Persistence;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Books;

/// <summary>More rows than the check takes at once, of each kind.</summary>
public sealed class ManyBooksTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_row_is_checked_once_whichever_page_it_is_on_and_progress_goes_up_to_the_end()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync(unitPrice: "0.07");
        world.Use(100);
        await world.NextHourAsync(integration);
        await ManyBooks.AddAsync(world.Database, keys: 160, records: 15);
        Steps steps = new();

        BooksReport report = await world.Get<BooksAuditor>().CheckAsync(steps, Stop);

        Assert.Equal("", string.Join('\n', report.Failures.Select(failure => failure.Sentence)));
        Assert.Equal((163, 2_401, 161, 2_401), (report.Keys, report.Increments, report.Meters, report.Records));
        Assert.Equal(200 + (2_400 * 14), Assert.Single(report.Sums).Counted);
        Assert.Equal(100, steps[^1].Percent);
        Assert.Equal(steps.Select(step => step.Percent).Distinct().Order(), steps.Select(step => step.Percent));

        // In the first, the last and the middle rows of each kind as the database orders them, and in all of them.
        await using (LagoConsoleDbContext db = world.Database.CreateDbContext())
        {
            foreach (string table in (string[])["UsageRecords", "Meters", "HighWaterMarks"])
            {
                string change = table switch
                {
                    "UsageRecords" => "PayloadSha256 = 'x'",
                    "Meters" => "AccruedMinor = '1.0'",
                    _ => "AmountMinor = AmountMinor + 1",
                };
                string sql = $"""
                    UPDATE {table} SET {change} WHERE Id IN (
                        SELECT Id FROM (SELECT Id, row_number() OVER (ORDER BY Id) AS number, count(*) OVER () AS rows FROM {table})
                        WHERE number IN (1, 50, 51, 100, 101, 1000, 1001, rows))
                    """;
                await db.Database.ExecuteSqlRawAsync(sql, Stop);
            }
        }

        report = await world.Get<BooksAuditor>().CheckAsync(progress: null, Stop);
        Assert.Equal(
            [(BooksIdentity.Mark, 6), (BooksIdentity.Stored, 8), (BooksIdentity.Meter, 6)],
            report.Failures.GroupBy(failure => failure.Identity).OrderBy(group => group.Key).Where(group => group.Key != BooksIdentity.Remainder).Select(group => (group.Key, group.Count())));
        Assert.Equal(report.FailureCount, report.Failures.Select(failure => (failure.Identity, failure.Id)).Distinct().Count());
    }

    [Fact]
    public async Task All_failures_are_counted_and_the_first_thousand_kept()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync();
        world.Use(100);
        await world.NextHourAsync(integration);
        await ManyBooks.AddAsync(world.Database, keys: 1, records: 1_200);
        await using (LagoConsoleDbContext db = world.Database.CreateDbContext())
        {
            await db.UsageRecords.ExecuteUpdateAsync(set => set.SetProperty(record => record.PayloadSha256, "x"), Stop);
        }

        BooksReport report = await world.Get<BooksAuditor>().CheckAsync(progress: null, Stop);

        Assert.Equal((1_201, 1_000), (report.FailureCount, report.Failures.Count));
        Assert.All(report.Failures, failure => Assert.StartsWith("Acme Corporation, ", failure.Name));
    }

    private sealed class Steps : List<BooksProgress>, IProgress<BooksProgress>
    {
        public void Report(BooksProgress value) => Add(value);
    }
}
