using LagoConsole.Core.Books;
using LagoConsole.Core.History;
using LagoConsole.Core.Notifications;
using LagoConsole.Core.Persistence;
using LagoConsole.Tests.Scheduling;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LagoConsole.Tests.Notifications;

/// <summary>The job, run by a real scheduler, from the stored books to a receiver on a real socket.</summary>
public sealed class NotifyJobTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_tells_what_it_finds_and_the_next_that_it_is_over()
    {
        await using NotificationStage stage = new();
        await using HookServer hook = await HookServer.StartAsync();
        await stage.AddAsync(NotificationStage.Webhook(hook.Address));
        await using SchedulingHost host = await new SchedulingHost(
            stage.Database, more: services => services.AddSingleton(stage.Store).AddSingleton(stage.Courier).AddSingleton(stage.Get<CauseReader>())).StartAsync();
        await host.Sync.SyncAsync(Stop);

        await AddCheckAsync(stage, NotificationStage.Noon, failures: 2);
        await host.Control.RunNowAsync(NotificationStage.Admin, NotifyJob.Key, Stop);
        JobRun told = Assert.Single(await host.RunsAsync(1));
        Assert.Equal((RunResult.Succeeded, "1 new messages, 1 delivered, 0 channels did not take theirs"), (told.Result, told.Summary));
        Assert.Contains("2 failures", Assert.Single(hook.Posts).Body, StringComparison.Ordinal);

        await AddCheckAsync(stage, NotificationStage.Noon.AddHours(1), failures: 0);
        await host.Control.RunNowAsync(NotificationStage.Admin, NotifyJob.Key, Stop);
        await host.RunsAsync(2);
        Assert.Contains("This is over", hook.Posts[1].Body, StringComparison.Ordinal);

        await host.Control.RunNowAsync(NotificationStage.Admin, NotifyJob.Key, Stop);
        Assert.Equal(RunResult.Skipped, (await host.RunsAsync(3))[0].Result);
        Assert.Equal(2, hook.Posts.Length);
    }

    private static async Task AddCheckAsync(NotificationStage stage, DateTimeOffset at, int failures)
    {
        await using LagoConsoleDbContext db = stage.Database.CreateDbContext();
        db.BooksChecks.Add(new BooksCheck
        {
            Id = Guid.NewGuid(),
            StartedAt = at,
            FinishedAt = at,
            Keys = 0,
            Increments = 0,
            Meters = 0,
            Records = 0,
            FailureCount = failures,
            Failures = "",
        });
        await db.SaveChangesAsync(Stop);
    }
}
