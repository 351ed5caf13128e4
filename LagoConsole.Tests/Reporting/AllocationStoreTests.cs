using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace LagoConsole.Tests.Reporting;

/// <summary>Many meters get their records in one transaction; one that cannot have its own does not keep the others from theirs.</summary>
public sealed class AllocationStoreTests : IAsyncDisposable
{
    private readonly LostCommits _commits = new();
    private readonly ConsoleWorld _world;

    public AllocationStoreTests() => _world = new ConsoleWorld(database: new TestDatabase(interceptors: _commits));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R11_Meters_of_several_purchases_get_one_record_each_of_their_own_money()
    {
        await AccruedAsync();

        ItemRun run = await AllocateAsync();

        Assert.Empty(run.Failures);
        Assert.Equal([200, 300], (await _world.RecordsAsync()).Select(record => record.Quantity).Order());
        await _world.AssertBalancedAsync();
        Assert.Empty((await AllocateAsync()).Failures);
        Assert.Equal(2, (await _world.RecordsAsync()).Count);
    }

    [Fact]
    public async Task A_meter_that_fails_is_named_and_the_others_get_their_records()
    {
        Guid broken = await AccruedAsync();
        await using (LagoConsoleDbContext db = _world.Database.CreateDbContext())
        {
            await db.Products.Where(product => product.Id == broken).ExecuteUpdateAsync(set => set.SetProperty(product => product.GcpServiceName, (string?)null), Stop);
        }

        ItemRun run = await AllocateAsync();

        Assert.Contains("has no Google service", Assert.Single(run.Failures), StringComparison.Ordinal);
        Assert.Equal([200], (await _world.RecordsAsync()).Select(record => record.Quantity));
        await _world.AssertBalancedAsync();
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 2)]
    public async Task R12_A_commit_without_an_answer_is_not_sent_again_and_the_next_run_looks_at_what_there_is(bool arrives, int records)
    {
        await AccruedAsync();
        _commits.Lose(arrives);

        ItemRun run = await AllocateAsync();

        Assert.Equal(1, _commits.Sent);
        _commits.Count();
        Assert.Equal(2, run.Failures.Count);
        Assert.All(run.Failures, failure => Assert.Contains("did not say whether it has stored this", failure, StringComparison.Ordinal));
        Assert.Equal(records, (await _world.RecordsAsync()).Count);

        Assert.Empty((await AllocateAsync()).Failures);
        Assert.Equal([200, 300], (await _world.RecordsAsync()).Select(record => record.Quantity).Order());
        await _world.AssertBalancedAsync();
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    /// <summary>2.00 USD of one buyer, and 3.00 USD of another at Google Cloud, whose product is returned; at one cent a unit.</summary>
    private async Task<Guid> AccruedAsync()
    {
        Guid integration = await _world.ConnectAsync();
        Guid first = await _world.ProductAsync();
        Guid second = await _world.ProductAsync(Marketplace.Gcp);
        await _world.LinkAsync(await _world.BuyerAsync(first), integration);
        await _world.LinkAsync(
            await _world.BuyerAsync(second, name: "Globex"), integration, customer: "globex.example/eu");
        await _world.TurnOnAsync(integration);
        _world.Use(100);
        _world.Use(150, subscription: "globex-1");
        await _world.PollAsync(integration);
        _world.MoveTo(_world.Now.AddHours(1));
        await _world.Get<ReleaseStore>().ReleaseDueAsync(new ItemRun(NullLogger.Instance), Stop);
        return second;
    }

    private async Task<ItemRun> AllocateAsync()
    {
        ItemRun run = new(NullLogger.Instance);
        await _world.Get<AllocationStore>().AllocateAsync(run, Stop);
        return run;
    }
}
