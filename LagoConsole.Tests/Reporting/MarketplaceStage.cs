using System.Reflection;
using System.Text.Json;
using LagoConsole.Core.Accounts;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Sandbox;

namespace LagoConsole.Tests.Reporting;

/// <summary>What the tests of Azure and Google share: recorded conversations, records, tokens, and a door to a loopback address.</summary>
internal static class MarketplaceStage
{
    public const string Token = "a-token-that-no-page-may-show";

    public static readonly DateTimeOffset Now = new(2026, 8, 20, 14, 5, 7, TimeSpan.Zero);

    /// <summary>13:00 on 20 August 2026, UTC: the hour that has closed.</summary>
    public static readonly DateTimeOffset Hour = new(2026, 8, 20, 13, 0, 0, TimeSpan.Zero);

    public static JsonElement[] Examples(string file)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(file)
            ?? throw new InvalidOperationException($"{file} is not embedded.");
        using JsonDocument document = JsonDocument.Parse(stream);
        return [.. document.RootElement.Clone().EnumerateArray()];
    }

    public static JsonElement Example(string file, string name) => Examples(file).Single(row => row.GetProperty("name").GetString() == name);

    public static UsageRecord Record(Marketplace marketplace, string batchKey, string payload, Guid? id = null, long quantity = 1) => new()
    {
        Id = id ?? Guid.NewGuid(),
        MeterId = Guid.NewGuid(),
        EntitlementId = Guid.NewGuid(),
        IntegrationId = Guid.Empty,
        Marketplace = marketplace,
        DimensionKey = "usage_fee",
        SlotHour = Hour,
        Timestamp = Hour,
        Quantity = quantity,
        UnitPriceMinor = 1,
        Currency = "USD",
        BatchKey = batchKey,
        Payload = payload,
        PayloadSha256 = "",
        RemainderBeforeMinor = 0,
        OpenBeforeMinor = 0,
        RemainderAfterMinor = 0,
        CreatedAt = Now,
        Deadline = Hour.AddHours(24),
    };

    public static string Name(MeteringReceipt receipt) => receipt switch
    {
        MeteringReceipt.Accepted accepted => $"Accepted {accepted.ProviderRecordId}",
        MeteringReceipt.AlreadyAccepted already => FormattableString.Invariant($"AlreadyAccepted {already.ProviderRecordId} stored {already.StoredQuantity}"),
        MeteringReceipt.Conflict conflict => FormattableString.Invariant($"Conflict stored {conflict.StoredQuantity}"),
        MeteringReceipt.Rejected rejected => $"Rejected {rejected.Cause} {rejected.Code}",
        MeteringReceipt.NotProcessed { RetryAfter: { } wait } => FormattableString.Invariant($"NotProcessed for {wait.TotalSeconds} s"),
        MeteringReceipt.Unknown { RetryAfter: { } wait } => FormattableString.Invariant($"Unknown for {wait.TotalSeconds} s"),
        _ => receipt.GetType().Name,
    };

    public static string Names(MeteringAnswer answer) => string.Join("; ", answer.Items.Select(item => Name(item.Receipt)));

    /// <summary>Always the same token, and what was refused.</summary>
    internal sealed class FixedTokens : IAccessTokenSource
    {
        public List<string> RefusedTokens { get; } = [];

        public Task<TokenAnswer> FindAsync(Guid productId, CancellationToken cancellationToken) => Task.FromResult<TokenAnswer>(new TokenAnswer.Found(Token));

        public void Refused(string token) => RefusedTokens.Add(token);
    }

    /// <summary>No product names an account.</summary>
    internal sealed class NoAccounts : IProductAccounts
    {
        public Task<AccountAnswer> FindAsync(Guid productId, CancellationToken cancellationToken) => Task.FromResult<AccountAnswer>(AccountAnswer.UsualChain.Instance);
    }

    /// <summary>Leads the meters to a server of the test.</summary>
    internal sealed class LoopbackDoor(Uri address) : ISandboxDoor
    {
        public bool IsOpen => true;

        public Uri LagoBaseAddress => throw new NotSupportedException();

        public (string AccessKeyId, string SecretAccessKey) AwsCredentials => throw new NotSupportedException();

        public Uri AwsEndpoint(string region) => throw new NotSupportedException();

        public Uri AzureBaseAddress => address;

        public Uri AzureTokenAddress => new(address, "token");

        public (string ClientId, string ClientSecret) AzureApp => ("app", "secret");

        public Uri GoogleBaseAddress => address;
    }
}
