using System.Globalization;
using LagoConsole.Core.Money;

namespace LagoConsole.Core.Conversion;

/// <summary>
/// The check that a person reads before trusting a price: what 100.00 of Lago's money becomes. The same sum as a
/// record's (R10): whole units by floor, the rest stays as money. Pure.
/// </summary>
/// <param name="LagoMinor">The example amount in minor units: 100 units of the currency.</param>
/// <param name="Units">Whole units.</param>
/// <param name="UnitPriceMinor">Price of one.</param>
/// <param name="BilledMinor">Units × price.</param>
/// <param name="RemainderMinor">What stays as money: at least 0, below the price.</param>
public sealed record ConversionExample(
    string Currency, long LagoMinor, long Units, decimal UnitPriceMinor, decimal BilledMinor, decimal RemainderMinor)
{
    private const int MajorUnits = 100;

    /// <param name="unitPriceMinor">Above zero, at most six decimals.</param>
    /// <param name="currency">A code of <see cref="Currencies"/>.</param>
    public static ConversionExample Of(decimal unitPriceMinor, string currency)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(unitPriceMinor);
        long lago = (long)MajorUnits * Currencies.Get(currency).MinorPerMajor;
        long units = (long)decimal.Floor(lago / unitPriceMinor);
        decimal billed = units * unitPriceMinor;
        return new ConversionExample(currency, lago, units, unitPriceMinor, billed, lago - billed);
    }

    /// <summary><c>100.00 USD in Lago becomes 33 units, billed 33 × 3.00 USD = 99.00 USD; 1.00 USD stays as money towards the next unit.</c></summary>
    /// <param name="mostUnitsPerHour">What the marketplace takes in one record; more follows hour by hour.</param>
    public string Sentence(long mostUnitsPerHour)
    {
        string lago = MoneyText.Format(LagoMinor, Currency);
        string price = MoneyText.Format(UnitPriceMinor, Currency);
        if (Units == 0)
        {
            return $"{lago} in Lago becomes 0 units: one unit costs {price}. The money stays in the books until it fills a unit.";
        }

        string count = Units.ToString("N0", CultureInfo.InvariantCulture);
        string sentence = $"{lago} in Lago becomes {count} {(Units == 1 ? "unit" : "units")}, billed {count} × {price}";
        sentence += RemainderMinor == 0
            ? "."
            : $" = {MoneyText.Format(BilledMinor, Currency)}; {MoneyText.Format(RemainderMinor, Currency)} stays as money towards the next unit.";
        return Units <= mostUnitsPerHour
            ? sentence
            : $"{sentence} One record holds {mostUnitsPerHour.ToString("N0", CultureInfo.InvariantCulture)} units at most; the rest follows in later hours.";
    }
}
