using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LagoConsole.Core.Accounts;
using LagoConsole.Core.Products;
using LagoConsole.Sandbox;
using Xunit;

namespace LagoConsole.Tests.Accounts;

/// <summary>What people type about accounts, and what is made of it.</summary>
public sealed class TypedAccountTests
{
    private const string Role = "arn:aws:iam::111111111111:role/LagoConsole";

    private static readonly DateTimeOffset Now = AccountStage.Noon;

    [Theory]
    [InlineData(null, "AKIDEXAMPLE", "secret-key", AccountField.Name)]
    [InlineData("Seller", "", "secret-key", AccountField.AwsAccessKeyId)]
    [InlineData("Seller", "AKID EXAMPLE", "secret-key", AccountField.AwsAccessKeyId)]
    [InlineData("Seller", "AKIDEXAMPLE", "", AccountField.Secret)]
    [InlineData("Seller", "AKIDEXAMPLE", " secret-key", AccountField.Secret)] // said, not repaired
    [InlineData("Seller", "AKIDEXAMPLE", "secret\nkey", AccountField.Secret)]
    public void A_wrong_field_is_told_at_its_field_without_repeating_the_secret(string? name, string keyId, string secret, AccountField expected)
    {
        FieldProblems<AccountField> problems = Problems(AccountStage.AwsKey(name!, secret, keyId));

        Assert.Equal([expected], problems.All.Keys);
        Assert.DoesNotContain("secret-key", problems.All[expected], StringComparison.Ordinal);
    }

    [Fact]
    public void All_that_is_wrong_is_told_at_once()
    {
        AccountInput input = new() { Kind = CredentialKind.AzureClientSecret, Marketplace = Marketplace.Azure, AzureTenantId = "not a tenant", AzureClientId = "7" };

        Assert.Equal(
            [AccountField.Name, AccountField.AzureTenantId, AccountField.AzureClientId, AccountField.Secret],
            Problems(input).All.Keys.Order());
    }

    [Fact]
    public void The_ID_of_a_client_secret_is_not_its_value() => Assert.Contains(
        "Paste its Value", Problems(AccountStage.AzureSecret(secret: Guid.NewGuid().ToString())).All[AccountField.Secret], StringComparison.Ordinal);

    [Fact]
    public void A_new_secret_does_not_end_in_the_past()
    {
        AccountInput input = AccountStage.AzureSecret();
        input.SecretExpiresAt = Now;

        Assert.Equal([AccountField.SecretExpiresAt], Problems(input).All.Keys);
    }

    [Theory]
    [InlineData(Role, null, null, null)]
    [InlineData(Role, "vendor-4711", "AKIDEXAMPLE", null)]
    [InlineData("arn:aws:iam::1:role/x", null, null, AccountField.AwsRoleArn)]
    [InlineData(Role, "x", null, AccountField.AwsExternalId)]
    public void A_role_is_assumed_with_the_usual_chain_or_with_an_access_key(string role, string? externalId, string? keyId, AccountField? expected)
    {
        AccountField[] wanted = expected is { } field ? [field] : [];

        Assert.Equal(wanted, Problems(RoleOf(role, externalId, keyId, keyId is null ? null : "wJalrXUtnFEMI")).All.Keys);
    }

    [Fact]
    public void Of_a_roles_access_key_neither_part_comes_alone()
    {
        Assert.Equal([AccountField.Secret], Problems(RoleOf(Role, null, "AKIDEXAMPLE", null)).All.Keys);
        Assert.Equal([AccountField.AwsAccessKeyId], Problems(RoleOf(Role, null, null, "wJalrXUtnFEMI")).All.Keys);
    }

    [Fact]
    public void A_certificate_says_its_end_itself_and_is_kept_as_PEM()
    {
        using X509Certificate2 certificate = Certificate(Now.AddDays(90));
        using RSA key = certificate.GetRSAPrivateKey()!;
        string pem = certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem();
        string pfx = Convert.ToBase64String(certificate.Export(X509ContentType.Pfx, "opens"));

        foreach (ReadAccount read in (ReadAccount[])[Read(Cert(pem, null)), Read(Cert(pfx, "opens"))])
        {
            Assert.Equal(Now.AddDays(90), read.ExpiresAt);
            Assert.Equal(certificate.Thumbprint[^4..], read.Secret!.LastFour);
            using X509Certificate2 again = X509Certificate2.CreateFromPem(read.Secret.Value.Reveal(), read.Secret.Value.Reveal());
            Assert.Equal(certificate.Thumbprint, again.Thumbprint);
            Assert.True(again.HasPrivateKey);
        }
    }

    [Fact]
    public void A_certificate_that_cannot_be_used_is_told_at_its_field()
    {
        using X509Certificate2 certificate = Certificate(Now.AddDays(90));
        using X509Certificate2 expired = Certificate(Now.AddDays(-1));
        using RSA key = expired.GetRSAPrivateKey()!;
        string pfx = Convert.ToBase64String(certificate.Export(X509ContentType.Pfx, "opens"));

        Assert.Contains("no certificate with its own private key", Problems(Cert(certificate.ExportCertificatePem(), null)).All[AccountField.Secret], StringComparison.Ordinal);
        Assert.Contains(
            "has expired", Problems(Cert(expired.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem(), null)).All[AccountField.Secret], StringComparison.Ordinal);
        Assert.Contains("does not open", Problems(Cert(pfx, "wrong")).All[AccountField.CertificatePassword], StringComparison.Ordinal);
        Assert.Contains("does not open", Problems(Cert("no PFX", null)).All[AccountField.CertificatePassword], StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_account_is_named_by_its_key()
    {
        ReadAccount read = Read(AccountStage.GoogleKey());

        Assert.Equal(SandboxKeys.GoogleEmail, read.Parts.GoogleClientEmail);
        Assert.Equal("0c0d", read.Secret!.LastFour);
        Assert.Equal(SandboxKeys.GooglePrivateKey, read.Secret.Value.Reveal()); // and not the file's own address of a token service
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("""{"type":"authorized_user","client_email":"a@b.example","private_key_id":"0123456789","private_key":"x"}""")]
    [InlineData("""{"type":"service_account","client_email":"a@b.example","private_key_id":"0123456789"}""")]
    [InlineData("""{"type":"service_account","client_email":"a@b.example","private_key_id":"0123456789","private_key":"no PEM"}""")]
    public void What_is_no_key_of_a_service_account_is_refused(string file)
    {
        AccountInput input = AccountStage.GoogleKey();
        input.Secret = file;

        Assert.Equal([AccountField.Secret], Problems(input).All.Keys);
    }

    [Fact]
    public void Nothing_in_memory_prints_a_secret()
    {
        ReadAccount read = Read(AccountStage.AwsKey());
        AccountCredentials credentials = new()
        {
            AccountId = Guid.NewGuid(),
            Generation = 0,
            AccountName = read.Name,
            Kind = CredentialKind.AwsAccessKey,
            Parts = read.Parts,
            Secret = read.Secret!.Value,
        };

        string all = $"{read}|{(object)read.Secret}|{read.Secret.Value}|{credentials}|{new AccountAnswer.Found(credentials)}";

        Assert.DoesNotContain(SandboxKeys.Aws.SecretAccessKey, all, StringComparison.Ordinal);
        Assert.Contains("AWS seller (Access key)", all, StringComparison.Ordinal);
    }

    private static AccountInput RoleOf(string role, string? externalId, string? keyId, string? secret) => new()
    {
        Name = "Seller role",
        Kind = CredentialKind.AwsAssumedRole,
        AwsRoleArn = role,
        AwsExternalId = externalId,
        AwsAccessKeyId = keyId,
        Secret = secret,
    };

    private static AccountInput Cert(string secret, string? password)
    {
        AccountInput input = AccountStage.AzureSecret();
        input.Kind = CredentialKind.AzureClientCertificate;
        input.Secret = secret;
        input.CertificatePassword = password;
        return input;
    }

    private static X509Certificate2 Certificate(DateTimeOffset notAfter)
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new("CN=lagoconsole", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return request.CreateSelfSigned(notAfter.AddDays(-365), notAfter);
    }

    private static ReadAccount Read(AccountInput input) => TypedAccount.Read(input, input.Kind!.Value, present: null, Now, new())!;

    private static FieldProblems<AccountField> Problems(AccountInput input)
    {
        FieldProblems<AccountField> problems = new();
        TypedAccount.Read(input, input.Kind!.Value, present: null, Now, problems);
        return problems;
    }
}
