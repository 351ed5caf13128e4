using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace LagoConsole.Core.Money;

/// <summary>
/// Amounts as people read and type them. Invariant and exact: what is shown is what is stored, and what is
/// typed is taken whole or refused, never rounded.
/// </summary>
public static class MoneyText
{
    /// <summary>Decimal places of a minor unit that a unit price can hold (<c>decimal(19,6)</c>, R1).</summary>
    private const int PriceScale = 6;

    /// <summary>Places shown at most. Remainders are sums of prices with six places of a minor unit, so nothing is cut.</summary>
    private const int MostDecimals = 12;

    /// <summary>For reading: <c>1,234.50 USD</c>. A code that is not in <see cref="Currencies"/> is shown as the bare count of minor units.</summary>
    public static string Format(long minor, string currency) => Format((decimal)minor, currency);

    /// <summary>For reading, of prices and remainders below one minor unit: 0.4 minor units of USD are <c>0.004 USD</c>.</summary>
    public static string Format(decimal minor, string currency) =>
        Currencies.TryGet(currency, out Currency? known)
            ? ToMajor(minor, known).ToString("#,##0." + Places(known), CultureInfo.InvariantCulture) + " " + known.Code
            : string.Create(CultureInfo.InvariantCulture, $"{minor:#,##0.############} minor units of {currency}");

    /// <summary>For fields and CSV: <c>1234.50</c>, without grouping or code; <see cref="TryParse"/> reads it back.</summary>
    /// <exception cref="ArgumentException">The currency is not in <see cref="Currencies"/>.</exception>
    public static string FormatPlain(decimal minor, string currency)
    {
        Currency known = Currencies.Get(currency);
        return ToMajor(minor, known).ToString("0." + Places(known), CultureInfo.InvariantCulture);
    }

    /// <summary>Reads a typed amount such as <c>12.34</c> into whole minor units.</summary>
    /// <param name="text">Digits with at most one point; no sign, no grouping, no code.</param>
    /// <param name="currency">ISO code.</param>
    /// <param name="minor">The amount in minor units of the currency, zero or more.</param>
    /// <param name="problem">A sentence for the field, when the text is refused.</param>
    public static bool TryParse(string? text, string currency, out long minor, [NotNullWhen(false)] out string? problem)
    {
        minor = 0;
        if (!TryReadMinor(text, currency, out decimal exact, out Currency? known, out problem))
        {
            return false;
        }

        if (decimal.Truncate(exact) != exact)
        {
            decimal step = 1m / known.MinorPerMajor;
            problem = string.Create(CultureInfo.InvariantCulture, $"{text!.Trim()} has a part that {known.Code} cannot hold: its smallest amount is {step}.");
            return false;
        }

        if (exact > long.MaxValue)
        {
            problem = "The amount is too large.";
            return false;
        }

        minor = (long)exact;
        return true;
    }

    /// <summary>Reads a typed unit price into minor units: up to six places below one minor unit, so <c>0.00002</c> USD is 0.002 minor units.</summary>
    /// <param name="text">Digits with at most one point; no sign, no grouping, no code.</param>
    /// <param name="currency">ISO code.</param>
    /// <param name="minor">The price in minor units of the currency. Zero is read as zero: whether a price may be zero is for its owner to say.</param>
    /// <param name="problem">A sentence for the field, when the text is refused.</param>
    public static bool TryParsePrice(string? text, string currency, out decimal minor, [NotNullWhen(false)] out string? problem)
    {
        if (!TryReadMinor(text, currency, out minor, out Currency? known, out problem))
        {
            return false;
        }

        if (decimal.Round(minor, PriceScale) != minor)
        {
            problem = $"A price in {known.Code} can have {known.Decimals + PriceScale} decimals at most.";
        }
        else if (minor >= 10_000_000_000_000m)
        {
            problem = "The price is too large.";
        }

        if (problem is not null)
        {
            minor = 0;
            return false;
        }

        return true;
    }

    private static bool TryReadMinor(
        string? text,
        string currency,
        out decimal minor,
        [NotNullWhen(true)] out Currency? known,
        [NotNullWhen(false)] out string? problem)
    {
        minor = 0;
        if (!Currencies.TryGet(currency, out known))
        {
            problem = $"{currency} is not a currency that Lago uses.";
            return false;
        }

        string typed = text?.Trim() ?? "";
        if (typed.Length == 0)
        {
            problem = "Type an amount, such as " + (known.Decimals == 0 ? "12." : "12.30.");
            return false;
        }

        if (typed.StartsWith('-'))
        {
            problem = "The amount cannot be negative.";
            return false;
        }

        if (typed.Contains(',', StringComparison.Ordinal))
        {
            // 1,234 is a thousand to some and one and a bit to others.
            problem = "Use a point for decimals and no separators between thousands.";
            return false;
        }

        if (!typed.All(letter => char.IsAsciiDigit(letter) || letter == '.') || typed.Count(letter => letter == '.') > 1 || typed == ".")
        {
            problem = "That is not an amount: use digits and one point, such as 12.30.";
            return false;
        }

        // decimal.Parse would round silently beyond 28 digits; a money amount of that length is a slip.
        string significant = typed.TrimStart('0');
        if (significant.Contains('.', StringComparison.Ordinal))
        {
            significant = significant.TrimEnd('0');
        }

        if (significant.Count(char.IsAsciiDigit) > 22)
        {
            problem = "The amount has too many digits.";
            return false;
        }

        minor = decimal.Parse(typed, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) * known.MinorPerMajor;
        problem = null;
        return true;
    }

    /// <summary>Exact: every <see cref="Currency.MinorPerMajor"/> is made of twos and fives.</summary>
    private static decimal ToMajor(decimal minor, Currency currency) => minor / currency.MinorPerMajor;

    private static string Places(Currency currency) =>
        new string('0', currency.Decimals) + new string('#', MostDecimals - currency.Decimals);
}
