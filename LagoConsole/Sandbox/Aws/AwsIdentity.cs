namespace LagoConsole.Sandbox.Aws;

/// <summary>Finds the purchase that each record of a call is about. Two kinds of identity exist and are never mixed. Pure.</summary>
internal static class AwsIdentity
{
    /// <exception cref="AwsRefusedException">Mixed kinds, two products, or something unknown.</exception>
    public static IEnumerable<AwsAgreement> Resolve(AwsState state, string? productCode, IReadOnlyList<AwsUsageRecord> records)
    {
        if (productCode is not null && !state.Products.ContainsKey(productCode))
        {
            throw new AwsRefusedException("InvalidProductCodeException", $"The product code {productCode} does not match a product.");
        }

        AwsAgreement[] agreements = [.. records.Select(record => productCode is null ? ByLicense(state, record) : ByProduct(state, productCode, record))];
        return agreements.Select(agreement => agreement.ProductCode).Distinct(StringComparer.Ordinal).Count() > 1
            ? throw new AwsRefusedException("ValidationException", "One call reports one product.")
            : agreements;
    }

    // Concurrent agreements: account and licence on every record, nothing on the call.
    private static AwsAgreement ByLicense(AwsState state, AwsUsageRecord record)
    {
        if (record.LicenseArn is null || record.CustomerAwsAccountId is null || record.CustomerIdentifier is not null)
        {
            throw new AwsRefusedException("ValidationException", "Without ProductCode each record has LicenseArn and CustomerAWSAccountId, and no CustomerIdentifier.");
        }

        if (!state.Agreements.TryGetValue(record.LicenseArn, out AwsAgreement? agreement))
        {
            throw new AwsRefusedException("InvalidLicenseException", $"The license {record.LicenseArn} is not valid.");
        }

        return agreement.CustomerAwsAccountId == record.CustomerAwsAccountId
            ? agreement
            : throw new AwsRefusedException("InvalidCustomerIdentifierException", "The license belongs to another customer.");
    }

    // Legacy: the product on the call, one of the two customer ids on each record.
    private static AwsAgreement ByProduct(AwsState state, string productCode, AwsUsageRecord record)
    {
        if (record.LicenseArn is not null || record.CustomerAwsAccountId is null == (record.CustomerIdentifier is null))
        {
            throw new AwsRefusedException("ValidationException", "With ProductCode each record has either CustomerAWSAccountId or CustomerIdentifier, and no LicenseArn.");
        }

        return state.Agreements.Values
            .Where(agreement => agreement.ProductCode == productCode)
            .Where(agreement => record.CustomerAwsAccountId is { } account
                ? agreement.CustomerAwsAccountId == account
                : agreement.CustomerIdentifier == record.CustomerIdentifier)
            .OrderByDescending(agreement => agreement.StartsAt)
            .FirstOrDefault()
            ?? throw new AwsRefusedException("InvalidCustomerIdentifierException", "The customer is not known for this product.");
    }
}
