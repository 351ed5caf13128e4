using System.Security.Cryptography;
using System.Text.Json;
using Google.Apis.Http;
using LagoConsole.Core.Accounts;
using LagoConsole.Core.Audit;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting.Aws;
using LagoConsole.Core.Reporting.Azure;
using LagoConsole.Core.Reporting.Google;
using LagoConsole.Core.Sandbox;
using LagoConsole.Core.Security;
using LagoConsole.Sandbox;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Sandbox.Google;
using LagoConsole.Tests.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LagoConsole.Tests.Accounts;

/// <summary>
/// The accounts' own services on a real SQLite file and real Data Protection, against a sandbox whose clock a test may set
/// apart from the console's. Noon on 20 August 2026.
/// </summary>
internal sealed class AccountStage : IAsyncDisposable
{
    public const string Service = "vendor-platform.endpoints.vendor-public.cloud.goog";

    public static readonly DateTimeOffset Noon = new(2026, 8, 20, 12, 0, 0, TimeSpan.Zero);

    private readonly SandboxWorld _sandbox;
    private readonly ServiceProvider _services;

    /// <param name="clockAhead">The console's clock minus the sandbox's.</param>
    public AccountStage(TimeSpan clockAhead = default)
    {
        Clock = new HandClock(Noon + clockAhead);
        _sandbox = new SandboxWorld(new HandClock(Noon), new SandboxOptions { Furnished = false, Grows = false });
        new SandboxControl(_sandbox).Save(new GoogleService(Service, "Vendor Platform", [new("usage_fee", 1)]));
        IConfiguration configuration = new ConfigurationBuilder().Build();
        _services = new ServiceCollection()
            .AddSingleton<TimeProvider>(Clock)
            .AddSingleton<ISandboxDoor>(new InProcessDoor())
            .AddSingleton<IDbContextFactory<LagoConsoleDbContext>>(Database)
            .AddSingleton(Keys)
            .AddSingleton(new AccountNetwork(new HttpClient(new Wire(this)), new GoogleClients(this)))
            .AddProducts().AddAccounts()
            .AddAwsMarketplace(configuration).AddAzureMarketplace(configuration).AddGoogleMarketplace(configuration)
            .BuildServiceProvider();
    }

    public static Actor Admin { get; } = new("ada", Role.Admin);

    public static Actor Operator { get; } = new("olga", Role.Operator);

    public TestDatabase Database { get; } = new();

    public HandClock Clock { get; }

    public IDataProtectionProvider Keys { get; } = new EphemeralDataProtectionProvider();

    /// <summary>Runs once, while a marketplace is being asked.</summary>
    public Func<Task>? Meanwhile { get; set; }

    /// <summary>What goes wrong at the marketplaces.</summary>
    public SandboxFaults Faults => _sandbox.Faults;

    /// <summary>Every address that was called.</summary>
    public List<Uri> Called { get; } = [];

    public AccountService Accounts => Get<AccountService>();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public static AccountInput AwsKey(string name = "AWS seller", string? secret = null, string? keyId = null) => new()
    {
        Name = name,
        Marketplace = Marketplace.Aws,
        Kind = CredentialKind.AwsAccessKey,
        AwsAccessKeyId = keyId ?? SandboxKeys.Aws.AccessKeyId,
        Secret = secret ?? SandboxKeys.Aws.SecretAccessKey,
    };

    public static AccountInput AzureSecret(string name = "Partner Center app", string? secret = null, string? clientId = null) => new()
    {
        Name = name,
        Marketplace = Marketplace.Azure,
        Kind = CredentialKind.AzureClientSecret,
        AzureTenantId = "9c7f1a52-9a40-4e6e-8d0b-3f6a1c2d4e5f",
        AzureClientId = clientId ?? SandboxKeys.AzureApp.ClientId,
        Secret = secret ?? SandboxKeys.AzureApp.ClientSecret,
        SecretExpiresAt = Noon.AddDays(180),
    };

    public static AccountInput GoogleKey(string name = "Metering account", string? privateKey = null) => new()
    {
        Name = name,
        Marketplace = Marketplace.Gcp,
        Kind = CredentialKind.GoogleServiceAccountKey,
        Secret = KeyFile(privateKey ?? SandboxKeys.GooglePrivateKey),
    };

    /// <summary>As Google Cloud gives it to download.</summary>
    public static string KeyFile(string privateKey) => JsonSerializer.Serialize(new
    {
        type = "service_account",
        project_id = "vendor-public",
        private_key_id = "0f1e2d3c4b5a69788796a5b4c3d2e1f000000c0d",
        private_key = privateKey,
        client_email = SandboxKeys.GoogleEmail,
        token_uri = "https://elsewhere.example/token",
    });

    public static string OtherPrivateKey()
    {
        using RSA key = RSA.Create(2048);
        return key.ExportPkcs8PrivateKeyPem();
    }

    public async Task<Guid> AddAsync(AccountInput input) => Assert.IsType<AccountOutcome.Saved>(await Accounts.AddAsync(Admin, input, Stop)).Id;

    public async Task<AccountVerdict> VerifyAsync(Guid id) => Assert.IsType<AccountVerification.Done>(await Accounts.VerifyAsync(Admin, id, Stop)).Verdict;

    public async Task<Guid> ProductAsync(Marketplace marketplace, Guid? account, string name = "Vendor Platform") =>
        Assert.IsType<ProductOutcome.Saved>(await Get<ProductService>().CreateAsync(
            Admin,
            new NewProduct
            {
                Name = name,
                Marketplace = marketplace,
                AwsRegion = "eu-west-1",
                AzureOfferId = "vendor-platform",
                AzurePlanId = "gold",
                GcpServiceName = Service,
                AccountId = account,
            },
            Stop)).Id;

    public async Task<MarketplaceAccount> StoredAsync(Guid id)
    {
        await using LagoConsoleDbContext db = Database.CreateDbContext();
        return await db.MarketplaceAccounts.AsNoTracking().SingleAsync(row => row.Id == id, Stop);
    }

    public async Task<EditAccount> EditOfAsync(Guid id, AccountInput input) => new() { Id = id, SeenVersion = (await StoredAsync(id)).Version, Input = input };

    public async Task<List<AuditEntry>> AuditAsync()
    {
        await using LagoConsoleDbContext db = Database.CreateDbContext();
        return await db.AuditEntries.AsNoTracking().OrderBy(entry => entry.Id).ToListAsync(Stop);
    }

    /// <summary>Whether a text stands anywhere in the database's files.</summary>
    public bool IsInFiles(string text)
    {
        byte[] wanted = System.Text.Encoding.UTF8.GetBytes(text);
        return Directory.EnumerateFiles(Path.GetDirectoryName(Database.File)!).Any(file =>
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using MemoryStream bytes = new();
            stream.CopyTo(bytes);
            return bytes.ToArray().AsSpan().IndexOf(wanted) >= 0;
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _sandbox.Dispose();
        Database.Dispose();
    }

    /// <summary>Set by hand; waits between repeated calls end at once.</summary>
    public sealed class HandClock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, TimeSpan.Zero, period);
    }

    private sealed class Wire(AccountStage stage) : DelegatingHandler(stage._sandbox.CreateHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            stage.Called.Add(request.RequestUri!);
            if (stage.Meanwhile is { } meanwhile)
            {
                stage.Meanwhile = null;
                await meanwhile();
            }

            return await base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>Google's library asks for tokens through a client of its own making.</summary>
    private sealed class GoogleClients(AccountStage stage) : HttpClientFactory
    {
        protected override HttpMessageHandler CreateHandler(CreateHttpClientArgs args) => stage._sandbox.CreateHandler();
    }
}
