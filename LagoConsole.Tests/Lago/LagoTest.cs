using System.Collections.Concurrent;
using System.Net;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Sandbox;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Xunit;

namespace LagoConsole.Tests.Lago;

/// <summary>The product's own registration against a scripted Lago on a real socket.</summary>
public abstract class LagoTest : IAsyncLifetime
{
    private protected const string Key = "5a9c71e4-77aa-4b6c-9f3e-0c1d2e3f4a5b";

    private LagoServer? _server;
    private ServiceProvider? _services;

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected LagoServer Server => _server!;

    private protected RecordingClock Clock { get; } = new();

    private protected FixedResolver Resolver { get; } = new();

    private protected Dictionary<string, string?> Settings { get; } = new(StringComparer.Ordinal) { ["Lago:AllowedHosts:0"] = "127.0.0.1" };

    private protected ISandboxDoor? Sandbox { get; set; }

    private protected IServiceProvider Services => _services ??= Build();

    private protected LagoClient Lago => Client("integration-1");

    public virtual async ValueTask InitializeAsync() => _server = await LagoServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_services is not null)
        {
            await _services.DisposeAsync();
        }

        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected LagoClient Client(string limitId) =>
        Services.GetRequiredService<LagoClientFactory>().Create(Server.BaseAddress, LagoApiKey.Parse(Key), limitId);

    private protected static T Value<T>(LagoAnswer<T> answer) => Assert.IsType<LagoAnswer<T>.Ok>(answer).Value;

    private protected static LagoFailure Failure<T>(LagoAnswer<T> answer) => Assert.IsType<LagoAnswer<T>.Failed>(answer).Failure;

    private ServiceProvider Build()
    {
        ServiceCollection services = new();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton<IHostResolver>(Resolver);
        if (Sandbox is not null)
        {
            services.AddSingleton(Sandbox);
        }

        services.AddLago(new ConfigurationBuilder().AddInMemoryCollection(Settings).Build());
        return services.BuildServiceProvider(validateScopes: true);
    }

    /// <summary>Real time whose waits are noted and end at once.</summary>
    private protected sealed class RecordingClock : TimeProvider
    {
        private readonly ConcurrentQueue<TimeSpan> _waits = new();

        public TimeSpan[] Waits => [.. _waits];

        public override DateTimeOffset GetUtcNow() => new(2026, 8, 20, 12, 0, 0, TimeSpan.Zero);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _waits.Enqueue(dueTime);
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }

    /// <summary>A name service of our own; unknown names are not found.</summary>
    private protected sealed class FixedResolver : IHostResolver
    {
        public Dictionary<string, string[]> Hosts { get; } = new(StringComparer.OrdinalIgnoreCase);

        public Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken) =>
            Hosts.TryGetValue(host, out string[]? addresses)
                ? Task.FromResult<IReadOnlyList<IPAddress>>([.. addresses.Select(IPAddress.Parse)])
                : Task.FromException<IReadOnlyList<IPAddress>>(
                    new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.HostNotFound));
    }
}
