using LagoConsole.Core.Held;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Overview;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Waiting;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Overview;

/// <summary>The board over the whole flow: an API call costs two cents at Lago, a unit one cent at the marketplace.</summary>
public sealed class OverviewQueriesTests : IAsyncDisposable
{
    private readonly ConsoleWorld _world = new();
    private readonly FlowLedger _ledger = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _ledger.Dispose();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task An_empty_console_begins_with_Connect()
    {
        OverviewBoard board = await LoadAsync();

        Assert.Equal(new FirstStep(FirstStepKind.Connect, FirstStepState.Next), board.Steps[0]);
        Assert.Empty(board.Integrations);
        Assert.Empty(board.Needs);
        Assert.Empty(board.Billed);
    }

    [Fact]
    public async Task Counted_and_billed_money_stands_at_its_integration_and_marketplace()
    {
        (Guid lago, _, _) = await _world.SetUpAsync();
        _world.Use(30); // 60 cents
        await _world.NextHourAsync(lago);
        _world.MoveTo(_world.Now.AddDays(1));
        _world.Use(5); // 10 cents
        await _world.NextHourAsync(lago);

        OverviewBoard board = await LoadAsync();

        Assert.True(FirstSteps.AreDone(board.Steps));
        BoardIntegration integration = Assert.Single(board.Integrations);
        Assert.Equal((lago, new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero)), (integration.Id, integration.Period?.Start));
        BoardLine line = Assert.Single(integration.Lines);
        Assert.Equal(new MoneyPlace(lago, Marketplace.Aws, "USD"), line.Place);
        Assert.Equal(new BoardWindow(10, 10, 0, 0), line.Today);
        Assert.Equal(new BoardWindow(70, 70, 0, 0), line.Period);
        Assert.Equal(new BoardWindow(70, 70, 0, 0), line.Month);
        Assert.Equal((10m, 60m), (Assert.Single(board.Billed).Days[^1].BilledMinor, board.Billed[0].Days[^2].BilledMinor));
        Assert.Equal(_world.Billed, board.Billed[0].Days.Sum(day => day.BilledMinor));
    }

    [Fact]
    public async Task Waiting_money_is_on_the_board_and_among_what_needs_a_person_until_it_flows_on()
    {
        (Guid lago, _, Guid product) = await _world.SetUpAsync();
        _world.Use(2, "storage_gb"); // one dollar that no conversion takes
        await _world.NextHourAsync(lago);
        OverviewBoard waiting = await LoadAsync();
        Guid dimension = await DimensionAsync();
        Assert.IsType<ProductOutcome.Saved>(await _world.Get<Core.Conversion.ConversionService>().AddAsync(
            ConsoleWorld.Admin, new Core.Conversion.NewConversion { ProductId = product, MetricCode = "storage_gb", DimensionId = dimension }, Stop));
        _world.MoveTo(_world.Now.AddHours(2)); // the hour in which it was seen is over, and its sum was kept
        OverviewBoard kept = await LoadAsync();
        await _world.NextHourAsync(lago);
        OverviewBoard billed = await LoadAsync();

        PersonNeed.Waits need = Assert.IsType<PersonNeed.Waits>(Assert.Single(waiting.Needs));
        Assert.Equal((WaitReason.NoConversion, 100m, "USD"), (need.Reason, need.Sum.Minor, need.Sum.Currency));
        Assert.Equal((null, new BoardWindow(100, 0, 100, 0)), (LineOf(waiting).Place.Marketplace, LineOf(waiting).Today));
        Assert.Null(LineOf(kept).Place.Marketplace);
        Assert.Empty(billed.Needs);
        Assert.Equal((Marketplace.Aws, new BoardWindow(100, 100, 0, 0)), (LineOf(billed).Place.Marketplace, LineOf(billed).Today));
    }

    [Fact]
    public async Task A_record_that_needs_a_person_is_on_the_board_and_leads_to_itself()
    {
        (Guid lago, _, _) = await _world.SetUpAsync();
        _world.Use(30);
        await _world.NextHourAsync(lago);
        UsageRecord record = Assert.Single(await _world.RecordsAsync());
        await using (LagoConsoleDbContext db = _world.Database.CreateDbContext())
        {
            await db.UsageRecords.ExecuteUpdateAsync(rows => rows.SetProperty(row => row.State, UsageRecordState.Blocked).SetProperty(row => row.SettledAt, (DateTimeOffset?)null), Stop);
        }

        OverviewBoard board = await LoadAsync();

        PersonNeed.Records need = Assert.IsType<PersonNeed.Records>(Assert.Single(board.Needs));
        Assert.Equal((record.Id, 60m, record.Deadline), (need.RecordId, need.Sum.Minor, need.Deadline));
        Assert.Equal(new BoardWindow(60, 0, 0, 60), LineOf(board).Today);
    }

    [Fact]
    public async Task Hours_that_are_over_are_added_up_once()
    {
        (Guid lago, _, _) = await _world.SetUpAsync();
        _world.Use(30);
        await _world.NextHourAsync(lago);
        _world.MoveTo(_world.Now.AddHours(3));
        await LoadAsync();
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        await db.UsageRecords.ExecuteUpdateAsync(rows => rows.SetProperty(row => row.State, UsageRecordState.Void), Stop); // as never happens

        Assert.Equal(60m, LineOf(await LoadAsync()).Today.BilledMinor);
        using FlowLedger fresh = new();
        Assert.Equal(0m, LineOf(await Queries(fresh).LoadAsync([], Stop)).Today.BilledMinor);
    }

    private static BoardLine LineOf(OverviewBoard board) => Assert.Single(Assert.Single(board.Integrations).Lines);

    private Task<OverviewBoard> LoadAsync() => Queries(_ledger).LoadAsync([], Stop);

    private OverviewQueries Queries(FlowLedger ledger) => new(_world.Database, ledger, _world.Get<WaitingQueries>(), _world.Get<HeldMoney>(), _world.Clock);

    private async Task<Guid> DimensionAsync()
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        return await db.Dimensions.Select(dimension => dimension.Id).SingleAsync(Stop);
    }
}
