using LagoConsole.Core.Buyers;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Sandbox.Azure;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Sandbox.Google;
using LagoConsole.Tests.Support;
using Xunit;

namespace LagoConsole.Tests.Scenarios;

/// <summary>The main job at Azure and at Google: the same growth, each by its marketplace's own rules, billed once.</summary>
public sealed class ThreeMarketplacesTests : IAsyncDisposable
{
    private readonly ConsoleWorld _world = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Marketplace.Azure)]
    [InlineData(Marketplace.Gcp)]
    public async Task Growth_is_billed_hour_by_hour(Marketplace marketplace)
    {
        (Guid integration, _) = await SetUpAsync(marketplace);
        _world.Use(100); // 2.00 USD
        await _world.NextHourAsync(integration);
        _world.Use(25); // 0.50 USD
        await _world.NextHourAsync(integration);

        Assert.Equal(250, _world.BilledAt(marketplace));
        Assert.All(await _world.RecordsAsync(), record => Assert.Equal(UsageRecordState.Accepted, record.State));
        await _world.AssertBalancedAsync();
    }

    [Theory]
    [InlineData(Marketplace.Azure, SandboxService.Azure, FaultKind.LostAnswer)]
    [InlineData(Marketplace.Azure, SandboxService.Azure, FaultKind.ErrorAfter)]
    [InlineData(Marketplace.Gcp, SandboxService.Google, FaultKind.LostAnswer)]
    [InlineData(Marketplace.Gcp, SandboxService.Google, FaultKind.ErrorAfter)]
    public async Task R13_A_record_whose_answer_was_lost_is_resent_and_the_marketplaces_own_word_settles_it(Marketplace marketplace, SandboxService service, FaultKind fault)
    {
        (Guid integration, _) = await SetUpAsync(marketplace);
        _world.Use(100);
        _world.Sandbox.Faults.Next(service, fault);
        await _world.NextHourAsync(integration);
        Assert.Equal(UsageRecordState.Unknown, Assert.Single(await _world.RecordsAsync()).State);

        await SendAgainAsync();

        UsageRecord record = Assert.Single(await _world.RecordsAsync());
        Assert.Equal((UsageRecordState.Accepted, false), (record.State, record.OutcomeAssumed)); // proven, not inferred
        Assert.Equal(200, _world.BilledAt(marketplace));
        await _world.AssertBalancedAsync();
    }

    [Theory]
    [InlineData(Marketplace.Azure, SandboxService.Azure, FaultKind.LostRequest)]
    [InlineData(Marketplace.Azure, SandboxService.Azure, FaultKind.ErrorBefore)]
    [InlineData(Marketplace.Azure, SandboxService.Azure, FaultKind.Throttle)]
    [InlineData(Marketplace.Azure, SandboxService.Azure, FaultKind.Unauthorized)]
    [InlineData(Marketplace.Gcp, SandboxService.Google, FaultKind.LostRequest)]
    [InlineData(Marketplace.Gcp, SandboxService.Google, FaultKind.Outage)]
    [InlineData(Marketplace.Gcp, SandboxService.Google, FaultKind.Throttle)]
    [InlineData(Marketplace.Gcp, SandboxService.Google, FaultKind.Unauthorized)]
    public async Task R13_A_record_that_did_not_arrive_is_sent_again_and_billed_once(Marketplace marketplace, SandboxService service, FaultKind fault)
    {
        (Guid integration, _) = await SetUpAsync(marketplace);
        _world.Use(100);
        _world.Sandbox.Faults.Next(service, fault, times: 20);
        await _world.NextHourAsync(integration);
        Assert.Equal(0, _world.BilledAt(marketplace));

        await SendAgainAsync();

        Assert.Equal(200, _world.BilledAt(marketplace));
        Assert.Equal(UsageRecordState.Accepted, Assert.Single(await _world.RecordsAsync()).State);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R12_An_hour_of_Azure_is_never_used_twice_and_one_of_Google_may_follow_an_unknown_one()
    {
        foreach (Marketplace marketplace in (Marketplace[])[Marketplace.Azure, Marketplace.Gcp])
        {
            await using ConsoleWorld world = new();
            (Guid integration, _) = await SetUpAsync(world, marketplace);
            world.Use(100);
            world.Sandbox.Faults.Next(marketplace == Marketplace.Azure ? SandboxService.Azure : SandboxService.Google, FaultKind.LostAnswer, times: 50);
            await world.NextHourAsync(integration);
            Assert.Equal(UsageRecordState.Unknown, Assert.Single(await world.RecordsAsync()).State);
            world.Use(25);
            await world.NextHourAsync(integration);

            Assert.Equal(marketplace == Marketplace.Azure ? 1 : 2, (await world.RecordsAsync()).Count);
        }
    }

    [Fact]
    public async Task A_suspended_subscription_of_Azure_blocks_its_record_and_nothing_is_billed()
    {
        (Guid integration, _) = await SetUpAsync(Marketplace.Azure);
        _world.Sandbox.SetAzure(ConsoleWorld.AzureResource, AzureSubscriptionStatus.Suspended);
        _world.Use(100);
        await _world.NextHourAsync(integration);

        UsageRecord record = Assert.Single(await _world.RecordsAsync());
        Assert.Equal((UsageRecordState.Blocked, "ResourceNotActive"), (record.State, record.ErrorCode));
        Assert.Equal(0, _world.BilledAt(Marketplace.Azure));
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_buyer_of_Google_that_may_not_be_billed_is_reported_for_anew_once_a_person_says_so()
    {
        (Guid integration, _) = await SetUpAsync(Marketplace.Gcp);
        _world.Sandbox.SetGoogle("e-4711", GoogleEntitlementState.Suspended);
        _world.Use(100);
        await _world.NextHourAsync(integration);
        UsageRecord blocked = Assert.Single(await _world.RecordsAsync());
        Assert.Equal((UsageRecordState.Blocked, "BILLING_DISABLED"), (blocked.State, blocked.ErrorCode));

        _world.Sandbox.SetGoogle("e-4711", GoogleEntitlementState.Active);
        Assert.IsType<RecordDecisionOutcome.Decided>(await _world.Get<RecordDecisions>().SendAgainAsync(ConsoleWorld.Admin, blocked.Id, blocked.Version, Stop));
        await _world.NextHourAsync(integration);

        IReadOnlyList<UsageRecord> records = await _world.RecordsAsync();
        Assert.Equal([UsageRecordState.Void, UsageRecordState.Accepted], records.Select(record => record.State)); // with times of now, and an id of its own
        Assert.Equal(200, _world.BilledAt(Marketplace.Gcp));
        await _world.AssertBalancedAsync();
    }

    [Theory]
    [InlineData(Marketplace.Azure)] // usage from before a cancellation is taken as long as any other
    [InlineData(Marketplace.Gcp)] // for an hour
    public async Task R18_A_cancelled_purchase_is_drained_at_its_deadline_less_the_margin(Marketplace marketplace)
    {
        (Guid integration, Guid buyer) = await SetUpAsync(marketplace);
        _world.Use(100);
        await _world.NextHourAsync(integration);
        _world.Use(25); // 0.50 USD, before the end
        _world.MoveTo(_world.Now.AddMinutes(10));
        DateTimeOffset end = _world.Now;
        await EndAsync(buyer, end);
        DateTimeOffset closes = FinalFlush.Closes(end, MarketplaceRules.For(marketplace));
        Assert.Equal(marketplace == Marketplace.Azure ? new DateTimeOffset(2026, 8, 21, 14, 0, 0, TimeSpan.Zero) : end.AddHours(1), closes);

        _world.MoveTo(closes.AddMinutes(-30));
        await _world.ReportAsync();

        Assert.Equal(250, _world.BilledAt(marketplace));
        Assert.All(await _world.RecordsAsync(), record => Assert.Equal(UsageRecordState.Accepted, record.State));
        await _world.AssertBalancedAsync();
    }

    [Theory]
    [InlineData(Marketplace.Azure, 0)]
    [InlineData(Marketplace.Gcp, 1)]
    public async Task A_daily_mode_is_told_of_buyers_at_Google(Marketplace marketplace, int expected)
    {
        (Guid integration, _) = await SetUpAsync(marketplace);

        Assert.Equal(expected, (await _world.Get<IntegrationQueries>().FindAsync(integration, Stop))!.GoogleBuyers);
        Assert.Equal(expected, (await _world.Get<IntegrationQueries>().ListAsync(0, 10, Stop)).Rows[0].GoogleBuyers);
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private Task<(Guid Integration, Guid Buyer)> SetUpAsync(Marketplace marketplace) => SetUpAsync(_world, marketplace);

    private static async Task<(Guid Integration, Guid Buyer)> SetUpAsync(ConsoleWorld world, Marketplace marketplace)
    {
        Guid integration = await world.ConnectAsync();
        Guid buyer = await world.BuyerAsync(await world.ProductAsync(marketplace));
        await world.LinkAsync(buyer, integration);
        await world.TurnOnAsync(integration, AutoReportStart.ReportIt);
        return (integration, buyer);
    }

    private async Task EndAsync(Guid buyer, DateTimeOffset end)
    {
        EntitlementDetail bought = Assert.Single((await _world.Get<BuyerQueries>().FindAsync(buyer, Stop))!.Entitlements);
        Assert.IsType<BuyerOutcome.Saved>(await _world.Get<EntitlementLife>().EditAsync(
            ConsoleWorld.Admin,
            new EditEntitlement { Id = bought.Id, SeenVersion = bought.Version, State = EntitlementState.Cancelled, StartsAt = bought.StartsAt, EndsAt = end },
            Stop));
    }

    /// <summary>After the longest rest that a failed record takes.</summary>
    private async Task SendAgainAsync()
    {
        _world.Sandbox.Faults.Clear();
        _world.MoveTo(_world.Now.AddMinutes(11));
        await _world.ReportAsync();
    }
}
