using LagoConsole.Core.Buyers;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Aws;
using Xunit;

namespace LagoConsole.Tests.Reporting;

public sealed class AwsRulesTests
{
    [Theory]
    [InlineData("2026-08-20T13:00:00Z", "2026-08-21T13:00:00Z")]
    [InlineData("2026-08-31T23:00:00Z", "2026-09-01T06:00:00Z")] // the month's end wins
    [InlineData("2026-08-31T03:00:00Z", "2026-09-01T03:00:00Z")] // the earlier of both rules
    [InlineData("2026-12-31T12:00:00Z", "2027-01-01T06:00:00Z")]
    public void R12_A_record_is_taken_for_a_day_and_until_six_on_the_first(string slot, string deadline) =>
        Assert.Equal(At(deadline), AwsRules.Instance.Deadline(At(slot)));

    [Fact]
    public void The_payload_is_the_wire_form_of_the_record()
    {
        string payload = AwsRules.Instance.Payload(Facts(Product(), Entitlement("arn:aws:license-manager::111111111111:license:l-0123"), 1250));

        Assert.Equal(
            """{"Timestamp":1787230800,"Dimension":"usage_fee","Quantity":1250,"CustomerAWSAccountId":"222222222222","LicenseArn":"arn:aws:license-manager::111111111111:license:l-0123"}""",
            payload);
    }

    [Fact]
    public void A_legacy_agreement_names_no_licence_and_never_shares_a_call_with_one_that_does()
    {
        Product product = Product();
        Entitlement legacy = Entitlement(licence: null);
        Entitlement modern = Entitlement("arn:aws:license-manager::111111111111:license:l-0123");

        Assert.DoesNotContain("LicenseArn", AwsRules.Instance.Payload(Facts(product, legacy, 1)), StringComparison.Ordinal);
        Assert.NotEqual(AwsRules.Instance.BatchKey(product, legacy), AwsRules.Instance.BatchKey(product, modern));
        Assert.Equal(new AwsBatch("us-east-1", product.Id, "prod|code"), AwsBatch.Parse(AwsRules.Instance.BatchKey(product, legacy)));
        Assert.Equal(new AwsBatch("us-east-1", product.Id, null), AwsBatch.Parse(AwsRules.Instance.BatchKey(product, modern)));
    }

    private static RecordFacts Facts(Product product, Entitlement entitlement, long quantity) => new(
        Guid.NewGuid(), product, entitlement, "usage_fee", At("2026-08-20T13:00:00Z"), At("2026-08-20T13:00:00Z"), PreviousSlotHour: null, quantity);

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static Product Product() => new()
    {
        Id = Guid.NewGuid(),
        Name = "Acme API",
        Marketplace = Marketplace.Aws,
        AwsRegion = "us-east-1",
        AwsProductCode = "prod|code",
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    private static Entitlement Entitlement(string? licence) => new()
    {
        Id = Guid.NewGuid(),
        BuyerId = Guid.Empty,
        ProductId = Guid.Empty,
        Marketplace = Marketplace.Aws,
        Identity = "",
        AwsAccountId = "222222222222",
        AwsLicenseArn = licence,
        State = EntitlementState.Active,
        StartsAt = DateTimeOffset.UnixEpoch,
        CreatedAt = DateTimeOffset.UnixEpoch,
    };
}
