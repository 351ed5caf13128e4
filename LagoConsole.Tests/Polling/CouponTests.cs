using LagoConsole.Core.Buyers;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Sandbox;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Polling;

/// <summary>Coupons lower Lago's invoices, no running total and no fee: the marketplace bills gross, and the pages say so.</summary>
public sealed class CouponTests : IAsyncDisposable
{
    private readonly ConsoleWorld _world = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_coupon_changes_neither_a_polled_total_nor_its_growth()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100); // 2.00 USD
        _world.Sandbox.GrantCoupon("cus_acme", 150);

        await _world.NextHourAsync(integration);

        Assert.Equal(200, _world.Billed);
        _world.Use(50);
        _world.Sandbox.GrantCoupon("cus_acme", 10_000);
        await _world.NextHourAsync(integration);
        Assert.Equal(300, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R4_A_final_total_is_before_coupons()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100);
        await _world.NextHourAsync(integration);
        _world.Sandbox.GrantCoupon("cus_acme", 5_100); // 51.00 of the invoice's 52.00 USD
        _world.Use(25); // seen by no poll before the period's end
        _world.MoveTo(new DateTimeOffset(2026, 9, 1, 0, 25, 0, TimeSpan.Zero));

        await _world.CloseAsync(integration);
        await _world.NextHourAsync(integration);

        Assert.Equal(250, _world.Billed);
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        BillingPeriod closed = await db.BillingPeriods.SingleAsync(period => period.State == BillingPeriodState.Closed, Stop);
        Assert.Equal(250, (await db.HighWaterMarks.SingleAsync(mark => mark.PeriodId == closed.Id && mark.MetricCode == "api_calls", Stop)).LastTotalMinor);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task What_coupons_took_off_a_final_invoice_is_read_from_it()
    {
        Guid integration = await _world.ConnectAsync();
        _world.Use(100);
        _world.Sandbox.GrantCoupon("cus_acme", 150);
        _world.MoveTo(new DateTimeOffset(2026, 9, 1, 0, 25, 0, TimeSpan.Zero));
        LagoClient lago = await LagoAsync(integration);
        UsageResponse august = Assert.Single(Value(await lago.ListPastUsageAsync("cus_acme", "acme-prod", Stop)));

        InvoiceResponse invoice = Value(await lago.GetInvoiceAsync(august.LagoInvoiceId!, Stop));

        Assert.Equal(150, invoice.CouponsAmountCents);
        Assert.Equal(200, Assert.Single(invoice.Fees, fee => fee.Item.Type == FeeItemResponse.Charge).AmountCents);
    }

    [Fact]
    public async Task A_poll_learns_whose_customers_have_coupons_until_they_are_used_up()
    {
        (Guid integration, Guid acme, Guid product) = await _world.SetUpAsync();
        Guid globex = await _world.BuyerAsync(product, name: "Globex", licence: ConsoleWorld.Licence.Replace("l-0123", "l-4567", StringComparison.Ordinal));
        await _world.LinkAsync(globex, integration, customer: "globex.example/eu");
        _world.Sandbox.GrantCoupon("cus_acme", 150);

        await _world.NextHourAsync(integration);

        Assert.Equal((true, false), (await HasCouponsAsync(acme), await HasCouponsAsync(globex)));
        _world.MoveTo(new DateTimeOffset(2026, 9, 1, 0, 15, 0, TimeSpan.Zero)); // the invoice used it up
        await _world.NextHourAsync(integration);
        Assert.False(await HasCouponsAsync(acme));
    }

    [Fact]
    public async Task A_key_that_may_not_read_coupons_still_polls()
    {
        (Guid integration, Guid buyer, _) = await _world.SetUpAsync();
        _world.Sandbox.GrantCoupon("cus_acme", 150);
        await _world.NextHourAsync(integration);
        Assert.True(await HasCouponsAsync(buyer));
        _world.Sandbox.AddLagoKey(SandboxKeys.LagoApiKey, ["organization", "customer", "customer_usage", "subscription", "billable_metric", "invoice"]);
        _world.Use(100);

        await _world.NextHourAsync(integration);

        Assert.Equal(200, _world.Billed);
        Assert.False(await HasCouponsAsync(buyer)); // not known any more
    }

    [Fact]
    public async Task After_a_failure_what_was_known_stands()
    {
        (Guid integration, Guid buyer, _) = await _world.SetUpAsync();
        _world.Sandbox.GrantCoupon("cus_acme", 150);
        await _world.NextHourAsync(integration);

        await _world.Get<IntegrationHealth>().CouponsSeenAsync(
            await LinksAsync(integration), new LagoAnswer<IReadOnlyList<AppliedCouponResponse>>.Failed(new LagoFailure.ServerFailed(500)), Stop);

        Assert.True(await HasCouponsAsync(buyer));
    }

    [Fact]
    public async Task A_coupon_of_an_earlier_customer_of_the_same_id_is_not_this_ones()
    {
        (Guid integration, Guid buyer, _) = await _world.SetUpAsync();

        await _world.Get<IntegrationHealth>().CouponsSeenAsync(
            await LinksAsync(integration),
            new LagoAnswer<IReadOnlyList<AppliedCouponResponse>>.Ok(
                [new AppliedCouponResponse { LagoId = "c1", ExternalCustomerId = "cus_acme", LagoCustomerId = "another", Status = "active" }]),
            Stop);

        Assert.False(await HasCouponsAsync(buyer));
    }

    [Fact]
    public async Task A_customer_with_coupons_is_told_before_it_is_linked()
    {
        Guid integration = await _world.ConnectAsync();
        Guid buyer = await _world.BuyerAsync(await _world.ProductAsync());
        _world.Sandbox.GrantCoupon("cus_acme", 150);

        LinkPreview preview = Assert.IsType<LinkPreviewOutcome.Ready>(
            await _world.Get<BuyerLinkService>().PreviewAsync(ConsoleWorld.Admin, buyer, integration, "cus_acme", Stop)).Preview;

        Assert.True(preview.HasCoupons);
        await _world.LinkAsync(buyer, integration);
        Assert.True(await HasCouponsAsync(buyer));
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private static T Value<T>(LagoAnswer<T> answer) => Assert.IsType<LagoAnswer<T>.Ok>(answer).Value;

    private async Task<LagoClient> LagoAsync(Guid integration)
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        Integration stored = await db.Integrations.AsNoTracking().SingleAsync(row => row.Id == integration, Stop);
        return Assert.IsType<LagoConnection.Opened>(_world.Get<IntegrationConnections>().Open(stored)).Client;
    }

    private async Task<List<BuyerLink>> LinksAsync(Guid integration)
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        return await db.BuyerLinks.Where(link => link.IntegrationId == integration).ToListAsync(Stop);
    }

    private async Task<bool> HasCouponsAsync(Guid buyer)
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        return (await db.BuyerLinks.SingleAsync(link => link.BuyerId == buyer, Stop)).HasCoupons;
    }
}
