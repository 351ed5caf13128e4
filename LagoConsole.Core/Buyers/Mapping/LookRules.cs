using LagoConsole.Core.Money;
using LagoConsole.Core.Polling;

namespace LagoConsole.Core.Buyers.Mapping;

/// <summary>What a look says about money. Pure.</summary>
public static class LookRules
{
    /// <param name="marks">What was counted of this period before, by metric code.</param>
    public static UnbilledPeriod Period(SubscriptionReading reading, IReadOnlyDictionary<string, long> marks) => new(
        reading.LagoCustomerId, reading.SubscriptionExternalId, reading.PeriodStart, reading.PeriodEnd, reading.Currency,
        reading.Metrics.Aggregate(0L, (sum, metric) => checked(sum + metric.TotalMinor)),
        reading.Metrics.Aggregate(0L, (sum, metric) => checked(sum + Math.Max(0, metric.TotalMinor - marks.GetValueOrDefault(metric.Code)))));

    /// <param name="linked">Lago Customer IDs that have a buyer now.</param>
    /// <param name="buyers">Without a Lago Customer ID.</param>
    public static LookReport Report(LagoLook look, IReadOnlySet<string> linked, IReadOnlyList<UnlinkedBuyer> buyers)
    {
        List<SeenCustomer> open = [.. look.Customers.Where(customer => !linked.Contains(customer.LagoCustomerId))];
        ILookup<string, UnbilledPeriod> periods = look.Periods.ToLookup(period => period.LagoCustomerId, StringComparer.Ordinal);
        List<UnbilledCustomer> unbilled =
        [
            .. open.Select(customer => new UnbilledCustomer(
                    customer, periods[customer.LagoCustomerId].Count(),
                    MappingMoney.Sum(periods[customer.LagoCustomerId].Select(period => new CurrencyAmount(period.Currency, period.CountedMinor))),
                    MappingMoney.Sum(periods[customer.LagoCustomerId].Select(period => new CurrencyAmount(period.Currency, period.UnbilledMinor)))))
                .Where(customer => customer.Unbilled.Count > 0)
                .OrderByDescending(customer => customer.Unbilled.Max(sum => Major(sum)))
                .ThenBy(customer => customer.Customer.LagoCustomerId, StringComparer.Ordinal),
        ];
        return new LookReport(
            look, look.Customers.Count - open.Count, unbilled, MappingMoney.Sum(unbilled.SelectMany(customer => customer.Unbilled)), LinkSuggestions.Match(buyers, open));
    }

    /// <summary>Comparable across currencies as far as anything is: 1 USD is taken for 1 EUR, and not for 1 cent.</summary>
    private static decimal Major(CurrencyAmount sum) => Currencies.TryGet(sum.Currency, out Currency? known) ? sum.Minor / known.MinorPerMajor : sum.Minor;
}
