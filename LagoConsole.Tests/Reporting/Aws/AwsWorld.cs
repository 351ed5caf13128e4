using System.Reflection;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Identity;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Aws;
using LagoConsole.Core.Sandbox;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace LagoConsole.Tests.Reporting.Aws;

/// <summary>What the tests of AWS share: a clock, credentials, records, and a meter that talks to a loopback address.</summary>
internal static class AwsWorld
{
    public const string AccessKey = "AKIDEXAMPLE";

    public const string SecretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    public const string Account = "222222222222";

    public const string Licence = "arn:aws:license-manager::111111111111:license:l-0123456789abcdef0123456789abcdef";

    /// <summary>13:00 on 20 August 2026, UTC.</summary>
    public const long Hour = 1787230800;

    public static readonly DateTimeOffset Now = new(2026, 8, 20, 14, 5, 7, TimeSpan.Zero);

    public static readonly string LicenceBatch = new AwsBatch("us-east-1", new Guid("11111111-1111-1111-1111-111111111111"), null).ToString();

    public static readonly string LegacyBatch =
        new AwsBatch("us-east-1", new Guid("11111111-1111-1111-1111-111111111111"), "4w1m76k6d81abcd99fj2vtm6j").ToString();

    public static JsonElement TestData(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded.");
        using JsonDocument document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }

    public static string Payload(long quantity, string dimension = "usage_fee", long timestamp = Hour, string account = Account, string? licence = Licence) =>
        $$"""{"Timestamp":{{timestamp}},"Dimension":"{{dimension}}","Quantity":{{quantity}},"CustomerAWSAccountId":"{{account}}"{{(licence is null ? "" : $",\"LicenseArn\":\"{licence}\"")}}}""";

    public static UsageRecord Record(string payload, string? batchKey = null)
    {
        using JsonDocument json = JsonDocument.Parse(payload);
        DateTimeOffset slot = DateTimeOffset.FromUnixTimeSeconds(json.RootElement.GetProperty("Timestamp").GetInt64());
        return new UsageRecord
        {
            Id = Guid.NewGuid(),
            MeterId = Guid.NewGuid(),
            EntitlementId = Guid.NewGuid(),
            IntegrationId = Guid.Empty,
            Marketplace = Marketplace.Aws,
            DimensionKey = json.RootElement.GetProperty("Dimension").GetString()!,
            SlotHour = slot,
            Timestamp = slot,
            Quantity = json.RootElement.GetProperty("Quantity").GetInt64(),
            UnitPriceMinor = 1,
            Currency = "USD",
            BatchKey = batchKey ?? LicenceBatch,
            Payload = payload,
            PayloadSha256 = "",
            RemainderBeforeMinor = 0,
            OpenBeforeMinor = 0,
            RemainderAfterMinor = 0,
            CreatedAt = Now,
            Deadline = slot.AddHours(24),
        };
    }

    public static AwsMarketplaceMeter Meter(Uri address, TimeSpan? timeout = null) => new(
        MeteringCall.CreateClient(useProxy: false),
        new AwsCredentialSource(new LoopbackDoor(address), new NoCredentials(), new MarketplaceStage.NoAccounts()),
        new LoopbackDoor(address),
        Options.Create(new AwsOptions { RequestTimeout = timeout ?? TimeSpan.FromSeconds(20) }),
        new FakeTimeProvider(Now));

    public static async Task<MeteringAnswer> ReportAsync(Uri address, params UsageRecord[] records)
    {
        using AwsMarketplaceMeter meter = Meter(address);
        return await meter.ReportAsync(records[0].BatchKey, records, TestContext.Current.CancellationToken);
    }

    /// <summary>Leads the meter to a server of the test.</summary>
    internal sealed class LoopbackDoor(Uri address) : ISandboxDoor
    {
        public bool IsOpen => true;

        public Uri LagoBaseAddress => throw new NotSupportedException();

        public (string AccessKeyId, string SecretAccessKey) AwsCredentials => (AccessKey, SecretKey);

        public Uri AwsEndpoint(string region) => address;
    }

    /// <summary>AWS's chain on a machine where nothing is configured.</summary>
    internal sealed class NoCredentials : IIdentityResolver<AWSCredentials>
    {
        public AWSCredentials ResolveIdentity(IClientConfig clientConfig) => throw new AmazonClientException("Failed to resolve AWS credentials");

        public Task<AWSCredentials> ResolveIdentityAsync(IClientConfig clientConfig, CancellationToken cancellationToken = default) =>
            Task.FromException<AWSCredentials>(new AmazonClientException("Failed to resolve AWS credentials"));

        BaseIdentity IIdentityResolver.ResolveIdentity(IClientConfig clientConfig) => ResolveIdentity(clientConfig);

        async Task<BaseIdentity> IIdentityResolver.ResolveIdentityAsync(IClientConfig clientConfig, CancellationToken cancellationToken) =>
            await ResolveIdentityAsync(clientConfig, cancellationToken);
    }

    internal sealed class KnownCredentials(AWSCredentials credentials) : IIdentityResolver<AWSCredentials>
    {
        public AWSCredentials ResolveIdentity(IClientConfig clientConfig) => credentials;

        public Task<AWSCredentials> ResolveIdentityAsync(IClientConfig clientConfig, CancellationToken cancellationToken = default) =>
            Task.FromResult(credentials);

        BaseIdentity IIdentityResolver.ResolveIdentity(IClientConfig clientConfig) => credentials;

        Task<BaseIdentity> IIdentityResolver.ResolveIdentityAsync(IClientConfig clientConfig, CancellationToken cancellationToken) =>
            Task.FromResult<BaseIdentity>(credentials);
    }
}
