using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Limits;
using LagoConsole.Tests.Support;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace LagoConsole.Tests.Reporting;

public sealed class RecordSenderTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_process_that_is_told_to_stop_hears_the_call_under_way_and_begins_no_other()
    {
        await using ConsoleWorld world = new();
        (Guid integration, Guid buyer, _) = await world.SetUpAsync();
        Guid google = await world.ProductAsync(Marketplace.Gcp, "0.01", "storage_gb");
        await world.EntitleAsync(buyer, google);
        world.Use(100); // 2.00 USD to AWS
        world.Use(4, "storage_gb"); // 2.00 USD to Google
        world.MoveTo(new DateTimeOffset(2026, 8, 20, 14, 5, 0, TimeSpan.Zero));
        await world.PollAsync(integration);
        await world.MakeRecordsAsync();
        using Stopping stopping = new();
        IEnumerable<IMarketplaceMeter> meters = world.Get<IEnumerable<IMarketplaceMeter>>().Select(meter => new StoppedMeanwhile(meter, stopping));

        SendOutcome sent = await new RecordSender(world.Get<RecordStore>(), meters, world.Get<MarketplaceLimits>(), world.Clock, stopping).SendDueAsync(Stop);

        Assert.Equal((1, 1), (sent.Calls, sent.Accepted));
        Assert.Equal([UsageRecordState.Pending, UsageRecordState.Accepted], (await world.RecordsAsync()).Select(record => record.State).Order());
        await world.ReportAsync(); // another node, or the next start
        Assert.Equal((200m, 200m), (world.BilledAt(Marketplace.Aws), world.BilledAt(Marketplace.Gcp)));
    }

    private sealed class StoppedMeanwhile(IMarketplaceMeter inner, Stopping stopping) : IMarketplaceMeter
    {
        public Marketplace Marketplace => inner.Marketplace;

        public int BatchLimit => inner.BatchLimit;

        public Task<MeteringAnswer> ReportAsync(string batchKey, IReadOnlyList<UsageRecord> records, CancellationToken cancellationToken)
        {
            stopping.StopApplication();
            return inner.ReportAsync(batchKey, records, cancellationToken);
        }
    }

    private sealed class Stopping : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _stopping = new();

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => _stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => _stopping.Cancel();

        public void Dispose() => _stopping.Dispose();
    }
}
