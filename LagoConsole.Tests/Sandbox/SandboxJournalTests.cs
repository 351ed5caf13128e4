using System.Text;
using System.Text.Json;
using LagoConsole.Sandbox;
using LagoConsole.Sandbox.Azure;
using LagoConsole.Sandbox.Google;
using LagoConsole.Sandbox.Lago;
using Xunit;

namespace LagoConsole.Tests.Sandbox;

public sealed class SandboxJournalTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 8, 20, 14, 5, 7, TimeSpan.Zero);

    private const string AzureResource = "7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    [Fact]
    public void A_world_that_is_opened_again_is_the_world_that_was_left()
    {
        string before;
        string billBefore;
        DateTimeOffset left;
        using (SandboxWorlds world = new(Start, _folder, grows: true, furnished: true))
        {
            Live(world);
            left = world.Now;
            before = Everything(world);
            billBefore = Bill(world);
        }

        using SandboxWorlds again = new(left, _folder, grows: false, furnished: true);

        Assert.Equal(before, Everything(again));
        Assert.Equal(billBefore, Bill(again));
        Assert.Contains("\"quantity\":42", billBefore, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Azure_and_Google_are_what_they_were_too()
    {
        string before;
        DateTimeOffset left;
        using (SandboxWorlds world = new(Start, _folder, furnished: true))
        {
            Sell(world);
            left = world.Now;
            before = Everywhere(world);
        }

        using SandboxWorlds again = new(left, _folder, furnished: true);

        Assert.Equal(before, Everywhere(again));
        Assert.Equal((42.5m, 43m), (again.Control.AzureBill().TotalCents, again.Control.GoogleBill().TotalCents));
        Assert.Equal("a", Assert.Single(again.World.Google.Mistakes).OperationId);
        Assert.Equal("PROJECT_DELETED", again.World.Google.Read(state => state.CheckError(GoogleCaller.Service, "project_number:404012345679", left)));
        Assert.Equal("Conflict", new AzureCaller(again).Single(Event(9)).Body.GetProperty("code").GetString()); // the hour is still held
        new GoogleCaller(again).Report(GoogleCaller.Operation("a", 43));
        Assert.Equal(43, again.Control.GoogleBill().TotalCents); // and the id still known
        Assert.Equal(
            (7m, 8m),
            (again.World.Azure.Read(state => state.UnitPriceCents(new Guid(AzureResource), "usage_fee", left.AddDays(1))),
                again.World.Google.Read(state => state.UnitPriceCents(GoogleCaller.Service, "project_number:404012345678", "gold_usage_fee", left.AddDays(1)))));
    }

    [Fact]
    public void What_was_answered_is_in_the_file_before_the_process_ends()
    {
        using SandboxWorlds world = new(Start, _folder, furnished: true);

        new AwsCaller(world).Call("BatchMeterUsage", Record(42));

        // Read while the writer still has it open, as kill -9 would leave it.
        using FileStream file = new(Path.Combine(_folder, "aws.jsonl"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader reader = new(file, Encoding.UTF8);
        string last = reader.ReadToEnd().TrimEnd('\n').Split('\n')[^1];
        Assert.StartsWith("""{"type":"records-accepted",""", last, StringComparison.Ordinal);
        Assert.Contains("\"quantity\":42", last, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_cut_short_by_the_end_of_the_process_never_happened()
    {
        using (SandboxWorlds world = new(Start, _folder, furnished: true))
        {
            new AwsCaller(world).Call("BatchMeterUsage", Record(42));
        }

        string path = Path.Combine(_folder, "aws.jsonl");
        File.AppendAllText(path, """{"type":"records-accepted","rec""");

        using (SandboxWorlds again = new(Start, _folder, furnished: true))
        {
            Assert.Single(again.Control.AwsBill().Records);
            new AwsCaller(again).Call("BatchMeterUsage", Record(1, "api_units"));
        }

        using SandboxWorlds third = new(Start, _folder, furnished: true);
        Assert.Equal(142, third.Control.AwsBill().TotalCents);
    }

    [Fact]
    public void A_damaged_line_stops_the_start_and_is_named()
    {
        Directory.CreateDirectory(_folder);
        File.WriteAllText(Path.Combine(_folder, "lago.jsonl"), "{\"type\":\"unknown\"}\n");

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => new SandboxWorlds(Start, _folder));

        Assert.Contains("line 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Furniture_is_put_in_once()
    {
        using (SandboxWorlds world = new(Start, _folder, furnished: true))
        {
            world.Control.DeleteCustomer("cus_acme");
        }

        using SandboxWorlds again = new(Start, _folder, furnished: true);

        Assert.Equal(7, again.Control.Summary().Customers.Count);
    }

    [Fact]
    public void The_furniture_shows_every_kind_of_customer_and_a_past()
    {
        using SandboxWorlds world = new(Start, grows: true, furnished: true);
        SandboxSummary summary = world.Control.Summary();

        Assert.Equal(8, summary.Customers.Count);
        Assert.Equal(["222222222222", "333333333333", "444444444444"], summary.Agreements.Select(agreement => agreement.CustomerAwsAccountId).ToArray());
        Assert.Equal([AzureResource, "0b2d4f68-1a3c-4e5f-9b7d-8c6a5e4d3f2b"], summary.AzureSubscriptions.Select(subscription => subscription.ResourceId.ToString()));
        Assert.Equal(["project_number:404012345678", "project_number:404012345679"], summary.GoogleEntitlements.Select(entitlement => entitlement.UsageReportingId));
        Assert.All(
            summary.Customers.SelectMany(customer => customer.Subscriptions).Where(subscription => subscription.Status == "active"),
            subscription => Assert.Contains(subscription.Usage, usage => usage.AmountCents > 0));
        Assert.Equal(
            ["active", "pending", "terminated"],
            summary.Customers.SelectMany(customer => customer.Subscriptions).Select(subscription => subscription.Status).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray());
        Assert.NotEqual(0, world.Lago("customers/cus_acme/past_usage?external_subscription_id=acme-prod").GetProperty("usage_periods").GetArrayLength());
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static void Live(SandboxWorlds world)
    {
        new AwsCaller(world).Call("BatchMeterUsage", Record(42));
        world.Control.SendUsage("acme-prod", "api_calls", 500);
        world.Control.GrantCoupon("cus_acme", 1_000);
        world.Clock.Advance(TimeSpan.FromDays(13)); // over a month's end, so that invoices are made, with and without grace
        world.Control.SendUsage("acme-prod", "storage_gb", -3);
        world.Control.Upgrade("acme-prod", "scale");
        world.Control.SwitchGrowth(grows: false);
        world.Clock.Advance(TimeSpan.FromDays(3));
        world.Control.Terminate("initech-1", invoice: false);
        world.Control.AddCustomer(new LagoCustomer("late/comer", "Late Comer"));
        world.Control.AddSubscription("late/comer", "late-1", "starter");
        world.Control.SwitchGrowth(grows: true);
        world.Clock.Advance(TimeSpan.FromHours(30));
    }

    /// <summary>Each kind of entry that Azure and Google have.</summary>
    private static void Sell(SandboxWorlds world)
    {
        world.Control.Save(new AzureOffer("new", "New", "app", [new AzurePlan("basic", "Basic", [new("seats", 0.25m)])]));
        world.Control.Save(new AzureSubscription(
            new Guid("11111111-2222-4333-8444-555555555555"), "new", "basic", "buyer@x.example", Guid.Empty, AzureSubscriptionStatus.Suspended, Start));
        world.Control.EndAzureSubscription(new Guid("0b2d4f68-1a3c-4e5f-9b7d-8c6a5e4d3f2b"), Start.AddDays(3));
        world.Control.Save(new AzurePrice("vendor-platform", "gold", "usage_fee", ResourceId: null, 7, Start.AddHours(1)));
        new AzureCaller(world).Batch(Event(42.5m));
        world.Control.Save(new GoogleService("new.cloud.goog", "New", [new("seats", 0.25m)], "someone@else.example"));
        world.Control.Save(new GoogleEntitlement("e-1", "new.cloud.goog", "project_number:1", "x", GoogleEntitlementState.ActivationRequested, Start));
        world.Control.EndGoogleEntitlement("e-4711", Start.AddDays(3));
        world.Control.TroubleGoogle("project_number:404012345678", GoogleConsumerTrouble.BillingDisabled);
        world.Control.TroubleGoogle("project_number:404012345678", trouble: null);
        world.Control.TroubleGoogle("project_number:404012345679", GoogleConsumerTrouble.ProjectDeleted);
        world.Control.Save(new GooglePrice(GoogleCaller.Service, "gold_usage_fee", "project_number:404012345678", 8, Start.AddHours(1)));
        new GoogleCaller(world).Report(GoogleCaller.Operation("a", 43));
        new GoogleCaller(world).Report(GoogleCaller.Operation("a", 44));
        world.Clock.Advance(TimeSpan.FromHours(2));
    }

    private static object Event(decimal quantity) =>
        new { resourceId = AzureResource, quantity, dimension = "usage_fee", effectiveStartTime = "2026-08-20T13:00:00Z", planId = "gold" };

    private static string Everywhere(SandboxWorlds world) => JsonSerializer.Serialize(new
    {
        Summary = world.Control.Summary(),
        Azure = world.Control.AzureBill(),
        Google = world.Control.GoogleBill(),
        Offers = world.World.Azure.Read(state => state.Offers.Values.ToArray()),
        Subscriptions = world.World.Azure.Read(state => state.Subscriptions.Values.ToArray()),
        Services = world.World.Google.Read(state => state.Services.Values.ToArray()),
        Entitlements = world.World.Google.Read(state => state.Entitlements.Values.ToArray()),
    });

    private static string Record(int quantity, string dimension = "usage_fee") =>
        $$"""{"UsageRecords":[{"Timestamp":1787230800,"Dimension":"{{dimension}}","Quantity":{{quantity}},"CustomerAWSAccountId":"222222222222","LicenseArn":"arn:aws:license-manager::111111111111:license:l-0123456789abcdef0123456789abcdef"}]}""";

    private static string Everything(SandboxWorlds world)
    {
        StringBuilder all = new();
        all.AppendLine(world.Lago("customers").GetRawText());
        all.AppendLine(world.Lago("subscriptions?status[]=active&status[]=pending&status[]=terminated").GetRawText());
        foreach (SandboxCustomer customer in world.Control.Summary().Customers)
        {
            string id = Uri.EscapeDataString(customer.ExternalId).Replace(".", "%2E", StringComparison.Ordinal);
            foreach (SandboxSubscription subscription in customer.Subscriptions)
            {
                all.AppendLine(Encoding.UTF8.GetString(world.Get($"customers/{id}/current_usage?external_subscription_id={subscription.ExternalId}").Body.Span));
                all.AppendLine(world.Lago($"customers/{id}/past_usage?external_subscription_id={subscription.ExternalId}").GetRawText());
            }
        }

        foreach (Guid invoice in world.World.Lago.Read(state => state.Invoices.Select(invoice => invoice.LagoId).ToArray()))
        {
            all.AppendLine(world.Lago($"invoices/{invoice}").GetRawText());
        }

        return all.ToString();
    }

    private static string Bill(SandboxWorlds world) => JsonSerializer.Serialize(world.Control.AwsBill());
}
