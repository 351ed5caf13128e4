using LagoConsole.Core.Lago;
using Xunit;

namespace LagoConsole.Tests.Lago;

public sealed class LagoUriHandlerTests : LagoTest
{
    [Theory]
    [InlineData("cus_acme", "cus_acme")]
    [InlineData("acme.com", "acme%2Ecom")]
    [InlineData("billing@acme.co.uk", "billing%40acme%2Eco%2Euk")]
    [InlineData("...", "%2E%2E%2E")]
    [InlineData(".hidden", "%2Ehidden")]
    [InlineData("../../invoices", "%2E%2E%2F%2E%2E%2Finvoices")]
    [InlineData("a/b", "a%2Fb")]
    [InlineData("a b", "a%20b")]
    [InlineData("a+b", "a%2Bb")]
    [InlineData("a%b", "a%25b")]
    [InlineData("a%2Eb", "a%252Eb")]
    [InlineData("a?b#c&d=e;f", "a%3Fb%23c%26d%3De%3Bf")]
    [InlineData("a\\b", "a%5Cb")]
    [InlineData("a~b_c-d", "a~b_c-d")]
    [InlineData("café", "caf%C3%A9")]
    [InlineData("cafe\u0301", "cafe%CC%81")]
    [InlineData("客户", "%E5%AE%A2%E6%88%B7")]
    [InlineData("🚢", "%F0%9F%9A%A2")]
    public async Task T20_An_id_reaches_the_wire_so_that_Lago_reads_exactly_it(string id, string segment)
    {
        await Lago.GetCurrentUsageAsync(id, id, Token);

        string target = Assert.Single(Server.Targets);
        string[] parts = target.Split('?');
        Assert.Equal($"/api/v1/customers/{segment}/current_usage", parts[0]);
        Dictionary<string, string> query = parts[1].Split('&').ToDictionary(
            pair => Uri.UnescapeDataString(pair.Split('=')[0]), pair => Uri.UnescapeDataString(pair.Split('=')[1]), StringComparer.Ordinal);
        Assert.Equal("false", query["apply_taxes"]);
        Assert.Equal("[]", query["filter_by_presentation"]);
        Assert.Equal(id, query["external_subscription_id"]);
        Assert.DoesNotContain("+", parts[1], StringComparison.Ordinal); // a raw plus would be read as a space
    }

    [Theory]
    [InlineData("acme.com", "acme%2Ecom")]
    [InlineData("a/b", "a%2Fb")]
    public async Task T20_Every_path_with_an_id_is_encoded_alike(string id, string segment)
    {
        await Lago.GetCustomerAsync(id, Token);
        await Lago.GetSubscriptionAsync(id, SubscriptionResponse.Active, Token);
        await Lago.ListPastUsageAsync(id, "s", Token);
        await Lago.GetInvoiceAsync(id, Token);

        Assert.Equal(
            [
                $"/api/v1/customers/{segment}",
                $"/api/v1/subscriptions/{segment}?status=active",
                $"/api/v1/customers/{segment}/past_usage?external_subscription_id=s&page=1&per_page=100",
                $"/api/v1/invoices/{segment}",
            ],
            Server.Targets);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a\nb")]
    public async Task T20_An_id_that_no_path_can_carry_is_refused_before_any_call(string id)
    {
        Assert.IsType<LagoFailure.InvalidId>(Failure(await Lago.GetCurrentUsageAsync(id, "s", Token)));
        Assert.IsType<LagoFailure.InvalidId>(Failure(await Lago.GetCurrentUsageAsync("c", id, Token)));
        Assert.IsType<LagoFailure.InvalidId>(Failure(await Lago.GetCustomerAsync(id, Token)));
        Assert.IsType<LagoFailure.InvalidId>(Failure(await Lago.GetSubscriptionAsync(id, SubscriptionResponse.Active, Token)));
        Assert.IsType<LagoFailure.InvalidId>(Failure(await Lago.ListSubscriptionsOfAsync(id, Token)));
        Assert.IsType<LagoFailure.InvalidId>(Failure(await Lago.ListPastUsageAsync(id, "s", Token)));
        Assert.IsType<LagoFailure.InvalidId>(Failure(await Lago.ListPastUsageAsync("c", id, Token)));
        Assert.IsType<LagoFailure.InvalidId>(Failure(await Lago.GetInvoiceAsync(id, Token)));
        Assert.Empty(Server.Targets);
    }

    [Fact]
    public async Task T20_An_id_with_half_a_character_is_refused_because_it_would_be_sent_as_another()
    {
        string first = new(['a', (char)0xD83D]);
        string second = new([(char)0xDEA2, 'b']);

        Assert.IsType<LagoFailure.InvalidId>(Failure(await Lago.GetCustomerAsync(first, Token)));
        Assert.IsType<LagoFailure.InvalidId>(Failure(await Lago.GetCustomerAsync(second, Token)));
        Assert.Empty(Server.Targets);
    }

    [Fact]
    public void An_id_longer_than_Lago_stores_is_refused()
    {
        Assert.Null(LagoId.Problem(new string('a', 255)));
        Assert.NotNull(LagoId.Problem(new string('a', 256)));
        Assert.NotNull(LagoId.Problem(null));
    }

    [Fact]
    public async Task A_dot_in_the_base_path_stays_a_dot_and_a_closing_slash_does_not_matter()
    {
        foreach (string basePath in new[] { "/lago.v2/api/v1", "/lago.v2/api/v1/" })
        {
            Uri address = new(Server.BaseAddress, basePath);
            LagoClientFactory factory = (LagoClientFactory)Services.GetService(typeof(LagoClientFactory))!;
            await factory.Create(address, LagoApiKey.Parse(Key), "i").GetCustomerAsync("acme.com", Token);
        }

        Assert.Equal(["/lago.v2/api/v1/customers/acme%2Ecom", "/lago.v2/api/v1/customers/acme%2Ecom"], Server.Targets);
    }

    [Fact]
    public async Task T20_T22_Lists_ask_for_both_statuses_and_a_search_term_is_encoded()
    {
        await Lago.ListSubscriptionsAsync(Token);
        await Lago.ListSubscriptionsOfAsync("acme.com+x", Token);
        await Lago.SearchCustomersAsync(" R&D + co ", 2, 25, Token);
        await Lago.SearchCustomersAsync(" ", 1, 25, Token);

        Assert.Equal("/api/v1/subscriptions?status[]=active&status[]=terminated&page=1&per_page=100", Brackets(Server.Targets[0]));
        Assert.Equal(
            "/api/v1/subscriptions?status[]=active&status[]=terminated&external_customer_id=acme.com%2Bx&page=1&per_page=100",
            Brackets(Server.Targets[1]));
        Assert.Equal("/api/v1/customers?search_term=R%26D%20%2B%20co&page=2&per_page=25", Server.Targets[2]);
        Assert.Equal("/api/v1/customers?page=1&per_page=25", Server.Targets[3]);

        static string Brackets(string target) =>
            target.Replace("%5B", "[", StringComparison.Ordinal).Replace("%5D", "]", StringComparison.Ordinal);
    }
}
