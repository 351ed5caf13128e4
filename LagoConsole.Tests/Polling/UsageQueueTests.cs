using LagoConsole.Core.Buyers;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Polling;

/// <summary>Readings that wait together are stored together, each as if it were alone.</summary>
public sealed class UsageQueueTests : IAsyncDisposable
{
    private readonly LostCommits _commits = new();
    private readonly ConsoleWorld _world;

    public UsageQueueTests() => _world = new ConsoleWorld(database: new TestDatabase(interceptors: _commits));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R2_Readings_of_many_buyers_at_once_are_each_stored_once_in_few_transactions()
    {
        List<PolledReading> readings = await ReadingsAsync(buyers: 200);
        using UsageQueue queue = new(_world.Get<UsageStore>());
        _commits.Count();

        ReadingOutcome?[] first = await Task.WhenAll(readings.Select(reading => Task.Run(() => queue.SaveAsync(reading, Stop), Stop)));

        Assert.All(first, outcome => Assert.Equal((1, 1, 250L), (outcome!.Snapshots, outcome.Increments, outcome.IncreaseMinor)));
        Assert.InRange(_commits.Sent, 2, 100); // 128 share one at most
        Assert.Equal((200, 50_000), await StoredAsync());

        ReadingOutcome?[] again = await Task.WhenAll(readings.Select(reading => Task.Run(() => queue.SaveAsync(reading, Stop), Stop)));
        Assert.All(again, outcome => Assert.Equal((0, 0), (outcome!.Snapshots, outcome.Increments)));
        Assert.Equal((200, 50_000), await StoredAsync());
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task One_that_cannot_be_stored_says_so_to_its_own_caller_and_the_others_are()
    {
        List<PolledReading> readings = await ReadingsAsync(buyers: 10);
        PolledReading broken = readings[4] with { Reading = readings[4].Reading with { Metrics = [readings[4].Reading.Metrics[0] with { Charges = null! }] } };
        readings[4] = broken;
        using UsageQueue queue = new(_world.Get<UsageStore>());

        Task<ReadingOutcome?>[] all = [.. readings.Select(reading => Task.Run(() => queue.SaveAsync(reading, Stop), Stop))];

        await Assert.ThrowsAnyAsync<Exception>(() => all[4]);
        Assert.All(await Task.WhenAll(all.Where(task => task != all[4])), outcome => Assert.Equal(250, outcome!.IncreaseMinor));
        Assert.Equal((9, 2_250), await StoredAsync());
    }

    [Theory]
    [InlineData(false, 0, 0)]
    [InlineData(true, 10, 2_500)]
    public async Task R12_A_commit_without_an_answer_is_told_to_all_that_shared_it_and_not_sent_again(bool arrives, int stored, long sum)
    {
        UsageStore store = _world.Get<UsageStore>();
        List<PolledReading> readings = await ReadingsAsync(buyers: 10);
        using UsageQueue queue = new(store);
        _commits.Lose(arrives);

        Task<ReadingOutcome?>[] all = [.. readings.Select(reading => Task.Run(() => queue.SaveAsync(reading, Stop), Stop))];

        foreach (Task<ReadingOutcome?> one in all)
        {
            await Assert.ThrowsAsync<CommitUnknownException>(() => one);
        }

        Assert.InRange(_commits.Sent, 1, 10); // none had its turn twice
        _commits.Count();
        Assert.Equal((stored, sum), await StoredAsync());

        await Task.WhenAll(readings.Select(reading => Task.Run(() => queue.SaveAsync(reading, Stop), Stop))); // the next run
        Assert.Equal((10, 2_500), await StoredAsync());
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task Two_readings_of_one_subscription_are_two_transactions_and_the_second_adds_what_the_first_had_not()
    {
        PolledReading first = (await ReadingsAsync(buyers: 1))[0];
        PolledReading second = first with { Reading = Reading(first.Link, total: 400, _world.Now.AddMinutes(1)) };
        using UsageQueue queue = new(_world.Get<UsageStore>());

        await Task.WhenAll(Task.Run(() => queue.SaveAsync(first, Stop), Stop), Task.Run(() => queue.SaveAsync(second, Stop), Stop));

        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        Assert.Equal(400, await db.UsageIncrements.SumAsync(increment => increment.AmountMinor, Stop));
        Assert.Equal(400, (await db.HighWaterMarks.SingleAsync(Stop)).AmountMinor);
    }

    [Fact]
    public async Task Of_a_link_that_was_removed_meanwhile_nothing_is_stored_and_the_others_are()
    {
        List<PolledReading> readings = await ReadingsAsync(buyers: 3);
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        await db.BuyerLinks.Where(link => link.Id == readings[1].Link.Id).ExecuteUpdateAsync(set => set.SetProperty(link => link.UnlinkedAt, _world.Now), Stop);
        using UsageQueue queue = new(_world.Get<UsageStore>());

        ReadingOutcome?[] outcomes = await Task.WhenAll(readings.Select(reading => Task.Run(() => queue.SaveAsync(reading, Stop), Stop)));

        Assert.Null(outcomes[1]);
        Assert.Equal((2, 500), await StoredAsync());
    }

    [Fact]
    public async Task Whoever_gives_up_waiting_leaves_nothing_behind_for_a_later_run()
    {
        List<PolledReading> readings = await ReadingsAsync(buyers: 2);
        using CancellationTokenSource gone = new();
        await gone.CancelAsync();
        using UsageQueue queue = new(_world.Get<UsageStore>());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queue.SaveAsync(readings[0], gone.Token));
        Assert.Equal(250, (await queue.SaveAsync(readings[1], Stop))!.IncreaseMinor);

        Assert.Equal((1, 250), await StoredAsync());
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private async Task<(int Count, long Sum)> StoredAsync()
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        return (await db.UsageIncrements.CountAsync(Stop), await db.UsageIncrements.SumAsync(increment => increment.AmountMinor, Stop));
    }

    /// <summary>Of so many linked buyers, each with a first total of 2.50 USD.</summary>
    private async Task<List<PolledReading>> ReadingsAsync(int buyers)
    {
        Guid integration = await _world.ConnectAsync();
        await _world.TurnOnAsync(integration);
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        List<PolledReading> readings = [];
        for (int number = 0; number < buyers; number++)
        {
            Buyer buyer = new() { Id = Guid.NewGuid(), Name = $"Buyer {number}", CreatedAt = _world.Now };
            BuyerLink link = new()
            {
                Id = Guid.NewGuid(),
                BuyerId = buyer.Id,
                IntegrationId = integration,
                LagoCustomerId = $"cus-{number}",
                CustomerLagoId = $"lago-cus-{number}",
                LinkedAt = _world.Now,
                LinkedBy = "ada",
            };
            db.AddRange(buyer, link);
            readings.Add(new PolledReading(link, Reading(link, total: 250, _world.Now)));
        }

        await db.SaveChangesAsync(Stop);
        return readings;
    }

    private static SubscriptionReading Reading(BuyerLink link, long total, DateTimeOffset readAt) => new(
        $"lago-{link.LagoCustomerId}", $"sub-{link.LagoCustomerId}", link.LagoCustomerId, new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero),
        new DateTimeOffset(2026, 9, 1, 0, 0, 0, TimeSpan.Zero), "USD", readAt, SnapshotSource.Poll,
        [new MetricReading("api_calls", "API calls", IsProjection: false, total, [new ChargeAmount("charge-1", "standard", total)])]);
}
