using LagoConsole.Core.Buyers;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Security;
using Xunit;

namespace LagoConsole.Tests.Buyers;

public sealed class EntitlementServiceTests : IDisposable
{
    private readonly BuyersBooks _books = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _books.Dispose();

    [Fact]
    public async Task A_purchase_starts_with_the_present_hour_unless_told_otherwise()
    {
        Guid buyer = await _books.BuyerAsync();

        await _books.EntitlementAsync(buyer, await _books.ProductAsync());

        EntitlementDetail entitlement = Assert.Single((await _books.BuyerQueries.FindAsync(buyer, Token))!.Entitlements);
        Assert.Equal(new DateTimeOffset(2026, 3, 10, 12, 0, 0, TimeSpan.Zero), entitlement.StartsAt);
        Assert.Equal(EntitlementState.Active, entitlement.State);
        Assert.Equal([new("AWS account", "123456789012"), new("Licence", BuyersBooks.Arn), new("Region", "us-east-1")], entitlement.Identity);
    }

    [Fact]
    public async Task A_legacy_purchase_reports_against_the_product_code()
    {
        Guid buyer = await _books.BuyerAsync();

        await _books.EntitlementAsync(buyer, await _books.ProductAsync(productCode: "8f2k4mzq9x1a"), arn: " ");

        EntitlementDetail entitlement = Assert.Single((await _books.BuyerQueries.FindAsync(buyer, Token))!.Entitlements);
        Assert.Equal([new("AWS account", "123456789012"), new("Product code", "8f2k4mzq9x1a"), new("Region", "us-east-1")], entitlement.Identity);
    }

    [Fact]
    public async Task An_identity_used_twice_is_refused_with_the_name_of_the_buyer_that_has_it()
    {
        Guid product = await _books.ProductAsync();
        await _books.EntitlementAsync(await _books.BuyerAsync("Initech"), product);

        BuyerOutcome outcome = await CreateAsync(await _books.BuyerAsync("Globex"), product, "123456789012", BuyersBooks.Arn);

        Assert.Contains("Initech already has this purchase", Assert.IsType<BuyerOutcome.Refused>(outcome).Problems[BuyerField.AwsLicenseArn], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_licence_is_one_purchase_also_when_another_product_is_chosen()
    {
        // AWS removes duplicates by licence and account: two products with one licence would share the hours.
        Guid buyer = await _books.BuyerAsync();
        await _books.EntitlementAsync(buyer, await _books.ProductAsync("One"));

        BuyerOutcome outcome = await CreateAsync(buyer, await _books.ProductAsync("Two"), "123456789012", BuyersBooks.Arn);

        Assert.Contains("This buyer already has this purchase", Assert.IsType<BuyerOutcome.Refused>(outcome).Problems[BuyerField.AwsLicenseArn], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_legacy_identity_used_twice_is_refused_at_the_account()
    {
        Guid product = await _books.ProductAsync(productCode: "8f2k4mzq9x1a");
        await _books.EntitlementAsync(await _books.BuyerAsync("Initech"), product, arn: null);

        BuyerOutcome outcome = await CreateAsync(await _books.BuyerAsync("Globex"), product, "123456789012", arn: null);

        Assert.Contains("Initech already has", Assert.IsType<BuyerOutcome.Refused>(outcome).Problems[BuyerField.AwsAccountId], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_wrong_field_has_its_sentence()
    {
        BuyerOutcome outcome = await _books.Entitlements.CreateAsync(
            BuyersBooks.Olga,
            new NewEntitlement { BuyerId = await _books.BuyerAsync(), ProductId = await _books.ProductAsync(), AwsAccountId = "x", AwsLicenseArn = "y", StartsAt = BuyersBooks.Now.AddDays(1) },
            Token);

        Assert.Equal(
            [BuyerField.AwsAccountId, BuyerField.AwsLicenseArn, BuyerField.StartsAt],
            Assert.IsType<BuyerOutcome.Refused>(outcome).Problems.Keys.Order());
    }

    [Fact]
    public async Task A_purchase_without_a_product_is_refused_at_the_product()
    {
        BuyerOutcome outcome = await _books.Entitlements.CreateAsync(
            BuyersBooks.Olga, new NewEntitlement { BuyerId = await _books.BuyerAsync(), AwsAccountId = "123456789012" }, Token);

        Assert.Equal([BuyerField.Product], Assert.IsType<BuyerOutcome.Refused>(outcome).Problems.Keys);
    }

    [Fact]
    public async Task A_cancellation_is_entered_with_its_moment_and_audited()
    {
        Guid buyer = await _books.BuyerAsync();
        Guid id = await _books.EntitlementAsync(buyer, await _books.ProductAsync(), startsAt: BuyersBooks.Now.AddDays(-3));

        BuyerOutcome outcome = await _books.Entitlements.EditAsync(BuyersBooks.Olga, Edit(id, EntitlementState.Cancelled, -3 * 24 * 60, -30), Token);

        Assert.Contains("CANCELLED", Assert.IsType<BuyerOutcome.Saved>(outcome).Sentence, StringComparison.Ordinal);
        EntitlementDetail entitlement = Assert.Single((await _books.BuyerQueries.FindAsync(buyer, Token))!.Entitlements);
        Assert.Equal((EntitlementState.Cancelled, BuyersBooks.Now.AddMinutes(-30)), (entitlement.State, entitlement.EndsAt));
        Assert.Equal("olga@vendor.example: Edit entitlement", (await _books.AuditAsync())[^1]);
    }

    [Theory]
    [InlineData(UsageRecordState.Accepted, true)]
    [InlineData(UsageRecordState.Unknown, true)]
    [InlineData(UsageRecordState.Void, false)]
    public async Task A_start_cannot_move_behind_an_hour_that_was_or_may_have_been_billed(UsageRecordState state, bool refused)
    {
        Guid product = await _books.ProductAsync();
        Guid id = await _books.EntitlementAsync(await _books.BuyerAsync(), product, startsAt: BuyersBooks.Now.AddDays(-3));
        await _books.BilledAsync(id, await _books.DimensionAsync(product), new DateTimeOffset(2026, 3, 9, 8, 0, 0, TimeSpan.Zero), state);

        BuyerOutcome outcome = await _books.Entitlements.EditAsync(BuyersBooks.Olga, Edit(id, EntitlementState.Active, -60, null), Token);

        Assert.Equal(refused, outcome is BuyerOutcome.Refused { Problems: var problems } && problems.ContainsKey(BuyerField.StartsAt));
    }

    [Fact]
    public async Task An_edit_of_what_somebody_else_changed_is_not_saved()
    {
        Guid id = await _books.EntitlementAsync(await _books.BuyerAsync(), await _books.ProductAsync());
        BuyersBooks.Saved(await _books.Entitlements.EditAsync(BuyersBooks.Olga, Edit(id, EntitlementState.Suspended, -20, null), Token));

        BuyerOutcome late = await _books.Entitlements.EditAsync(BuyersBooks.Olga, Edit(id, EntitlementState.Active, -20, null), Token);

        Assert.IsType<BuyerOutcome.ChangedMeanwhile>(late);
    }

    [Fact]
    public async Task A_viewer_changes_nothing()
    {
        Guid buyer = await _books.BuyerAsync();
        Guid id = await _books.EntitlementAsync(buyer, await _books.ProductAsync());

        await Assert.ThrowsAsync<ForbiddenException>(() => _books.Entitlements.CreateAsync(BuyersBooks.Vera, new NewEntitlement { BuyerId = buyer }, Token));
        await Assert.ThrowsAsync<ForbiddenException>(() => _books.Entitlements.EditAsync(BuyersBooks.Vera, Edit(id, EntitlementState.Suspended, -20, null), Token));
    }

    private Task<BuyerOutcome> CreateAsync(Guid buyer, Guid product, string account, string? arn) => _books.Entitlements.CreateAsync(
        BuyersBooks.Olga, new NewEntitlement { BuyerId = buyer, ProductId = product, AwsAccountId = account, AwsLicenseArn = arn }, Token);

    private static EditEntitlement Edit(Guid id, EntitlementState state, int startMinutes, int? endMinutes) => new()
    {
        Id = id,
        SeenVersion = 0,
        State = state,
        StartsAt = BuyersBooks.Now.AddMinutes(startMinutes),
        EndsAt = endMinutes is { } end ? BuyersBooks.Now.AddMinutes(end) : null,
    };
}
