using Azure.Identity;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Security;
using LagoConsole.Tests.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LagoConsole.Tests.Security;

/// <summary>The key ring encrypted with a key in Azure Key Vault, and ways from a certificate to the vault and back.</summary>
public sealed class KeyVaultTests : IDisposable
{
    private const string Name = "lagoconsole";

    private static readonly Actor _admin = new("ada", Role.Admin);

    private readonly KeyRingStage _stage = new();
    private readonly TestCertificate _certificate = new();
    private readonly string _version;

    public KeyVaultTests() => _version = _stage.Vault.Make(Name);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static (string, string)[] Settings => FakeKeyVault.Settings(Name);

    private static (string, string)[] Earlier => [("KeyRing:KeyVault:EarlierKeys:0", FakeKeyVault.Address(Name))];

    public void Dispose()
    {
        _stage.Dispose();
        _certificate.Dispose();
    }

    [Fact]
    public async Task Without_the_vault_the_database_does_not_give_a_key_away()
    {
        await _stage.StoreAsync(Settings);

        string stored = await RingAsync();
        Assert.Contains($"<keyVersion>{FakeKeyVault.Address(Name, _version)}</keyVersion>", stored, StringComparison.Ordinal);
        Assert.DoesNotContain("<masterKey", stored, StringComparison.Ordinal);
        Assert.IsType<VaultAnswer.Unreadable>(await _stage.OpenAsync());
        Assert.IsType<VaultAnswer.Unreadable>(await _stage.OpenAsync(_certificate.Settings));
        await AssertOpensAsync(Settings);
        Assert.All(_stage.Vault.Scopes, scope => Assert.Equal("https://vault.azure.net/.default", scope));
    }

    [Fact]
    public async Task What_a_certificate_encrypted_is_read_after_the_change_to_the_vault_until_all_is_encrypted_with_a_new_key()
    {
        await _stage.StoreAsync(_certificate.Settings);
        (string, string)[] both = [.. Settings, .. _certificate.EarlierSettings];
        await AssertOpensAsync(both);
        Assert.Equal(0, _stage.Vault.Calls);

        await AssertAllReencryptedAsync(both);

        await AssertOpensAsync(Settings); // the certificate is not needed any more
        Assert.IsType<VaultAnswer.Unreadable>(await _stage.OpenAsync(_certificate.Settings)); // and opens nothing any more
    }

    [Fact]
    public async Task And_the_other_way_round()
    {
        await _stage.StoreAsync(Settings);
        (string, string)[] both = [.. _certificate.Settings, .. Earlier];
        await AssertOpensAsync(both);

        await AssertAllReencryptedAsync(both);

        await AssertOpensAsync(_certificate.Settings);
        Assert.IsType<VaultAnswer.Unreadable>(await _stage.OpenAsync(Settings));
    }

    [Fact]
    public async Task Of_a_key_that_was_rotated_the_newest_version_encrypts_and_the_one_before_it_still_opens()
    {
        await _stage.StoreAsync(Settings);
        string newest = _stage.Vault.Make(Name);
        await AssertOpensAsync(Settings);

        await AssertAllReencryptedAsync(Settings);
        Assert.Contains(FakeKeyVault.Address(Name, newest), await RingAsync(), StringComparison.Ordinal);

        _stage.Vault.Destroy(Name, _version);
        await AssertOpensAsync(Settings);
    }

    [Fact]
    public async Task A_version_that_the_setting_names_encrypts_although_there_is_a_newer_one()
    {
        string newest = _stage.Vault.Make(Name);

        await _stage.StoreAsync(FakeKeyVault.Settings(Name, _version));

        Assert.Contains(FakeKeyVault.Address(Name, _version), await RingAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(newest, await RingAsync(), StringComparison.Ordinal);
        await AssertOpensAsync(Settings);
    }

    [Theory]
    [InlineData("evil.vault.azure.net/keys/lagoconsole")] // a console would show it a token
    [InlineData("vendor.vault.azure.net/keys/another")]
    [InlineData("evil.example/keys/lagoconsole")]
    public async Task A_vault_or_key_that_only_the_database_names_is_asked_for_nothing(string other)
    {
        await _stage.StoreAsync(Settings);
        await using (LagoConsoleDbContext db = _stage.Database.CreateDbContext())
        {
            DataProtectionKey row = await db.DataProtectionKeys.SingleAsync(Stop);
            row.Xml = row.Xml!.Replace($"{FakeKeyVault.Host}/keys/{Name}", other, StringComparison.Ordinal);
            await db.SaveChangesAsync(Stop);
        }

        int calls = _stage.Vault.Calls;
        Exception? refusal;
        await using (ServiceProvider services = _stage.Start(Earlier))
        {
            IKey key = Assert.Single(services.GetRequiredService<IKeyManager>().GetAllKeys());
            refusal = Record.Exception(key.CreateEncryptor);
        }

        Assert.Contains($"https://{other}/{_version}, which no setting names: name it in KeyRing:KeyVault:EarlierKeys", refusal!.ToString(), StringComparison.Ordinal);
        Assert.Equal(calls, _stage.Vault.Calls);
    }

    [Fact]
    public async Task A_passing_fault_of_the_vault_is_waited_out()
    {
        _stage.Vault.Instead = call => call switch
        {
            1 => FakeKeyVault.Error(StatusCodes.Status429TooManyRequests, "Throttled"),
            3 => FakeKeyVault.Error(StatusCodes.Status503ServiceUnavailable, "Unavailable"),
            _ => null,
        };

        await _stage.StoreAsync(Settings);

        await AssertOpensAsync(Settings);
    }

    [Fact]
    public async Task A_vault_that_is_away_at_the_start_is_asked_again_and_no_restart_is_needed()
    {
        await _stage.StoreAsync(Settings);
        await using ServiceProvider services = _stage.Start(Settings);
        IDataProtector protector = services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test");
        _stage.Vault.Instead = _ => FakeKeyVault.Error(StatusCodes.Status403Forbidden, "Forbidden");
        Exception? refusal = Record.Exception(() => protector.Protect("text"));
        Assert.Contains("403, Forbidden", refusal?.ToString(), StringComparison.Ordinal);

        _stage.Vault.Instead = _ => null;

        Assert.Equal("text", protector.Unprotect(protector.Protect("text")));
    }

    [Fact]
    public async Task An_older_key_that_is_first_needed_while_the_vault_is_away_is_not_taken_for_lost()
    {
        await _stage.StoreAsync(Settings);
        await using (ServiceProvider services = _stage.Start(Settings))
        {
            DateTimeOffset now = TimeProvider.System.GetUtcNow();
            services.GetRequiredService<IKeyManager>().CreateNewKey(now, now.AddDays(90)); // secrets stay with the older one
        }

        await using ServiceProvider running = _stage.Start(Settings);
        IDataProtector protector = running.GetRequiredService<IDataProtectionProvider>().CreateProtector("test");
        int calls = _stage.Vault.Calls;
        _stage.Vault.Instead = call => call == calls + 2 ? FakeKeyVault.Error(StatusCodes.Status403Forbidden, "Forbidden") : null; // one of both is opened
        Assert.NotNull(Record.Exception(() => protector.Protect("text")));
        Assert.Equal("text", protector.Unprotect(protector.Protect("text")));
        _stage.Vault.Instead = _ => FakeKeyVault.Error(StatusCodes.Status403Forbidden, "Forbidden");

        await using LagoConsoleDbContext db = _stage.Database.CreateDbContext();
        Integration integration = await db.Integrations.SingleAsync(Stop);
        Assert.IsType<VaultAnswer.Opened>(running.GetRequiredService<ApiKeyVault>().Unprotect(integration.Id, integration.ApiKeyCipher));
    }

    [Fact]
    public async Task Whatever_the_vault_refuses_is_told_and_no_key_comes_to_be_that_nobody_could_open()
    {
        await _stage.StoreAsync(Settings);

        _stage.Vault.Instead = _ => FakeKeyVault.Error(StatusCodes.Status403Forbidden, "Forbidden");
        Assert.Equal(
            $"Azure Key Vault answered 403, Forbidden for {FakeKeyVault.Address(Name)}. "
            + "Give the console's identity the role Key Vault Crypto Service Encryption User on the key, and let the vault's firewall pass it.",
            await RefusalAsync());
        _stage.Vault.Instead = _ => Results.Redirect("https://vendor.vault.azure.net/keys/another");
        Assert.Contains("answered 302", await RefusalAsync(), StringComparison.Ordinal);
        _stage.Vault.Instead = _ => Results.Text("<html>", "text/html");
        Assert.Contains("is not Azure Key Vault", await RefusalAsync(), StringComparison.Ordinal);
        _stage.Vault.Instead = _ => Results.Json(new { key = new { kid = FakeKeyVault.Address("another", _version), kty = "RSA" } });
        Assert.Contains("is not Azure Key Vault", await RefusalAsync(), StringComparison.Ordinal);
        _stage.Vault.Instead = _ => Results.Json(new { key = new { kid = FakeKeyVault.Address(Name, _version), kty = "EC" } });
        Assert.Contains("is no RSA key of 2048 bits", await RefusalAsync(), StringComparison.Ordinal);
        _stage.Vault.Instead = _ => null;
        _stage.Vault.Falsify = opened => [.. opened.Reverse()];
        Assert.Contains("opened something else", await RefusalAsync(), StringComparison.Ordinal);
        _stage.Vault.Falsify = opened => opened;
        _stage.Vault.GivesTokens = false;
        Assert.Contains("Check KeyRing:KeyVault:Identity", await RefusalAsync(), StringComparison.Ordinal);
        _stage.Vault.GivesTokens = true;
        Assert.Contains("no RSA key of 2048 bits", await RefusalAsync(FakeKeyVault.Settings("short", _stage.Vault.Make("short", bits: 1024))), StringComparison.Ordinal);
        Assert.Contains("answered 404, KeyNotFound", await RefusalAsync(FakeKeyVault.Settings("missing")), StringComparison.Ordinal);

        await AssertOpensAsync(Settings);
    }

    [Fact]
    public async Task What_was_changed_in_the_database_does_not_open()
    {
        await _stage.StoreAsync(Settings);
        await using (LagoConsoleDbContext db = _stage.Database.CreateDbContext())
        {
            DataProtectionKey row = await db.DataProtectionKeys.SingleAsync(Stop);
            int at = row.Xml!.IndexOf("<cipher>", StringComparison.Ordinal) + "<cipher>".Length;
            row.Xml = row.Xml[..at] + (row.Xml[at] == 'A' ? 'B' : 'A') + row.Xml[(at + 1)..];
            await db.SaveChangesAsync(Stop);
        }

        Assert.IsType<VaultAnswer.Unreadable>(await _stage.OpenAsync(Settings));
    }

    [Fact]
    public void Both_a_certificate_and_a_vault_stop_the_start() => Assert.Equal(
        "KeyRing:Certificate:Path and KeyRing:KeyVault:Key are both set, and one of them encrypts the key ring. Keep the one to encrypt with; "
        + "what was in use before goes to KeyRing:EarlierCertificates or KeyRing:KeyVault:EarlierKeys.",
        Unstarted([.. Settings, .. _certificate.Settings]));

    [Theory]
    [InlineData("http://vendor.vault.azure.net/keys/lagoconsole")]
    [InlineData("https://vendor.vault.azure.net")]
    [InlineData("https://vendor.vault.azure.net/secrets/lagoconsole")]
    [InlineData("https://vendor.vault.azure.net/keys/lagoconsole/latest")]
    [InlineData("https://vendor.vault.azure.net/keys/lagoconsole?x=1")]
    [InlineData("https://vendor.vault.azure.net:8443/keys/lagoconsole")]
    [InlineData("https://vendor.vault.azure.net.example/keys/lagoconsole")]
    [InlineData("https://vendor.vault.azure.net@evil.example/keys/lagoconsole")]
    [InlineData("lagoconsole")]
    public void What_is_no_address_of_a_key_stops_the_start_by_name(string address)
    {
        Assert.Contains($"KeyRing:KeyVault:Key is {address}, which is no address", Unstarted(("KeyRing:KeyVault:Key", address)), StringComparison.Ordinal);
        Assert.Contains(
            $"KeyRing:KeyVault:EarlierKeys:0 is {address}, which is no address",
            Unstarted([.. _certificate.Settings, ("KeyRing:KeyVault:EarlierKeys:0", address)]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://vendor.vault.azure.net/keys/lagoconsole", "https://vault.azure.net/.default")]
    [InlineData("https://Vendor.vault.azure.cn/keys/lagoconsole/", "https://vault.azure.cn/.default")]
    [InlineData("https://vendor.managedhsm.azure.net/keys/lagoconsole/0123456789abcdef0123456789abcdef", "https://managedhsm.azure.net/.default")]
    [InlineData("https://vendor.vault.usgovcloudapi.net/keys/lagoconsole", "https://vault.usgovcloudapi.net/.default")]
    public void Tokens_are_asked_for_the_cloud_and_the_kind_of_the_vault(string address, string scope) => Assert.Equal(scope, KeyVaultKey.Parse(address)?.Scope);

    [Fact]
    public void The_console_asks_as_whom_the_setting_says_and_as_nobody_else()
    {
        Assert.IsType<ManagedIdentityCredential>(KeyRingRegistration.Credential(new KeyRingVault()));
        Assert.IsType<ManagedIdentityCredential>(KeyRingRegistration.Credential(new KeyRingVault { ClientId = "33333333-3333-3333-3333-333333333333" }));
        Assert.IsType<WorkloadIdentityCredential>(KeyRingRegistration.Credential(new KeyRingVault { Identity = KeyVaultIdentity.WorkloadIdentity }));
        Assert.IsType<EnvironmentCredential>(KeyRingRegistration.Credential(new KeyRingVault { Identity = KeyVaultIdentity.Environment }));
        Assert.Contains("KeyRing:KeyVault:Identity", Unstarted([.. Settings, ("KeyRing:KeyVault:Identity", "7")]), StringComparison.Ordinal);
        Assert.Contains("KeyRing:KeyVault:Identity", Unstarted([.. Settings, ("KeyRing:KeyVault:Identity", "Somebody")]), StringComparison.Ordinal);
    }

    private static string Unstarted(params (string Key, string Value)[] settings) => Assert.Throws<InvalidOperationException>(
        () => new ServiceCollection().AddKeyRingProtection(KeyRingStage.Configuration(settings), mayBeUnprotected: false)).Message;

    /// <summary>What somebody is told who encrypts anew; the ring is as it was.</summary>
    private async Task<string> RefusalAsync(params (string Key, string Value)[] settings)
    {
        string before = await RingAsync();
        await using ServiceProvider services = _stage.Start(settings is [] ? Settings : [.. settings, .. Earlier]);
        KeyVaultException refusal = await Assert.ThrowsAsync<KeyVaultException>(() => services.GetRequiredService<SecretRotation>().RotateAsync(_admin, Stop));
        Assert.Equal(before, await RingAsync());
        return refusal.Message;
    }

    private async Task AssertAllReencryptedAsync(params (string Key, string Value)[] settings)
    {
        await using ServiceProvider services = _stage.Start(settings);
        SecretRotationReport report = await services.GetRequiredService<SecretRotation>().RotateAsync(_admin, Stop);
        Assert.Equal(4, report.Reencrypted);
        Assert.Empty(report.Unreadable);
    }

    private async Task AssertOpensAsync(params (string Key, string Value)[] settings) =>
        Assert.Equal(KeyRingStage.Key, Assert.IsType<VaultAnswer.Opened>(await _stage.OpenAsync(settings)).Key.Reveal());

    private async Task<string> RingAsync()
    {
        await using LagoConsoleDbContext db = _stage.Database.CreateDbContext();
        return string.Join('\n', await db.DataProtectionKeys.OrderBy(key => key.Id).Select(key => key.Xml).ToListAsync(Stop));
    }
}
