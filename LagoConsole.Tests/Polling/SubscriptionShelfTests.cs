using LagoConsole.Core.Lago;
using LagoConsole.Core.Polling;
using Xunit;

namespace LagoConsole.Tests.Polling;

/// <summary>A poll finds each customer's subscriptions among all that Lago listed.</summary>
public sealed class SubscriptionShelfTests
{
    private static readonly DateTimeOffset Noon = new(2026, 8, 20, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Each_customer_has_its_own_in_the_order_in_which_they_were_listed()
    {
        SubscriptionShelf shelf = new([Row("b", "2"), Row("a", "9"), Row("B", "3"), Row("b", "1"), Row("ba", "4"), Row("b", "5")]);

        Assert.Equal(["2", "1", "5"], Ids("b"));
        Assert.Equal(["9"], Ids("a"));
        Assert.Equal(["3"], Ids("B"));
        Assert.Equal(["4"], Ids("ba"));
        Assert.Empty(Ids("c"));
        Assert.Empty(Ids(""));
        Assert.Empty(new SubscriptionShelf([]).Of("a"));

        IEnumerable<string> Ids(string customer) => shelf.Of(customer).Select(row => row.LagoId);
    }

    [Fact]
    public void Ended_ones_are_with_their_customer_and_among_all_that_ended()
    {
        SubscriptionShelf shelf = new([Row("a", "1"), Row("a", "2") with { Status = SubscriptionResponse.Terminated, TerminatedAt = Noon }]);

        Assert.Equal(["1", "2"], shelf.Of("a").Select(row => row.LagoId));
        Assert.Equal([("2", Noon)], shelf.Terminated.Select(row => (row.LagoId, row.TerminatedAt!.Value)));
    }

    private static ListedSubscription Row(string customer, string id) => new()
    {
        LagoId = new LagoUuid(id),
        ExternalId = $"ext-{id}",
        ExternalCustomerId = customer,
        Status = SubscriptionResponse.Active,
    };
}
