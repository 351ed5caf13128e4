using LagoConsole.Core.Accounts;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Notifications;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Persistence.Sqlite;
using LagoConsole.Core.Products;
using LagoConsole.Core.Security;
using LagoConsole.Tests.Integrations;
using LagoConsole.Tests.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LagoConsole.Tests.Security;

/// <summary>Secrets and key ring in a real SQLite file, with keys in a vault beside it; a container for each start of the console.</summary>
internal sealed class KeyRingStage : IDisposable
{
    public const string Key = "a6f1d4b0-93f5-4b7e-8d7a-2f6d5c1b7f3a";

    public TestDatabase Database { get; } = new();

    public FakeKeyVault Vault { get; } = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Database.Dispose();
        Vault.Dispose();
    }

    public static IConfiguration Configuration((string Key, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value, StringComparer.Ordinal)).Build();

    public ServiceProvider Start(params (string Key, string Value)[] settings)
    {
        ServiceCollection services = new();
        services.AddLogging();
        services.AddDbContext<SqliteLagoConsoleDbContext>(options => options.UseSqlite($"Data Source={Database.File}"));
        services.AddDataProtection().SetApplicationName("LagoConsole").PersistKeysToDbContext<SqliteLagoConsoleDbContext>();
        services.AddKeyRingProtection(Configuration(settings), mayBeUnprotected: true, _ => Vault.OpenCredential(), Vault.CreateHandler);
        services.AddSingleton<IDbContextFactory<LagoConsoleDbContext>>(Database).AddSingleton(TimeProvider.System);
        services.AddSingleton<ApiKeyVault>().AddSingleton<AccountVault>().AddSingleton<NotificationVault>().AddSingleton<KeyErasure>().AddSingleton<SecretRotation>();
        return services.BuildServiceProvider();
    }

    /// <summary>An integration's key, an account's secret, a channel's secret and address, encrypted as the console with these settings does.</summary>
    public async Task StoreAsync(params (string Key, string Value)[] settings)
    {
        await using ServiceProvider services = Start(settings);
        await using LagoConsoleDbContext db = Database.CreateDbContext();
        Integration integration = new IntegrationBooks(db).AddIntegration("Vendor");
        integration.ApiKeyCipher = services.GetRequiredService<ApiKeyVault>().Protect(integration.Id, LagoApiKey.Parse(Key));
        MarketplaceAccount account = new()
        {
            Id = Guid.NewGuid(),
            Marketplace = Marketplace.Azure,
            Kind = CredentialKind.AzureClientSecret,
            Name = "Azure",
            CreatedAt = IntegrationBooks.Noon,
        };
        account.SecretCipher = services.GetRequiredService<AccountVault>().Protect(account.Id, new AccountSecret("azure-secret"));
        db.MarketplaceAccounts.Add(account);
        NotificationChannel channel = new()
        {
            Id = Guid.NewGuid(),
            Kind = ChannelKind.Webhook,
            Name = "Finance",
            Causes = CauseKinds.All,
            ConsoleAddress = "https://console.example.com",
            CreatedAt = IntegrationBooks.Noon,
        };
        NotificationVault channels = services.GetRequiredService<NotificationVault>();
        channel.SecretCipher = channels.Secrets.Protect(channel.Id, "signing-key");
        channel.AddressCipher = channels.Addresses.Protect(channel.Id, "https://hooks.example.com/1");
        db.NotificationChannels.Add(channel);
        await db.SaveChangesAsync(Stop);
    }

    public async Task<VaultAnswer> OpenAsync(params (string Key, string Value)[] settings)
    {
        await using ServiceProvider services = Start(settings);
        await using LagoConsoleDbContext db = Database.CreateDbContext();
        Integration integration = await db.Integrations.SingleAsync(Stop);
        return services.GetRequiredService<ApiKeyVault>().Unprotect(integration.Id, integration.ApiKeyCipher);
    }

    public async Task<string> CipherAsync()
    {
        await using LagoConsoleDbContext db = Database.CreateDbContext();
        return (await db.Integrations.SingleAsync(Stop)).ApiKeyCipher;
    }

    public bool FilesContain(string text) => Directory.GetFiles(Path.GetDirectoryName(Database.File)!).Any(path =>
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(text)) >= 0;
    });
}
