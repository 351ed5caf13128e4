using System.Net;
using System.Security.Cryptography;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Security;
using LagoConsole.Health;
using LagoConsole.Tests.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Quartz;
using Xunit;

namespace LagoConsole.Tests.Health;

public sealed class HealthTests : IAsyncDisposable
{
    private readonly ConsoleFactory _console = new("Testing");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _console.DisposeAsync();

    [Fact]
    public async Task A_console_that_works_is_alive_and_ready_and_tells_strangers_no_more()
    {
        await UntilReadyAsync();
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await AskAsync("/health/live"));
        Assert.Equal((HttpStatusCode.OK, "shutdown: Healthy\ndatabase: Healthy\nscheduler: Healthy\nkey ring: Healthy\n"), await AskAsync("/health/ready"));
    }

    [Fact]
    public async Task It_is_not_ready_while_the_scheduler_does_not_run()
    {
        await UntilReadyAsync();
        IScheduler scheduler = await _console.Services.GetRequiredService<ISchedulerFactory>().GetScheduler(Stop);
        await scheduler.Standby(Stop);
        (HttpStatusCode status, string text) = await AskAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("scheduler: Unhealthy", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync("/health/live")).Status);

        await scheduler.Start(Stop);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync("/health/ready")).Status);
    }

    [Theory]
    [InlineData("DELETE FROM __EFMigrationsHistory WHERE MigrationId = (SELECT max(MigrationId) FROM __EFMigrationsHistory)")] // an older version's tables
    [InlineData("INSERT INTO __EFMigrationsHistory VALUES ('29991231000000_FromTomorrow', '99.0.0')")] // another node has brought them to a newer one
    public async Task It_is_not_ready_on_the_tables_of_another_version(string change)
    {
        await UntilReadyAsync();
        await using (LagoConsoleDbContext db = await _console.Services.GetRequiredService<IDbContextFactory<LagoConsoleDbContext>>().CreateDbContextAsync(Stop))
        {
            await db.Database.ExecuteSqlRawAsync(change, Stop);
        }

        (HttpStatusCode status, string text) = await AskAsync("/health/ready");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("shutdown: Healthy\ndatabase: Unhealthy\nscheduler: Healthy\nkey ring: Healthy\n", text);
    }

    [Fact]
    public async Task A_key_ring_that_opens_nothing_makes_it_not_ready()
    {
        ServiceCollection services = new();
        services.AddLogging();
        services.AddSingleton<IDataProtectionProvider>(new BrokenKeyRing());
        services.AddHealthChecks().AddCheck<KeyRingHealth>("key ring");
        await using ServiceProvider provider = services.BuildServiceProvider();

        HealthReport report = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(Stop);

        Assert.Equal(HealthStatus.Unhealthy, report.Status);
    }

    [Fact]
    public async Task It_starts_without_Azure_Key_Vault_and_is_ready_when_that_answers()
    {
        using FakeKeyVault vault = new();
        vault.Make("lagoconsole");
        vault.Instead = _ => FakeKeyVault.Error(StatusCodes.Status403Forbidden, "Forbidden");
        await using ConsoleFactory factory = new("Testing", FakeKeyVault.Settings("lagoconsole"));
        await using WebApplicationFactory<Program> console = factory.WithWebHostBuilder(host => host.ConfigureTestServices(services =>
        {
            KeyVaultKey key = KeyVaultKey.Parse(FakeKeyVault.Address("lagoconsole"))!;
            services.AddSingleton(_ => new KeyVaultClient(key, [key], vault.OpenCredential(), vault.CreateHandler()));
        }));

        (HttpStatusCode, string) refused = default;
        for (int attempt = 0; attempt < 200 && refused.Item2?.Contains("scheduler: Healthy", StringComparison.Ordinal) != true; attempt++)
        {
            refused = await AskAsync("/health/ready", console);
        }

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "shutdown: Healthy\ndatabase: Healthy\nscheduler: Healthy\nkey ring: Unhealthy\n"), refused);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync("/health/live", console)).Status);

        vault.Instead = _ => null;
        Assert.Equal((HttpStatusCode.OK, "shutdown: Healthy\ndatabase: Healthy\nscheduler: Healthy\nkey ring: Healthy\n"), await AskAsync("/health/ready", console));
    }

    /// <summary>The scheduler starts when all else has started.</summary>
    private async Task UntilReadyAsync()
    {
        for (int attempt = 0; (await AskAsync("/health/ready")).Status != HttpStatusCode.OK; attempt++)
        {
            Assert.True(attempt < 200, "It did not become ready.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Stop);
        }
    }

    private Task<(HttpStatusCode Status, string Text)> AskAsync(string path) => AskAsync(path, _console);

    private static async Task<(HttpStatusCode Status, string Text)> AskAsync(string path, WebApplicationFactory<Program> console)
    {
        using HttpClient stranger = console.CreateClient();
        using HttpResponseMessage answer = await stranger.GetAsync(path, Stop);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Stop));
    }

    private sealed class BrokenKeyRing : IDataProtectionProvider, IDataProtector
    {
        public IDataProtector CreateProtector(string purpose) => this;

        public byte[] Protect(byte[] plaintext) => plaintext;

        public byte[] Unprotect(byte[] protectedData) => throw new CryptographicException("The key {1} was not found in the key ring.");
    }
}
