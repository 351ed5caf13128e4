using System.Security.Cryptography;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Identity;
using Azure.Core;
using Azure.Identity;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Auth.OAuth2.Responses;
using LagoConsole.Core.Accounts;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Aws;
using LagoConsole.Core.Reporting.Azure;
using LagoConsole.Core.Reporting.Google;
using LagoConsole.Core.Sandbox;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace LagoConsole.Tests.Accounts;

/// <summary>Credentials of accounts and of the usual chains: whatever a chain throws, a record waits with a sentence.</summary>
public sealed class TokenSourceTests
{
    private static readonly Guid Product = Guid.NewGuid();

    private readonly OneAccount _accounts = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Failures => [.. Thrown.Keys];

    private static Dictionary<string, Exception> Thrown { get; } = new(StringComparer.Ordinal)
    {
        ["file"] = new FileNotFoundException("no such file"),
        ["right"] = new UnauthorizedAccessException("not for you"),
        ["json"] = new JsonException("not JSON"),
        ["key"] = new CryptographicException("not a key"),
        ["form"] = new FormatException("not a tenant"),
        ["network"] = new HttpRequestException("no way"),
        ["socket"] = new System.Net.Sockets.SocketException(),
        ["state"] = new InvalidOperationException("nothing here"),
        ["azure chain"] = new CredentialUnavailableException("none of them"),
        ["azure refusal"] = new AuthenticationFailedException("AADSTS7000222: The provided client secret keys are expired."),
        ["google refusal"] = new TokenResponseException(new TokenErrorResponse { Error = "invalid_grant" }),
        ["aws chain"] = new AmazonClientException("Failed to resolve AWS credentials"),
        ["time"] = new TaskCanceledException("too slow"),
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Whatever_a_chain_throws_the_record_waits_with_a_sentence(string name)
    {
        Exception thrown = Thrown[name];
        AwsCredentialSource aws = new(new ClosedSandboxDoor(), new BrokenChain(thrown), _accounts);
        AzureTokenSource unopened = new(_ => throw thrown, _accounts, TimeProvider.System);
        AzureTokenSource azure = new(_ => new Entra(_ => throw thrown), _accounts, TimeProvider.System);
        GoogleTokenSource google = new((_, _) => Task.FromException<ITokenAccess>(thrown), _accounts);
        foreach (AccountCredentials? account in (AccountCredentials?[])[null, Account(CredentialKind.AwsAssumedRole)])
        {
            _accounts.Answer = account is null ? AccountAnswer.UsualChain.Instance : new AccountAnswer.Found(account);

            Says(Assert.IsType<AwsCredentialAnswer.Missing>(await aws.FindAsync(Product, Stop)).Sentence);
            Says(Assert.IsType<TokenAnswer.Missing>(await unopened.FindAsync(Product, Stop)).Sentence);
            Says(Assert.IsType<TokenAnswer.Missing>(await azure.FindAsync(Product, Stop)).Sentence);
            Says(Assert.IsType<TokenAnswer.Missing>(await google.FindAsync(Product, Stop)).Sentence);
        }

        void Says(string sentence)
        {
            Assert.Contains("nothing was sent; the records wait and go by themselves", sentence, StringComparison.Ordinal);
            Assert.DoesNotContain(thrown.Message, sentence, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_expired_secret_is_told_by_Entras_own_number()
    {
        AzureTokenSource azure = new(_ => new Entra(_ => throw Thrown["azure refusal"]), _accounts, TimeProvider.System);

        Assert.Contains("(AADSTS7000222)", Assert.IsType<TokenAnswer.Missing>(await azure.FindAsync(Product, Stop)).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_that_cannot_be_read_is_told_and_nothing_else_is_tried()
    {
        _accounts.Answer = new AccountAnswer.Missing("The account Seller cannot be used", "Enter the secret again.");
        const string Expected = "The account Seller cannot be used, so nothing was sent; the records wait and go by themselves once that is mended. Enter the secret again.";

        Assert.Equal(Expected, Assert.IsType<AwsCredentialAnswer.Missing>(
            await new AwsCredentialSource(new ClosedSandboxDoor(), new BrokenChain(new NotSupportedException()), _accounts).FindAsync(Product, Stop)).Sentence);
        Assert.Equal(Expected, Assert.IsType<TokenAnswer.Missing>(
            await new AzureTokenSource(_ => throw new NotSupportedException(), _accounts, TimeProvider.System).FindAsync(Product, Stop)).Sentence);
        Assert.Equal(Expected, Assert.IsType<TokenAnswer.Missing>(
            await new GoogleTokenSource((_, _) => throw new NotSupportedException(), _accounts).FindAsync(Product, Stop)).Sentence);
    }

    [Fact]
    public async Task An_accounts_own_access_key_is_used_and_the_chain_is_not_asked()
    {
        _accounts.Answer = new AccountAnswer.Found(Account(CredentialKind.AwsAccessKey));
        AwsCredentialSource source = new(new ClosedSandboxDoor(), new BrokenChain(new NotSupportedException()), _accounts);

        AwsCredentials keys = Assert.IsType<AwsCredentialAnswer.Found>(await source.FindAsync(Product, Stop)).Credentials;

        Assert.Equal(("AKIDEXAMPLE", "a-secret-key"), (keys.AccessKeyId, keys.SecretAccessKey));
    }

    [Fact]
    public async Task Each_account_has_one_token_of_its_own_asked_for_anew_before_it_expires_or_once_refused()
    {
        FakeTimeProvider clock = new(AccountStage.Noon);
        List<string> asked = [];
        AzureTokenSource azure = new(
            account => new Entra(_ =>
            {
                asked.Add(account?.AccountName ?? "usual");
                return new AccessToken($"{account?.AccountName ?? "usual"}-{asked.Count}", clock.GetUtcNow().AddHours(1));
            }),
            _accounts, clock);
        AccountAnswer seller = new AccountAnswer.Found(Account(CredentialKind.AzureClientSecret));

        Assert.Equal("usual-1", await TokenAsync(AccountAnswer.UsualChain.Instance));
        Assert.Equal("Seller-2", await TokenAsync(seller));
        Assert.Equal("usual-1", await TokenAsync(AccountAnswer.UsualChain.Instance));
        Assert.Equal("Seller-2", await TokenAsync(seller));
        azure.Refused("Seller-2");
        Assert.Equal("Seller-3", await TokenAsync(seller));
        clock.Advance(TimeSpan.FromMinutes(55));
        Assert.Equal("Seller-4", await TokenAsync(seller));
        Assert.Equal("Seller-5", await TokenAsync(new AccountAnswer.Found(Account(CredentialKind.AzureClientSecret)))); // rotated: another object
        Assert.Equal(["usual", "Seller", "Seller", "Seller", "Seller"], asked);

        async Task<string> TokenAsync(AccountAnswer answer)
        {
            _accounts.Answer = answer;
            return Assert.IsType<TokenAnswer.Found>(await azure.FindAsync(Product, Stop)).Token;
        }
    }

    [Fact]
    public async Task A_service_account_whose_token_was_refused_is_opened_anew()
    {
        int opened = 0;
        GoogleTokenSource google = new((_, _) => Task.FromResult<ITokenAccess>(new ServiceAccount($"token-{++opened}")), _accounts);

        Assert.Equal("token-1", await TokenAsync());
        Assert.Equal("token-1", await TokenAsync());
        google.Refused("another token");
        Assert.Equal("token-1", await TokenAsync());
        google.Refused("token-1");
        Assert.Equal("token-2", await TokenAsync());

        async Task<string> TokenAsync() => Assert.IsType<TokenAnswer.Found>(await google.FindAsync(Product, Stop)).Token;
    }

    [Fact]
    public void Real_credentials_are_opened_by_the_vendors_own_libraries_without_a_call()
    {
        using AccountNetwork network = new(new ClosedSandboxDoor());
        AzureCredentials azure = new(network, new ClosedSandboxDoor(), TimeProvider.System);

        Assert.IsType<ClientSecretCredential>(azure.Open(Account(CredentialKind.AzureClientSecret)));
        Assert.IsType<ManagedIdentityCredential>(azure.Open(Account(CredentialKind.AzureManagedIdentity)));
        Assert.IsType<ChainedTokenCredential>(azure.Open(Account(CredentialKind.AzureEnvironment)));
        Assert.IsType<ChainedTokenCredential>(azure.Open(account: null));
        Assert.ThrowsAny<Exception>(() => azure.Open(Account(CredentialKind.AzureClientCertificate))); // no PEM: the token source says so
    }

    private static AccountCredentials Account(CredentialKind kind) => new()
    {
        AccountId = Guid.NewGuid(),
        Generation = 0,
        AccountName = "Seller",
        Kind = kind,
        Parts = new AccountParts
        {
            AwsAccessKeyId = kind == CredentialKind.AwsAccessKey ? "AKIDEXAMPLE" : null,
            AwsRoleArn = "arn:aws:iam::111111111111:role/LagoConsole",
            AzureTenantId = "9c7f1a52-9a40-4e6e-8d0b-3f6a1c2d4e5f",
            AzureClientId = "3c5e7a90-1b2d-4f60-8a9c-0d1e2f3a4b5c",
        },
        Secret = kind == CredentialKind.AwsAssumedRole ? null : new AccountSecret("a-secret-key"),
    };

    private sealed class OneAccount : IProductAccounts
    {
        public AccountAnswer Answer { get; set; } = AccountAnswer.UsualChain.Instance;

        public Task<AccountAnswer> FindAsync(Guid productId, CancellationToken cancellationToken) => Task.FromResult(Answer);
    }

    private sealed class Entra(Func<CancellationToken, AccessToken> give) : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(give(cancellationToken));
    }

    private sealed class ServiceAccount(string token) : ITokenAccess
    {
        public Task<string> GetAccessTokenForRequestAsync(string? authUri = null, CancellationToken cancellationToken = default) => Task.FromResult(token);
    }

    private sealed class BrokenChain(Exception thrown) : IIdentityResolver<AWSCredentials>
    {
        public AWSCredentials ResolveIdentity(IClientConfig clientConfig) => throw thrown;

        public Task<AWSCredentials> ResolveIdentityAsync(IClientConfig clientConfig, CancellationToken cancellationToken = default) => throw thrown;

        BaseIdentity IIdentityResolver.ResolveIdentity(IClientConfig clientConfig) => throw thrown;

        Task<BaseIdentity> IIdentityResolver.ResolveIdentityAsync(IClientConfig clientConfig, CancellationToken cancellationToken) => throw thrown;
    }
}
