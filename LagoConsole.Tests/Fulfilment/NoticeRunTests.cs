using LagoConsole.Core.Buyers;
using LagoConsole.Core.Fulfilment;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using LagoConsole.Sandbox.Azure;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Sandbox.Google;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Fulfilment;

/// <summary>What the marketplaces tell, from their queues and Azure's webhook to the last record (R18).</summary>
public sealed class NoticeRunTests : IAsyncDisposable
{
    private const string Deprovisioned = "License Deprovisioned - Manufacturer";

    private static readonly DateTimeOffset Thirteen = new(2026, 8, 20, 13, 0, 0, TimeSpan.Zero);

    private readonly FulfilmentWorld _world = new(); // 13:50

    private ConsoleWorld Console => _world.Console;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R18_A_licence_that_AWS_deprovisions_is_drained_into_one_last_record()
    {
        (Guid integration, _) = await _world.SetUpAsync(Marketplace.Aws);
        Console.Use(100); // 2.00 USD
        await Console.NextHourAsync(integration); // 14:05
        Console.Use(40); // 0.80 USD
        Console.MoveTo(Thirteen.AddMinutes(80)); // 14:20
        Console.Sandbox.EndAwsAgreement(ConsoleWorld.Licence);
        Deprovision();

        NoticeRunOutcome outcome = await _world.RunAsync();

        Assert.Equal((1, 1, 0), (outcome.Received, outcome.Acted, outcome.Waiting));
        Assert.Empty(outcome.Failures);
        Entitlement ended = await _world.EntitlementAsync();
        Assert.Equal((EntitlementState.Cancelled, Thirteen.AddMinutes(80)), (ended.State, ended.EndsAt));
        Assert.StartsWith($"{Deprovisioned}, notice ", Assert.Single(await _world.AuditAsync("Edit entitlement")).Note, StringComparison.Ordinal);
        Assert.Equal(0, _world.Aws.Notices.Count);

        Console.MoveTo(Thirteen.AddMinutes(111)); // 14:51, half an hour before AWS takes nothing more
        await Console.ReportAsync();
        Assert.Equal(280, Console.Billed);
        await Console.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_notice_that_is_delivered_twice_acts_once()
    {
        await _world.SetUpAsync(Marketplace.Aws);
        _world.Aws.Notices.LosesDeletes = true;
        Deprovision();
        await _world.RunAsync();
        Entitlement first = await _world.EntitlementAsync();

        _world.Aws.Notices.LosesDeletes = false;
        Console.MoveTo(Console.Now.AddMinutes(1));
        NoticeRunOutcome again = await _world.RunAsync();

        Assert.Equal((0, 0), (again.Received, again.Acted));
        Assert.Equal(0, _world.Aws.Notices.Count);
        Assert.Single(await _world.AllAsync<ReceivedNotice>());
        Assert.Equal((first.EndsAt, first.Version), ((await _world.EntitlementAsync()).EndsAt, (await _world.EntitlementAsync()).Version));
        Assert.Single(await _world.AuditAsync("Edit entitlement"));
    }

    [Fact]
    public async Task R18_The_second_of_AWSs_two_ends_moves_nothing()
    {
        await _world.SetUpAsync(Marketplace.Aws);
        _world.Aws.Notices.Tell("License Updated - Manufacturer", FulfilmentWorld.Agreement, ConsoleWorld.Licence, ConsoleWorld.Account, ConsoleWorld.ProductCode);
        _world.Aws.Notices.Tell("Purchase Agreement Ended - Proposer", FulfilmentWorld.Agreement, licenseArn: null, ConsoleWorld.Account, productCode: null);
        await _world.RunAsync(); // the first names the agreement of the licence, the second ends it
        DateTimeOffset? end = (await _world.EntitlementAsync()).EndsAt;
        Assert.NotNull(end);

        Console.MoveTo(Console.Now.AddMinutes(20));
        Deprovision();
        await _world.RunAsync();

        Assert.Equal(end, (await _world.EntitlementAsync()).EndsAt);
    }

    [Fact]
    public async Task An_agreement_that_ends_and_whose_licence_is_not_known_is_put_before_a_person()
    {
        (_, Guid buyer) = await _world.SetUpAsync(Marketplace.Aws);
        _world.Aws.Notices.Tell("Purchase Agreement Ended - Proposer", "agmt-unknown", licenseArn: null, ConsoleWorld.Account, productCode: null);

        await _world.RunAsync();

        ReceivedNotice notice = Assert.Single(await _world.AllAsync<ReceivedNotice>());
        Assert.Equal((NoticeState.NeedsPerson, buyer), (notice.State, notice.BuyerId));
        Assert.Contains("enter Cancelled at", notice.Outcome, StringComparison.Ordinal);
        Assert.Equal(EntitlementState.Active, (await _world.EntitlementAsync()).State);
    }

    [Fact]
    public async Task R18_R16_With_auto_report_off_an_end_that_is_told_leaves_the_money_waiting_for_a_person()
    {
        (Guid integration, _) = await _world.SetUpAsync(Marketplace.Aws);
        Console.Use(100);
        Console.MoveTo(Thirteen.AddMinutes(65)); // 14:05
        await Console.PollAsync(integration);
        await Console.TurnOffAsync(integration);
        Console.MoveTo(Thirteen.AddMinutes(70)); // 14:10
        Deprovision();
        await _world.RunAsync();
        await Console.ReportAsync();

        UsageIncrement waiting = Assert.Single(await _world.AllAsync<UsageIncrement>());
        Assert.Equal((WaitReason.AutoReportOff, 200m, null), (waiting.WaitReason, waiting.OpenMinor, waiting.MeterId));
        Assert.Equal(EntitlementState.Cancelled, (await _world.EntitlementAsync()).State);
        Assert.Equal(0, Console.Billed);
        await Console.AssertBalancedAsync();

        await Console.TurnOnAsync(integration); // the person's answer, in time
        Console.MoveTo(Thirteen.AddMinutes(101)); // 14:41: the last record
        await Console.ReportAsync();
        Assert.Equal(200, Console.Billed);
        await Console.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_licence_that_is_new_becomes_a_buyer_with_an_entitlement_once()
    {
        await _world.AwsProductAsync();
        _world.Aws.Notices.Tell("Purchase Agreement Created - Proposer", FulfilmentWorld.Agreement, licenseArn: null, ConsoleWorld.Account, productCode: null);
        _world.Aws.Notices.Tell("License Updated - Manufacturer", FulfilmentWorld.Agreement, ConsoleWorld.Licence, ConsoleWorld.Account, ConsoleWorld.ProductCode);
        _world.Aws.Notices.Tell("License Updated - Proposer", FulfilmentWorld.Agreement, ConsoleWorld.Licence, ConsoleWorld.Account, ConsoleWorld.ProductCode);

        await _world.RunAsync();

        Assert.Equal("AWS account 222222222222", Assert.Single(await _world.AllAsync<Buyer>()).Name);
        Entitlement entitlement = await _world.EntitlementAsync();
        Assert.Equal((EntitlementState.Active, FulfilmentWorld.Agreement, ConsoleWorld.Licence), (entitlement.State, entitlement.PurchaseId, entitlement.AwsLicenseArn));
        Assert.All(await _world.AllAsync<ReceivedNotice>(), notice => Assert.Equal(NoticeState.Done, notice.State));
    }

    [Fact]
    public async Task A_legacy_agreement_that_is_reported_by_its_product_code_is_the_one_that_a_licence_of_it_names()
    {
        Guid buyer = await Console.BuyerAsync(product: null);
        await Console.EntitleAsync(buyer, await _world.AwsProductAsync(), licence: "");
        _world.Aws.Notices.Tell("License Updated - Manufacturer", FulfilmentWorld.Agreement, ConsoleWorld.Licence, ConsoleWorld.Account, ConsoleWorld.ProductCode);
        await _world.RunAsync();
        Entitlement running = await _world.EntitlementAsync(); // and no second one, which the money would wait for
        Assert.Equal((EntitlementState.Active, FulfilmentWorld.Agreement, null), (running.State, running.PurchaseId, running.AwsLicenseArn));

        Deprovision();
        await _world.RunAsync();

        Assert.Equal(EntitlementState.Cancelled, (await _world.EntitlementAsync()).State);
    }

    [Fact]
    public async Task A_purchase_of_a_product_that_the_console_lacks_is_tried_again_when_a_person_has_entered_it()
    {
        _world.Aws.Notices.Tell("License Updated - Manufacturer", FulfilmentWorld.Agreement, ConsoleWorld.Licence, ConsoleWorld.Account, ConsoleWorld.ProductCode);
        await _world.RunAsync();
        ReceivedNotice notice = Assert.Single(await _world.AllAsync<ReceivedNotice>());
        Assert.Equal(NoticeState.NeedsPerson, notice.State);
        Assert.Contains(ConsoleWorld.ProductCode, notice.Outcome, StringComparison.Ordinal);

        await _world.AwsProductAsync();
        Assert.Equal(NoticeState.Done, await _world.Actions.TryAgainAsync(ConsoleWorld.Admin, notice.Id, Stop));

        Assert.Equal(EntitlementState.Active, (await _world.EntitlementAsync()).State);
    }

    [Fact]
    public async Task What_is_not_understood_is_kept_whole_and_shown_before_it_is_deleted()
    {
        _world.Aws.Notices.Send("""{"detail-type":"Something New","source":"aws.agreement-marketplace"}""");

        await _world.RunAsync();

        ReceivedNotice notice = Assert.Single(await _world.AllAsync<ReceivedNotice>());
        Assert.Equal((NoticeState.NeedsPerson, NoticeKind.NotUnderstood, "Something New"), (notice.State, notice.Kind, notice.Said));
        Assert.Contains("Something New", notice.Payload, StringComparison.Ordinal);
        Assert.Equal(0, _world.Aws.Notices.Count);

        await _world.Actions.DismissAsync(ConsoleWorld.Admin, notice.Id, Stop);
        Assert.Equal(NoticeState.Done, Assert.Single(await _world.AllAsync<ReceivedNotice>()).State);
        Assert.Single(await _world.AuditAsync("Dismiss notice"));
    }

    [Fact]
    public async Task R18_A_subscription_that_is_unsubscribed_ends_at_the_instant_that_Azure_tells_of_it()
    {
        (Guid integration, _) = await _world.SetUpAsync(Marketplace.Azure);
        Console.Use(100);
        await Console.NextHourAsync(integration); // 14:05
        Console.Use(40);
        Console.MoveTo(Thirteen.AddMinutes(80)); // 14:20
        Console.Sandbox.SetAzure(ConsoleWorld.AzureResource, AzureSubscriptionStatus.Unsubscribed);
        string body = _world.Azure.Tell(ConsoleWorld.AzureResource, "Unsubscribe");
        Console.MoveTo(Thirteen.AddMinutes(85));
        await _world.Store.KeepAsync(Marketplace.Azure, "m-1", body, Stop);
        Assert.False(await _world.Store.KeepAsync(Marketplace.Azure, "m-2", body, Stop));

        await _world.RunAsync();

        Entitlement ended = await _world.EntitlementAsync();
        Assert.Equal(EntitlementState.Cancelled, ended.State);
        Assert.InRange(ended.EndsAt!.Value, Thirteen.AddMinutes(80), Thirteen.AddMinutes(81)); // not 14:25, when it was read
        Console.MoveTo(Thirteen.AddHours(24).AddMinutes(40)); // 13:40, half an hour before Azure takes no more of the hour 14
        await Console.ReportAsync();
        Assert.Equal(280, Console.BilledAt(Marketplace.Azure));
        await Console.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_webhook_that_lies_changes_nothing()
    {
        await _world.SetUpAsync(Marketplace.Azure);
        await _world.Store.KeepAsync(
            Marketplace.Azure, "m-1", AzureFulfilment.Body(ConsoleWorld.AzureResource, "Unsubscribe", "Succeeded", Guid.NewGuid(), Console.Now), Stop);

        await _world.RunAsync();

        Entitlement entitlement = await _world.EntitlementAsync();
        Assert.Equal((EntitlementState.Active, null), (entitlement.State, entitlement.EndsAt));
        ReceivedNotice notice = Assert.Single(await _world.AllAsync<ReceivedNotice>());
        Assert.Equal((NoticeState.Done, "Azure Marketplace says what the console has: ACTIVE."), (notice.State, notice.Outcome));
    }

    [Fact]
    public async Task A_running_purchase_that_Azure_does_not_know_any_more_is_put_before_a_person_and_not_ended()
    {
        (_, Guid buyer) = await _world.SetUpAsync(Marketplace.Azure);
        Guid unknown = new("11111111-2222-4333-8444-555555555555");
        Guid product = Assert.Single(await _world.AllAsync<Product>()).Id;
        Assert.IsType<BuyerOutcome.Saved>(await Console.Get<EntitlementService>().CreateAsync(
            ConsoleWorld.Admin, new NewEntitlement { BuyerId = buyer, ProductId = product, AzureResourceId = unknown.ToString(), StartsAt = Thirteen.AddDays(-1) }, Stop));
        await _world.Store.KeepAsync(Marketplace.Azure, "m-1", AzureFulfilment.Body(unknown, "Unsubscribe", "Succeeded", Guid.NewGuid(), Console.Now), Stop);

        await _world.RunAsync();

        ReceivedNotice notice = Assert.Single(await _world.AllAsync<ReceivedNotice>());
        Assert.Equal((NoticeState.NeedsPerson, buyer), (notice.State, notice.BuyerId));
        Assert.Contains("enter Cancelled at", notice.Outcome, StringComparison.Ordinal);
        Assert.All(await _world.AllAsync<Entitlement>(), entitlement => Assert.Equal(EntitlementState.Active, entitlement.State));
    }

    [Fact]
    public async Task Of_two_deliveries_at_once_one_is_kept()
    {
        const string Body = """{"eventId":"evt-1","eventType":"ENTITLEMENT_ACTIVE","providerId":"vendor","entitlement":{"id":"e-4711"}}""";
        NoticeStore other = new(new SavesBefore(Console.Database, Body), Console.Clock);

        Assert.False(await other.KeepAsync(Marketplace.Gcp, "m-2", Body, Stop));
        Assert.Equal("evt-1", Assert.Single(await _world.AllAsync<ReceivedNotice>()).NoticeId);
    }

    [Fact]
    public async Task Nothing_is_concluded_while_Azure_still_carries_the_change_out_or_cannot_be_asked()
    {
        await _world.SetUpAsync(Marketplace.Azure);
        Guid operation = Guid.NewGuid();
        await _world.Store.KeepAsync(Marketplace.Azure, "m-1", _world.Azure.Tell(ConsoleWorld.AzureResource, "Suspend", "InProgress", operation), Stop);
        Assert.Equal(1, (await _world.RunAsync()).Waiting);

        _world.Azure.Tell(ConsoleWorld.AzureResource, "Suspend", "Succeeded", operation);
        Console.Sandbox.SetAzure(ConsoleWorld.AzureResource, AzureSubscriptionStatus.Suspended);
        Console.Sandbox.Faults.Always(SandboxService.Azure, FaultKind.ErrorBefore);
        Assert.Equal(1, (await _world.RunAsync()).Waiting);
        Assert.Equal(EntitlementState.Active, (await _world.EntitlementAsync()).State);

        Console.Sandbox.Faults.Clear();
        Assert.Equal((1, 0), ((await _world.RunAsync()).Acted, (await _world.RunAsync()).Waiting));
        Assert.Equal(EntitlementState.Suspended, (await _world.EntitlementAsync()).State);
    }

    [Fact]
    public async Task R18_A_cancellation_of_Google_is_read_from_Google_and_drained()
    {
        (Guid integration, _) = await _world.SetUpAsync(Marketplace.Gcp);
        Console.Use(100);
        await Console.NextHourAsync(integration); // 14:05
        Console.Use(40);
        Console.MoveTo(Thirteen.AddMinutes(80)); // 14:20
        Console.Sandbox.SetGoogle("e-4711", GoogleEntitlementState.Cancelled);
        _world.Google.Tell("ENTITLEMENT_CANCELLED", "e-4711");

        NoticeRunOutcome outcome = await _world.RunAsync();

        Assert.Equal((1, 1), (outcome.Received, outcome.Acted));
        Assert.Equal((EntitlementState.Cancelled, 0), ((await _world.EntitlementAsync()).State, _world.Google.Count));
        Console.MoveTo(Thirteen.AddMinutes(111));
        await Console.ReportAsync();
        Assert.Equal(280, Console.BilledAt(Marketplace.Gcp));
        await Console.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_cancellation_to_come_at_Google_is_entered_and_taken_back()
    {
        await _world.SetUpAsync(Marketplace.Gcp);
        DateTimeOffset september = new(2026, 9, 1, 0, 0, 0, TimeSpan.Zero);
        _world.Google.SetEnding("e-4711", september);
        _world.Google.Tell("ENTITLEMENT_PENDING_CANCELLATION", "e-4711");
        await _world.RunAsync();
        Entitlement ending = await _world.EntitlementAsync();
        Assert.Equal((EntitlementState.PendingCancel, september), (ending.State, ending.EndsAt));

        _world.Google.SetEnding("e-4711", at: null);
        _world.Google.Tell("ENTITLEMENT_CANCELLATION_REVERTED", "e-4711");
        await _world.RunAsync();

        Entitlement running = await _world.EntitlementAsync();
        Assert.Equal((EntitlementState.Active, null), (running.State, running.EndsAt));
    }

    [Fact]
    public async Task A_purchase_that_Google_has_deleted_and_the_console_never_had_is_nothing_to_do()
    {
        await _world.SetUpAsync(Marketplace.Gcp);
        _world.Google.Tell("ENTITLEMENT_ACTIVE", "e-4711");
        _world.Google.Tell("ENTITLEMENT_DELETED", "e-0000"); // never here
        await _world.RunAsync();
        Assert.All(await _world.AllAsync<ReceivedNotice>(), notice => Assert.Equal(NoticeState.Done, notice.State));
        Assert.Equal("e-4711", (await _world.EntitlementAsync()).PurchaseId);
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private void Deprovision() =>
        _world.Aws.Notices.Tell(Deprovisioned, FulfilmentWorld.Agreement, ConsoleWorld.Licence, ConsoleWorld.Account, ConsoleWorld.ProductCode);

    /// <summary>Another node stores the same notice between this one's look and its write.</summary>
    private sealed class SavesBefore(TestDatabase database, string body) : IDbContextFactory<LagoConsoleDbContext>
    {
        private bool _saved;

        public LagoConsoleDbContext CreateDbContext()
        {
            LagoConsoleDbContext db = database.CreateDbContext();
            db.SavingChanges += (_, _) =>
            {
                if (_saved)
                {
                    return;
                }

                _saved = true;
                using LagoConsoleDbContext first = database.CreateDbContext();
                first.ReceivedNotices.Add(new ReceivedNotice
                {
                    Id = Guid.NewGuid(),
                    Marketplace = Marketplace.Gcp,
                    NoticeId = "evt-1",
                    Kind = NoticeKind.Started,
                    Said = "ENTITLEMENT_ACTIVE",
                    ReceivedAt = Thirteen,
                    Payload = body,
                });
                first.SaveChanges();
            };
            return db;
        }
    }
}
