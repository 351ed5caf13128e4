using LagoConsole.Core.Buyers;
using LagoConsole.Core.Closing;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Sandbox.Lago;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Scenarios;

/// <summary>What Lago does that a naive reader would bill twice or lose, through the whole flow.</summary>
public sealed class LagoTrapsTests : IAsyncDisposable
{
    private static readonly DateTimeOffset August = new(2026, 8, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset September = new(2026, 9, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ConsoleWorld _world = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task T1_Two_subscriptions_of_one_customer_in_two_currencies_and_periods_have_marks_of_their_own()
    {
        _world.Sandbox.AddSubscription("cus_acme", "acme-euro", "euro", LagoBillingTime.Anniversary, startsAt: August.AddDays(9));
        (Guid integration, _, _) = await _world.SetUpAsync();

        _world.Use(100); // 2.00 USD
        _world.Use(70, subscription: "acme-euro"); // 1.40 EUR
        await _world.NextHourAsync(integration);
        _world.Use(30); // 0.60 USD
        _world.Use(5, subscription: "acme-euro"); // 0.10 EUR: still below the mark of the other
        await _world.NextHourAsync(integration);

        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        Dictionary<Guid, DateTimeOffset> ends = await db.BillingPeriods.ToDictionaryAsync(period => period.Id, period => period.PeriodEnd, Stop);
        List<HighWaterMark> marks = await db.HighWaterMarks.Where(mark => mark.MetricCode == "api_calls").OrderBy(mark => mark.Currency).ToListAsync(Stop);
        Assert.Equal(
            [("EUR", 150L, September.AddDays(9)), ("USD", 260L, September)],
            marks.Select(mark => (mark.Currency, mark.AmountMinor, ends[mark.PeriodId])));
        Assert.Equal(260, _world.Billed); // euros wait: the dimension is in dollars
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R2_A_look_that_began_before_what_is_stored_is_dropped_whole()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100);
        await _world.NextHourAsync(integration);

        // It was on its way for an hour: what it shows is higher, and of a metric that nobody has seen; neither is believed.
        ReadingOutcome late = await LookAsync(
            _world.Now.AddHours(-1), new MetricReading("api_calls", "API calls", IsProjection: false, 500, []), new MetricReading("seats", "Seats", false, 700, []));
        await _world.ReportAsync();

        Assert.Equal((true, 0, 0), (late.Dropped, late.Snapshots, late.Increments));
        Assert.Equal(200, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task T13_A_price_raised_for_the_whole_period_is_held_and_flows_nowhere_by_itself()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        await db.Integrations.ExecuteUpdateAsync(
            set => set.SetProperty(row => row.JumpAbsoluteMinor, 5_000).SetProperty(row => row.JumpFloorMinor, 100), Stop);
        _world.Use(1_000); // 20.00 USD at 0.02
        await _world.NextHourAsync(integration);

        LagoPlan plan = Assert.Single(_world.Sandbox.Plans(), candidate => candidate.Code == "standard");
        _world.Sandbox.Save(plan with { Charges = [.. plan.Charges.Select(charge => charge.MetricCode == "api_calls" ? charge with { Amount = 0.20m } : charge)] });
        await _world.NextHourAsync(integration); // 200.00 USD at 0.20, from the first call on

        HighWaterMark mark = await db.HighWaterMarks.AsNoTracking().SingleAsync(row => row.MetricCode == "api_calls", Stop);
        Assert.Equal((HoldReason.Jump, 2_000, 18_000), (mark.Hold, mark.AmountMinor, mark.HeldMinor));
        Assert.Equal(2_000, _world.Billed);

        _world.Sandbox.Save(plan); // it was a slip
        await _world.NextHourAsync(integration);
        _world.Use(10);
        await _world.NextHourAsync(integration);
        Assert.Equal(2_020, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task T14_A_metric_that_is_missing_for_a_while_keeps_its_mark()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100);
        await _world.NextHourAsync(integration);
        LagoPlan plan = Assert.Single(_world.Sandbox.Plans(), candidate => candidate.Code == "standard");

        _world.Sandbox.Save(plan with { Charges = [.. plan.Charges.Where(charge => charge.MetricCode != "api_calls")] });
        _world.Use(1, "storage_gb"); // something changes, so that the answer is stored
        await _world.NextHourAsync(integration);
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        HighWaterMark mark = await db.HighWaterMarks.AsNoTracking().SingleAsync(row => row.MetricCode == "api_calls", Stop);
        Assert.Equal((200, 200), (mark.AmountMinor, mark.LastTotalMinor));

        _world.Sandbox.Save(plan);
        _world.Use(10);
        await _world.NextHourAsync(integration);

        Assert.Equal(220, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task T18_Late_events_count_until_the_invoice_is_final_and_a_draft_closes_nothing()
    {
        _world.Sandbox.AddCustomer(new LagoCustomer("cus_grace", "Grace", GracePeriodDays: 3));
        _world.Sandbox.AddSubscription("cus_grace", "grace-1", "standard", startsAt: August);
        Guid integration = await _world.ConnectAsync();
        await _world.LinkAsync(await _world.BuyerAsync(await _world.ProductAsync()), integration, customer: "cus_grace");
        await _world.TurnOnAsync(integration);
        _world.Use(100, subscription: "grace-1"); // 2.00 USD
        await _world.NextHourAsync(integration);

        _world.MoveTo(September.AddHours(5));
        _world.Sandbox.Send(new LagoEvent("late", "grace-1", "api_calls", September.AddHours(-3), Repeats: 50)); // 1.00 USD more in August
        CloseOutcome draft = await _world.CloseAsync(integration);
        Assert.Equal((0, 1), (draft.Closed, draft.Waiting));

        _world.MoveTo(September.AddDays(4));
        CloseOutcome final = await _world.CloseAsync(integration);
        await _world.NextHourAsync(integration);
        Assert.Equal((1, 300m), (final.Closed, _world.Billed));

        _world.Sandbox.Send(new LagoEvent("too-late", "grace-1", "api_calls", September.AddHours(-2), Repeats: 50)); // Lago never bills it either
        await _world.CloseAsync(integration);
        await _world.NextHourAsync(integration);
        Assert.Equal(300, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task T21_A_subscription_that_ended_fails_no_poll_and_is_closed()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100);
        await _world.NextHourAsync(integration);
        _world.Use(25); // after its last poll
        _world.Sandbox.Terminate("acme-prod");

        _world.MoveTo(new DateTimeOffset(2026, 8, 20, 15, 5, 0, TimeSpan.Zero));
        PollOutcome poll = await _world.PollAsync(integration);
        Assert.Equal((0, null), (poll.Failures.Count, poll.Stopped));

        _world.MoveTo(_world.Now.AddHours(1));
        CloseOutcome close = await _world.CloseAsync(integration);
        await _world.NextHourAsync(integration);

        Assert.Equal((1, 250m), (close.Closed, _world.Billed));
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task T26_A_stale_answer_loses_nothing_the_next_poll_or_the_close_brings_it()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100);
        await _world.NextHourAsync(integration);

        _world.Use(30); // Lago counts 2.60, its cache says otherwise
        await StaleAsync(200);
        await StaleAsync(150);
        Assert.Equal(200, _world.Billed);
        await _world.NextHourAsync(integration); // the cache is fresh again
        Assert.Equal(260, _world.Billed);

        _world.Use(40); // 3.40, and the cache is stale to the end of the period
        await StaleAsync(260);
        _world.MoveTo(September.AddHours(2));
        await _world.CloseAsync(integration);
        await _world.NextHourAsync(integration);

        Assert.Equal(340, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task T31_One_minor_unit_is_an_increment_of_a_poll_and_of_a_close()
    {
        (Guid integration, _, _) = await _world.SetUpAsync(metrics: ["storage_gb"]);

        _world.Use(0.02m, "storage_gb"); // a cent
        await _world.NextHourAsync(integration);
        Assert.Equal(1, _world.Billed);
        _world.Use(0.02m, "storage_gb"); // another one that only the invoice shows
        _world.MoveTo(September.AddHours(2));
        await _world.CloseAsync(integration);
        await _world.NextHourAsync(integration);

        Assert.Equal(2, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    /// <summary>An hour later Lago answers with this total of <c>api_calls</c> from its cache; then reporting runs.</summary>
    private async Task StaleAsync(long total)
    {
        _world.MoveTo(_world.Now.AddHours(1));
        ReadingOutcome outcome = await LookAsync(_world.Now, new MetricReading("api_calls", "API calls", IsProjection: false, total, []));
        Assert.Equal((false, 0), (outcome.Dropped, outcome.Increments));
        await _world.ReportAsync();
    }

    /// <summary>Stores an answer that Lago gives of its only subscription with a period.</summary>
    private async Task<ReadingOutcome> LookAsync(DateTimeOffset readAt, params MetricReading[] metrics)
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        BillingPeriod period = await db.BillingPeriods.AsNoTracking().SingleAsync(Stop);
        BuyerLink link = await db.BuyerLinks.AsNoTracking().SingleAsync(Stop);
        SubscriptionReading reading = new(
            period.SubscriptionLagoId, period.SubscriptionExternalId, period.LagoCustomerId, period.PeriodStart, period.PeriodEnd, "USD",
            readAt, SnapshotSource.Poll, metrics);
        return Assert.IsType<ReadingOutcome>(await _world.Get<UsageStore>().SaveAsync(link, reading, Stop));
    }
}
