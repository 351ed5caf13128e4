using LagoConsole.Core.Audit;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Security;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LagoConsole.Tests.Security;

/// <summary>The key ring in a real SQLite file, encrypted with real certificates; a container for each start of the console.</summary>
public sealed class KeyRingTests : IDisposable
{
    private static readonly Actor _admin = new("ada", Role.Admin);

    private readonly KeyRingStage _stage = new();
    private readonly TestCertificate _certificate = new();
    private readonly TestCertificate _next = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _stage.Dispose();
        _certificate.Dispose();
        _next.Dispose();
    }

    [Fact]
    public async Task Without_its_certificate_the_database_does_not_give_a_key_away()
    {
        await _stage.StoreAsync(_certificate.Settings);

        await using LagoConsoleDbContext db = _stage.Database.CreateDbContext();
        string stored = (await db.DataProtectionKeys.SingleAsync(Stop)).Xml!;
        Assert.Contains("EncryptedData", stored, StringComparison.Ordinal);
        Assert.DoesNotContain("<masterKey", stored, StringComparison.Ordinal);
        Assert.IsType<VaultAnswer.Unreadable>(await _stage.OpenAsync());
        Assert.IsType<VaultAnswer.Unreadable>(await _stage.OpenAsync(_next.Settings));
        Assert.Equal(KeyRingStage.Key, Assert.IsType<VaultAnswer.Opened>(await _stage.OpenAsync(_certificate.Settings)).Key.Reveal());
    }

    [Fact]
    public async Task An_earlier_certificate_opens_what_it_encrypted_until_everything_is_encrypted_with_a_new_key()
    {
        await _stage.StoreAsync(_certificate.Settings);
        (string, string)[] both = [.. _next.Settings, .. _certificate.EarlierSettings];
        Assert.IsType<VaultAnswer.Opened>(await _stage.OpenAsync(both));

        await using (ServiceProvider services = _stage.Start(both))
        {
            SecretRotationReport report = await services.GetRequiredService<SecretRotation>().RotateAsync(_admin, Stop);
            Assert.Equal(4, report.Reencrypted);
            Assert.Empty(report.Unreadable);
        }

        Assert.Equal(KeyRingStage.Key, Assert.IsType<VaultAnswer.Opened>(await _stage.OpenAsync(_next.Settings)).Key.Reveal()); // the earlier one is not needed any more
        Assert.IsType<VaultAnswer.Unreadable>(await _stage.OpenAsync(_certificate.Settings)); // and opens nothing any more
    }

    [Fact]
    public async Task The_old_ciphers_are_gone_from_the_files_and_the_audit_log_says_who_and_how_many()
    {
        await _stage.StoreAsync(_certificate.Settings);
        string cipher = await _stage.CipherAsync();
        Assert.True(_stage.FilesContain(cipher)); // or the test would prove nothing

        await using (ServiceProvider services = _stage.Start(_certificate.Settings))
        {
            await services.GetRequiredService<SecretRotation>().RotateAsync(_admin, Stop);
        }

        Assert.False(_stage.FilesContain(cipher));
        Assert.False(_stage.FilesContain(KeyRingStage.Key));
        await using LagoConsoleDbContext db = _stage.Database.CreateDbContext();
        AuditEntry entry = await db.AuditEntries.SingleAsync(Stop);
        Assert.Equal(("ada", "Re-encrypt secrets", "4 encrypted with a new key, 0 could not be opened"), (entry.Actor, entry.Action, entry.After));
    }

    [Fact]
    public async Task What_cannot_be_opened_is_named_and_stays_as_it_is()
    {
        await _stage.StoreAsync(_certificate.Settings);
        string cipher = await _stage.CipherAsync();

        await using ServiceProvider services = _stage.Start(_next.Settings);
        SecretRotationReport report = await services.GetRequiredService<SecretRotation>().RotateAsync(_admin, Stop);

        Assert.Equal(0, report.Reencrypted);
        Assert.Equal(
            [
                "the API key of integration Vendor", "the secret of marketplace account Azure",
                "the secret of notification channel Finance", "the address of notification channel Finance",
            ],
            report.Unreadable);
        Assert.Equal(cipher, await _stage.CipherAsync());
    }

    [Theory]
    [InlineData(Role.None)]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Operator)]
    public async Task Only_an_administrator_encrypts_anew(Role role)
    {
        await using ServiceProvider services = _stage.Start();

        await Assert.ThrowsAsync<ForbiddenException>(() => services.GetRequiredService<SecretRotation>().RotateAsync(new Actor("olga", role), Stop));

        await using LagoConsoleDbContext db = _stage.Database.CreateDbContext();
        Assert.Empty(await db.DataProtectionKeys.ToListAsync(Stop));
    }

    [Fact]
    public void Outside_Development_keys_are_not_stored_as_they_are() =>
        Assert.Contains("Neither KeyRing:Certificate:Path nor KeyRing:KeyVault:Key is set", Refusal(), StringComparison.Ordinal);

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

    private static string Refusal(params (string Key, string Value)[] settings) =>
        Assert.Throws<InvalidOperationException>(() => new ServiceCollection().AddKeyRingProtection(KeyRingStage.Configuration(settings), mayBeUnprotected: false)).Message;
}
