using System.Globalization;
using LagoConsole.Core.Money;

namespace LagoConsole.Components.Shared;

/// <summary>
/// Where an instant and an amount lie in a picture, in percent of its width and height. A picture is stretched to the room it
/// has; its lines keep their width, and its words are text of the page, so that both can be read at any size.
/// </summary>
/// <param name="Top">The amount at the upper edge, minor units, above 0.</param>
internal sealed record ChartScale(DateTimeOffset From, DateTimeOffset Until, decimal Top)
{
    private static readonly decimal[] _steps = [1, 2, 4, 5, 10];

    /// <summary>The amounts that have a line of their own, the highest first.</summary>
    public IReadOnlyList<decimal> Lines => [Top, Top / 2];

    /// <summary>The least round amount that is not below the highest: 1, 2, 4 or 5 with zeros, in whole units where it can be.</summary>
    public static decimal RoundUp(decimal highestMinor, string currency)
    {
        decimal unit = Currencies.TryGet(currency, out Currency? known) ? known.MinorPerMajor : 1;
        decimal power = unit;
        while (power * 10 < highestMinor)
        {
            power *= 10;
        }

        while (power > 1 && power >= highestMinor)
        {
            power /= 10;
        }

        return highestMinor <= 0 ? unit : _steps.Select(step => step * power).FirstOrDefault(step => step >= highestMinor, highestMinor);
    }

    public decimal X(DateTimeOffset instant) => Until == From ? 0 : Clamp((instant - From).Ticks * 100m / (Until - From).Ticks);

    /// <summary>From above: 0 is the top.</summary>
    public decimal Y(decimal minor) => 100 - Clamp(minor * 100 / Top);

    /// <summary>As pictures and styles take it, whatever the language of the machine.</summary>
    public static string Number(decimal percent) => decimal.Round(percent, 3).ToString("0.###", CultureInfo.InvariantCulture);

    private static decimal Clamp(decimal percent) => Math.Clamp(percent, 0, 100);
}
