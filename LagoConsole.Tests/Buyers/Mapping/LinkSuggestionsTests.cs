using LagoConsole.Core.Buyers.Mapping;
using Xunit;

namespace LagoConsole.Tests.Buyers.Mapping;

public sealed class LinkSuggestionsTests
{
    [Fact]
    public void A_buyer_is_found_by_its_id_then_its_email_then_its_name()
    {
        LinkMatches matches = LinkSuggestions.Match(
            [Buyer("Acme", ids: "222222222222"), Buyer("Globex", "ap@globex.example"), Buyer("  initech   Ltd ")],
            [Customer("cus_1", "Initech Ltd"), Customer("cus_2", "GX", "AP@globex.example "), Customer("222222222222", "Somebody")]);

        Assert.Equal(["Acme = 222222222222 by Id", "Globex = cus_2 by Email", "  initech   Ltd  = cus_1 by Name"], matches.Suggestions.Select(Text));
        Assert.Empty(matches.Doubts);
    }

    [Fact]
    public void The_surer_likeness_wins_and_each_has_one_partner_only()
    {
        LinkMatches matches = LinkSuggestions.Match(
            [Buyer("Acme", "ap@acme.example")],
            [Customer("cus_name", "Acme"), Customer("cus_email", "Other", "ap@acme.example")]);

        Assert.Equal(["Acme = cus_email by Email"], matches.Suggestions.Select(Text));
    }

    [Fact]
    public void Two_buyers_for_one_customer_are_a_doubt_and_no_suggestion()
    {
        LinkMatches matches = LinkSuggestions.Match([Buyer("Acme", "a@x.example"), Buyer("ACME", "b@x.example")], [Customer("cus_acme", "Acme")]);

        Assert.Empty(matches.Suggestions);
        LinkDoubt doubt = Assert.Single(matches.Doubts);
        Assert.Equal((Likeness.Name, "Acme, ACME", "cus_acme"), (doubt.By, Names(doubt), Ids(doubt)));
    }

    [Fact]
    public void One_buyer_for_two_customers_is_a_doubt()
    {
        LinkMatches matches = LinkSuggestions.Match([Buyer("Acme", ids: ["111111111111", "222222222222"])], [Customer("111111111111", "One"), Customer("222222222222", "Two")]);

        Assert.Empty(matches.Suggestions);
        Assert.Equal("111111111111, 222222222222", Ids(Assert.Single(matches.Doubts)));
    }

    [Fact]
    public void A_weaker_likeness_decides_among_those_that_the_surer_one_leaves()
    {
        LinkMatches matches = LinkSuggestions.Match(
            [Buyer("Acme East", "ap@acme.example"), Buyer("Acme West", "ap@acme.example")],
            [Customer("east", "Acme East", "ap@acme.example"), Customer("west", "Acme West", "ap@acme.example")]);

        Assert.Equal(["Acme East = east by Name", "Acme West = west by Name"], matches.Suggestions.Select(Text));
    }

    [Fact]
    public void A_weaker_likeness_never_contradicts_a_surer_one()
    {
        LinkMatches matches = LinkSuggestions.Match(
            [Buyer("Acme", "ap@acme.example")],
            [Customer("one", "One", "ap@acme.example"), Customer("two", "Two", "ap@acme.example"), Customer("three", "Acme", "sales@acme.example")]);

        Assert.Empty(matches.Suggestions);
        Assert.Equal("one, two", Ids(Assert.Single(matches.Doubts)));
    }

    [Fact]
    public void What_many_share_tells_none_apart()
    {
        UnlinkedBuyer[] buyers = [.. Enumerable.Range(1, 21).Select(number => Buyer($"Buyer {number}", "billing@reseller.example"))];

        LinkMatches matches = LinkSuggestions.Match(buyers, [Customer("cus_7", "Buyer 7", "billing@reseller.example")]);

        Assert.Equal(["Buyer 7 = cus_7 by Name"], matches.Suggestions.Select(Text));
    }

    [Fact]
    public void Nothing_in_common_is_nothing()
    {
        LinkMatches matches = LinkSuggestions.Match([Buyer("Acme", email: null)], [Customer("cus_1", null), Customer("cus_2", "Globex", "")]);

        Assert.Empty(matches.Suggestions);
        Assert.Empty(matches.Doubts);
    }

    private static UnlinkedBuyer Buyer(string name, string? email = null, params string[] ids) => new(Guid.NewGuid(), name, email, ids);

    private static SeenCustomer Customer(string id, string? name, string? email = null) => new(id, name is null ? [] : [name], email);

    private static string Text(LinkSuggestion suggestion) => $"{suggestion.Buyer.Name} = {suggestion.Customer.LagoCustomerId} by {suggestion.By}";

    private static string Names(LinkDoubt doubt) => string.Join(", ", doubt.Buyers.Select(buyer => buyer.Name));

    private static string Ids(LinkDoubt doubt) => string.Join(", ", doubt.Customers.Select(customer => customer.LagoCustomerId));
}
