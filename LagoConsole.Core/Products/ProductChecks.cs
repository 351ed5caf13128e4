using System.Diagnostics.CodeAnalysis;
using LagoConsole.Core.Money;
using LagoConsole.Core.Reporting.Aws;
using LagoConsole.Core.Reporting.Azure;
using LagoConsole.Core.Reporting.Google;

namespace LagoConsole.Core.Products;

/// <summary>Checks what was typed about products, each field on its own: null, or the sentence to show there. Pure.</summary>
public static class ProductChecks
{
    public static string? Name(string? name) => name?.Trim() switch
    {
        null or "" => "Type the product's name, as your team calls the listing.",
        { Length: > 200 } => "The name is longer than 200 characters. Shorten it.",
        _ => null,
    };

    public static string? Marketplace(Marketplace marketplace) => Enum.IsDefined(marketplace) ? null : "Choose the marketplace that the product is listed in.";

    public static string? AwsRegion(string? region) => AwsFields.Region(region);

    /// <summary>Optional: only legacy agreements report against it.</summary>
    public static string? AwsProductCode(string? code) => string.IsNullOrWhiteSpace(code) ? null : AwsFields.ProductCode(code.Trim());

    /// <summary>What names the listing at its marketplace: the fields that are wrong, with a sentence each.</summary>
    public static IEnumerable<(ProductField Field, string? Problem)> Listing(NewProduct input) => input.Marketplace switch
    {
        Products.Marketplace.Aws => [(ProductField.AwsRegion, AwsRegion(input.AwsRegion)), (ProductField.AwsProductCode, AwsProductCode(input.AwsProductCode))],
        Products.Marketplace.Azure =>
        [
            (ProductField.AzureOfferId, AzureFields.OfferId(input.AzureOfferId?.Trim())),
            (ProductField.AzurePlanId, AzureFields.PlanId(input.AzurePlanId?.Trim())),
        ],
        Products.Marketplace.Gcp => [(ProductField.GcpServiceName, GoogleFields.ServiceName(input.GcpServiceName?.Trim()))],
        _ => [],
    };

    /// <summary>The key is the marketplace's own, exact to the character: it is refused with spaces around it, not repaired.</summary>
    public static string? DimensionKey(Marketplace marketplace, string? key) =>
        marketplace == Products.Marketplace.Gcp ? GoogleFields.MetricId(key) : AwsFields.DimensionKey(key);

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
