using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Sandbox.Azure;
using LagoConsole.Sandbox.Google;
using LagoConsole.Tests.Reporting;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Scenarios;

/// <summary>
/// What Azure and Google may answer, from the sandbox over the console's own clients. <c>eng/prism.sh</c> holds each of these
/// exchanges against the marketplaces' published descriptions.
/// </summary>
public sealed class MarketplaceCasesTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 8, 20, 12, 0, 0, TimeSpan.Zero); // the clock shows 13:50

    private readonly ConsoleWorld _world = new();
    private string? _batchKey;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Azure_takes_an_hour_once_and_tells_what_it_holds()
    {
        await AzureAsync("Accepted", Event(Noon, 5));
        await AzureAsync("AlreadyAccepted stored 5", Event(Noon, 5));
        await AzureAsync("AlreadyAccepted stored 5", Event(Noon, 9));
        await AzureAsync("AlreadyAccepted stored 5", Event(Noon.AddMinutes(30), 5)); // the same hour
    }

    [Fact]
    public async Task Azure_judges_each_event_of_a_batch_by_itself() => await AzureAsync(
        "Accepted; Rejected UnknownDimension InvalidDimension; Rejected NotSubscribed ResourceNotFound; Accepted",
        Event(Noon, 5), Event(Noon, 5, dimension: "Usage_Fee"), Event(Noon, 5, resource: "11111111-2222-4333-8444-555555555555"), Event(Noon.AddHours(-1), 5));

    [Fact]
    public async Task Azure_takes_twenty_five_events_at_once()
    {
        string[] events = [.. Enumerable.Range(0, 21).Select(hour => Event(Noon.AddHours(-hour), 1)), .. Enumerable.Range(0, 4).Select(hour => Event(Noon.AddHours(-hour).AddMinutes(5), 1))];

        await AzureAsync(string.Join("; ", Enumerable.Repeat("Accepted", 21).Concat(Enumerable.Repeat("AlreadyAccepted stored 1", 4))), events);
    }

    [Theory]
    [InlineData("2026-08-19T12:00:00Z", 5, "gold", "Rejected OutOfWindow Expired")] // a day and more old
    [InlineData("2026-08-20T15:00:00Z", 5, "gold", "Rejected OutOfWindow Expired")] // yet to come
    [InlineData("2026-08-20T12:00:00Z", 0, "gold", "Rejected InvalidRecord InvalidQuantity")]
    public async Task Azure_refuses_what_is_late_early_or_nothing(string at, long quantity, string plan, string expected) =>
        await AzureAsync(expected, Event(DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture), quantity, plan: plan));

    [Theory]
    [InlineData(AzureSubscriptionStatus.Suspended)]
    [InlineData(AzureSubscriptionStatus.Unsubscribed)]
    public async Task Azure_refuses_usage_of_a_subscription_that_is_not_active(AzureSubscriptionStatus status)
    {
        _world.Sandbox.SetAzure(ConsoleWorld.AzureResource, status);
        _world.Sandbox.MoveForward(TimeSpan.FromHours(3)); // after a cancellation, usage from before it is taken

        await AzureAsync("Rejected NotSubscribed ResourceNotActive", Event(Noon.AddHours(4), 5));
    }

    [Fact]
    public async Task Google_counts_an_operation_once_however_often_it_is_reported()
    {
        Guid id = Guid.NewGuid();
        await GoogleAsync("Accepted", (id, Operation(id, 5)));
        await GoogleAsync("Accepted", (id, Operation(id, 5)));

        Assert.Equal(5, _world.BilledAt(Marketplace.Gcp));
    }

    [Fact]
    public async Task Google_names_the_operations_of_a_report_that_failed()
    {
        (Guid good, Guid bad) = (Guid.NewGuid(), Guid.NewGuid());

        await GoogleAsync("Accepted; Rejected InvalidRecord code 3", (good, Operation(good, 5)), (bad, Operation(bad, 5, metric: "no_such_metric")));
    }

    [Theory]
    [InlineData(GoogleEntitlementState.Suspended)]
    [InlineData(GoogleEntitlementState.Cancelled)]
    public async Task Google_is_asked_first_whether_a_buyer_may_be_billed(GoogleEntitlementState state)
    {
        _world.Sandbox.SetGoogle("e-4711", state);
        _world.Sandbox.MoveForward(TimeSpan.FromHours(3));
        Guid id = Guid.NewGuid();

        await GoogleAsync("Rejected NotSubscribed", (id, Operation(id, 5)));
        Assert.Equal(0, _world.BilledAt(Marketplace.Gcp));
    }

    [Fact]
    public async Task Google_does_not_know_a_stranger()
    {
        Guid id = Guid.NewGuid();

        await GoogleAsync("Rejected NotSubscribed", (id, Operation(id, 5, consumer: "project_number:1")));
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private static string Event(
        DateTimeOffset at, long quantity, string dimension = "usage_fee", string resource = "7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f", string plan = "gold") =>
        $$"""{"resourceId":"{{resource}}","quantity":{{quantity}},"dimension":"{{dimension}}","effectiveStartTime":"{{at.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}}","planId":"{{plan}}"}""";

    private static string Operation(Guid id, long quantity, string metric = "usage_fee", string consumer = ConsoleWorld.GoogleConsumer)
    {
        const string Service = ConsoleWorld.GoogleServiceName;
        return $$"""{"operationId":"{{id}}","operationName":"{{Service}}/report","consumerId":"{{consumer}}","startTime":"2026-08-20T12:00:00Z","endTime":"2026-08-20T13:00:00Z","metricValueSets":[{"metricName":"{{Service}}/{{metric}}","metricValues":[{"int64Value":"{{quantity}}"}]}]}""";
    }

    private Task AzureAsync(string expected, params string[] events) =>
        ReportAsync(Marketplace.Azure, expected, [.. events.Select(payload => (Guid.NewGuid(), payload))]);

    private Task GoogleAsync(string expected, params (Guid Id, string Payload)[] operations) => ReportAsync(Marketplace.Gcp, expected, operations);

    private async Task ReportAsync(Marketplace marketplace, string expected, (Guid Id, string Payload)[] payloads)
    {
        _batchKey ??= await BatchKeyAsync(marketplace);
        UsageRecord[] records = [.. payloads.Select(one => MarketplaceStage.Record(marketplace, _batchKey, one.Payload, one.Id))];
        MeteringAnswer answer = await _world.Get<IEnumerable<IMarketplaceMeter>>().Single(meter => meter.Marketplace == marketplace).ReportAsync(_batchKey, records, Stop);

        Assert.Equal(expected, string.Join("; ", answer.Items.Select(item => Name(item.Receipt))));
    }

    private async Task<string> BatchKeyAsync(Marketplace marketplace)
    {
        Guid id = await _world.ProductAsync(marketplace);
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        return MarketplaceRules.For(marketplace).BatchKey(await db.Products.SingleAsync(product => product.Id == id, Stop), null!);
    }

    private static string Name(MeteringReceipt receipt) => receipt switch
    {
        MeteringReceipt.Accepted => "Accepted",
        MeteringReceipt.AlreadyAccepted already => FormattableString.Invariant($"AlreadyAccepted stored {already.StoredQuantity}"),
        MeteringReceipt.Rejected { Cause: RejectionCause.NotSubscribed, Code: not ("ResourceNotActive" or "ResourceNotFound") } => "Rejected NotSubscribed",
        MeteringReceipt.Rejected rejected => $"Rejected {rejected.Cause} {rejected.Code}",
        _ => $"{receipt}",
    };
}
