using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Limits;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Scenarios;

/// <summary>A marketplace that does not answer is left alone, tried by one call now and then, and billed once and whole when it is back.</summary>
public sealed class OutageTests : IAsyncDisposable
{
    private readonly ConsoleWorld _world = new();
    private Guid _integration;
    private Guid _product;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Marketplace.Aws, SandboxService.Aws, FaultKind.Outage)]
    [InlineData(Marketplace.Aws, SandboxService.Aws, FaultKind.LostAnswer)] // it bills and does not say so
    [InlineData(Marketplace.Azure, SandboxService.Azure, FaultKind.Outage)]
    [InlineData(Marketplace.Azure, SandboxService.Azure, FaultKind.LostAnswer)]
    [InlineData(Marketplace.Gcp, SandboxService.Google, FaultKind.Outage)]
    [InlineData(Marketplace.Gcp, SandboxService.Google, FaultKind.LostAnswer)]
    public async Task While_a_marketplace_rests_no_attempt_is_made_then_one_call_tries_and_all_is_billed_once(
        Marketplace marketplace, SandboxService service, FaultKind fault)
    {
        await SetUpAsync(marketplace);
        _world.Use(100); // 2.00 USD
        _world.Sandbox.Faults.Next(service, fault, times: 4);
        ReportOutcome outcome = await _world.NextHourAsync(_integration);
        outcome = await NextTryAsync(outcome);
        outcome = await NextTryAsync(outcome);

        Circuit open = Lane.Circuit;
        Assert.Equal((3, 3), (open.Failures, await AttemptsAsync()));
        Assert.True(outcome.NextAt >= open.RestsUntil); // the next run is not made for nothing

        _world.MoveTo(open.RestsUntil!.Value.AddSeconds(-1)); // the record's own rest is over
        Assert.Equal(0, (await _world.ReportAsync()).Sent.Calls);
        Assert.Equal(3, await AttemptsAsync());

        outcome = await NextTryAsync(outcome); // fails
        Assert.Equal((1, 4), (outcome.Sent.Calls, Lane.Circuit.Failures));
        Assert.True(Lane.Circuit.IsOpen);

        outcome = await NextTryAsync(outcome);
        Assert.Equal((1, 1), (outcome.Sent.Calls, outcome.Sent.Accepted));
        Assert.Null(outcome.NextAt);
        Assert.Equal(Circuit.Closed, Lane.Circuit);
        Assert.Equal(UsageRecordState.Accepted, Assert.Single(await _world.RecordsAsync()).State);
        Assert.Equal(5, await AttemptsAsync());
        Assert.Equal(200, _world.BilledAt(marketplace));
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task Records_that_come_while_it_rests_keep_their_first_attempt_and_go_with_the_call_that_tries()
    {
        await SetUpAsync(Marketplace.Aws);
        Guid second = await _world.BuyerAsync(product: null, name: "Globex");
        await _world.EntitleAsync(second, _product, licence: ConsoleWorld.Licence.Replace("l-0123", "l-4567", StringComparison.Ordinal));
        await _world.LinkAsync(second, _integration, customer: "globex.example/eu");
        _world.Use(100); // 2.00 USD
        _world.Sandbox.Faults.Next(SandboxService.Aws, FaultKind.Outage, times: 3);
        ReportOutcome outcome = await NextTryAsync(await NextTryAsync(await _world.NextHourAsync(_integration)));

        _world.Use(50, subscription: "globex-1"); // 1.00 USD
        await _world.PollAsync(_integration);
        Assert.Equal((1, 0), Counts(outcome = await _world.ReportAsync()));
        Assert.Equal([0, 3], (await _world.RecordsAsync()).Select(record => record.AttemptCount).Order());

        outcome = await NextTryAsync(outcome);
        Assert.Equal((1, 2), (outcome.Sent.Calls, outcome.Sent.Accepted)); // one batch holds both
        Assert.Equal(300, _world.Billed);
        await _world.AssertBalancedAsync();

        static (int Made, int Calls) Counts(ReportOutcome run) => (run.Made, run.Sent.Calls);
    }

    [Fact]
    public async Task A_marketplace_that_hangs_keeps_no_other_one_waiting()
    {
        await SetUpAsync(Marketplace.Aws);
        Guid second = await _world.BuyerAsync(await _world.ProductAsync(Marketplace.Azure), name: "Globex");
        await _world.LinkAsync(second, _integration, customer: "globex.example/eu");
        _world.Use(100);
        _world.Use(50, subscription: "globex-1");
        _world.Sandbox.Faults.Slow(SandboxService.Aws, TimeSpan.FromSeconds(10)); // by the world's clock, which stands still

        Task<ReportOutcome> run = _world.NextHourAsync(_integration);
        for (int look = 0; look < 500 && _world.BilledAt(Marketplace.Azure) == 0; look++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Stop);
        }

        Assert.Equal((100m, 0m), (_world.BilledAt(Marketplace.Azure), _world.Billed));
        Assert.False(run.IsCompleted);
        for (int step = 0; step < 25 && !run.IsCompleted; step++) // whenever its call began; a signature of five minutes ago is refused
        {
            _world.Sandbox.MoveForward(TimeSpan.FromSeconds(10));
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Stop);
        }

        await run;
        Assert.Equal(200, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_run_that_is_stopped_still_hears_out_its_calls()
    {
        await SetUpAsync(Marketplace.Aws);
        Guid second = await _world.BuyerAsync(await _world.ProductAsync(Marketplace.Azure), name: "Globex");
        await _world.LinkAsync(second, _integration, customer: "globex.example/eu");
        _world.Use(100); // 2.00 USD
        _world.Use(50, subscription: "globex-1"); // 1.00 USD
        _world.MoveTo(new DateTimeOffset(2026, 8, 20, 14, 5, 0, TimeSpan.Zero));
        await _world.PollAsync(_integration);
        _world.Sandbox.Faults.Slow(SandboxService.Aws, TimeSpan.FromSeconds(10)); // by the world's clock, which stands still
        _world.Sandbox.Faults.Slow(SandboxService.Azure, TimeSpan.FromSeconds(10));
        using CancellationTokenSource stopping = new();
        Task<ReportOutcome> run = _world.Get<ReportRun>().RunAsync(stopping.Token);
        for (int look = 0; look < 500 && await AttemptsAsync() < 2; look++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Stop);
        }

        await stopping.CancelAsync(); // both calls are under way, and both end now: the first that is heard ends the round
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);

        Assert.Equal(2, await AttemptsAsync());
        Assert.DoesNotContain(await _world.RecordsAsync(), record => record.State == UsageRecordState.Sending); // which would keep its hour till the lease ends
        await using (LagoConsoleDbContext db = _world.Database.CreateDbContext())
        {
            Assert.DoesNotContain(await db.Attempts.ToListAsync(Stop), attempt => attempt.EndedAt is null);
        }

        _world.Sandbox.Faults.Clear();
        _world.MoveTo(_world.Now.AddMinutes(1));
        await _world.ReportAsync();
        Assert.Equal((200m, 100m), (_world.Billed, _world.BilledAt(Marketplace.Azure)));
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_refusal_of_records_opens_nothing()
    {
        await SetUpAsync(Marketplace.Aws);
        _world.Use(100);
        _world.Sandbox.Faults.Next(SandboxService.Aws, FaultKind.Unauthorized, times: 5);
        ReportOutcome outcome = await _world.NextHourAsync(_integration);
        for (int tries = 0; tries < 5; tries++)
        {
            Assert.False(Lane.Circuit.IsOpen);
            outcome = await NextTryAsync(outcome);
        }

        Assert.Equal((6, 0L), (await AttemptsAsync(), Lane.Failed));
        Assert.Equal(200, _world.Billed);
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private LaneState Lane => Assert.Single(_world.Get<MarketplaceHealth>().Lanes);

    private async Task SetUpAsync(Marketplace marketplace)
    {
        _integration = await _world.ConnectAsync();
        _product = await _world.ProductAsync(marketplace);
        await _world.LinkAsync(await _world.BuyerAsync(_product), _integration);
        await _world.TurnOnAsync(_integration, AutoReportStart.ReportIt);
    }

    /// <summary>What the schedule does: a run when something is due again.</summary>
    private async Task<ReportOutcome> NextTryAsync(ReportOutcome outcome)
    {
        _world.MoveTo(outcome.NextAt!.Value.AddMilliseconds(1));
        return await _world.ReportAsync();
    }

    private async Task<int> AttemptsAsync()
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        return await db.Attempts.CountAsync(Stop);
    }
}
