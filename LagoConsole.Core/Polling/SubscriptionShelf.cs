using LagoConsole.Core.Lago;

namespace LagoConsole.Core.Polling;

/// <summary>The subscriptions that Lago listed for a poll, found by their customer.</summary>
internal sealed class SubscriptionShelf
{
    private readonly ListedSubscription[] _byCustomer;

    /// <param name="listed">As Lago listed them: those of one customer stay in this order.</param>
    public SubscriptionShelf(IEnumerable<ListedSubscription> listed) =>
        _byCustomer = [.. listed.OrderBy(row => row.ExternalCustomerId, StringComparer.Ordinal)]; // and no table beside it, which would be as large

    /// <summary>All that have ended.</summary>
    public IEnumerable<SubscriptionResponse> Terminated =>
        _byCustomer.Where(row => row.Status == SubscriptionResponse.Terminated).Select(row => row.ToResponse());

    /// <summary>All of one customer, ended ones too.</summary>
    public IReadOnlyList<SubscriptionResponse> Of(string customer)
    {
        List<SubscriptionResponse> rows = [];
        for (int at = FirstOf(customer); at < _byCustomer.Length && _byCustomer[at].ExternalCustomerId == customer; at++)
        {
            rows.Add(_byCustomer[at].ToResponse());
        }

        return rows;
    }

    private int FirstOf(string customer)
    {
        (int from, int until) = (0, _byCustomer.Length);
        while (from < until)
        {
            int middle = (from + until) / 2;
            if (string.CompareOrdinal(_byCustomer[middle].ExternalCustomerId, customer) < 0)
            {
                from = middle + 1;
            }
            else
            {
                until = middle;
            }
        }

        return from;
    }
}
