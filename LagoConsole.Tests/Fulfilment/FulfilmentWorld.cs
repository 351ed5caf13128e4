using Amazon.Runtime;
using LagoConsole.Core.Accounts;
using LagoConsole.Core.Audit;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Fulfilment;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting.Aws;
using LagoConsole.Core.Reporting.Azure;
using LagoConsole.Core.Reporting.Google;
using LagoConsole.Core.Sandbox;
using LagoConsole.Sandbox;
using LagoConsole.Sandbox.Aws;
using LagoConsole.Sandbox.Azure;
using LagoConsole.Sandbox.Google;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace LagoConsole.Tests.Fulfilment;

/// <summary>The whole flow with its purchases: the real clients of the three marketplaces against the sandbox's.</summary>
internal sealed class FulfilmentWorld : IAsyncDisposable
{
    public const string Agreement = "agmt-4mwg1nevbokzw95eca5797ixs";

    private readonly ISandboxDoor _door;

    public FulfilmentWorld()
    {
        _door = Console.Get<ISandboxDoor>();
        AskingProducts products = new(Console.Database);
        Store = new NoticeStore(Console.Database, Console.Clock);
        Purchases = new PurchaseService(Console.Database, Console.Get<EntitlementLife>(), Console.Clock);
        Customers = new AwsCustomers(Http(), Console.Get<AwsCredentialSource>(), _door, Options.Create(new AwsOptions()), Console.Clock);
        Subscriptions = new AzureSubscriptions(Http(), Console.Get<AzureTokenSource>(), _door, Options.Create(new AzureOptions()));
        Entitlements = new GoogleEntitlements(Http(), GoogleTokens(), _door, Options.Create(new GoogleOptions()), GoogleSettings);
        Actions = new NoticeActions(Console.Database, products, Subscriptions, Entitlements, Purchases, Console.Clock);
        Tokens = new PurchaseTokens(Console.Database, Customers, Subscriptions, Purchases);
        Sync = new PurchaseSync(Console.Database, products, Subscriptions, Entitlements, Purchases);
        Run = new NoticeRun(
            [
                new AwsNoticeQueue(
                    Console.Get<AwsCredentialSource>(), _door,
                    Options.Create(new AwsNoticeOptions { NoticesQueueUrl = new Uri("http://sandbox.invalid/sandbox/aws/sqs/111111111111/notices") }),
                    Options.Create(new AwsOptions()), new InProcessSqs(Console.Marketplaces)),
                new GoogleNoticeQueue(Http(), GoogleTokens(), _door, Options.Create(new GoogleOptions()), GoogleSettings),
            ],
            products, Store, Actions, NullLogger<NoticeRun>.Instance);
    }

    public ConsoleWorld Console { get; } = new(); // 13:50

    public NoticeStore Store { get; }

    public NoticeActions Actions { get; }

    public NoticeRun Run { get; }

    public PurchaseService Purchases { get; }

    public PurchaseTokens Tokens { get; }

    public PurchaseSync Sync { get; }

    public AwsCustomers Customers { get; }

    public AzureSubscriptions Subscriptions { get; }

    public GoogleEntitlements Entitlements { get; }

    public SandboxAws Aws => Console.Marketplaces.Aws;

    public AzureFulfilment Azure => Console.Marketplaces.Azure.Fulfilment;

    public GoogleFulfilment Google => Console.Marketplaces.Google.Fulfilment;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static IOptions<GoogleNoticeOptions> GoogleSettings { get; } =
        Options.Create(new GoogleNoticeOptions { ProviderId = "vendor", NoticesSubscription = "projects/vendor-public/subscriptions/notices" });

    public HttpClient Http() => new(Console.Marketplaces.CreateHandler());

    /// <summary>Connected, linked from zero, auto report on, with a purchase at this marketplace.</summary>
    public async Task<(Guid Integration, Guid Buyer)> SetUpAsync(Marketplace marketplace)
    {
        Guid integration = await Console.ConnectAsync();
        Guid buyer = await Console.BuyerAsync(await Console.ProductAsync(marketplace));
        await Console.LinkAsync(buyer, integration);
        await Console.TurnOnAsync(integration);
        return (integration, buyer);
    }

    /// <summary>The product with the code that AWS's messages name.</summary>
    public async Task<Guid> AwsProductAsync(string? code = ConsoleWorld.ProductCode) => Assert.IsType<ProductOutcome.Saved>(await Console.Get<ProductService>().CreateAsync(
        ConsoleWorld.Admin, new NewProduct { Name = $"Vendor Platform {code}", Marketplace = Marketplace.Aws, AwsRegion = "us-east-1", AwsProductCode = code }, Stop)).Id;

    public Task<NoticeRunOutcome> RunAsync() => Run.RunAsync(Stop);

    public async Task<Entitlement> EntitlementAsync()
    {
        await using LagoConsoleDbContext db = Console.Database.CreateDbContext();
        return await db.Entitlements.AsNoTracking().SingleAsync(Stop);
    }

    public async Task<List<T>> AllAsync<T>()
        where T : class
    {
        await using LagoConsoleDbContext db = Console.Database.CreateDbContext();
        return await db.Set<T>().AsNoTracking().ToListAsync(Stop);
    }

    public async Task<List<AuditEntry>> AuditAsync(string action) => [.. (await AllAsync<AuditEntry>()).Where(entry => entry.Action == action)];

    public async ValueTask DisposeAsync()
    {
        Customers.Dispose();
        Subscriptions.Dispose();
        Entitlements.Dispose();
        await Console.DisposeAsync();
    }

    private GoogleTokenSource GoogleTokens() => new(
        new GoogleAccounts(Console.Get<AccountNetwork>(), _door, Console.Clock, GoogleEntitlements.Scope).OpenAsync, Console.Get<IProductAccounts>());

    /// <summary>AWS's own client, without a socket.</summary>
    private sealed class InProcessSqs(SandboxWorld sandbox) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(sandbox.CreateHandler());
    }
}
