using Google.Apis.Http;
using LagoConsole.Core.Accounts;
using LagoConsole.Core.Books;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Closing;
using LagoConsole.Core.Conversion;
using LagoConsole.Core.DryRun;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reconciliation;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Aws;
using LagoConsole.Core.Reporting.Azure;
using LagoConsole.Core.Reporting.Google;
using LagoConsole.Core.Sandbox;
using LagoConsole.Core.Security;
using LagoConsole.Core.Time;
using LagoConsole.Core.Waiting;
using LagoConsole.Sandbox;
using LagoConsole.Sandbox.Aws;
using LagoConsole.Sandbox.Azure;
using LagoConsole.Sandbox.Google;
using LagoConsole.Sandbox.Lago;
using LagoConsole.Tests.Integrations;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace LagoConsole.Tests.Support;

/// <summary>
/// The whole flow without pages and scheduler: the real services, stores and clients on a real SQLite file, against a
/// sandbox of its own, on a clock that is moved by hand. It starts on 2026-08-20 at 13:50 UTC; usage comes only when sent.
/// </summary>
public sealed class ConsoleWorld : IAsyncDisposable
{
    public const string Licence = "arn:aws:license-manager::111111111111:license:l-0123456789abcdef0123456789abcdef";
    public const string Account = "222222222222";
    public const string ProductCode = "4w1m76k6d81abcd99fj2vtm6j";
    public const string GoogleServiceName = "vendor-platform.endpoints.vendor-public.cloud.goog";
    public const string GoogleConsumer = "project_number:404012345678";

    private readonly SandboxWorld _sandbox;
    private readonly ServiceProvider _services;

    /// <param name="start">What the clock shows at first.</param>
    /// <param name="database">Taken over; default: a new one.</param>
    public ConsoleWorld(DateTimeOffset? start = null, TestDatabase? database = null)
    {
        Database = database ?? new TestDatabase();
        Clock = new ShiftableClock(real: new TestClock(start ?? new DateTimeOffset(2026, 8, 20, 13, 50, 0, TimeSpan.Zero)));
        _sandbox = new SandboxWorld(Clock, new SandboxOptions { Furnished = false, Grows = false });
        _sandbox.Azure.WritesZones = SchemaProxy.IsOn; // real answers leave some out, which their own description forbids
        Sandbox = new SandboxControl(_sandbox);
        Furnish();
        _services = Compose();
    }

    public static Guid AzureResource { get; } = new("7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f");

    public static Actor Admin { get; } = new("ada", Role.Admin);

    public TestDatabase Database { get; }

    public ShiftableClock Clock { get; }

    public SandboxControl Sandbox { get; }

    /// <summary>The marketplaces themselves, for clients that the console here does not have.</summary>
    public SandboxWorld Marketplaces => _sandbox;

    public DateTimeOffset Now => Clock.GetUtcNow();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>A console that was started anew on the same database: everything in memory is gone.</summary>
    /// <param name="more">Services of its own.</param>
    public ServiceProvider Restart(Action<IServiceCollection>? more = null) => Compose(more);

    /// <summary>Connect and Verify, auto report off.</summary>
    public async Task<Guid> ConnectAsync(BillingMode mode = BillingMode.AmountHourly)
    {
        ConnectOutcome connected = await Get<IntegrationService>().ConnectAsync(
            Admin, new ConnectIntegration { ApiKey = SandboxKeys.LagoApiKey, BillingMode = mode, Region = LagoRegion.Sandbox }, Stop);
        Guid id = Assert.IsType<ConnectOutcome.Connected>(connected).Id;
        Assert.IsType<VerifyOutcome.Verified>(await Get<IntegrationService>().VerifyAsync(Admin, id, Stop));
        return id;
    }

    /// <summary>A product with the dimension <c>usage_fee</c> at this price, fed by these metrics.</summary>
    public Task<Guid> ProductAsync(string unitPrice = "0.01", params string[] metrics) => ProductAsync(Marketplace.Aws, unitPrice, metrics);

    /// <summary>The same, listed at this marketplace.</summary>
    public async Task<Guid> ProductAsync(Marketplace marketplace, string unitPrice = "0.01", params string[] metrics)
    {
        Guid product = Saved(await Get<ProductService>().CreateAsync(
            Admin,
            new NewProduct
            {
                Name = marketplace == Marketplace.Aws ? "Vendor Platform" : $"Vendor Platform ({marketplace.Label()})",
                Marketplace = marketplace,
                AwsRegion = "us-east-1",
                AzureOfferId = "vendor-platform",
                AzurePlanId = "gold",
                GcpServiceName = GoogleServiceName,
            },
            Stop));
        Guid dimension = Saved(await Get<ProductService>().AddDimensionAsync(
            Admin, new NewDimension { ProductId = product, Key = "usage_fee", Name = "Usage", Currency = "USD", UnitPrice = unitPrice }, Stop));
        foreach (string metric in metrics.DefaultIfEmpty("api_calls"))
        {
            Saved(await Get<ConversionService>().AddAsync(
                Admin, new NewConversion { ProductId = product, MetricCode = metric, DimensionId = dimension }, Stop));
        }

        return product;
    }

    /// <summary>A buyer, with an active purchase of the product where one is given.</summary>
    public async Task<Guid> BuyerAsync(Guid? product, DateTimeOffset? startsAt = null, string name = "Acme Corporation", string licence = Licence)
    {
        Guid buyer = Saved(await Get<BuyerService>().CreateAsync(Admin, new NewBuyer { Name = name }, Stop));
        if (product is not null)
        {
            await EntitleAsync(buyer, product.Value, startsAt, licence);
        }

        return buyer;
    }

    public async Task<Guid> EntitleAsync(Guid buyer, Guid product, DateTimeOffset? startsAt = null, string licence = Licence) =>
        Saved(await Get<EntitlementService>().CreateAsync(
            Admin,
            new NewEntitlement
            {
                BuyerId = buyer,
                ProductId = product,
                AwsAccountId = Account,
                AwsLicenseArn = licence,
                AzureResourceId = AzureResource.ToString(),
                GcpUsageReportingId = GoogleConsumer,
                StartsAt = startsAt ?? new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero),
            },
            Stop));

    /// <summary>Puts the Lago Customer ID on the buyer.</summary>
    public async Task LinkAsync(Guid buyer, Guid integration, LinkStart start = LinkStart.FromZero, string customer = "cus_acme", long? billedElsewhere = null)
    {
        LinkPreview preview = Assert.IsType<LinkPreviewOutcome.Ready>(
            await Get<BuyerLinkService>().PreviewAsync(Admin, buyer, integration, customer, Stop)).Preview;
        Dictionary<string, long> typed = preview.Lines.ToDictionary(line => line.Key, _ => billedElsewhere ?? 0);
        Assert.IsType<LinkSaveOutcome.Saved>(await Get<BuyerLinkService>().SaveAsync(Admin, preview, start, typed, oldMoney: null, Stop));
    }

    public async Task TurnOnAsync(Guid integration, AutoReportStart start = AutoReportStart.ReportIt) =>
        Assert.IsType<AutoReportOutcome.On>(await Get<AutoReportService>().TurnOnAsync(Admin, integration, start, Stop));

    public async Task TurnOffAsync(Guid integration)
    {
        await using LagoConsoleDbContext db = Database.CreateDbContext();
        Integration stored = await db.Integrations.AsNoTracking().SingleAsync(row => row.Id == integration, Stop);
        Assert.IsType<EditOutcome.Saved>(await Get<IntegrationService>().EditAsync(
            Admin,
            new EditIntegration { Id = integration, SeenSettings = IntegrationSettings.Stamp(stored), BillingMode = stored.BillingMode, SwitchAutoReportOff = true },
            Stop));
    }

    /// <summary>Everything set up at one cent a unit: verified, linked from zero, auto report on.</summary>
    public async Task<(Guid Integration, Guid Buyer, Guid Product)> SetUpAsync(BillingMode mode = BillingMode.AmountHourly, string unitPrice = "0.01", params string[] metrics)
    {
        Guid integration = await ConnectAsync(mode);
        Guid product = await ProductAsync(unitPrice, metrics);
        Guid buyer = await BuyerAsync(product);
        await LinkAsync(buyer, integration);
        await TurnOnAsync(integration);
        return (integration, buyer, product);
    }

    /// <summary>Usage of the customer's first subscription.</summary>
    public void Use(decimal units, string metric = "api_calls", string subscription = "acme-prod") => Sandbox.SendUsage(subscription, metric, units);

    public async Task<PollOutcome> PollAsync(Guid integration)
    {
        await using LagoConsoleDbContext db = Database.CreateDbContext();
        Integration stored = await db.Integrations.AsNoTracking().SingleAsync(row => row.Id == integration, Stop);
        return await Get<UsagePipeline>().RunAsync(stored, Now, progress: null, Stop);
    }

    /// <summary>Releases and makes records, and sends nothing.</summary>
    public async Task MakeRecordsAsync()
    {
        ItemRun run = new(NullLogger.Instance);
        await Get<ReleaseStore>().ReleaseDueAsync(run, Stop);
        await Get<AllocationStore>().AllocateAsync(run, Stop);
        Assert.Empty(run.Failures);
    }

    public Task<ReportOutcome> ReportAsync() => Get<ReportRun>().RunAsync(Stop);

    public async Task<CloseOutcome> CloseAsync(Guid integration)
    {
        await using LagoConsoleDbContext db = Database.CreateDbContext();
        return await Get<PeriodCloser>().CloseAsync(await db.Integrations.AsNoTracking().SingleAsync(row => row.Id == integration, Stop), Stop);
    }

    /// <summary>Moves to minute 5 of the next hour, polls and reports: what the schedule does.</summary>
    public async Task<ReportOutcome> NextHourAsync(Guid integration)
    {
        MoveTo(ReportingWindow.FloorToHour(Now).AddHours(1).AddMinutes(5));
        await PollAsync(integration);
        return await ReportAsync();
    }

    public void MoveTo(DateTimeOffset instant) => Sandbox.MoveForward(instant - Now);

    /// <summary>What the sandbox's AWS bills, in cents.</summary>
    public decimal Billed => Sandbox.AwsBill().TotalCents;

    /// <summary>What the sandbox's marketplace bills, in cents.</summary>
    public decimal BilledAt(Marketplace marketplace) => marketplace switch
    {
        Marketplace.Aws => Billed,
        Marketplace.Azure => _sandbox.Azure.Bill.Sum(taken => taken.AmountCents),
        Marketplace.Gcp => _sandbox.Google.Bill.Sum(taken => taken.AmountCents),
        _ => throw new ArgumentOutOfRangeException(nameof(marketplace)),
    };

    /// <summary>AWS answers an identical repeat with DuplicateRecord instead of Success: sources disagree.</summary>
    public void IdenticalIsDuplicate() => _sandbox.Aws.IdenticalIsDuplicate = true;

    public async Task<IReadOnlyList<UsageRecord>> RecordsAsync()
    {
        await using LagoConsoleDbContext db = Database.CreateDbContext();
        return await db.UsageRecords.AsNoTracking().OrderBy(record => record.SlotHour).ToListAsync(Stop);
    }

    /// <summary>Checks all of R14.</summary>
    public async Task AssertBalancedAsync()
    {
        BooksReport report = await Get<BooksAuditor>().CheckAsync(progress: null, Stop);
        Assert.True(report.Balanced, string.Join('\n', report.Failures.Select(failure => failure.Sentence)));
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _sandbox.Dispose();
        Database.Dispose();
    }

    private static Guid Saved(ProductOutcome outcome) => Assert.IsType<ProductOutcome.Saved>(outcome).Id;

    private static Guid Saved(BuyerOutcome outcome) => Assert.IsType<BuyerOutcome.Saved>(outcome).Id;

    /// <summary>Two cents an API call, 50 cents a GB; volume prices on the plan <c>volume</c>.</summary>
    private void Furnish()
    {
        Sandbox.AddLagoKey(SandboxKeys.LagoApiKey);
        Sandbox.Save(new LagoMetric("api_calls", "API calls", LagoAggregation.Count));
        Sandbox.Save(new LagoMetric("storage_gb", "Storage", LagoAggregation.Sum));
        Sandbox.Save(new LagoMetric("disk_level", "Disk level", LagoAggregation.WeightedSum));
        LagoCharge calls = new() { Code = "api_calls", MetricCode = "api_calls", Model = LagoChargeModel.Standard, Amount = 0.02m };
        LagoCharge storage = new() { Code = "storage_gb", MetricCode = "storage_gb", Model = LagoChargeModel.Standard, Amount = 0.50m };
        LagoCharge disk = new() { Code = "disk_level", MetricCode = "disk_level", Model = LagoChargeModel.Standard, Amount = 1 };
        LagoCharge volume = new()
        {
            Code = "api_calls_volume",
            MetricCode = "api_calls",
            Model = LagoChargeModel.Volume,
            Tiers = [new(10, 25m, 0), new(UpTo: null, 5m, 0)],
        };
        Sandbox.Save(new LagoPlan("standard", "Standard", "USD", 5_000, LagoInterval.Monthly, PayInAdvance: false, [calls, storage, disk]));
        Sandbox.Save(new LagoPlan("volume", "Volume", "USD", 0, LagoInterval.Monthly, PayInAdvance: false, [volume]));
        Sandbox.Save(new LagoPlan("euro", "Euro", "EUR", 0, LagoInterval.Monthly, PayInAdvance: false, [calls]));
        Sandbox.AddCustomer(new LagoCustomer("cus_acme", "Acme Corporation"));
        Sandbox.AddCustomer(new LagoCustomer("globex.example/eu", "Globex"));
        Sandbox.AddSubscription("cus_acme", "acme-prod", "standard", startsAt: new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero));
        Sandbox.AddSubscription("globex.example/eu", "globex-1", "standard", startsAt: new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero));
        Sandbox.Save(new AzureOffer("vendor-platform", "Vendor Platform", SandboxKeys.AzureApp.ClientId, [new AzurePlan("gold", "Gold", [new("usage_fee", 1)])]));
        Sandbox.Save(new AzureSubscription(
            AzureResource, "vendor-platform", "gold", "buyer@acme.example", Guid.Empty, AzureSubscriptionStatus.Subscribed, new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero)));
        Sandbox.Save(new GoogleService(GoogleServiceName, "Vendor Platform", [new("usage_fee", 1)]));
        Sandbox.Save(new GoogleEntitlement(
            "e-4711", GoogleServiceName, GoogleConsumer, "acme", GoogleEntitlementState.Active, new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero)));
        Sandbox.Save(new AwsProduct(ProductCode, "Vendor Platform", [new("usage_fee", 1), new("api_units", 100)]));
        Sandbox.Save(new AwsAgreement(Licence, ProductCode, Account, CustomerIdentifier: null, new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero)));
        Sandbox.Save(new AwsAgreement(
            Licence.Replace("l-0123", "l-4567", StringComparison.Ordinal), ProductCode, Account, CustomerIdentifier: null, new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero)));
    }

    /// <summary>The way to the sandbox, past whoever holds it against the marketplaces' descriptions.</summary>
    private HttpMessageHandler Network() => SchemaProxy.Before(_sandbox.CreateHandler());

    private ServiceProvider Compose(Action<IServiceCollection>? more = null)
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Lago:RequestsPerSecond"] = "200",
        }).Build();
        ServiceCollection services = new();
        services.AddInMemorySchedule();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton<ISandboxDoor>(new InProcessDoor());
        services.AddSingleton<IDbContextFactory<LagoConsoleDbContext>>(Database);
        services.AddSingleton<IDataProtectionProvider>(Keys);
        services.AddLago(configuration).AddIntegrations().AddProducts().AddBuyers().AddPolling(configuration)
            .AddReporting(configuration).AddReconciliation(configuration).AddClosing().AddWaiting().AddBooks().AddDryRun();
        services.AddHttpClient(LagoClientFactory.HandlerName).ConfigurePrimaryHttpMessageHandler(Network);
        services.AddAwsMarketplace(configuration).AddAzureMarketplace(configuration).AddGoogleMarketplace(configuration);
        services.RemoveAll<IMarketplaceMeter>();
        services.AddSingleton(new AccountNetwork(new HttpClient(Network()), new InProcessGoogle(Network)));
        services.AddSingleton<IMarketplaceMeter>(provider => new AwsMarketplaceMeter(
            new HttpClient(Network()), provider.GetRequiredService<AwsCredentialSource>(),
            provider.GetRequiredService<ISandboxDoor>(), provider.GetRequiredService<IOptions<AwsOptions>>(), Clock));
        services.AddSingleton<IMarketplaceMeter>(provider => new AzureMarketplaceMeter(
            new HttpClient(Network()), provider.GetRequiredService<AzureTokenSource>(),
            provider.GetRequiredService<ISandboxDoor>(), provider.GetRequiredService<IOptions<AzureOptions>>()));
        services.AddSingleton<IMarketplaceMeter>(provider => new GoogleMarketplaceMeter(
            new HttpClient(Network()), provider.GetRequiredService<GoogleTokenSource>(),
            provider.GetRequiredService<ISandboxDoor>(), provider.GetRequiredService<IOptions<GoogleOptions>>(), Clock));
        more?.Invoke(services);
        return services.BuildServiceProvider();
    }

    /// <summary>Google's library asks for tokens through a client of its own making.</summary>
    private sealed class InProcessGoogle(Func<HttpMessageHandler> network) : HttpClientFactory
    {
        protected override HttpMessageHandler CreateHandler(CreateHttpClientArgs args) => network();
    }

    private EphemeralDataProtectionProvider Keys { get; } = new();
}
