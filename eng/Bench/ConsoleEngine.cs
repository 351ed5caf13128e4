using LagoConsole.Bench.Servers;
using LagoConsole.Core.Books;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Closing;
using LagoConsole.Core.Conversion;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Aws;
using LagoConsole.Core.Sandbox;
using LagoConsole.Core.Scheduling;
using LagoConsole.Core.Security;
using LagoConsole.Core.Waiting;
using Microsoft.EntityFrameworkCore;
using Quartz;

namespace LagoConsole.Bench;

/// <summary>The console's own services on a SQLite database of its own, with so many customers linked to a Lago and polled once.</summary>
internal sealed class ConsoleEngine : IAsyncDisposable
{
    /// <summary>So many are polled for the first time; more have what these have.</summary>
    private const int Polled = 1_000;

    private static readonly Actor Nobody = new("bench", Role.Admin);

    private readonly ServiceProvider _services;
    private readonly string _folder;

    private ConsoleEngine(ServiceProvider services, BenchClock clock, string folder)
    {
        _services = services;
        Clock = clock;
        _folder = folder;
    }

    public BenchClock Clock { get; }

    public Guid Integration { get; private set; }

    /// <summary>The data folder of a console.</summary>
    public string Folder => _folder;

    public string DatabaseFile => Path.Combine(_folder, "lagoconsole.db");

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <param name="reports">What the first poll sees is reported before others get the same.</param>
    /// <param name="network">Answers instead of a server; null: real sockets.</param>
    public static async Task<ConsoleEngine> OpenAsync(Uri lago, Uri aws, int customers, int metrics, HttpMessageHandler? network = null, int concurrency = 64, bool reports = false)
    {
        string folder = Directory.CreateTempSubdirectory("lagoconsole-bench-").FullName;
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Database:DataFolder"] = folder,
            ["Lago:RequestsPerSecond"] = "100000",
            ["Lago:ConcurrentRequests"] = "64",
            ["Polling:Concurrency"] = concurrency.ToString(System.Globalization.CultureInfo.InvariantCulture),
        }).Build();
        BenchClock clock = new();
        ServiceCollection services = new();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(clock);
        services.AddQuartz();
        services.AddSingleton<Schedule>().AddSingleton<ScheduleSync>();
        services.AddSingleton<ISandboxDoor>(new Door(new Uri(lago, "/api/v1"), aws));
        services.AddPersistence(configuration);
        services.AddLago(configuration).AddIntegrations().AddProducts().AddBuyers().AddPolling(configuration).AddReporting(configuration).AddClosing().AddWaiting().AddBooks().AddAwsMarketplace(configuration);
        if (network is not null)
        {
            services.AddHttpClient(LagoClientFactory.HandlerName).ConfigurePrimaryHttpMessageHandler(() => network);
        }

        ConsoleEngine engine = new(services.BuildServiceProvider(), clock, folder);
        await engine._services.MigrateDatabaseAsync();
        Guid product = await engine.FurnishAsync(metrics);
        await engine.LinkAsync(product, 0, Math.Min(customers, Polled));
        await engine.PollAsync();
        if (reports)
        {
            await engine.ReportAsync();
        }

        if (customers > Polled)
        {
            await engine.LinkAsync(product, Polled, customers - Polled);
            new History(engine.DatabaseFile).Multiply(Polled, customers / Polled);
        }

        return engine;
    }

    /// <summary>An hourly poll, an hour after the last.</summary>
    public Task<PollOutcome> PollAsync()
    {
        Clock.NextHour();
        return PollAgainAsync();
    }

    /// <summary>A poll in the same hour.</summary>
    public async Task<PollOutcome> PollAgainAsync()
    {
        PollRunOutcome outcome = await Get<PollRun>().RunAsync(Integration, progress: null, CancellationToken.None);
        return outcome is PollRunOutcome.Polled { Outcome: { Stopped: null, Failures.Count: 0 } polled }
            ? polled
            : throw new InvalidOperationException($"The poll did not go well: {outcome}");
    }

    /// <summary>Rows of snapshots and increments: a poll writes them past EF Core.</summary>
    public async Task<long> CountUsageAsync()
    {
        await using LagoConsoleDbContext db = await Get<IDbContextFactory<LagoConsoleDbContext>>().CreateDbContextAsync();
        return await db.UsageSnapshots.LongCountAsync() + await db.UsageIncrements.LongCountAsync();
    }

    /// <summary>Reports what the last poll saw, until nothing is left to send.</summary>
    public async Task ReportAsync()
    {
        ReportOutcome outcome;
        do
        {
            outcome = await Get<ReportRun>().RunAsync(CancellationToken.None);
            if (outcome.Failures.Count > 0 || outcome.Sent.Failed > 0)
            {
                throw new InvalidOperationException($"The report did not go well: {outcome} {string.Join(' ', outcome.Failures.Take(3))}");
            }
        }
        while (outcome.Sent.Calls > 0);
    }

    /// <summary>Lets go of the database, which stays.</summary>
    public async Task CloseAsync()
    {
        await _services.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<Guid> FurnishAsync(int metrics)
    {
        ConnectOutcome connected = await Get<IntegrationService>().ConnectAsync(
            Nobody,
            new ConnectIntegration { ApiKey = "bench", BillingMode = BillingMode.AmountHourly, Region = LagoRegion.Sandbox },
            CancellationToken.None);
        Integration = connected is ConnectOutcome.Connected { Id: var id } ? id : throw new InvalidOperationException($"Not connected: {connected}");
        VerifyOutcome verified = await Get<IntegrationService>().VerifyAsync(Nobody, Integration, CancellationToken.None);
        if (verified is not VerifyOutcome.Verified)
        {
            throw new InvalidOperationException($"Not verified: {verified}");
        }

        Guid product = Saved(await Get<ProductService>().CreateAsync(
            Nobody, new NewProduct { Name = "Bench", Marketplace = Marketplace.Aws, AwsRegion = "us-east-1" }, CancellationToken.None));
        Guid dimension = Saved(await Get<ProductService>().AddDimensionAsync(
            Nobody, new NewDimension { ProductId = product, Key = "usage_fee", Name = "Usage", Currency = "USD", UnitPrice = "1" }, CancellationToken.None));
        for (int metric = 0; metric < metrics; metric++)
        {
            Saved(await Get<ConversionService>().AddAsync(
                Nobody, new NewConversion { ProductId = product, MetricCode = $"metric_{metric}", DimensionId = dimension }, CancellationToken.None));
        }

        await using LagoConsoleDbContext db = await Get<IDbContextFactory<LagoConsoleDbContext>>().CreateDbContextAsync();
        await db.Integrations.ExecuteUpdateAsync(set => set.SetProperty(integration => integration.AutoReport, true));
        return product;
    }

    /// <summary>Straight into the tables: by the pages it would take a person a year.</summary>
    private async Task LinkAsync(Guid product, int first, int customers)
    {
        DateTimeOffset now = Clock.GetUtcNow();
        foreach (int[] chunk in Enumerable.Range(first, customers).Chunk(1_000))
        {
            await using LagoConsoleDbContext db = await Get<IDbContextFactory<LagoConsoleDbContext>>().CreateDbContextAsync();
            foreach (int number in chunk)
            {
                Buyer buyer = new() { Id = Guid.NewGuid(), Name = $"Buyer {number}", CreatedAt = now };
                string account = $"{number:d12}";
                string licence = $"arn:aws:license-manager::111111111111:license:l-{number:x32}";
                db.Buyers.Add(buyer);
                db.Entitlements.Add(new Entitlement
                {
                    Id = Guid.NewGuid(),
                    BuyerId = buyer.Id,
                    ProductId = product,
                    Marketplace = Marketplace.Aws,
                    Identity = MarketplaceIdentity.Aws("us-east-1", account, licence, productCode: null),
                    AwsAccountId = account,
                    AwsLicenseArn = licence,
                    State = EntitlementState.Active,
                    StartsAt = now.AddDays(-30),
                    CreatedAt = now,
                });
                db.BuyerLinks.Add(new BuyerLink
                {
                    Id = Guid.NewGuid(),
                    BuyerId = buyer.Id,
                    IntegrationId = Integration,
                    LagoCustomerId = $"cus-{number}",
                    CustomerLagoId = $"00000000-0000-4000-9000-{number:x12}",
                    LinkedAt = now,
                    LinkedBy = Nobody.Name,
                });
            }

            await db.SaveChangesAsync();
        }
    }

    private static Guid Saved(ProductOutcome outcome) =>
        outcome is ProductOutcome.Saved { Id: var id } ? id : throw new InvalidOperationException($"Not saved: {outcome}");

    /// <summary>Leads to the server of the measurement instead of Lago and AWS.</summary>
    private sealed class Door(Uri lago, Uri aws) : ISandboxDoor
    {
        public bool IsOpen => true;

        public Uri LagoBaseAddress => lago;

        public (string AccessKeyId, string SecretAccessKey) AwsCredentials => Keys;

        /// <summary>Of nobody: the server looks at no signature.</summary>
        public static (string AccessKeyId, string SecretAccessKey) Keys => ("AKIDBENCH", "bench");

        public Uri AwsEndpoint(string region) => aws;
    }
}
