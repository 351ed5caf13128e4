using Amazon.Runtime;
using LagoConsole.Core.Accounts;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Aws;
using LagoConsole.Core.Sandbox;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace LagoConsole.Tests.Reporting.Aws;

/// <summary>Credentials, regions, options and the texts that people type.</summary>
public sealed class AwsConfigurationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Outside_the_sandbox_AWSs_chain_gives_the_credentials()
    {
        AwsCredentialSource source = new(new ClosedSandboxDoor(), new AwsWorld.KnownCredentials(new SessionAWSCredentials("AKID", "secret", "token")), new MarketplaceStage.NoAccounts());

        AwsCredentials credentials = Assert.IsType<AwsCredentialAnswer.Found>(await source.FindAsync(Guid.NewGuid(), Token)).Credentials;

        Assert.Equal(("AKID", "secret", "token"), (credentials.AccessKeyId, credentials.SecretAccessKey, credentials.SessionToken));
    }

    [Fact]
    public async Task In_the_sandbox_the_developers_own_keys_are_never_used()
    {
        AwsCredentialSource source = new(
            new AwsWorld.LoopbackDoor(new Uri("http://127.0.0.1:9/")), new AwsWorld.KnownCredentials(new BasicAWSCredentials("REAL", "real-secret")), new MarketplaceStage.NoAccounts());

        Assert.Equal(AwsWorld.AccessKey, Assert.IsType<AwsCredentialAnswer.Found>(await source.FindAsync(Guid.NewGuid(), Token)).Credentials.AccessKeyId);
    }

    [Fact]
    public async Task An_answer_about_credentials_prints_no_secret()
    {
        AwsCredentialSource source = new(new ClosedSandboxDoor(), new AwsWorld.KnownCredentials(new SessionAWSCredentials("AKIDKEEP", "s3cr3t", "t0k3n")), new MarketplaceStage.NoAccounts());

        string text = (await source.FindAsync(Guid.NewGuid(), Token)).ToString();

        Assert.Contains("KEEP", text, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", text, StringComparison.Ordinal);
        Assert.DoesNotContain("t0k3n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("us-east-1", "https://metering.marketplace.us-east-1.amazonaws.com/")]
    [InlineData("eu-central-2", "https://metering.marketplace.eu-central-2.amazonaws.com/")]
    [InlineData("cn-northwest-1", "https://metering.marketplace.cn-northwest-1.amazonaws.com.cn/")]
    public void Each_region_has_its_endpoint(string code, string endpoint) => Assert.Equal(endpoint, AwsRegions.Find(code)?.Endpoint.AbsoluteUri);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("US-EAST-1")]
    [InlineData("us-gov-west-1")]
    [InlineData("us-east-1.evil.test/")]
    public void Nothing_else_is_a_region(string? code)
    {
        Assert.Null(AwsRegions.Find(code));
        Assert.NotNull(AwsFields.Region(code));
    }

    [Fact]
    public void Regions_are_listed_once()
    {
        Assert.Equal(29, AwsRegions.All.Count);
        Assert.Equal(29, AwsRegions.All.Select(region => region.Code).Distinct(StringComparer.Ordinal).Count());
        Assert.NotNull(AwsRegions.Find(AwsRegions.Default));
    }

    [Theory]
    [InlineData("00:00:00.5")]
    [InlineData("00:10:00")]
    public void A_request_limit_out_of_range_stops_the_start(string limit)
    {
        using ServiceProvider services = Services(("Aws:RequestTimeout", limit));

        OptionsValidationException failure = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<AwsOptions>>().Value);

        Assert.Contains("Aws:RequestTimeout", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Registration_gives_one_meter_for_AWS_with_a_limit_of_twenty_seconds()
    {
        using ServiceProvider services = Services();

        IMarketplaceMeter meter = Assert.Single(services.GetServices<IMarketplaceMeter>());

        Assert.Equal((Core.Products.Marketplace.Aws, 25), (meter.Marketplace, meter.BatchLimit));
        Assert.Equal(TimeSpan.FromSeconds(20), services.GetRequiredService<IOptions<AwsOptions>>().Value.RequestTimeout);
    }

    [Theory]
    [InlineData("222222222222", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("2222-2222-2222", false)]
    [InlineData(" 222222222222", false)]
    [InlineData("٢٢٢٢٢٢٢٢٢٢٢٢", false)]
    public void An_account_is_digits(string? text, bool good) => Assert.Equal(good, AwsFields.AccountId(text) is null);

    [Theory]
    [InlineData(AwsWorld.Licence, true)]
    [InlineData("arn:aws-cn:license-manager::111111111111:license:l-1", true)]
    [InlineData("arn:aws:license-manager::111111111111:license:l-1\n", false)]
    [InlineData(" arn:aws:license-manager::111111111111:license:l-1", false)]
    [InlineData("l-0123456789abcdef", false)]
    [InlineData("arn:gcp:license-manager::111111111111:license:l-1", false)]
    [InlineData("", false)]
    public void A_licence_is_an_ARN_of_AWS(string text, bool good) => Assert.Equal(good, AwsFields.LicenseArn(text) is null);

    [Fact]
    public void A_licence_that_could_not_be_stored_is_refused() =>
        Assert.Contains("400", AwsFields.LicenseArn("arn:aws:license-manager::111111111111:license:" + new string('l', 400)), StringComparison.Ordinal);

    [Theory]
    [InlineData("4w1m76k6d81abcd99fj2vtm6j", true)]
    [InlineData("with space", false)]
    [InlineData("", false)]
    public void A_product_code_has_AWSs_characters(string text, bool good) => Assert.Equal(good, AwsFields.ProductCode(text) is null);

    [Theory]
    [InlineData("usage_fee", 1, true)]
    [InlineData("Usage fee été", 1, true)]
    [InlineData("x", 255, true)]
    [InlineData("x", 256, false)]
    [InlineData("usage_fee ", 1, false)]
    [InlineData("usage\tfee", 1, false)]
    [InlineData(" ", 1, false)]
    public void A_dimension_key_is_exact_and_at_most_255_long(string text, int times, bool good) =>
        Assert.Equal(good, AwsFields.DimensionKey(string.Concat(Enumerable.Repeat(text, times))) is null);

    private static ServiceProvider Services(params (string Key, string Value)[] settings)
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();
        return new ServiceCollection()
            .AddSingleton<ISandboxDoor, ClosedSandboxDoor>()
            .AddSingleton(TimeProvider.System)
            .AddSingleton<IProductAccounts, MarketplaceStage.NoAccounts>()
            .AddAwsMarketplace(configuration)
            .BuildServiceProvider();
    }
}
