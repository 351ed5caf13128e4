using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace LagoConsole.Core.Money;

/// <summary>
/// How many minor units Lago counts in one unit of each currency (T19). This table, and neither .NET's nor
/// ISO's, decides what an amount of Lago is worth: Lago counts forints whole where ISO has hundredths.
/// </summary>
/// <remarks>
/// Closed on purpose: a currency that Lago adds later could have three decimals, and taking it for two would
/// bill ten times too much. An unknown code waits until it is added here (R6).
/// </remarks>
public static class Currencies
{
    private static readonly FrozenDictionary<string, Currency> _byCode = Build();

    /// <summary>All known currencies, by code.</summary>
    public static IReadOnlyList<Currency> All { get; } = [.. _byCode.Values.OrderBy(currency => currency.Code, StringComparer.Ordinal)];

    /// <summary>Finds a currency by its code, exactly as Lago writes it (upper case).</summary>
    public static bool TryGet(string? code, [NotNullWhen(true)] out Currency? currency)
    {
        currency = null;
        return code is not null && _byCode.TryGetValue(code, out currency);
    }

    /// <summary>The currency of a code that was checked before.</summary>
    /// <exception cref="ArgumentException">The code is not in the table.</exception>
    public static Currency Get(string code) => TryGet(code, out Currency? currency)
        ? currency
        : throw new ArgumentException($"{code} is not a currency that Lago uses.", nameof(code));

    private static FrozenDictionary<string, Currency> Build()
    {
        const string none = "BIF CLP DJF GNF HUF ISK JPY KMF KRW MGA PYG RWF UGX VND VUV XAF XOF XPF";
        const string hundredths =
            "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CNY "
            + "COP CRC CVE CZK DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG IDR ILS INR "
            + "JMD KES KGS KHR KYD KZT LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO "
            + "NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SEK SGD SHP SLL SOS SRD STD SZL THB TJS "
            + "TOP TRY TTD TWD TZS UAH USD UYU UZS WST XCD YER ZAR ZMW";

        return Of(none, 1, 0)
            .Concat(Of(hundredths, 100, 2))
            .Concat(Of("BHD JOD KWD", 1000, 3))
            .Concat(Of("CLF", 10_000, 4))
            .Concat(Of("MRO", 5, 1)) // one ouguiya is five khoums: steps of 0.2
            .ToFrozenDictionary(currency => currency.Code, StringComparer.Ordinal);

        static IEnumerable<Currency> Of(string codes, int minorPerMajor, int decimals) =>
            codes.Split(' ').Select(code => new Currency(code, minorPerMajor, decimals));
    }
}
