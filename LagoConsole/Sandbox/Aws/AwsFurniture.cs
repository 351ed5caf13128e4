namespace LagoConsole.Sandbox.Aws;

/// <summary>The listings and purchases that a new sandbox begins with.</summary>
internal static class AwsFurniture
{
    private const string Platform = "4w1m76k6d81abcd99fj2vtm6j";
    private const string Legacy = "9k3n51p8q27wxyz44hr6udc0s";
    private const string License = "arn:aws:license-manager::111111111111:license:l-";

    public static void Into(SandboxAws aws)
    {
        if (aws.IsEmpty)
        {
            aws.DoAll(Everything);
        }
    }

    private static IEnumerable<AwsEntry> Everything(DateTimeOffset now)
    {
        DateTimeOffset start = AwsWindow.HourOf(now).AddDays(-60);
        return
        [
            new AwsProductSaved(now, new AwsProduct(Platform, "Vendor Platform", [new("usage_fee", 1), new("api_units", 100), new("storage_fee", 0.1m)])),
            new AwsProductSaved(now, new AwsProduct(Legacy, "Vendor Platform (legacy)", [new("usage_fee", 1)])),
            new AwsAgreementSaved(now, new AwsAgreement(License + "0123456789abcdef0123456789abcdef", Platform, "222222222222", CustomerIdentifier: null, start)),
            new AwsAgreementSaved(now, new AwsAgreement(License + "fedcba9876543210fedcba9876543210", Platform, "333333333333", CustomerIdentifier: null, start)),
            new AwsAgreementSaved(now, new AwsAgreement(License + "00112233445566778899aabbccddeeff", Legacy, "444444444444", "ifAPi5AcF3", start)),
        ];
    }
}
