using LagoConsole.Core.Buyers;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Sandbox.Lago;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LagoConsole.Tests.Polling;

/// <summary>Links are read some at a time, and those that have an answer wait for the database while Lago is asked about others.</summary>
public sealed class ManyCustomersTests : IAsyncDisposable
{
    private const int Customers = 510; // 500 are read at a time
    private const int AskedAtOnce = 3;

    private readonly ConsoleWorld _world = new();
    private readonly Ways _ways = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R2_Each_of_many_customers_is_polled_once_and_Lago_is_asked_about_as_many_at_once_as_it_may_be()
    {
        (Guid integration, Guid acme, _) = await _world.SetUpAsync(metrics: ["api_calls"]);
        await FurnishAsync(integration);
        await using ServiceProvider console = _world.Restart(services =>
        {
            services.Configure<PollingOptions>(options => options.Concurrency = AskedAtOnce);
            services.Configure<LagoOptions>(options => (options.RequestsPerSecond, options.ConcurrentRequests) = (10_000, 64));
            services.AddHttpClient(LagoClientFactory.HandlerName).AddHttpMessageHandler(() => new Counter(_ways));
        });
        Integration stored;
        await using (LagoConsoleDbContext db = _world.Database.CreateDbContext())
        {
            stored = await db.Integrations.AsNoTracking().SingleAsync(row => row.Id == integration, Stop);
        }

        PollOutcome outcome = await console.GetRequiredService<UsagePipeline>().RunAsync(stored, _world.Now, progress: null, Stop);

        Assert.Equal((Customers + 1, Customers + 1, Customers, 0), (outcome.Buyers, outcome.Subscriptions, outcome.Increments, outcome.Failures.Count));
        Assert.Equal(AskedAtOnce, _ways.Most);
        Assert.Equal(Customers + 1, _ways.Asked);
        await using LagoConsoleDbContext read = _world.Database.CreateDbContext();
        Assert.Equal(Customers * 200L, await read.UsageIncrements.Where(increment => increment.BuyerId != acme).SumAsync(increment => increment.AmountMinor, Stop));
        await _world.AssertBalancedAsync();
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    /// <summary>Each has used 2.00 USD.</summary>
    private async Task FurnishAsync(Guid integration)
    {
        for (int number = 0; number < Customers; number++)
        {
            _world.Sandbox.AddCustomer(new LagoCustomer($"cus_{number}", $"Customer {number}"));
            _world.Sandbox.AddSubscription($"cus_{number}", $"sub-{number}", "standard", startsAt: new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero));
            _world.Use(100, subscription: $"sub-{number}");
        }

        LagoClient lago = Assert.IsType<LagoConnection.Opened>(await _world.Get<IntegrationConnections>().OpenAsync(integration, Stop)).Client;
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        foreach (SubscriptionResponse row in Assert.IsType<LagoAnswer<IReadOnlyList<SubscriptionResponse>>.Ok>(await lago.ListSubscriptionsAsync(Stop)).Value
            .Where(row => row.ExternalId.StartsWith("sub-", StringComparison.Ordinal)))
        {
            Buyer buyer = new() { Id = Guid.NewGuid(), Name = row.ExternalCustomerId, CreatedAt = _world.Now };
            db.Buyers.Add(buyer);
            db.BuyerLinks.Add(new BuyerLink
            {
                Id = Guid.NewGuid(),
                BuyerId = buyer.Id,
                IntegrationId = integration,
                LagoCustomerId = row.ExternalCustomerId,
                CustomerLagoId = row.LagoCustomerId!,
                LinkedAt = _world.Now,
                LinkedBy = "ada",
            });
        }

        await db.SaveChangesAsync(Stop);
    }

    /// <summary>How many looks at a customer's usage there were, and how many at the same time.</summary>
    private sealed class Ways
    {
        private int _now;
        private int _most;
        private int _asked;

        public int Most => _most;

        public int Asked => _asked;

        public void In()
        {
            Interlocked.Increment(ref _asked);
            int now = Interlocked.Increment(ref _now);
            int most;
            while ((most = _most) < now && Interlocked.CompareExchange(ref _most, now, most) != most)
            {
            }
        }

        public void Out() => Interlocked.Decrement(ref _now);
    }

    private sealed class Counter(Ways ways) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (!request.RequestUri!.AbsolutePath.EndsWith("/current_usage", StringComparison.Ordinal))
            {
                return await base.SendAsync(request, cancellationToken);
            }

            ways.In();
            try
            {
                await Task.Yield();
                return await base.SendAsync(request, cancellationToken);
            }
            finally
            {
                ways.Out();
            }
        }
    }
}
