using System.Diagnostics.CodeAnalysis;
using LagoConsole.Core.Money;

namespace LagoConsole.Core.Products;

/// <summary>Checks what was typed about products, each field on its own: null, or the sentence to show there. Pure.</summary>
public static class ProductChecks
{
    /// <summary>AWS's limit; the longest key of the three marketplaces.</summary>
    public const int LongestDimensionKey = 255;

    public static string? Name(string? name) => name?.Trim() switch
    {
        null or "" => "Type the product's name, as your team calls the listing.",
        { Length: > 200 } => "The name is longer than 200 characters. Shorten it.",
        _ => null,
    };

    /// <summary>Only what this version can report to is offered; anything else would collect money that cannot go out.</summary>
    public static string? Marketplace(Marketplace marketplace) => marketplace == Products.Marketplace.Aws
        ? null
        : "This version reports to AWS Marketplace only. Choose AWS Marketplace.";

    public static string? AwsRegion(string? region) => region switch
    {
        null or "" => "Choose the region whose metering endpoint this product uses. It cannot be changed later: the same usage sent to a second region would be billed twice.",
        _ when !AwsMeteringRegions.All.Contains(region) => $"AWS takes no marketplace usage in {region}. Choose a region of the list; us-east-1 serves every product.",
        _ => null,
    };

    /// <summary>Optional.</summary>
    public static string? AwsProductCode(string? code) => code?.Trim() switch
    {
        null or "" => null,
        { Length: > 255 } => "A product code has at most 255 characters. Copy it again from the AWS Marketplace Management Portal.",
        var typed when !typed.All(letter => char.IsAsciiLetterOrDigit(letter) || "-/=:_.@".Contains(letter, StringComparison.Ordinal)) =>
            "A product code has only letters, digits and - / = : _ . @. Copy it again from the AWS Marketplace Management Portal.",
        _ => null,
    };

    /// <summary>The key is the marketplace's own, exact to the character: it is refused with spaces around it, not repaired.</summary>
    public static string? DimensionKey(string? key) => key switch
    {
        null or "" => "Type the dimension's key exactly as it stands in the marketplace listing.",
        _ when string.IsNullOrWhiteSpace(key) || key.Trim() != key => "The key begins or ends with a space. Type it exactly as it stands in the marketplace listing.",
        { Length: > LongestDimensionKey } => "A dimension's key has at most 255 characters. Copy it from the marketplace listing.",
        _ when key.Any(char.IsControl) => "The key contains characters that cannot be seen. Copy it again from the marketplace listing.",
        _ => null,
    };

    public static string? DimensionName(string? name) => name?.Trim() switch
    {
        null or "" => "Type a name that people will recognize on the records page.",
        { Length: > 200 } => "The name is longer than 200 characters. Shorten it.",
        _ => null,
    };

    public static string? Currency(string? currency) => currency switch
    {
        null or "" => "Choose the currency of the dimension's price.",
        _ when !Currencies.TryGet(currency, out _) => $"{currency} is not a currency that Lago counts in, so no money could ever reach this dimension. Choose a code of the list, such as USD.",
        _ => null,
    };

    /// <summary>Reads a unit price.</summary>
    /// <param name="text">As typed, in major units: <c>0.01</c>.</param>
    /// <param name="currency">A code that <see cref="Currency"/> accepted.</param>
    /// <param name="minor">The price in minor units, exact, above zero, at most six decimals.</param>
    /// <param name="problem">A sentence for the field.</param>
    public static bool TryReadUnitPrice(string? text, string currency, out decimal minor, [NotNullWhen(false)] out string? problem)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            minor = 0;
            problem = "Type the price of one unit exactly as it stands in the marketplace listing, such as 0.01.";
            return false;
        }

        if (!MoneyText.TryParsePrice(text, currency, out minor, out problem))
        {
            return false;
        }

        if (minor <= 0)
        {
            problem = "A price of zero would turn any amount into endless units. Type the price of one unit as it stands in the marketplace listing, above zero.";
            return false;
        }

        return true;
    }
}
