using System.Data.Common;
using AngleSharp.Dom;
using Bunit;
using LagoConsole.Components.Reports;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Reporting;
using LagoConsole.Tests.Reporting.Limits;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using TestContext = Xunit.TestContext;

namespace LagoConsole.Tests.Reporting;

public sealed class RecordPagesTests : MudContext
{
    private readonly TestDatabase _database = new();

    public RecordPagesTests()
    {
        Services.AddSingleton(new RecordQueries(_database));
        Services.AddSingleton(TimeProvider.System);
        Services.AddMarketplaces(_database, TimeProvider.System);
    }

    [Fact]
    public async Task The_list_shows_the_totals_and_leads_to_each_sum()
    {
        ReportBooks books = ReportBooks.Write(_database);

        IRenderedComponent<RecordsPage> page = Show<RecordsPage>();
        await WaitAsync(() => page.Markup.Contains("ACCEPTED", StringComparison.Ordinal) && Text(page).Contains("billed", StringComparison.Ordinal), "the records and their sum");

        Assert.Contains("billed 2.00 USD in 2 units", Text(page), StringComparison.Ordinal);
        Assert.Contains("on the way 1.00 USD", Text(page), StringComparison.Ordinal);
        Assert.Contains(page.FindAll("#records-table a"), link => link.GetAttribute("href") == $"/records/{books.Billed.Id}");
    }

    /// <summary>A million records take longer to add up than to list.</summary>
    [Fact]
    public async Task Rows_do_not_wait_for_the_sum_and_the_number_of_all_that_match()
    {
        TaskCompletionSource slow = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using TestDatabase database = new(interceptors: new HeldSums(slow.Task));
        ReportBooks.Write(database, (books, _) =>
        {
            for (int buyer = 0; buyer < 30; buyer++)
            {
                books.RecordOf(books.Sell($"Buyer {buyer}", "usage_fee"), hour: 8, quantity: 1);
            }
        });
        Services.AddSingleton(new RecordQueries(database));

        IRenderedComponent<RecordsPage> page = Show<RecordsPage>();
        await WaitAsync(() => page.FindAll("#records-table tbody tr").Count == 25, "the first page");

        Assert.Equal("Adding up all records that match…", page.Find("#adding-up").TextContent);
        Assert.Contains("1-25 of …", Text(page), StringComparison.Ordinal);
        Assert.False(page.Find("button[aria-label='Next page']").HasAttribute("disabled"));

        slow.SetResult();
        await WaitAsync(() => page.FindAll("#adding-up").Count == 0, "the sum");

        Assert.Contains("billed 32.00 USD in 32 units", Text(page), StringComparison.Ordinal);
        Assert.Contains("1-25 of 32", Text(page), StringComparison.Ordinal);
    }

    /// <summary>A sum of many that comes after that of a search is not of what is shown.</summary>
    [Fact]
    public async Task The_sum_of_a_question_that_is_not_asked_any_more_is_not_shown()
    {
        TaskCompletionSource slow = new(TaskCreationOptions.RunContinuationsAsynchronously);
        HeldSums sums = new(slow.Task);
        using TestDatabase database = new(interceptors: sums);
        ReportBooks.Write(database, (books, _) => books.RecordOf(books.Sell("Globex", "seats"), hour: 8, quantity: 7));
        Services.AddSingleton(new RecordQueries(database));
        IRenderedComponent<RecordsPage> page = Show<RecordsPage>();
        await WaitAsync(() => page.FindAll("#records-table tbody tr").Count == 3, "all records");

        sums.Released = Task.CompletedTask;
        await Field("Buyer, product or dimension").InputAsync("globex");
        await WaitAsync(() => Text(page).Contains("billed 7.00 USD in 7 units", StringComparison.Ordinal), "the sum of the search");
        slow.SetResult();
        await sums.AllPassedAsync();

        Assert.Contains("billed 7.00 USD in 7 units", Text(page), StringComparison.Ordinal);
        Assert.Contains("1-1 of 1", Text(page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sum_that_cannot_be_read_says_so_beside_the_rows_and_can_be_asked_again()
    {
        Task broken = Task.FromException(new TimeoutException());
        HeldSums sums = new(broken);
        using TestDatabase database = new(interceptors: sums);
        ReportBooks.Write(database);
        Services.AddSingleton(new RecordQueries(database));

        IRenderedComponent<RecordsPage> page = Show<RecordsPage>();
        await WaitAsync(
            () => page.Markup.Contains("ACCEPTED", StringComparison.Ordinal) && Text(page).Contains("What these records come to could not be read", StringComparison.Ordinal),
            "the records, and that their sum could not be read");

        sums.Released = Task.CompletedTask;
        await PressAsync("Try again");
        await WaitAsync(() => Text(page).Contains("billed 2.00 USD", StringComparison.Ordinal), "the sum");
    }

    [Fact]
    public async Task Money_that_needs_a_person_is_said_above_the_list()
    {
        ReportBooks.Write(_database, (books, _) => books.Record(7, 4, 0, 400, 0, UsageRecordState.Unresolved));

        IRenderedComponent<RecordsPage> page = Show<RecordsPage>();
        await WaitAsync(() => page.Markup.Contains("UNRESOLVED", StringComparison.Ordinal) && Text(page).Contains("billed", StringComparison.Ordinal), "the records and their sum");

        Assert.Contains("needs a person 4.00 USD", Text(page), StringComparison.Ordinal);
        Assert.Contains("UNRESOLVED", page.FindAll("#records-table tbody tr")[0].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_from_another_page_names_what_is_shown()
    {
        ReportBooks.Write(_database);
        Services.GetRequiredService<Microsoft.AspNetCore.Components.NavigationManager>().NavigateTo("/records?state=Unknown&search=acme");

        IRenderedComponent<RecordsPage> page = Show<RecordsPage>();
        await WaitAsync(() => page.FindAll("#records-table tbody tr").Any(row => row.TextContent.Contains("UNKNOWN", StringComparison.Ordinal)), "the record");

        Assert.Single(page.FindAll("#records-table tbody tr"));
    }

    [Fact]
    public async Task A_search_narrows_the_list_and_says_when_nothing_fits()
    {
        ReportBooks.Write(_database);
        IRenderedComponent<RecordsPage> page = Show<RecordsPage>();
        await WaitAsync(() => page.Markup.Contains("ACCEPTED", StringComparison.Ordinal), "the records");

        await Field("Buyer, product or dimension").InputAsync("nobody");

        await WaitAsync(() => page.Markup.Contains("No record fits these filters.", StringComparison.Ordinal) && page.FindAll("#adding-up").Count == 0, "the empty list and its sum");
        Assert.DoesNotContain("billed", Text(page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_records_the_list_says_when_there_will_be_one()
    {
        IRenderedComponent<RecordsPage> page = Show<RecordsPage>();

        await WaitAsync(() => page.Markup.Contains("No record yet.", StringComparison.Ordinal), "the empty list");
    }

    [Fact]
    public async Task A_list_that_cannot_be_read_says_so_instead_of_looking_empty()
    {
        ReportBooks.Write(_database);
        await using (LagoConsoleDbContext db = _database.CreateDbContext())
        {
            await db.Database.ExecuteSqlRawAsync("ALTER TABLE UsageRecords RENAME TO Broken", TestContext.Current.CancellationToken);
        }

        IRenderedComponent<RecordsPage> page = Show<RecordsPage>();
        await WaitAsync(() => page.Markup.Contains("The records could not be read", StringComparison.Ordinal), "the alert");
        Assert.DoesNotContain("No record yet.", page.Markup, StringComparison.Ordinal);

        await using (LagoConsoleDbContext db = _database.CreateDbContext())
        {
            await db.Database.ExecuteSqlRawAsync("ALTER TABLE Broken RENAME TO UsageRecords", TestContext.Current.CancellationToken);
        }

        await PressAsync("Try again");
        await WaitAsync(() => page.Markup.Contains("ACCEPTED", StringComparison.Ordinal), "the records");
        Assert.DoesNotContain("could not be read", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_groups_show_their_status_and_what_stays_as_money()
    {
        ReportBooks books = ReportBooks.Write(_database);
        IRenderedComponent<RecordsPage> page = Show<RecordsPage>();

        await PressAsync("Groups");
        await WaitAsync(() => page.Markup.Contains("REPORT_PENDING", StringComparison.Ordinal), "the groups");

        IElement newest = page.FindAll("#groups-table tbody tr")[0];
        Assert.Contains("0.90 USD", newest.TextContent, StringComparison.Ordinal);
        Assert.Contains("0.20 USD", newest.TextContent, StringComparison.Ordinal);
        Assert.Contains("0.70 USD", newest.TextContent, StringComparison.Ordinal);
        Assert.Contains(newest.QuerySelectorAll("a"), link => link.GetAttribute("href") == $"/records/groups/{books.ThirdGroup.Id}");
    }

    [Fact]
    public async Task A_record_shows_its_sum_where_it_came_from_and_what_to_do()
    {
        ReportBooks books = ReportBooks.Write(_database);

        IRenderedComponent<RecordPage> page = Show<RecordPage>(parameters => parameters.Add(shown => shown.Id, books.Unknown.Id));
        await WaitAsync(() => page.FindAll("#record-sum").Count == 1, "the sum");

        string[] amounts = [.. page.FindAll("#record-sum td:nth-child(2)").Select(cell => cell.TextContent.Trim())];
        Assert.Equal("0.50 USD | 1.20 USD | 1.70 USD | 1.00 USD | 1 | 0.70 USD", string.Join(" | ", amounts));
        string[] linked = [.. page.FindAll("#record-parts tbody td:nth-child(8)").Select(cell => cell.TextContent.Trim())];
        Assert.Equal("0.50 USD | 0.30 USD | 0.20 USD", string.Join(" | ", linked));
        Assert.Equal("1.00 USD", page.Find("#record-parts tfoot td:nth-child(2)").TextContent.Trim());
        Assert.Contains("It may have been billed or not. The connection broke before an answer came.", page.Find("#record-state").TextContent, StringComparison.Ordinal);
        Assert.Contains("Nothing to do.", page.Find("#record-state").TextContent, StringComparison.Ordinal);
        Assert.Contains("no answer", page.Find("#record-attempts").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("#sum-wrong"));
        Assert.Contains(page.FindAll("#record-parts a"), link => link.GetAttribute("href") == $"/usage/{books.Calls.Id}");
        Assert.Contains(page.FindAll("#record-parts a"), link => link.GetAttribute("href") == $"/records/groups/{books.ThirdGroup.Id}");
    }

    [Fact]
    public async Task A_damaged_sum_is_an_alarm()
    {
        UsageRecord damaged = null!;
        ReportBooks.Write(_database, (books, _) => damaged = books.Record(7, 2, 0, 250, 50, UsageRecordState.Accepted, (books.First, 199)));

        IRenderedComponent<RecordPage> page = Show<RecordPage>(parameters => parameters.Add(shown => shown.Id, damaged.Id));
        await WaitAsync(() => page.FindAll("#record-sum").Count == 1, "the sum");

        Assert.Contains("does not add up", page.Find("#sum-wrong").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_group_shows_its_increments_and_their_records()
    {
        ReportBooks books = ReportBooks.Write(_database);

        IRenderedComponent<GroupPage> page = Show<GroupPage>(parameters => parameters.Add(shown => shown.Id, books.FirstGroup.Id));
        await WaitAsync(() => page.FindAll("#group-records").Count == 1, "the group");

        Assert.Contains("REPORT_PENDING", page.Markup, StringComparison.Ordinal);
        Assert.Equal(2, page.FindAll("#group-records tbody tr").Count);
        Assert.Contains("2.50 USD", page.Find("#group-increments tbody").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_id_of_nothing_is_said_to_be_one()
    {
        IRenderedComponent<RecordPage> page = Show<RecordPage>(parameters => parameters.Add(shown => shown.Id, Guid.NewGuid()));

        await WaitAsync(() => page.Markup.Contains("There is no record of this id.", StringComparison.Ordinal), "the answer");
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        _database.Dispose();
    }

    private static string Text(IRenderedComponent<RecordsPage> page) =>
        string.Join(' ', page.Nodes.SelectMany(node => node.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));

    /// <summary>Lets no sum of records pass before it is released.</summary>
    private sealed class HeldSums(Task released) : DbCommandInterceptor
    {
        private int _held;

        public Task Released { get; set; } = released;

        /// <summary>Until no sum is held any more, and those that were had time to be shown.</summary>
        public async Task AllPassedAsync()
        {
            while (Volatile.Read(ref _held) > 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            if (command.CommandText.Contains("GROUP BY", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref _held);
                try
                {
                    await Released;
                }
                finally
                {
                    Interlocked.Decrement(ref _held);
                }
            }

            return result;
        }
    }
}
