using LagoConsole.Core.Buyers;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Security;
using Xunit;

namespace LagoConsole.Tests.Buyers;

public sealed class BuyerServiceTests : IDisposable
{
    private readonly BuyersBooks _books = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _books.Dispose();

    [Fact]
    public async Task A_buyer_is_created_edited_and_audited()
    {
        Guid id = await _books.BuyerAsync(" Globex ", " ap@globex.example ");
        BuyerDetail seen = (await _books.BuyerQueries.FindAsync(id, Token))!;
        Assert.Equal(("Globex", "ap@globex.example"), (seen.Name, seen.Email));

        BuyersBooks.Saved(await _books.Buyers.EditAsync(
            BuyersBooks.Olga, new EditBuyer { Id = id, SeenVersion = seen.Version, Name = "Globex Inc.", Email = "" }, Token));

        BuyerDetail edited = (await _books.BuyerQueries.FindAsync(id, Token))!;
        Assert.Equal(("Globex Inc.", null), (edited.Name, edited.Email));
        Assert.Equal(["olga@vendor.example: Create buyer", "olga@vendor.example: Edit buyer"], await _books.AuditAsync());
    }

    [Fact]
    public async Task Both_wrong_fields_have_their_sentence()
    {
        BuyerOutcome outcome = await _books.Buyers.CreateAsync(BuyersBooks.Olga, new NewBuyer { Name = "", Email = "globex" }, Token);

        Assert.Equal([BuyerField.Name, BuyerField.Email], Assert.IsType<BuyerOutcome.Refused>(outcome).Problems.Keys.Order());
    }

    [Fact]
    public async Task An_edit_of_what_somebody_else_changed_is_not_saved()
    {
        Guid id = await _books.BuyerAsync("Globex");
        EditBuyer mine = new() { Id = id, SeenVersion = 0, Name = "Mine" };
        BuyersBooks.Saved(await _books.Buyers.EditAsync(BuyersBooks.Olga, new EditBuyer { Id = id, SeenVersion = 0, Name = "Theirs" }, Token));

        Assert.IsType<BuyerOutcome.ChangedMeanwhile>(await _books.Buyers.EditAsync(BuyersBooks.Olga, mine, Token));
        Assert.Equal("Theirs", (await _books.BuyerQueries.FindAsync(id, Token))!.Name);
    }

    [Fact]
    public async Task An_edit_that_changes_nothing_is_not_audited()
    {
        Guid id = await _books.BuyerAsync("Globex");

        BuyersBooks.Saved(await _books.Buyers.EditAsync(BuyersBooks.Olga, new EditBuyer { Id = id, SeenVersion = 0, Name = "Globex " }, Token));

        Assert.Single(await _books.AuditAsync());
    }

    [Fact]
    public async Task A_viewer_changes_nothing()
    {
        Guid id = await _books.BuyerAsync();

        await Assert.ThrowsAsync<ForbiddenException>(() => _books.Buyers.CreateAsync(BuyersBooks.Vera, new NewBuyer { Name = "x" }, Token));
        await Assert.ThrowsAsync<ForbiddenException>(() => _books.Buyers.EditAsync(BuyersBooks.Vera, new EditBuyer { Id = id, SeenVersion = 0, Name = "x" }, Token));
    }

    [Theory]
    [InlineData("glob", "Globex")]
    [InlineData("AP@INITECH", "Initech")]
    [InlineData("cust.1/a", "Globex")]
    [InlineData("100%", null)]
    public async Task A_search_finds_names_addresses_and_Lago_Customer_IDs(string search, string? found)
    {
        Guid globex = await _books.BuyerAsync("Globex");
        await _books.BuyerAsync("Initech", "ap@initech.example");
        await _books.BuyerAsync("Room 100");
        await _books.IntegrationAsync(linkedBuyerId: globex, lagoCustomerId: "cust.1/a");

        BuyerList list = await _books.BuyerQueries.ListAsync(search, 0, 20, Token);

        Assert.Equal(found, list.Rows.SingleOrDefault()?.Name);
        Assert.Equal(list.Rows.Count, list.Total);
    }

    [Fact]
    public async Task A_page_shows_its_buyers_with_link_purchases_and_waiting_money()
    {
        foreach (int number in Enumerable.Range(1, 5))
        {
            await _books.BuyerAsync($"Buyer {number}");
        }

        Guid globex = await _books.BuyerAsync("Globex");
        await _books.IntegrationAsync("Acme Lago", globex, "globex");
        await _books.EntitlementAsync(globex, await _books.ProductAsync());
        Guid usd = await _books.MarkAsync(globex, "api_calls", "USD");
        Guid eur = await _books.MarkAsync(globex, "storage", "EUR");
        await _books.WaitingAsync(globex, usd, "api_calls", "USD", 0, 1_000, WaitReason.NoConversion);
        await _books.WaitingAsync(globex, usd, "api_calls", "USD", 1_000, 250, WaitReason.NoConversion);
        await _books.WaitingAsync(globex, eur, "storage", "EUR", 0, 70, WaitReason.ForeignCurrency);

        BuyerList page = await _books.BuyerQueries.ListAsync(null, page: 1, pageSize: 5, Token);

        BuyerRow row = Assert.Single(page.Rows);
        Assert.Equal((6, "Globex", "globex", "Acme Lago"), (page.Total, row.Name, row.LagoCustomerId, row.IntegrationName));
        Assert.Equal([EntitlementState.Active], row.Entitlements);
        Assert.Equal([new WaitingAmount("EUR", 70), new WaitingAmount("USD", 1_250)], row.Waiting);
    }

    [Theory]
    [InlineData(BuyerSort.Name, false, "Acme Anton Berta Zeta")]
    [InlineData(BuyerSort.Name, true, "Zeta Berta Anton Acme")]
    [InlineData(BuyerSort.Email, false, "Zeta Anton Acme Berta")] // without one: last, in both directions
    [InlineData(BuyerSort.Email, true, "Anton Zeta Acme Berta")]
    [InlineData(BuyerSort.LagoCustomerId, false, "Berta Anton Acme Zeta")]
    [InlineData(BuyerSort.LagoCustomerId, true, "Anton Berta Acme Zeta")]
    public async Task The_list_is_sorted_on_the_server(BuyerSort sort, bool descending, string expected)
    {
        await _books.BuyerAsync("Acme");
        Guid anton = await _books.BuyerAsync("Anton", "b@x.example");
        Guid berta = await _books.BuyerAsync("Berta");
        await _books.BuyerAsync("Zeta", "a@x.example");
        await _books.IntegrationAsync("One", anton, "cus_2");
        await _books.IntegrationAsync("Two", berta, "cus_1");

        BuyerList all = await _books.BuyerQueries.ListAsync(null, 0, 25, Token, sort, descending);

        Assert.Equal(expected.Split(' '), all.Rows.Select(row => row.Name));
    }

    [Fact]
    public async Task The_list_can_leave_out_buyers_that_have_a_Lago_Customer_ID()
    {
        await _books.BuyerAsync("Acme");
        await _books.IntegrationAsync("One", await _books.BuyerAsync("Globex"), "cus_1");

        BuyerList unlinked = await _books.BuyerQueries.ListAsync(null, 0, 25, Token, unlinkedOnly: true);

        Assert.Equal((1, "Acme"), (unlinked.Total, Assert.Single(unlinked.Rows).Name));
    }

    [Fact]
    public async Task A_buyers_page_groups_waiting_money_by_reason_and_names_metrics_without_a_conversion()
    {
        Guid globex = await _books.BuyerAsync("Globex");
        Guid product = await _books.ProductAsync();
        await _books.EntitlementAsync(globex, product);
        BuyersBooks.Saved(await _books.Conversions.AddAsync(
            BuyersBooks.Olga,
            new Core.Conversion.NewConversion { ProductId = product, MetricCode = "api_calls", DimensionId = await _books.DimensionAsync(product) },
            Token));
        await _books.MarkAsync(globex, "api_calls", "USD");
        Guid seats = await _books.MarkAsync(globex, "seats", "USD");
        await _books.WaitingAsync(globex, seats, "seats", "USD", 0, 1_000, WaitReason.NoConversion);
        await _books.WaitingAsync(globex, seats, "seats", "USD", 1_000, 250, WaitReason.NoConversion);

        BuyerDetail buyer = (await _books.BuyerQueries.FindAsync(globex, Token))!;

        WaitingLine line = Assert.Single(buyer.Waiting);
        Assert.Equal((WaitReason.NoConversion, "USD", 1_250m), (line.Reason, line.Currency, line.Minor));
        Assert.Equal(BuyersBooks.Now, line.Since);
        Assert.Equal(["seats"], line.MetricCodes);
        Assert.Equal(["seats"], buyer.UnconvertedMetrics);
    }
}
