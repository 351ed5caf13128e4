using LagoConsole.Components.Buyers;
using LagoConsole.Core.Audit;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Security;
using LagoConsole.Sandbox;
using LagoConsole.Sandbox.Azure;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using MudBlazor;
using Xunit;
using TestContext = Xunit.TestContext;

namespace LagoConsole.Tests.Buyers;

/// <summary>A subscription at Azure changes its plan: the entitlement stays, and its records name the new one from the next on.</summary>
public sealed class EntitlementPlanTests : MudContext
{
    private readonly ConsoleWorld _world = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_changed_plan_is_named_from_the_next_record_on_and_what_the_old_one_stranded_is_billed()
    {
        Guid integration = await SetUpAsync();
        _world.Use(100); // 2.00 USD
        await _world.NextHourAsync(integration);
        ChangePlanInAzure();
        _world.Use(25); // 0.50 USD
        await _world.NextHourAsync(integration);

        IReadOnlyList<UsageRecord> before = await _world.RecordsAsync();
        Assert.Equal([UsageRecordState.Accepted, UsageRecordState.Blocked], before.Select(record => record.State));
        Assert.IsType<BuyerOutcome.Saved>(await EditAsync("silver"));
        Assert.IsType<RecordDecisionOutcome.Decided>(await _world.Get<RecordDecisions>().SettleAsync(
            ConsoleWorld.Admin, new SettleRecord(before[1].Id, before[1].Version, Billed: false, "Refused: it names the old plan."), Stop));
        await _world.NextHourAsync(integration);

        IReadOnlyList<UsageRecord> after = await _world.RecordsAsync();
        Assert.Equal([UsageRecordState.Accepted, UsageRecordState.Void, UsageRecordState.Accepted], after.Select(record => record.State));
        Assert.Equal(before.Select(record => record.Payload), after.Take(2).Select(record => record.Payload)); // made records are never changed
        Assert.Contains("\"planId\":\"gold\"", after[1].Payload, StringComparison.Ordinal);
        Assert.Contains("\"planId\":\"silver\"", after[2].Payload, StringComparison.Ordinal);
        Assert.Equal(250, _world.BilledAt(Marketplace.Azure));
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_plan_is_no_part_of_the_identity()
    {
        await SetUpAsync();
        string identity = (await EntitlementAsync()).Identity;

        await EditAsync("silver");

        Assert.Equal(identity, (await EntitlementAsync()).Identity);
        Assert.Equal(["Subscription", "Offer"], (await DetailAsync()).Identity.Select(part => part.Label)); // a record of the old plan is not said to be of the new one
        Assert.Equal("silver", (await DetailAsync()).AzurePlanId);
    }

    [Theory]
    [InlineData("silver", "silver")]
    [InlineData(" silver ", "silver")]
    [InlineData("gold", null)] // the product's
    [InlineData("", null)]
    [InlineData(null, "bronze")] // an edit that says nothing of the plan
    public async Task The_products_plan_is_not_repeated_and_an_edit_without_a_plan_leaves_it(string? typed, string? stored)
    {
        await SetUpAsync();
        await EditAsync("bronze");

        await EditAsync(typed);

        Assert.Equal(stored, (await EntitlementAsync()).AzurePlanId);
        Assert.Equal(stored ?? "gold", (await DetailAsync()).AzurePlanId);
    }

    [Fact]
    public async Task A_changed_plan_is_audited()
    {
        await SetUpAsync();

        BuyerOutcome outcome = await EditAsync("silver");

        Assert.EndsWith("Its next record names the plan silver; those that are made keep theirs.", Assert.IsType<BuyerOutcome.Saved>(outcome).Sentence, StringComparison.Ordinal);
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        AuditEntry entry = await db.AuditEntries.SingleAsync(row => row.Action == "Edit entitlement", Stop);
        Assert.Equal(("ACTIVE, from 2026-08-01 00:00 UTC", "ACTIVE, from 2026-08-01 00:00 UTC, plan silver"), (entry.Before, entry.After));
    }

    [Fact]
    public async Task What_is_no_plan_is_refused_and_elsewhere_a_plan_means_nothing()
    {
        await SetUpAsync();
        Assert.Contains(
            "The plan ID has lower-case letters", Assert.IsType<BuyerOutcome.Refused>(await EditAsync("Silver plan")).Problems[BuyerField.AzurePlanId], StringComparison.Ordinal);

        Guid product = await _world.ProductAsync();
        Guid aws = await _world.EntitleAsync(await _world.BuyerAsync(null, name: "Globex"), product);
        await EditAsync("silver", aws);
        Assert.Null((await EntitlementAsync(aws)).AzurePlanId);
    }

    [Theory]
    [InlineData("silver", "silver")]
    [InlineData("gold", null)]
    [InlineData(" ", null)]
    public async Task A_purchase_is_entered_on_a_plan_of_its_own(string typed, string? stored)
    {
        Guid product = await _world.ProductAsync(Marketplace.Azure);
        BuyerOutcome outcome = await _world.Get<EntitlementService>().CreateAsync(
            ConsoleWorld.Admin,
            new NewEntitlement { BuyerId = await _world.BuyerAsync(null), ProductId = product, AzureResourceId = ConsoleWorld.AzureResource.ToString(), AzurePlanId = typed },
            Stop);

        Assert.Equal(stored, (await EntitlementAsync(Assert.IsType<BuyerOutcome.Saved>(outcome).Id)).AzurePlanId);
    }

    [Fact]
    public async Task The_dialog_says_what_another_plan_means_for_the_money_and_an_emptied_field_is_the_products_plan()
    {
        EditEntitlement? seen = null;
        await OpenAsync(Dialog(Marketplace.Azure, "gold", input => seen = input));
        Assert.DoesNotContain("Records name the new plan", Dialogs.Markup, StringComparison.Ordinal);

        await TypeAsync("Plan ID", "silver");
        Assert.Contains("Records name the new plan from the next one on.", Dialogs.Markup, StringComparison.Ordinal);
        Assert.Contains("set the price for this entitlement", Dialogs.Markup, StringComparison.Ordinal);
        await PressAsync("Save");
        Assert.Equal("silver", seen!.AzurePlanId);

        await OpenAsync(Dialog(Marketplace.Azure, "silver", input => seen = input));
        await TypeAsync("Plan ID", "");
        await PressAsync("Save");
        Assert.Equal("", seen.AzurePlanId);
    }

    [Fact]
    public async Task Where_there_are_no_plans_the_dialog_has_no_field_for_one()
    {
        EditEntitlement? seen = null;
        await OpenAsync(Dialog(Marketplace.Gcp, plan: null, input => seen = input));
        Assert.DoesNotContain("Plan ID", Dialogs.Markup, StringComparison.Ordinal);

        await PressAsync("Save");

        Assert.Null(seen!.AzurePlanId);
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        await _world.DisposeAsync();
    }

    private static DialogParameters<EditEntitlementDialog> Dialog(Marketplace marketplace, string? plan, Action<EditEntitlement> save) => new()
    {
        { form => form.Entitlement, new EntitlementDetail(
            Guid.NewGuid(), 3, Guid.NewGuid(), "Vendor Platform", marketplace, [new("Subscription", "7c1f3c52")],
            EntitlementState.Active, new(2026, 8, 1, 0, 0, 0, TimeSpan.Zero), EndsAt: null, plan) },
        { form => form.Save, input =>
        {
            save(input);
            return Task.FromResult<BuyerOutcome>(new BuyerOutcome.Saved(input.Id, "Saved."));
        } },
    };

    private async Task<Guid> SetUpAsync()
    {
        Guid integration = await _world.ConnectAsync();
        Guid buyer = await _world.BuyerAsync(await _world.ProductAsync(Marketplace.Azure));
        await _world.LinkAsync(buyer, integration);
        await _world.TurnOnAsync(integration, AutoReportStart.ReportIt);
        return integration;
    }

    /// <summary>The buyer changes from gold to silver, which has the same dimension at the same price.</summary>
    private void ChangePlanInAzure()
    {
        _world.Sandbox.Save(new AzureOffer(
            "vendor-platform", "Vendor Platform", SandboxKeys.AzureApp.ClientId,
            [new AzurePlan("gold", "Gold", [new("usage_fee", 1)]), new AzurePlan("silver", "Silver", [new("usage_fee", 1)])]));
        _world.Sandbox.Save(new AzureSubscription(
            ConsoleWorld.AzureResource, "vendor-platform", "silver", "buyer@acme.example", Guid.Empty, AzureSubscriptionStatus.Subscribed, new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero)));
    }

    private async Task<BuyerOutcome> EditAsync(string? plan, Guid? id = null)
    {
        Entitlement entitlement = await EntitlementAsync(id);
        return await _world.Get<EntitlementLife>().EditAsync(
            new Actor("olga", Role.Operator),
            new EditEntitlement
            {
                Id = entitlement.Id,
                SeenVersion = entitlement.Version,
                State = entitlement.State,
                StartsAt = entitlement.StartsAt,
                EndsAt = entitlement.EndsAt,
                AzurePlanId = plan,
            },
            Stop);
    }

    private async Task<Entitlement> EntitlementAsync(Guid? id = null)
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        return await db.Entitlements.AsNoTracking().SingleAsync(row => id == null ? row.Marketplace == Marketplace.Azure : row.Id == id, Stop);
    }

    private async Task<EntitlementDetail> DetailAsync() =>
        Assert.Single((await _world.Get<BuyerQueries>().FindAsync((await EntitlementAsync()).BuyerId, Stop))!.Entitlements);
}
