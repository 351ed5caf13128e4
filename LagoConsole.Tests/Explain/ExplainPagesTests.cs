using Bunit;
using LagoConsole.Components.Explain;
using LagoConsole.Tests.Reporting;
using LagoConsole.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LagoConsole.Tests.Explain;

public sealed class ExplainPagesTests : MudContext
{
    private readonly TestDatabase _database = new();

    public ExplainPagesTests() => Services.AddSingleton(ExplainQueriesTests.Over(_database));

    [Fact]
    public async Task A_record_is_explained_from_the_marketplace_to_Lago_and_back()
    {
        ReportBooks books = ReportBooks.Write(_database);

        IRenderedComponent<ExplainRecordPage> page = Show<ExplainRecordPage>(parameters => parameters.Add(shown => shown.Id, books.Billed.Id));
        await WaitAsync(() => page.FindAll("#explain-sum-text").Count == 1, "the sum");

        Assert.Equal(["1 What was reported", "2 How many units the money makes", "3 What Lago counted", "4 And back: what became of that usage in its billing period"],
            page.FindAll("h2").Select(title => title.TextContent));
        Assert.Equal(
            "2026-08-20 10:05 UTC Lago showed 3.00 USD; the mark rose from 0.50 USD to 3.00 USD: 2.50 USD of growth. 2.50 USD 2.00 USD 0.50 USD on the record of 2026-08-20 12:00 UTC UNKNOWN",
            string.Join(' ', Assert.Single(page.FindAll(".explain-growth tbody tr:not(.explain-of)")).Children.Select(cell => Words(cell.TextContent))));
        Assert.Contains("3.70 USD counted = 2.00 USD billed + 1.00 USD on the way + 0.70 USD open on its meter.", page.Markup, StringComparison.Ordinal);
        string?[] links = [.. page.FindAll("a").Select(link => link.GetAttribute("href"))];
        Assert.Contains($"/explain/records/{books.Unknown.Id}", links);
        Assert.Contains($"/explain/usage/{books.Calls.Id}", links);
    }

    [Fact]
    public async Task A_usage_is_explained_to_the_records_that_bill_it()
    {
        ReportBooks books = ReportBooks.Write(_database);

        IRenderedComponent<ExplainUsagePage> page = Show<ExplainUsagePage>(parameters => parameters.Add(shown => shown.Id, books.Calls.Id));
        await WaitAsync(() => page.FindAll("#explain-record-list").Count == 1, "the records");

        Assert.Equal(
            ["2026-08-20 09:00 UTC usage_fee 2 × 1.00 USD ACCEPTED 2.00 USD Explain", "2026-08-20 12:00 UTC usage_fee 1 × 1.00 USD UNKNOWN 1.00 USD Explain"],
            page.FindAll("#explain-record-list tbody tr").Select(row => Words(row.TextContent)));
        Assert.Contains("Baseline 0.50 USD + 3.70 USD of growth = high-water mark 4.20 USD", Words(page.Markup), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sum_that_does_not_add_up_is_an_alert()
    {
        ReportBooks books = ReportBooks.Write(_database, (books, _) => books.Third.OpenMinor = 71);

        IRenderedComponent<ExplainUsagePage> page = Show<ExplainUsagePage>(parameters => parameters.Add(shown => shown.Id, books.Calls.Id));

        await WaitAsync(() => page.Markup.Contains("the books are damaged", StringComparison.Ordinal), "the alert");
    }

    [Fact]
    public async Task Ids_of_nothing_are_said_to_be_such()
    {
        IRenderedComponent<ExplainUsagePage> usage = Show<ExplainUsagePage>(parameters => parameters.Add(shown => shown.Id, Guid.NewGuid()));
        await WaitAsync(() => usage.Markup.Contains("There is no usage of this id.", StringComparison.Ordinal), "the answer");
        IRenderedComponent<ExplainRecordPage> record = Show<ExplainRecordPage>(parameters => parameters.Add(shown => shown.Id, Guid.NewGuid()));
        await WaitAsync(() => record.Markup.Contains("There is no record of this id.", StringComparison.Ordinal), "the answer");
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        _database.Dispose();
    }

    private static string Words(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
