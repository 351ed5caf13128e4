using LagoConsole.Core.Money;

namespace LagoConsole.Core.Buyers.Mapping;

/// <summary>What a start means for the amounts of many customers. Pure.</summary>
public static class MappingMoney
{
    public static LinkStart StartOf(MappingStart start, LinkPreview preview) => start switch
    {
        MappingStart.Suggested => preview.Suggested,
        MappingStart.FromZero => LinkStart.FromZero,
        MappingStart.FromNow => LinkStart.FromNow,
        _ => throw new ArgumentOutOfRangeException(nameof(start), start, "Not a start."),
    };

    /// <summary>What Lago counts now of this customer, above what was counted here before: billed from zero, and given up from now.</summary>
    public static IReadOnlyList<CurrencyAmount> Present(LinkPreview preview) => Sum(preview.Lines.Select(line =>
        new CurrencyAmount(line.Currency, Math.Max(0, line.TotalMinor - (line.MarkMinor ?? 0)))));

    /// <summary>For the person who chooses: how much of the present amounts is billed, and how much never.</summary>
    public static string Meaning(MappingStart start, IReadOnlyList<LinkPreview> links)
    {
        ILookup<bool, LinkPreview> isBilled = links.ToLookup(preview => StartOf(start, preview) == LinkStart.FromZero);
        string billed = Text(isBilled[true]);
        string givenUp = Text(isBilled[false]);
        return (billed, givenUp) switch
        {
            ("", "") => "Nothing was counted yet. Everything that comes is billed.",
            (_, "") => $"{billed} of the present amounts is billed, and all growth from now on.",
            ("", _) => $"{givenUp} of the present amounts is never billed here; all growth from now on is.",
            _ => $"{billed} of the present amounts is billed, {givenUp} is never billed here; all growth from now on is billed.",
        };

        static string Text(IEnumerable<LinkPreview> previews) => string.Join(
            " and ",
            Sum(previews.SelectMany(preview => Present(preview).Concat(preview.CountedWhileUnlinked.Select(line => new CurrencyAmount(line.Currency, line.AmountMinor)))))
                .Select(sum => MoneyText.Format(sum.Minor, sum.Currency)));
    }

    /// <summary>One sum for each currency, without those that are zero.</summary>
    public static IReadOnlyList<CurrencyAmount> Sum(IEnumerable<CurrencyAmount> amounts) =>
        [.. amounts.GroupBy(amount => amount.Currency, StringComparer.Ordinal)
            .Select(group => new CurrencyAmount(group.Key, group.Sum(amount => amount.Minor)))
            .Where(sum => sum.Minor != 0)
            .OrderBy(sum => sum.Currency, StringComparer.Ordinal)];
}
