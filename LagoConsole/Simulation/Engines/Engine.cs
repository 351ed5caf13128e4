using LagoConsole.Core.Accounts;
using LagoConsole.Core.Books;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Closing;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Persistence.Sqlite;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reconciliation;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Aws;
using LagoConsole.Core.Reporting.Azure;
using LagoConsole.Core.Reporting.Google;
using LagoConsole.Core.Sandbox;
using LagoConsole.Core.Scheduling;
using LagoConsole.Core.Time;
using LagoConsole.Core.Waiting;
using LagoConsole.Sandbox;
using LagoConsole.Simulation.Threads;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Quartz;

namespace LagoConsole.Simulation.Engines;

/// <summary>
/// One engine: the console's own services, stores and clients on the world's database and services. It is thrown away by a
/// crash, with everything that it kept in memory, and built anew on the same database.
/// </summary>
internal sealed class Engine(string name, EngineGround ground)
{
    private ServiceProvider? _services;

    public string Name { get; } = name;

    /// <summary>The life it is in; null while it is down.</summary>
    public Life? Life { get; private set; }

    /// <summary>How far the machine's clock is beside the world's.</summary>
    public TimeSpan ClockStep { get; set; }

    public T Get<T>()
        where T : notnull => _services!.GetRequiredService<T>();

    public void Start()
    {
        Life = new Life(Name);
        _services = Compose(Life);
    }

    /// <summary>Nothing of it goes on: flows, calls, transactions, memory.</summary>
    public void Crash()
    {
        if (Life is { } life)
        {
            life.End();
            ground.Turn.GiveUpAll(life);
            Life = null;
            _services = null;
        }
    }

    private ServiceProvider Compose(Life life)
    {
        EngineClock clock = new(ground.Clock, life, ground.Loom, () => ClockStep);
        ServiceCollection services = new();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton(new NetworkClock(clock));
        services.AddSingleton<ISandboxDoor, InProcessDoor>();
        services.AddSingleton(ground.Keys);
        services.AddSingleton<IDbContextFactory<LagoConsoleDbContext>>(new Contexts(ground.Database.ConnectionString, new DatabaseSeam(ground.Loom, life, ground.Turn, ground.Committed)));
        services.AddSingleton<ISchedulerFactory, NoScheduler>();
        services.AddSingleton<Schedule>();
        services.AddSingleton<ScheduleSync>();

        services.AddLago(ground.Settings).AddIntegrations().AddProducts().AddBuyers().AddPolling(ground.Settings)
            .AddReporting(ground.Settings).AddClosing().AddWaiting().AddBooks();
        services.AddSingleton(ground.RateLimits);
        services.AddHttpClient(LagoClientFactory.HandlerName)
            .ConfigurePrimaryHttpMessageHandler(() => NetworkOf(life, clock))
            .ConfigureAdditionalHttpMessageHandlers((handlers, _) =>
            {
                // A budget of calls a second is one of real seconds, kept by real timers.
                foreach (DelegatingHandler limit in handlers.Where(handler => handler is LagoRateLimitHandler).ToArray())
                {
                    handlers.Remove(limit);
                }
            });
        AddMarketplaces(services, life, clock);
        services.AddReconciliation(ground.Settings);
        return services.BuildServiceProvider();
    }

    /// <summary>The real meters and token sources, with clients that lead to the world's services.</summary>
    private void AddMarketplaces(ServiceCollection services, Life life, EngineClock clock)
    {
        NetworkClock network = new(clock);
        InProcessDoor door = new();
        services.AddAwsMarketplace(ground.Settings).AddAzureMarketplace(ground.Settings).AddGoogleMarketplace(ground.Settings);
        services.AddSingleton(new AccountNetwork(Client(), google: null));
        services.RemoveAll<IMarketplaceMeter>();
        services.AddSingleton<IMarketplaceMeter>(provider => new AwsMarketplaceMeter(
            Client(), provider.GetRequiredService<AwsCredentialSource>(), door, provider.GetRequiredService<IOptions<AwsOptions>>(), clock, network));
        services.AddSingleton<IMarketplaceMeter>(provider =>
        {
            AzureTokenSource tokens = provider.GetRequiredService<AzureTokenSource>();
            return new AzureMarketplaceMeter(Client(), tokens, door, provider.GetRequiredService<IOptions<AzureOptions>>(), network);
        });
        services.AddSingleton<IMarketplaceMeter>(provider =>
        {
            HttpClient http = Client();
            SeamGoogleTokens tokens = new(http, door, clock);
            return new GoogleMarketplaceMeter(http, tokens, door, provider.GetRequiredService<IOptions<GoogleOptions>>(), clock, network);
        });

        HttpClient Client() => new(NetworkOf(life, clock)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    private NetworkSeam NetworkOf(Life life, EngineClock clock) =>
        new(ground.Services, ground.Clock, clock, ground.Weather, ground.Loom, life, ground.Listener);

    private sealed class Contexts(string connection, DatabaseSeam seam) : IDbContextFactory<LagoConsoleDbContext>
    {
        private readonly PooledDbContextFactory<SqliteLagoConsoleDbContext> _pool = new(Options(connection, seam));

        private static DbContextOptions<SqliteLagoConsoleDbContext> Options(string connection, DatabaseSeam seam)
        {
            DbContextOptionsBuilder<SqliteLagoConsoleDbContext> options = new();
            options.UseConsoleSqlite(connection).AddInterceptors(seam);
            return options.Options;
        }

        public LagoConsoleDbContext CreateDbContext() => _pool.CreateDbContext();

        public async Task<LagoConsoleDbContext> CreateDbContextAsync(CancellationToken cancellationToken = default)
        {
            LagoConsoleDbContext db = await _pool.CreateDbContextAsync(cancellationToken);
            await db.Database.OpenConnectionAsync(cancellationToken); // once, and not for each query: SQLite's functions are told to it each time
            return db;
        }
    }
}

/// <summary>What all engines of a world stand on.</summary>
/// <param name="RateLimits">In place of an engine's own, whose timers would outlive it; never asked.</param>
internal sealed record EngineGround(
    VirtualClock Clock, Loom Loom, WriteTurn Turn, WorldDatabase Database, SandboxWorld Services, Weather Weather, IListener Listener,
    Action<Flow, string?> Committed, IDataProtectionProvider Keys, IConfiguration Settings, LagoRateLimits RateLimits);
