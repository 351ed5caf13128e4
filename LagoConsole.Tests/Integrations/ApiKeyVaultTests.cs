using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using Microsoft.AspNetCore.DataProtection;
using Xunit;

namespace LagoConsole.Tests.Integrations;

public sealed class ApiKeyVaultTests
{
    private const string Key = "a6f1d4b0-93f5-4b7e-8d7a-2f6d5c1b7f3a";

    private static readonly Guid Id = Guid.Parse("6f1c7f5e-8d0e-4a52-9a35-0e5b7c1d2e3f");

    private readonly ApiKeyVault _vault = new(new EphemeralDataProtectionProvider());

    [Fact]
    public void A_stored_key_is_unreadable_and_comes_back_whole()
    {
        string cipher = _vault.Protect(Id, LagoApiKey.Parse(Key));

        Assert.DoesNotContain(Key, cipher, StringComparison.Ordinal);
        Assert.DoesNotContain("7f3a", cipher, StringComparison.Ordinal);
        Assert.Equal(Key, Assert.IsType<VaultAnswer.Opened>(_vault.Unprotect(Id, cipher)).Key.Reveal());
    }

    [Fact]
    public void A_cipher_of_another_integration_opens_nothing()
    {
        string cipher = _vault.Protect(Id, LagoApiKey.Parse(Key));

        Assert.IsType<VaultAnswer.Unreadable>(_vault.Unprotect(Guid.NewGuid(), cipher));
    }

    [Fact]
    public void A_lost_key_ring_is_an_answer_and_not_a_crash()
    {
        string cipher = new ApiKeyVault(new EphemeralDataProtectionProvider()).Protect(Id, LagoApiKey.Parse(Key));

        Assert.IsType<VaultAnswer.Unreadable>(_vault.Unprotect(Id, cipher));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a cipher")]
    [InlineData("Q2lwaGVy")]
    public void Anything_else_in_the_column_is_an_answer_too(string cipher) =>
        Assert.IsType<VaultAnswer.Unreadable>(_vault.Unprotect(Id, cipher));

    [Fact]
    public void No_answer_prints_the_key()
    {
        VaultAnswer answer = _vault.Unprotect(Id, _vault.Protect(Id, LagoApiKey.Parse(Key)));

        Assert.DoesNotContain(Key, answer.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Key[..8], answer.ToString(), StringComparison.Ordinal);
    }
}
