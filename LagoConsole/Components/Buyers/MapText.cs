using LagoConsole.Core.Buyers;
using LagoConsole.Core.Buyers.Mapping;
using LagoConsole.Core.Money;

namespace LagoConsole.Components.Buyers;

/// <summary>Words of the page that maps Lago customers.</summary>
internal static class MapText
{
    /// <summary>For example <c>20.00 EUR + 3.50 USD</c>; a dash for none.</summary>
    public static string Sums(IReadOnlyList<CurrencyAmount> sums) =>
        sums.Count == 0 ? "–" : string.Join(" + ", sums.Select(sum => MoneyText.Format(sum.Minor, sum.Currency)));

    public static string Of(Likeness likeness) => likeness switch
    {
        Likeness.Id => "same id",
        Likeness.Email => "same e-mail",
        Likeness.Name => "same name",
        _ => throw new ArgumentOutOfRangeException(nameof(likeness), likeness, "Not a likeness."),
    };

    public static string Of(LinkStart start) => start switch
    {
        LinkStart.FromZero => "from zero",
        LinkStart.FromNow => "from now",
        _ => throw new ArgumentOutOfRangeException(nameof(start), start, "Not a start of many."),
    };
}
