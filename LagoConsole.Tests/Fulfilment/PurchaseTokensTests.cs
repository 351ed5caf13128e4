using System.Text;
using System.Text.Json;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Fulfilment;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting.Google;
using LagoConsole.Core.Sandbox;
using LagoConsole.Core.Security;
using LagoConsole.Sandbox.Azure;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Sandbox.Google;
using LagoConsole.Tests.Reporting;
using LagoConsole.Tests.Support;
using Microsoft.Extensions.Options;
using Xunit;

namespace LagoConsole.Tests.Fulfilment;

/// <summary>Purchases that a person enters by their token, and purchases that are read anew.</summary>
public sealed class PurchaseTokensTests : IAsyncDisposable
{
    private readonly FulfilmentWorld _world = new();

    private ConsoleWorld Console => _world.Console;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_registration_token_of_AWS_enters_buyer_and_entitlement_once()
    {
        Guid product = await _world.AwsProductAsync();
        string token = Console.Sandbox.IssueAwsToken(ConsoleWorld.Licence);

        PurchaseOutcome first = await RegisterAsync(product, token, name: "Acme Corporation", email: "ap@acme.example");
        PurchaseOutcome second = await RegisterAsync(product, token); // it can be resolved again

        Assert.IsType<PurchaseOutcome.Entered>(first);
        Assert.IsType<PurchaseOutcome.Unchanged>(second);
        Buyer buyer = Assert.Single(await _world.AllAsync<Buyer>());
        Assert.Equal(("Acme Corporation", "ap@acme.example", first.BuyerId), (buyer.Name, buyer.Email, buyer.Id));
        Entitlement entitlement = await _world.EntitlementAsync();
        Assert.Equal((ConsoleWorld.Account, ConsoleWorld.Licence, EntitlementState.Active), (entitlement.AwsAccountId, entitlement.AwsLicenseArn, entitlement.State));
        Assert.DoesNotContain(await _world.AllAsync<Core.Audit.AuditEntry>(), entry => $"{entry.After} {entry.Note}".Contains(token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_second_purchase_of_the_same_AWS_account_is_the_same_buyers()
    {
        Guid product = await _world.AwsProductAsync();
        await RegisterAsync(product, Console.Sandbox.IssueAwsToken(ConsoleWorld.Licence));
        await RegisterAsync(product, Console.Sandbox.IssueAwsToken(ConsoleWorld.Licence.Replace("l-0123", "l-4567", StringComparison.Ordinal)));

        Assert.Single(await _world.AllAsync<Buyer>());
        Assert.Equal(2, (await _world.AllAsync<Entitlement>()).Count);
    }

    [Fact]
    public async Task A_token_of_an_AWS_account_whose_other_purchase_was_entered_by_hand_goes_to_that_buyer()
    {
        Guid product = await _world.AwsProductAsync();
        Guid acme = await Console.BuyerAsync(product);

        PurchaseOutcome outcome = await RegisterAsync(product, Console.Sandbox.IssueAwsToken(ConsoleWorld.Licence.Replace("l-0123", "l-4567", StringComparison.Ordinal)));

        Assert.Equal(acme, Assert.IsType<PurchaseOutcome.Entered>(outcome).BuyerId);
        Assert.Single(await _world.AllAsync<Buyer>());
    }

    [Fact]
    public async Task A_token_goes_to_the_buyer_that_the_person_chose_and_no_other_may_be_chosen_later()
    {
        Guid product = await _world.AwsProductAsync();
        Guid acme = await Console.BuyerAsync(product: null);
        Guid globex = await Console.BuyerAsync(product: null, name: "Globex");
        Assert.Equal(acme, Assert.IsType<PurchaseOutcome.Entered>(await RegisterAsync(product, Console.Sandbox.IssueAwsToken(ConsoleWorld.Licence), buyer: acme)).BuyerId);

        PurchaseOutcome other = await RegisterAsync(
            product, Console.Sandbox.IssueAwsToken(ConsoleWorld.Licence.Replace("l-0123", "l-4567", StringComparison.Ordinal)), buyer: globex);

        Assert.Equal(acme, Assert.IsType<PurchaseOutcome.NeedsPerson>(other).BuyerId);
    }

    [Theory]
    [InlineData("nonsense", "does not know this token")]
    [InlineData("", "Paste the token.")]
    public async Task A_token_that_AWS_does_not_know_enters_nothing(string token, string says)
    {
        PurchaseOutcome outcome = await RegisterAsync(await _world.AwsProductAsync(), token);

        Assert.Contains(says, Assert.IsType<PurchaseOutcome.NeedsPerson>(outcome).Sentence, StringComparison.Ordinal);
        Assert.Empty(await _world.AllAsync<Buyer>());
    }

    [Fact]
    public async Task An_expired_token_and_one_of_another_product_enter_nothing()
    {
        Guid product = await _world.AwsProductAsync();
        Guid another = await _world.AwsProductAsync("8ksxv2q5another");
        string token = Console.Sandbox.IssueAwsToken(ConsoleWorld.Licence);
        Assert.Contains("Choose the product", (await RegisterAsync(another, token)).Sentence, StringComparison.Ordinal);

        Console.MoveTo(Console.Now.AddHours(5));
        Assert.Contains("The token has expired", (await RegisterAsync(product, token)).Sentence, StringComparison.Ordinal);
        Assert.Empty(await _world.AllAsync<Buyer>());
    }

    [Fact]
    public async Task A_network_that_fails_enters_nothing_and_throws_nothing()
    {
        Guid product = await _world.AwsProductAsync();
        string token = Console.Sandbox.IssueAwsToken(ConsoleWorld.Licence);
        foreach (FaultKind fault in (FaultKind[])[FaultKind.LostAnswer, FaultKind.ErrorBefore, FaultKind.Throttle, FaultKind.Outage])
        {
            Console.Sandbox.Faults.Next(SandboxService.Aws, fault);
            Assert.Contains("Try again", Assert.IsType<PurchaseOutcome.NeedsPerson>(await RegisterAsync(product, token)).Sentence, StringComparison.Ordinal);
        }

        Assert.IsType<PurchaseOutcome.Entered>(await RegisterAsync(product, token));
    }

    [Fact]
    public async Task A_viewer_enters_nothing() => await Assert.ThrowsAsync<ForbiddenException>(() =>
        _world.Tokens.RegisterAsync(new Actor("vera", Role.Viewer), new RegisterPurchase { Token = "t" }, Stop));

    [Theory]
    [InlineData(400, "InvalidTokenException", "Registration token is invalid.", typeof(PurchaseAnswer.Refused))]
    [InlineData(400, "ExpiredTokenException", "The submitted registration token has expired.", typeof(PurchaseAnswer.Refused))]
    [InlineData(400, "ThrottlingException", "Rate exceeded", typeof(PurchaseAnswer.Failed))]
    [InlineData(500, "com.amazonaws.marketplacemetering#InternalServiceErrorException", "", typeof(PurchaseAnswer.Failed))]
    [InlineData(400, "DisabledApiException", "", typeof(PurchaseAnswer.Refused))]
    [InlineData(403, "AccessDeniedException", "", typeof(PurchaseAnswer.Refused))]
    public void Every_error_of_ResolveCustomer_is_an_answer(int status, string name, string message, Type answer) => Assert.IsType(
        answer, AwsCustomers.Read(status, null, Encoding.UTF8.GetBytes($$"""{"__type":"{{name}}","message":"{{message}}"}"""), text => text));

    [Theory]
    [InlineData("""{"ProductCode":"p","CustomerIdentifier":"c"}""")]
    [InlineData("""{"ProductCode":"p","CustomerAWSAccountId":"12"}""")]
    [InlineData("""{"CustomerAWSAccountId":"222222222222"}""")]
    [InlineData("""{"ProductCode":"p","CustomerAWSAccountId":"222222222222","CustomerAWSAccountId":"333333333333"}""")]
    [InlineData("null")]
    public void An_answer_that_does_not_name_product_and_account_is_not_believed(string body) =>
        Assert.IsType<PurchaseAnswer.Failed>(AwsCustomers.Read(200, null, Encoding.UTF8.GetBytes(body), text => text));

    [Fact]
    public void The_request_is_the_one_that_the_golden_signature_is_of()
    {
        Assert.Equal("""{"RegistrationToken":"EXAMPLE-token%2Fabc="}""", Encoding.UTF8.GetString(AwsCustomers.Compose("EXAMPLE-token%2Fabc=")));
        Assert.Equal("AWSMPMeteringService.ResolveCustomer", AwsCustomers.Target);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_purchase_token_of_Azure_enters_what_Azure_says_of_its_subscription(bool encoded)
    {
        Guid product = await Console.ProductAsync(Marketplace.Azure);
        Console.Sandbox.SetAzure(ConsoleWorld.AzureResource, AzureSubscriptionStatus.PendingFulfillmentStart);
        string token = _world.Azure.IssueToken(ConsoleWorld.AzureResource);

        Assert.IsType<PurchaseOutcome.Entered>(await RegisterAsync(product, encoded ? Uri.EscapeDataString(token) : token));

        Entitlement entitlement = await _world.EntitlementAsync();
        Assert.Equal(
            (ConsoleWorld.AzureResource.ToString(), ConsoleWorld.AzureResource.ToString(), EntitlementState.PendingStart, new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero)),
            (entitlement.AzureResourceId, entitlement.PurchaseId, entitlement.State, entitlement.StartsAt));
        Assert.Equal("buyer@acme.example", Assert.Single(await _world.AllAsync<Buyer>()).Email);

        Console.Sandbox.SetAzure(ConsoleWorld.AzureResource, AzureSubscriptionStatus.Subscribed); // the vendor's landing page has activated it
        Assert.IsType<PurchaseOutcome.Changed>(await RegisterAsync(product, token));
        Assert.Equal(EntitlementState.Active, (await _world.EntitlementAsync()).State);
    }

    [Fact]
    public async Task A_purchase_token_that_Azure_does_not_know_enters_nothing()
    {
        PurchaseOutcome outcome = await RegisterAsync(await Console.ProductAsync(Marketplace.Azure), "bm9uc2Vuc2U=");

        Assert.Contains("Azure does not take this token", Assert.IsType<PurchaseOutcome.NeedsPerson>(outcome).Sentence, StringComparison.Ordinal);
        Assert.Empty(await _world.AllAsync<Buyer>());
    }

    [Fact]
    public async Task Googles_purchases_fill_buyers_and_usage_reporting_ids_page_by_page()
    {
        await Console.ProductAsync(Marketplace.Gcp);
        foreach ((string id, string consumer, string account) in ((string, string, string)[])
            [("e-4712", "project_number:404012345679", "globex"), ("e-4713", "project_number:404012345680", "globex"), ("e-4714", "project_number:404012345681", "initech")])
        {
            Console.Sandbox.Save(new GoogleEntitlement(
                id, ConsoleWorld.GoogleServiceName, consumer, account, GoogleEntitlementState.Active, new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero)));
        }

        _world.Google.PageSize = 2;
        SyncOutcome first = await _world.Sync.RunAsync(ConsoleWorld.Admin, Stop);
        SyncOutcome second = await _world.Sync.RunAsync(ConsoleWorld.Admin, Stop);

        Assert.Equal((4, 4, 0), (first.Read, first.Entered, first.Changed));
        Assert.Equal((4, 0, 0), (second.Read, second.Entered, second.Changed));
        Assert.Empty(first.Problems);
        Assert.Equal(3, (await _world.AllAsync<Buyer>()).Count); // globex bought twice
        Assert.Equal(
            ["project_number:404012345678", "project_number:404012345679", "project_number:404012345680", "project_number:404012345681"],
            (await _world.AllAsync<Entitlement>()).Select(entitlement => entitlement.GcpUsageReportingId).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // entered by hand: the console does not know which purchase it is
    public async Task Of_several_purchases_under_one_reporting_id_the_running_one_is_followed(bool byHand)
    {
        Guid product = await Console.ProductAsync(Marketplace.Gcp);
        if (byHand)
        {
            await Console.BuyerAsync(product);
        }

        OnceBought("e-4700");
        SyncOutcome outcome = await _world.Sync.RunAsync(ConsoleWorld.Admin, Stop);

        Assert.Equal((2, byHand ? 0 : 1, 0), (outcome.Read, outcome.Entered, outcome.Changed));
        Assert.Empty(outcome.Problems);
        Entitlement entitlement = await _world.EntitlementAsync();
        Assert.Equal(("e-4711", EntitlementState.Active), (entitlement.PurchaseId, entitlement.State));
    }

    [Fact]
    public async Task A_vendor_that_sells_at_Google_is_told_what_reading_its_purchases_needs()
    {
        using GoogleEntitlements unset = new(
            _world.Http(), new MarketplaceStage.FixedTokens(), Console.Get<ISandboxDoor>(), Options.Create(new GoogleOptions()), Options.Create(new GoogleNoticeOptions()));
        PurchaseSync sync = new(Console.Database, new AskingProducts(Console.Database), _world.Subscriptions, unset, _world.Purchases);
        Assert.Empty((await sync.RunAsync(ConsoleWorld.Admin, Stop)).Problems);

        await Console.ProductAsync(Marketplace.Gcp);
        SyncOutcome outcome = await sync.RunAsync(ConsoleWorld.Admin, Stop);

        Assert.Equal(0, outcome.Read);
        Assert.Contains("Google:ProviderId is not set", Assert.Single(outcome.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_purchase_that_has_ended_is_not_entered()
    {
        await Console.ProductAsync(Marketplace.Gcp);
        Console.Sandbox.SetGoogle("e-4711", GoogleEntitlementState.Cancelled);

        SyncOutcome outcome = await _world.Sync.RunAsync(ConsoleWorld.Admin, Stop);

        Assert.Equal((1, 0, 0), (outcome.Read, outcome.Entered, outcome.Changed));
        Assert.Empty(outcome.Problems);
        Assert.Empty(await _world.AllAsync<Entitlement>());
    }

    [Fact]
    public async Task R18_A_purchase_that_has_ended_at_Google_ends_here_and_the_one_after_it_is_put_before_a_person()
    {
        await Console.ProductAsync(Marketplace.Gcp);
        await _world.Sync.RunAsync(ConsoleWorld.Admin, Stop); // e-4711
        Console.Sandbox.SetGoogle("e-4711", GoogleEntitlementState.Cancelled);
        Console.Sandbox.Save(new GoogleEntitlement(
            "e-4720", ConsoleWorld.GoogleServiceName, ConsoleWorld.GoogleConsumer, "acme", GoogleEntitlementState.Active, Console.Now));

        SyncOutcome outcome = await _world.Sync.RunAsync(ConsoleWorld.Admin, Stop);

        Assert.Equal(1, outcome.Changed);
        Assert.Contains("a new purchase e-4720", Assert.Single(outcome.Problems), StringComparison.Ordinal);
        Assert.Equal(EntitlementState.Cancelled, (await _world.EntitlementAsync()).State);
    }

    [Theory]
    [InlineData("""{"id":"7C1F3C52-9A40-4E6E-8D0B-3F6A1C2D4E5F","offerId":"o","planId":"p","saasSubscriptionStatus":"Unsubscribed"}""", true)]
    [InlineData("""{"id":"11111111-2222-4333-8444-555555555555","offerId":"o","planId":"p","saasSubscriptionStatus":"Unsubscribed"}""", false)] // another one
    [InlineData("""{"id":"7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f","offerId":"o","planId":"p","saasSubscriptionStatus":"Gone"}""", false)]
    [InlineData("""{"id":"7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f","offerId":"o","saasSubscriptionStatus":"Unsubscribed"}""", false)]
    [InlineData("[]", false)]
    public void An_answer_of_Azure_is_believed_only_where_it_is_whole_and_about_the_subscription_that_was_asked(string body, bool isBelieved)
    {
        using JsonDocument answer = JsonDocument.Parse(body);

        Assert.Equal(isBelieved, AzureSubscriptions.Read(answer.RootElement, ConsoleWorld.AzureResource)?.State == EntitlementState.Cancelled);
    }

    [Fact]
    public async Task Nothing_is_concluded_from_a_part_of_Googles_list()
    {
        await Console.ProductAsync(Marketplace.Gcp);
        Assert.IsType<PurchaseList.Read>(await _world.Entitlements.ListAsync(Guid.Empty, Stop)); // has a token now
        Console.Sandbox.Faults.Always(SandboxService.Google, FaultKind.ErrorBefore);

        SyncOutcome outcome = await _world.Sync.RunAsync(ConsoleWorld.Admin, Stop);

        Assert.Equal(0, outcome.Read);
        Assert.Single(outcome.Problems);
    }

    [Fact]
    public async Task Synchronising_reads_the_state_of_each_subscription_of_Azure()
    {
        await _world.SetUpAsync(Marketplace.Azure);
        await _world.Sync.RunAsync(ConsoleWorld.Admin, Stop);
        Console.Sandbox.SetAzure(ConsoleWorld.AzureResource, AzureSubscriptionStatus.Suspended);

        SyncOutcome outcome = await _world.Sync.RunAsync(ConsoleWorld.Admin, Stop);

        Assert.Equal(1, outcome.Changed);
        Assert.Equal(EntitlementState.Suspended, (await _world.EntitlementAsync()).State);
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    /// <summary>A purchase of the same project that has ended.</summary>
    private void OnceBought(string id) => Console.Sandbox.Save(new GoogleEntitlement(
        id, ConsoleWorld.GoogleServiceName, ConsoleWorld.GoogleConsumer, "acme", GoogleEntitlementState.Cancelled,
        new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 8, 10, 0, 0, 0, TimeSpan.Zero)));

    private Task<PurchaseOutcome> RegisterAsync(Guid product, string token, Guid? buyer = null, string? name = null, string? email = null) => _world.Tokens.RegisterAsync(
        ConsoleWorld.Admin, new RegisterPurchase { ProductId = product, Token = token, BuyerId = buyer, BuyerName = name, BuyerEmail = email }, Stop);
}
