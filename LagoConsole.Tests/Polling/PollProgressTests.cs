using System.Collections.Concurrent;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Polling;

public sealed class PollProgressTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_poll_says_at_its_beginning_how_many_buyers_there_are_and_after_each_what_came_of_it()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync(metrics: ["api_calls"]);
        world.Use(100);
        world.MoveTo(world.Now.AddHours(1));
        Integration stored;
        await using (LagoConsoleDbContext db = world.Database.CreateDbContext())
        {
            stored = await db.Integrations.AsNoTracking().SingleAsync(row => row.Id == integration, Stop);
        }

        ConcurrentQueue<PollProgress> told = new();
        PollOutcome outcome = await world.Get<UsagePipeline>().RunAsync(stored, world.Now, told.Enqueue, Stop);

        Assert.Equal(1, outcome.Increments);
        Assert.Equal([new PollProgress(0, 1, 0, 0), new PollProgress(1, 1, 1, 0)], told);
    }

    [Theory]
    [InlineData(0, 3, 0)]
    [InlineData(1, 3, 33)]
    [InlineData(2, 3, 66)]
    [InlineData(99_999, 100_000, 99)]
    [InlineData(3, 3, 100)]
    [InlineData(0, 0, 100)]
    public void Only_the_end_is_a_hundred_percent(int done, int buyers, int percent) => Assert.Equal(percent, new PollProgress(done, buyers, 0, 0).Percent);

    [Fact]
    public void Says_customers_done_of_total_increments_and_failures() =>
        Assert.Equal("1,200 of 100,000 buyers · 830 increments · 4 failed", new PollProgress(1_200, 100_000, 830, 4).Sentence);
}
