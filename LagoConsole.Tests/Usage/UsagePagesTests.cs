using Bunit;
using LagoConsole.Components.Usage;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Polling;
using LagoConsole.Tests.Reporting;
using LagoConsole.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LagoConsole.Tests.Usage;

public sealed class UsagePagesTests : MudContext
{
    private readonly TestDatabase _database = new();

    public UsagePagesTests()
    {
        Services.AddSingleton(new UsageQueries(_database, new LagoConsole.Core.Reporting.AllocationStore(_database, TimeProvider.System)));
        Services.AddSingleton(TimeProvider.System);
    }

    [Fact]
    public async Task Each_key_shows_its_total_its_mark_and_what_waits()
    {
        ReportBooks books = ReportBooks.Write(_database);

        IRenderedComponent<UsagePage> page = Show<UsagePage>();
        await WaitAsync(() => page.Markup.Contains("api_calls", StringComparison.Ordinal), "the keys");

        Assert.Equal("0.25 USD | 0.40 USD Suspended: resumes above 0.40 USD; 0.15 USD missing | 0.00 USD | 0.40 USD | –", Money(page, row: 0));
        Assert.Equal("4.20 USD | 4.20 USD | 0.50 USD | – | 0.70 USD", Money(page, row: 1));
        Assert.Contains(page.FindAll("#usage-table a"), link => link.GetAttribute("href") == $"/usage/{books.Calls.Id}");
    }

    [Fact]
    public async Task A_suspended_key_in_a_long_period_says_until_when_and_what_is_missing()
    {
        ReportBooks books = ReportBooks.Write(_database, (_, db) => db.BillingPeriods.Local.Single().PeriodEnd = new DateTimeOffset(2027, 8, 1, 0, 0, 0, TimeSpan.Zero));

        IRenderedComponent<UsageKeyPage> page = Show<UsageKeyPage>(parameters => parameters.Add(shown => shown.Id, books.Storage.Id));
        await WaitAsync(() => page.FindAll("#suspended").Count == 1, "the note");

        string note = Words(page.Find("#suspended").TextContent);
        Assert.Contains("when the total passes 0.40 USD; 0.15 USD are missing", note, StringComparison.Ordinal);
        Assert.Contains("it runs to 2027-08-01", note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task R19_What_was_billed_above_the_final_is_on_the_key_and_in_the_sum_of_all()
    {
        ReportBooks books = ReportBooks.Write(_database, (books, db) =>
        {
            BillingPeriod period = db.BillingPeriods.Local.Single();
            period.State = BillingPeriodState.Closed;
            period.FinalInvoiceLagoId = "invoice-1";
            period.CouponsMinor = 120;
            books.Calls.LastTotalMinor = 380; // 50 to 420 were counted
        });

        IRenderedComponent<UsagePage> list = Show<UsagePage>();
        await WaitAsync(() => list.FindAll(".above-final-sum").Count == 1, "the sum");
        Assert.Contains("0.40 USD billed above Lago's final totals", Words(list.Find(".above-final-sum").TextContent), StringComparison.Ordinal);

        IRenderedComponent<UsageKeyPage> page = Show<UsageKeyPage>(parameters => parameters.Add(shown => shown.Id, books.Calls.Id));
        await WaitAsync(() => page.FindAll("#above-final").Count == 1, "the note");
        Assert.Contains("0.40 USD were billed above Lago's final: its invoice of this period shows 3.80 USD", Words(page.Find("#above-final").TextContent), StringComparison.Ordinal);
        Assert.Contains("lower by 1.20 USD", Words(page.Find(".coupon-note").TextContent), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_customer_with_coupons_is_said_to_be_billed_gross()
    {
        ReportBooks books = ReportBooks.Write(_database, (books, db) =>
        {
            BillingPeriod period = db.BillingPeriods.Local.Single();
            db.Add(new Integration
            {
                Id = period.IntegrationId,
                Name = "Harbour",
                Region = LagoRegion.Us,
                BaseUrl = "https://api.getlago.com/api/v1",
                ApiKeyCipher = "cipher",
                ApiKeyLastFour = "4a5b",
                BillingMode = BillingMode.AmountHourly,
                CreatedAt = ReportBooks.At(0),
            });
            db.Add(new BuyerLink
            {
                Id = Guid.NewGuid(),
                BuyerId = books.Buyer.Id,
                IntegrationId = period.IntegrationId,
                LagoCustomerId = period.LagoCustomerId,
                CustomerLagoId = "lago-1",
                LinkedAt = ReportBooks.At(0),
                LinkedBy = "olga",
                HasCoupons = true,
            });
        });

        IRenderedComponent<UsageKeyPage> page = Show<UsageKeyPage>(parameters => parameters.Add(shown => shown.Id, books.Calls.Id));
        await WaitAsync(() => page.FindAll(".coupon-note").Count == 1, "the note");

        Assert.Contains("the marketplace bills gross", Words(page.Find(".coupon-note").TextContent), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_from_another_page_names_what_is_searched()
    {
        ReportBooks.Write(_database);
        Services.GetRequiredService<Microsoft.AspNetCore.Components.NavigationManager>().NavigateTo("/usage?search=storage");

        IRenderedComponent<UsagePage> page = Show<UsagePage>();
        await WaitAsync(() => page.Markup.Contains("storage</a>", StringComparison.Ordinal), "the key");

        Assert.Single(page.FindAll("#usage-table tbody tr"));
    }

    [Fact]
    public async Task Without_usage_the_page_says_where_it_comes_from()
    {
        IRenderedComponent<UsagePage> page = Show<UsagePage>();

        await WaitAsync(() => page.Markup.Contains("No usage yet.", StringComparison.Ordinal), "the empty list");
    }

    [Fact]
    public async Task A_history_leads_from_each_growth_to_its_records()
    {
        ReportBooks books = ReportBooks.Write(_database);

        IRenderedComponent<UsageKeyPage> page = Show<UsageKeyPage>(parameters => parameters.Add(shown => shown.Id, books.Calls.Id));
        await WaitAsync(() => page.FindAll("#usage-history tbody tr").Count == 4, "the history");

        string newest = Row(page, 0);
        Assert.Contains("+0.90 USD", newest, StringComparison.Ordinal);
        Assert.Contains("0.20 USD on the record of 2026-08-20 12:00 UTC UNKNOWN", newest, StringComparison.Ordinal);
        Assert.Contains("0.70 USD on its meter. An earlier record of this dimension has no answer yet.", newest, StringComparison.Ordinal);
        Assert.Contains("below the mark: nothing new", Row(page, 1), StringComparison.Ordinal);
        Assert.Contains(page.FindAll("#usage-history a"), link => link.GetAttribute("href") == $"/records/{books.Billed.Id}");
    }

    [Fact]
    public async Task Waiting_growth_says_why_and_what_to_do()
    {
        ReportBooks books = ReportBooks.Write(_database);

        IRenderedComponent<UsageKeyPage> page = Show<UsageKeyPage>(parameters => parameters.Add(shown => shown.Id, books.Storage.Id));
        await WaitAsync(() => page.FindAll("#usage-history tbody tr").Count == 2, "the history");

        Assert.Contains("0.40 USD waits. No conversion", Row(page, 1), StringComparison.Ordinal);
        Assert.Contains("Add the conversion under Products. Since 2026-08-20 10:05 UTC", Row(page, 1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fall_is_in_the_picture_and_beside_it_in_words()
    {
        ReportBooks books = ReportBooks.Write(_database);

        IRenderedComponent<UsageKeyPage> page = Show<UsageKeyPage>(parameters => parameters.Add(shown => shown.Id, books.Storage.Id));
        await WaitAsync(() => page.FindAll("#usage-chart").Count == 1, "the picture");

        Assert.Contains("Counting resumes above 0.40 USD.", page.Find("#usage-chart [role=img]").GetAttribute("aria-label"), StringComparison.Ordinal);
        Assert.Contains(
            "From 2026-08-20 13:05 UTC until now Lago's total was below the mark, 0.25 USD at the least: counting resumes above 0.40 USD.",
            Words(page.Find(".chart-plateaus").TextContent), StringComparison.Ordinal);
        Assert.Contains(page.FindAll("a"), link => link.GetAttribute("href") == $"/explain/usage/{books.Storage.Id}");
    }

    [Fact]
    public async Task An_id_of_nothing_is_said_to_be_one()
    {
        IRenderedComponent<UsageKeyPage> page = Show<UsageKeyPage>(parameters => parameters.Add(shown => shown.Id, Guid.NewGuid()));

        await WaitAsync(() => page.Markup.Contains("There is no usage of this id.", StringComparison.Ordinal), "the answer");
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        _database.Dispose();
    }

    private static string Money(IRenderedComponent<UsagePage> page, int row) => string.Join(
        " | ", page.FindAll("#usage-table tbody tr")[row].QuerySelectorAll("td.money").Select(cell => Words(cell.TextContent)));

    private static string Row(IRenderedComponent<UsageKeyPage> page, int row) => Words(page.FindAll("#usage-history tbody tr")[row].TextContent);

    private static string Words(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
