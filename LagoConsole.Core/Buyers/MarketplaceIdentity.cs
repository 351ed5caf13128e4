using LagoConsole.Core.Products;

namespace LagoConsole.Core.Buyers;

/// <summary>
/// Builds the one text that says where at a marketplace usage is billed. Two purchases with equal texts
/// are the same purchase: the marketplace would keep one record an hour for both.
/// </summary>
public static class MarketplaceIdentity
{
    /// <summary>Fits, with a dimension key of 255, into one index key of SQL Server (1,700 bytes).</summary>
    public const int MaxLength = 560;

    /// <summary>AWS removes duplicates per region, licence (or product) and customer account.</summary>
    /// <exception cref="ArgumentException">Neither a licence nor a product code is given.</exception>
    public static string Aws(string region, string accountId, string? licenseArn, string? productCode)
    {
        string agreement = licenseArn ?? productCode
            ?? throw new ArgumentException("An AWS identity needs a licence or a product code.", nameof(licenseArn));
        return $"{Marketplace.Aws}|{region}|{agreement}|{accountId}";
    }
}
