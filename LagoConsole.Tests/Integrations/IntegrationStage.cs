using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Sandbox;
using LagoConsole.Core.Security;
using LagoConsole.Tests.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LagoConsole.Tests.Integrations;

/// <summary>The product's own registrations on a real SQLite file, against scripted organizations on a real socket.</summary>
public abstract class IntegrationStage : IAsyncLifetime
{
    private protected const string HarbourKey = "5a9c71e4-77aa-4b6c-9f3e-0c1d2e3f4a5b";
    private protected const string HarbourSecondKey = "1b1b71e4-77aa-4b6c-9f3e-0c1d2e3f0002";
    private protected const string QuayKey = "9d8c71e4-77aa-4b6c-9f3e-0c1d2e3f9999";

    private protected static readonly Actor Admin = new("ada", Role.Admin);

    private ScriptedOrganizations? _lago;
    private ServiceProvider? _services;

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected TestDatabase Database { get; } = new();

    private protected ScriptedOrganizations Lago => _lago!;

    private protected ScriptedOrganizations.Organization Harbour { get; private set; } = null!;

    private protected bool SandboxIsOpen { get; set; } = true;

    /// <summary>Runs once, just before the service saves: somebody else's write that no check has seen.</summary>
    private protected Action<LagoConsoleDbContext>? JustBeforeSaving { get; set; }

    private protected IDataProtectionProvider Keys { get; } = new EphemeralDataProtectionProvider();

    private protected IntegrationService Service => Get<IntegrationService>();

    public virtual async ValueTask InitializeAsync()
    {
        _lago = await ScriptedOrganizations.StartAsync();
        Harbour = _lago.Add(HarbourKey, "org-harbour", "Harbour Software");
        _lago.AddKey(HarbourSecondKey, Harbour);
        _lago.Add(QuayKey, "org-quay", "Quay Systems");
    }

    public async ValueTask DisposeAsync()
    {
        if (_services is not null)
        {
            await _services.DisposeAsync();
        }

        await Lago.DisposeAsync();
        Database.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected T Get<T>()
        where T : notnull => (_services ??= Build()).GetRequiredService<T>();

    /// <summary>What a person types for an organization of the scripted Lago.</summary>
    private protected ConnectIntegration Input(string? key = HarbourKey, LagoRegion? region = LagoRegion.SelfHosted) => new()
    {
        ApiKey = key,
        BillingMode = BillingMode.AmountDaily,
        Region = region,
        Url = region == LagoRegion.SelfHosted ? Lago.BaseAddress.ToString() : null,
    };

    private protected async Task<Guid> ConnectedAsync(string key = HarbourKey) =>
        Assert.IsType<ConnectOutcome.Connected>(await Service.ConnectAsync(Admin, Input(key), Token)).Id;

    private protected async Task<Guid> VerifiedAsync()
    {
        Guid id = await ConnectedAsync();
        Assert.IsType<VerifyOutcome.Verified>(await Service.VerifyAsync(Admin, id, Token));
        return id;
    }

    private protected async Task<Integration> StoredAsync(Guid id)
    {
        await using LagoConsoleDbContext db = Database.CreateDbContext();
        return await db.Integrations.AsNoTracking().SingleAsync(row => row.Id == id, Token);
    }

    private protected async Task ChangeAsync(Guid id, Action<Integration> change)
    {
        await using LagoConsoleDbContext db = Database.CreateDbContext();
        change(await db.Integrations.SingleAsync(row => row.Id == id, Token));
        await db.SaveChangesAsync(Token);
    }

    /// <summary>What Edit starts from: the settings as they are now.</summary>
    private protected async Task<EditIntegration> EditOfAsync(Guid id)
    {
        Integration integration = await StoredAsync(id);
        return new EditIntegration { Id = id, SeenSettings = IntegrationSettings.Stamp(integration), BillingMode = integration.BillingMode };
    }

    private ServiceProvider Build() => new ServiceCollection()
        .AddSingleton<TimeProvider>(new HastyClock())
        .AddSingleton<IDbContextFactory<LagoConsoleDbContext>>(new RacingDatabase(this))
        .AddSingleton(Keys)
        .AddSingleton<ISandboxDoor>(new Door(this))
        .AddLago(new ConfigurationBuilder().AddInMemoryCollection(
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["Lago:AllowedHosts:0"] = "127.0.0.1" }).Build())
        .AddSingleton<IHostResolver, NoNames>()
        .AddIntegrations()
        .AddInMemorySchedule()
        .BuildServiceProvider(validateScopes: true);

    private sealed class RacingDatabase(IntegrationStage stage) : IDbContextFactory<LagoConsoleDbContext>
    {
        public LagoConsoleDbContext CreateDbContext()
        {
            LagoConsoleDbContext db = stage.Database.CreateDbContext();
            db.SavingChanges += (_, _) =>
            {
                if (stage.JustBeforeSaving is { } write)
                {
                    stage.JustBeforeSaving = null;
                    using LagoConsoleDbContext other = stage.Database.CreateDbContext();
                    write(other);
                    other.SaveChanges();
                }
            };
            return db;
        }
    }

    /// <summary>Stands still; waits between repeated calls end at once.</summary>
    private sealed class HastyClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => IntegrationBooks.Noon;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, TimeSpan.Zero, period);
    }

    /// <summary>No name leads anywhere: no test calls a real Lago.</summary>
    private sealed class NoNames : IHostResolver
    {
        public Task<IReadOnlyList<System.Net.IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken) =>
            Task.FromException<IReadOnlyList<System.Net.IPAddress>>(
                new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.HostNotFound));
    }

    private sealed class Door(IntegrationStage stage) : ISandboxDoor
    {
        public bool IsOpen => stage.SandboxIsOpen;

        public Uri LagoBaseAddress => stage.Lago.BaseAddress;

        public (string AccessKeyId, string SecretAccessKey) AwsCredentials => throw new NotSupportedException();

        public Uri AwsEndpoint(string region) => throw new NotSupportedException();
    }
}
