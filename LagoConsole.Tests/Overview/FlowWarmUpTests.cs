using LagoConsole.Core.Held;
using LagoConsole.Core.Overview;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Waiting;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace LagoConsole.Tests.Overview;

/// <summary>The past is added up before anybody looks, and nothing else hangs on it.</summary>
public sealed class FlowWarmUpTests : IAsyncDisposable
{
    private readonly ConsoleWorld _world = new();
    private readonly FlowLedger _ledger = new();
    private readonly Lifetime _lifetime = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _lifetime.Dispose();
        _ledger.Dispose();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task Once_the_process_has_started_the_hours_that_are_over_are_added_up()
    {
        (Guid lago, _, _) = await _world.SetUpAsync();
        _world.Use(30);
        await _world.NextHourAsync(lago);
        _world.MoveTo(_world.Now.AddHours(3));
        using FlowWarmUp warmUp = new(Queries(_world.Database), _lifetime, NullLogger<FlowWarmUp>.Instance);

        await warmUp.StartAsync(Stop);
        Assert.False(warmUp.ExecuteTask!.IsCompleted); // the start waits for nothing
        _lifetime.Start();
        await warmUp.ExecuteTask.WaitAsync(Stop);

        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        await db.UsageRecords.ExecuteUpdateAsync(rows => rows.SetProperty(row => row.State, UsageRecordState.Void), Stop); // as never happens
        OverviewBoard board = await Queries(_world.Database).LoadAsync([], Stop);
        Assert.Equal(60m, Assert.Single(Assert.Single(board.Integrations).Lines).Today.BilledMinor);
    }

    [Fact]
    public async Task A_database_that_cannot_be_read_stops_nothing()
    {
        using FlowWarmUp warmUp = new(Queries(new Gone()), _lifetime, NullLogger<FlowWarmUp>.Instance);

        await warmUp.StartAsync(Stop);
        _lifetime.Start();
        await warmUp.ExecuteTask!.WaitAsync(Stop);

        Assert.True(warmUp.ExecuteTask.IsCompletedSuccessfully);
    }

    private OverviewQueries Queries(IDbContextFactory<LagoConsoleDbContext> database) =>
        new(database, _ledger, _world.Get<WaitingQueries>(), _world.Get<HeldMoney>(), _world.Clock);

    private sealed class Gone : IDbContextFactory<LagoConsoleDbContext>
    {
        public LagoConsoleDbContext CreateDbContext() => throw new TaskCanceledException("The driver gave up.");
    }

    private sealed class Lifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _started = new();

        public CancellationToken ApplicationStarted => _started.Token;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void Start() => _started.Cancel();

        public void StopApplication() => throw new InvalidOperationException("Nobody asked for it.");

        public void Dispose() => _started.Dispose();
    }
}
