using LagoConsole.Core.Buyers;
using Xunit;

namespace LagoConsole.Tests.Buyers;

public sealed class EntitlementChecksTests
{
    private const string Arn = "arn:aws:license-manager::294406891311:license:l-ecbb7ad35ee0443d9f8bc6a6b2b5f3a1";
    private static readonly DateTimeOffset Now = new(2026, 3, 10, 12, 20, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("123456789012", null)]
    [InlineData(" 123456789012 ", null)]
    [InlineData("", "Enter the buyer's AWS account ID")]
    [InlineData("1234-5678-9012", "without spaces or dashes")]
    [InlineData("١٢٣٤٥٦٧٨٩٠١٢", "without spaces or dashes")]
    [InlineData("12345678901", "has 12 digits; this one has")]
    [InlineData("1234567890123", "has 12 digits; this one has")]
    public void An_account_is_twelve_digits(string? typed, string? sentence) => AssertSays(sentence, EntitlementChecks.AwsAccountId(typed));

    [Theory]
    [InlineData(Arn, null, null)]
    [InlineData(" " + Arn + " ", null, null)]
    [InlineData("", "8f2k4mzq9x1a", null)]
    [InlineData("", null, "Only a product with a legacy product code")]
    [InlineData("l-ecbb7ad35ee0443d9f8bc6a6b2b5f3a1", null, "not a License ARN")]
    [InlineData("arn:aws:license-manager::294406891311:license|x", null, "not a License ARN")]
    public void A_licence_is_needed_unless_the_product_has_a_legacy_code(string? typed, string? productCode, string? sentence) =>
        AssertSays(sentence, EntitlementChecks.AwsLicenseArn(typed, productCode));

    [Fact]
    public void A_licence_too_long_for_the_identity_is_refused() =>
        AssertSays("more than 400 characters", EntitlementChecks.AwsLicenseArn("arn:aws:license-manager:::" + new string('x', 400), null));

    [Fact]
    public void The_longest_identity_fits_its_column() => Assert.True(
        MarketplaceIdentity.Aws("ap-southeast-1", "123456789012", new string('a', 400), null).Length <= MarketplaceIdentity.MaxLength);

    [Fact]
    public void A_stored_identity_is_said_in_the_words_of_its_marketplace()
    {
        Assert.Equal(
            $"AWS account 123456789012 · Licence {Arn} · Region us-east-1",
            MarketplaceIdentity.InWords(MarketplaceIdentity.Aws("us-east-1", "123456789012", Arn, null)));
        Assert.Equal(
            "AWS account 123456789012 · Product code 8f2k4mzq9x1a · Region us-east-1",
            MarketplaceIdentity.InWords(MarketplaceIdentity.Aws("us-east-1", "123456789012", null, "8f2k4mzq9x1a")));
        Assert.Equal("Subscription 0f8fad5b", MarketplaceIdentity.InWords(MarketplaceIdentity.Azure("0f8fad5b")));
        Assert.Equal("Usage reporting ID project_number:1 · Service vendor.example", MarketplaceIdentity.InWords(MarketplaceIdentity.Google("vendor.example", "project_number:1")));
    }

    [Theory]
    [InlineData(EntitlementState.Active, -20, null, null, null)]
    [InlineData(EntitlementState.PendingStart, 600, null, null, null)]
    [InlineData(EntitlementState.Active, 600, null, BuyerField.StartsAt, "is PENDING_START")]
    [InlineData(EntitlementState.Active, null, null, BuyerField.StartsAt, "Type when the purchase starts")]
    [InlineData(EntitlementState.Active, -600, 600, null, null)]
    [InlineData(EntitlementState.Active, -600, -60, BuyerField.EndsAt, "makes it CANCELLED")]
    [InlineData(EntitlementState.PendingCancel, -600, null, BuyerField.EndsAt, "Type when it will end")]
    [InlineData(EntitlementState.PendingCancel, -600, 60, null, null)]
    [InlineData(EntitlementState.Cancelled, -600, null, BuyerField.EndsAt, "Type when it was cancelled")]
    [InlineData(EntitlementState.Cancelled, -600, 0, null, null)]
    [InlineData(EntitlementState.Cancelled, -600, 60, BuyerField.EndsAt, "is PENDING_CANCEL")]
    [InlineData(EntitlementState.Cancelled, -60, -60, BuyerField.EndsAt, "later than the start")]
    [InlineData(EntitlementState.Suspended, -60, null, null, null)]
    public void State_and_dates_tell_one_story(EntitlementState state, int? startMinutes, int? endMinutes, BuyerField? field, string? sentence)
    {
        IReadOnlyDictionary<BuyerField, string> problems = EntitlementChecks.Life(
            state, startMinutes is { } start ? Now.AddMinutes(start) : null, endMinutes is { } end ? Now.AddMinutes(end) : null, Now, firstBilledSlot: null);

        if (field is null)
        {
            Assert.Empty(problems);
        }
        else
        {
            Assert.Contains(sentence!, problems[field.Value], StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(10, 40, false)]
    [InlineData(11, 0, true)]
    public void A_start_cannot_move_behind_what_was_billed(int startHour, int startMinute, bool refused)
    {
        DateTimeOffset billed = new(2026, 3, 10, 10, 0, 0, TimeSpan.Zero);

        IReadOnlyDictionary<BuyerField, string> problems = EntitlementChecks.Life(
            EntitlementState.Active, new DateTimeOffset(2026, 3, 10, startHour, startMinute, 0, TimeSpan.Zero), null, Now, billed);

        Assert.Equal(refused, problems.ContainsKey(BuyerField.StartsAt));
    }

    private static void AssertSays(string? expected, string? problem)
    {
        if (expected is null)
        {
            Assert.Null(problem);
        }
        else
        {
            Assert.Contains(expected, problem, StringComparison.Ordinal);
        }
    }
}
