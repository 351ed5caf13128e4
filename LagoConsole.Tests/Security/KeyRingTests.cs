using LagoConsole.Core.Accounts;
using LagoConsole.Core.Audit;
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

/// <summary>The key ring in a real SQLite file, encrypted with real certificates; a container for each start of the console.</summary>
public sealed class KeyRingTests : IDisposable
{
    private const string Key = "a6f1d4b0-93f5-4b7e-8d7a-2f6d5c1b7f3a";

    private static readonly Actor _admin = new("ada", Role.Admin);

    private readonly TestDatabase _database = new();
    private readonly TestCertificate _certificate = new();
    private readonly TestCertificate _next = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _database.Dispose();
        _certificate.Dispose();
        _next.Dispose();
    }

    [Fact]
    public async Task Without_its_certificate_the_database_does_not_give_a_key_away()
    {
        await StoreAsync(_certificate.Settings);

        await using LagoConsoleDbContext db = _database.CreateDbContext();
        string stored = (await db.DataProtectionKeys.SingleAsync(Stop)).Xml!;
        Assert.Contains("EncryptedData", stored, StringComparison.Ordinal);
        Assert.DoesNotContain("<masterKey", stored, StringComparison.Ordinal);
        Assert.IsType<VaultAnswer.Unreadable>(await OpenAsync());
        Assert.IsType<VaultAnswer.Unreadable>(await OpenAsync(_next.Settings));
        Assert.Equal(Key, Assert.IsType<VaultAnswer.Opened>(await OpenAsync(_certificate.Settings)).Key.Reveal());
    }

    [Fact]
    public async Task An_earlier_certificate_opens_what_it_encrypted_until_everything_is_encrypted_with_a_new_key()
    {
        await StoreAsync(_certificate.Settings);
        (string, string)[] both = [.. _next.Settings, .. Earlier(_certificate)];
        Assert.IsType<VaultAnswer.Opened>(await OpenAsync(both));

        await using (ServiceProvider services = Start(both))
        {
            SecretRotationReport report = await services.GetRequiredService<SecretRotation>().RotateAsync(_admin, Stop);
            Assert.Equal(4, report.Reencrypted);
            Assert.Empty(report.Unreadable);
        }

        Assert.Equal(Key, Assert.IsType<VaultAnswer.Opened>(await OpenAsync(_next.Settings)).Key.Reveal()); // the earlier one is not needed any more
        Assert.IsType<VaultAnswer.Unreadable>(await OpenAsync(_certificate.Settings)); // and opens nothing any more
    }

    [Fact]
    public async Task The_old_ciphers_are_gone_from_the_files_and_the_audit_log_says_who_and_how_many()
    {
        await StoreAsync(_certificate.Settings);
        string cipher = await CipherAsync();
        Assert.True(FilesContain(cipher)); // or the test would prove nothing

        await using (ServiceProvider services = Start(_certificate.Settings))
        {
            await services.GetRequiredService<SecretRotation>().RotateAsync(_admin, Stop);
        }

        Assert.False(FilesContain(cipher));
        Assert.False(FilesContain(Key));
        await using LagoConsoleDbContext db = _database.CreateDbContext();
        AuditEntry entry = await db.AuditEntries.SingleAsync(Stop);
        Assert.Equal(("ada", "Re-encrypt secrets", "4 encrypted with a new key, 0 could not be opened"), (entry.Actor, entry.Action, entry.After));
    }

    [Fact]
    public async Task What_cannot_be_opened_is_named_and_stays_as_it_is()
    {
        await StoreAsync(_certificate.Settings);
        string cipher = await CipherAsync();

        await using ServiceProvider services = Start(_next.Settings);
        SecretRotationReport report = await services.GetRequiredService<SecretRotation>().RotateAsync(_admin, Stop);

        Assert.Equal(0, report.Reencrypted);
        Assert.Equal(
            [
                "the API key of integration Vendor", "the secret of marketplace account Azure",
                "the secret of notification channel Finance", "the address of notification channel Finance",
            ],
            report.Unreadable);
        Assert.Equal(cipher, await CipherAsync());
    }

    [Theory]
    [InlineData(Role.None)]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Operator)]
    public async Task Only_an_administrator_encrypts_anew(Role role)
    {
        await using ServiceProvider services = Start();

        await Assert.ThrowsAsync<ForbiddenException>(() => services.GetRequiredService<SecretRotation>().RotateAsync(new Actor("olga", role), Stop));

        await using LagoConsoleDbContext db = _database.CreateDbContext();
        Assert.Empty(await db.DataProtectionKeys.ToListAsync(Stop));
    }

    [Fact]
    public void Outside_Development_keys_are_not_stored_as_they_are() =>
        Assert.Contains("KeyRing:Certificate:Path is not set", Refusal(), StringComparison.Ordinal);

    [Fact]
    public void A_certificate_that_is_not_there_or_does_not_open_stops_the_start_by_name()
    {
        Assert.Contains("KeyRing:Certificate:Path is /no/such.pfx", Refusal(("KeyRing:Certificate:Path", "/no/such.pfx")), StringComparison.Ordinal);

        string wrong = Refusal(("KeyRing:Certificate:Path", _certificate.File), ("KeyRing:Certificate:Password", "hunter2"));
        Assert.Contains("KeyRing:Certificate:Password is not its password", wrong, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", wrong, StringComparison.Ordinal);

        Assert.Contains(
            "KeyRing:EarlierCertificates:0:Path is /no/such.pfx",
            Refusal([.. _certificate.Settings, ("KeyRing:EarlierCertificates:0:Path", "/no/such.pfx")]), StringComparison.Ordinal);
    }

    private static (string, string)[] Earlier(TestCertificate certificate) =>
        [("KeyRing:EarlierCertificates:0:Path", certificate.File), ("KeyRing:EarlierCertificates:0:Password", TestCertificate.Password)];

    private static string Refusal(params (string Key, string Value)[] settings) =>
        Assert.Throws<InvalidOperationException>(() => new ServiceCollection().AddKeyRingProtection(Configuration(settings), mayBeUnprotected: false)).Message;

    private static IConfiguration Configuration((string Key, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value, StringComparer.Ordinal)).Build();

    private ServiceProvider Start(params (string Key, string Value)[] settings)
    {
        ServiceCollection services = new();
        services.AddLogging();
        services.AddDbContext<SqliteLagoConsoleDbContext>(options => options.UseSqlite($"Data Source={_database.File}"));
        services.AddDataProtection().SetApplicationName("LagoConsole").PersistKeysToDbContext<SqliteLagoConsoleDbContext>();
        services.AddKeyRingProtection(Configuration(settings), mayBeUnprotected: true);
        services.AddSingleton<IDbContextFactory<LagoConsoleDbContext>>(_database).AddSingleton(TimeProvider.System);
        services.AddSingleton<ApiKeyVault>().AddSingleton<AccountVault>().AddSingleton<NotificationVault>().AddSingleton<KeyErasure>().AddSingleton<SecretRotation>();
        return services.BuildServiceProvider();
    }

    /// <summary>An integration's key, an account's secret, a channel's secret and address, encrypted as the console with these settings does.</summary>
    private async Task StoreAsync(params (string Key, string Value)[] settings)
    {
        await using ServiceProvider services = Start(settings);
        await using LagoConsoleDbContext db = _database.CreateDbContext();
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

    private async Task<VaultAnswer> OpenAsync(params (string Key, string Value)[] settings)
    {
        await using ServiceProvider services = Start(settings);
        await using LagoConsoleDbContext db = _database.CreateDbContext();
        Integration integration = await db.Integrations.SingleAsync(Stop);
        return services.GetRequiredService<ApiKeyVault>().Unprotect(integration.Id, integration.ApiKeyCipher);
    }

    private async Task<string> CipherAsync()
    {
        await using LagoConsoleDbContext db = _database.CreateDbContext();
        return (await db.Integrations.SingleAsync(Stop)).ApiKeyCipher;
    }

    private bool FilesContain(string text) => Directory.GetFiles(Path.GetDirectoryName(_database.File)!).Any(path =>
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(text)) >= 0;
    });
}
