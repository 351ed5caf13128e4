using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LagoConsole.Core.Accounts;
using LagoConsole.Core.Fulfilment;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Google;
using LagoConsole.Core.Sandbox;
using LagoConsole.Tests.Reporting;
using LagoConsole.Tests.Sandbox;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace LagoConsole.Tests.Scenarios;

/// <summary>The recorded conversations that no meter has: a buyer's token, Azure's single call, and the other ways to a token.</summary>
public sealed class RecordedPairsTests : IDisposable
{
    private readonly SandboxWorlds _world = new(MarketplaceStage.Now, furnished: true);

    [Fact]
    public void A_registration_token_names_account_licence_and_product()
    {
        JsonElement pair = MarketplaceStage.Example("aws-customer-examples.json", "resolve-customer");
        string token = pair.GetProperty("request").GetProperty("body").GetProperty("RegistrationToken").GetString()!;

        Assert.Equal(JsonSerializer.Serialize(pair.GetProperty("request").GetProperty("body")), JsonSerializer.Serialize(JsonSerializer.Deserialize<JsonElement>(AwsCustomers.Compose(token))));
        PurchaseReading purchase = Assert.IsType<PurchaseAnswer.Read>(Read(pair)).Purchase;
        Assert.Equal(
            ("222222222222", "arn:aws:license-manager::111111111111:license:l-0123456789abcdef0123456789abcdef", "4w1m76k6d81abcd99fj2vtm6j"),
            (purchase.AwsAccountId, purchase.AwsLicenseArn, purchase.AwsProductCode));
    }

    [Fact]
    public void A_registration_token_that_has_expired_is_refused() =>
        Assert.IsType<PurchaseAnswer.Refused>(Read(MarketplaceStage.Example("aws-customer-examples.json", "resolve-customer-expired")));

    [Theory]
    [InlineData("success-single")]
    [InlineData("duplicate-single")]
    [InlineData("expired-single")]
    public void The_sandbox_answers_Azures_single_call_as_recorded(string name)
    {
        AzureCaller azure = new(_world);
        if (name == "duplicate-single")
        {
            azure.Single(MarketplaceStage.Example("azure-examples.json", "success-single").GetProperty("request").GetProperty("body"));
        }

        JsonElement pair = MarketplaceStage.Example("azure-examples.json", name);

        (int status, JsonElement body) = azure.Single(pair.GetProperty("request").GetProperty("body"));

        Assert.Equal(pair.GetProperty("response").GetProperty("status").GetInt32(), status);
        Assert.Superset(Shape(pair.GetProperty("response").GetProperty("body")), Shape(body));
    }

    [Fact]
    public void The_sandboxs_older_login_writes_numbers_as_text_as_recorded()
    {
        JsonElement recorded = MarketplaceStage.Example("azure-examples.json", "token-v1").GetProperty("response").GetProperty("body");

        (int status, JsonElement body) = new AzureCaller(_world).Login(version: "");

        Assert.Equal(200, status);
        Assert.Superset(Shape(recorded), Shape(body));
    }

    [Fact]
    public async Task A_service_account_gets_a_token_for_a_signed_assertion()
    {
        JsonElement pair = MarketplaceStage.Example("gcp-examples.json", "token");
        await using ScriptedServer google = ScriptedServer.Answering(200, JsonSerializer.Serialize(pair.GetProperty("response").GetProperty("body")));
        ServiceAccountDoor door = new(google.Address);
        using AccountNetwork network = new(door);
        GoogleTokenSource tokens = new(new GoogleAccounts(network, door, new FakeTimeProvider(MarketplaceStage.Now)).OpenAsync, new UsualAccounts());

        TokenAnswer.Found found = Assert.IsType<TokenAnswer.Found>(await tokens.FindAsync(Guid.NewGuid(), TestContext.Current.CancellationToken));

        Assert.Equal("<opaque>", found.Token);
        string form = Assert.Single(google.Requests).Split("\r\n\r\n", 2)[1];
        string recorded = pair.GetProperty("request").GetProperty("body").GetString()!;
        Assert.Contains(recorded.Split('&')[0], form, StringComparison.OrdinalIgnoreCase); // grant_type=urn%3A…
        Assert.Contains("assertion=", form, StringComparison.Ordinal);
    }

    public void Dispose() => _world.Dispose();

    private static PurchaseAnswer Read(JsonElement pair) => AwsCustomers.Read(
        pair.GetProperty("response").GetProperty("status").GetInt32(), null,
        Encoding.UTF8.GetBytes(JsonSerializer.Serialize(pair.GetProperty("response").GetProperty("body"))), text => text);

    /// <summary>Every member's path, and of what kind its value is.</summary>
    private static HashSet<string> Shape(JsonElement value, string path = "") => value.ValueKind switch
    {
        JsonValueKind.Object => [.. value.EnumerateObject().SelectMany(member => Shape(member.Value, $"{path}.{member.Name}"))],
        JsonValueKind.Array => [.. value.EnumerateArray().SelectMany(item => Shape(item, $"{path}[]"))],
        _ => [$"{path}: {value.ValueKind}"],
    };

    private sealed class UsualAccounts : IProductAccounts
    {
        public Task<AccountAnswer> FindAsync(Guid productId, CancellationToken cancellationToken) => Task.FromResult<AccountAnswer>(AccountAnswer.UsualChain.Instance);
    }

    /// <summary>Leads a service account to a server of the test.</summary>
    private sealed class ServiceAccountDoor(Uri address) : ISandboxDoor
    {
        private static readonly string _key = Key();

        public bool IsOpen => true;

        public Uri LagoBaseAddress => throw new NotSupportedException();

        public (string AccessKeyId, string SecretAccessKey) AwsCredentials => throw new NotSupportedException();

        public Uri GoogleTokenAddress => new(address, "token");

        public (string Email, string PrivateKey) GoogleAccount => ("seller@project.iam.gserviceaccount.com", _key);

        public Uri AwsEndpoint(string region) => throw new NotSupportedException();

        private static string Key()
        {
            using RSA key = RSA.Create(2048);
            return key.ExportPkcs8PrivateKeyPem();
        }
    }
}
