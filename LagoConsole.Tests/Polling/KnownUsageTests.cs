using LagoConsole.Core.Buyers;
using LagoConsole.Core.Conversion;
using LagoConsole.Core.Held;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Polling;

/// <summary>A poll that sees nothing new writes nothing; one that has something left to do is never left out.</summary>
public sealed class KnownUsageTests : IAsyncDisposable
{
    private readonly ConsoleWorld _world = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R2_An_unchanged_answer_writes_no_row()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100);
        await _world.NextHourAsync(integration);
        int before = await RowsAsync();

        PollOutcome outcome = await _world.PollAsync(integration);

        Assert.Equal((1, 0, 0), (outcome.Subscriptions, outcome.Snapshots, outcome.Increments));
        Assert.Equal(before, await RowsAsync());
    }

    [Fact]
    public async Task R15_What_a_person_refuses_of_a_jump_makes_the_next_poll_look_again_though_Lago_shows_the_same()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        await LimitAsync(integration, absoluteMinor: 5_000);
        _world.Use(10_000); // 200.00 USD at two cents a call
        await _world.NextHourAsync(integration);
        Assert.NotNull((await PeriodAsync()).SettledDigest); // held: nothing to be done until a person decides
        HeldKey held = Assert.Single((await _world.Get<HeldMoney>().ListAsync(new HeldFilter(), 0, 10, Stop)).Keys);

        Assert.IsType<HoldOutcome.Decided>(await _world.Get<HeldMoney>().DecideAsync(
            ConsoleWorld.Admin, new HoldDecision(held.MarkId, held.Stamp, 0, 5_000, "a migration of their data"), Stop));

        Assert.Null((await PeriodAsync()).SettledDigest);
        await _world.NextHourAsync(integration);
        Assert.NotNull((await PeriodAsync()).SettledDigest);
        Assert.Equal(5_000, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R20_A_declared_restore_makes_the_next_poll_look_again()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100);
        await _world.NextHourAsync(integration);

        await _world.Get<RestoredBooks>().DeclareAsync(ConsoleWorld.Admin, "from last night", Stop);

        Assert.Null((await PeriodAsync()).SettledDigest);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // whoever changes the mark has read its period too
    public async Task Whatever_changes_a_mark_makes_the_next_poll_look_again(bool readsPeriod)
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100);
        await _world.NextHourAsync(integration);
        BillingPeriod before = await PeriodAsync();

        await MoneyTransaction.RunAsync(
            _world.Database,
            async db =>
            {
                BillingPeriod? period = readsPeriod ? await db.BillingPeriods.SingleAsync(Stop) : null;
                (await db.HighWaterMarks.SingleAsync(mark => mark.MetricCode == "api_calls", Stop)).HeldMinor = 7;
                return period;
            },
            Stop);

        BillingPeriod after = await PeriodAsync();
        Assert.NotNull(before.SettledDigest);
        Assert.Null(after.SettledDigest);
        Assert.Equal(before.Version + 1, after.Version); // a poll that has read it meanwhile thinks again
    }

    [Fact]
    public async Task R7_Another_buyer_of_the_same_customer_is_not_passed_by()
    {
        (Guid integration, Guid buyer, _) = await _world.SetUpAsync();
        _world.Use(100);
        await _world.NextHourAsync(integration);
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        BuyerLink link = await db.BuyerLinks.AsNoTracking().SingleAsync(Stop);
        BillingPeriod period = await PeriodAsync();
        KnownUsage known = await KnownUsage.LoadAsync(_world.Database, integration, [link], Stop);
        SubscriptionReading shown = new(
            period.SubscriptionLagoId, period.SubscriptionExternalId, period.LagoCustomerId, period.PeriodStart, period.PeriodEnd, "USD", _world.Now, SnapshotSource.Poll,
            [.. (await db.HighWaterMarks.AsNoTracking().ToListAsync(Stop)).Select(mark => new MetricReading(mark.MetricCode, "", mark.ReportAtCloseOnly, mark.LastTotalMinor, mark.LastCharges))]);

        Assert.Equal(buyer, period.BuyerId);
        Assert.True(known.Shows(link, shown));
        Assert.False(known.Shows(Of(link, Guid.NewGuid()), shown));
    }

    [Fact]
    public async Task The_same_answer_to_the_byte_is_known_and_no_other()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100);
        await _world.NextHourAsync(integration);
        (BuyerLink link, SubscriptionResponse listed, CurrentUsageText same) = await AskAsync(integration);

        Assert.True(await ShowsAgainAsync(link, listed, same));
        Assert.False(await ShowsAgainAsync(link, listed with { LagoId = "another" }, same)); // an upgrade took the external id over (T7)
        Assert.False(await ShowsAgainAsync(link, listed with { CurrentBillingPeriodStartedAt = listed.CurrentBillingPeriodStartedAt!.Value.AddMonths(1) }, same)); // a late answer (T8)
        Assert.False(await ShowsAgainAsync(Of(link, Guid.NewGuid()), listed, same)); // another buyer has the customer now (R7)

        _world.Use(1);
        (_, _, CurrentUsageText other) = await AskAsync(integration);
        Assert.False(await ShowsAgainAsync(link, listed, other));
        await _world.NextHourAsync(integration);
        Assert.True(await ShowsAgainAsync(link, listed, other));
        Assert.False(await ShowsAgainAsync(link, listed, same));

        await _world.Get<RestoredBooks>().DeclareAsync(ConsoleWorld.Admin, "from last night", Stop);
        Assert.False(await ShowsAgainAsync(link, listed, other)); // there is something left to do at its keys

        async Task<bool> ShowsAgainAsync(BuyerLink of, SubscriptionResponse subscription, CurrentUsageText text) =>
            (await KnownUsage.LoadAsync(_world.Database, integration, [of, link], Stop)).ShowsAgain(of, subscription, text);
    }

    [Fact]
    public async Task R8_What_waited_for_the_close_by_a_persons_choice_flows_when_the_choice_is_taken_back_though_Lago_answers_the_same()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        Guid conversion;
        await using (LagoConsoleDbContext db = _world.Database.CreateDbContext())
        {
            conversion = await db.DimensionConversions.Where(row => row.MetricCode == "api_calls").Select(row => row.Id).SingleAsync(Stop);
        }

        await _world.Get<ConversionService>().SetReportAtCloseOnlyAsync(ConsoleWorld.Admin, conversion, true, Stop);
        _world.Use(100);
        await _world.NextHourAsync(integration);
        await _world.NextHourAsync(integration);
        Assert.Equal(0, _world.Billed);
        Assert.Null((await PeriodAsync()).AnswerDigest);

        await _world.Get<ConversionService>().SetReportAtCloseOnlyAsync(ConsoleWorld.Admin, conversion, false, Stop);
        await _world.NextHourAsync(integration);

        Assert.Equal(200, _world.Billed);
        Assert.NotNull((await PeriodAsync()).AnswerDigest);

        await _world.Get<ConversionService>().SetReportAtCloseOnlyAsync(ConsoleWorld.Admin, conversion, true, Stop);
        (BuyerLink link, SubscriptionResponse listed, CurrentUsageText same) = await AskAsync(integration);
        Assert.False((await KnownUsage.LoadAsync(_world.Database, integration, [link], Stop)).ShowsAgain(link, listed, same));
    }

    [Theory]
    [InlineData("api_calls", "charge-1", true)]
    [InlineData("api_calls", "charge-2", false)] // a charge that was added to the plan
    [InlineData("seats", "charge-1", false)] // a metric that had been left out as zero
    public void R8_T11_What_appears_within_a_period_is_not_known_until_its_plan_is_read(string code, string charge, bool isKnown)
    {
        HighWaterMark mark = new()
        {
            Id = Guid.Empty,
            PeriodId = Guid.Empty,
            MetricCode = "api_calls",
            Currency = "USD",
            BaselineMinor = 0,
            AmountMinor = 0,
            FirstSeenAt = _world.Now,
            LastTotalMinor = 0,
            LastTotalAt = _world.Now,
            LastCharges = [new ChargeAmount("charge-1", "standard", 0)],
        };
        SubscriptionReading reading = new(
            "sub", "acme-prod", "cus_acme", _world.Now, _world.Now.AddDays(30), "USD", _world.Now, SnapshotSource.Poll,
            [new MetricReading(code, code, IsProjection: false, 200, [new ChargeAmount(charge, "standard", 200)])]);

        Assert.Equal(isKnown, KnownUsage.Knows([mark], reading));
    }

    [Fact]
    public async Task R7_What_a_link_from_zero_showed_flows_though_the_next_poll_shows_the_same()
    {
        Guid integration = await _world.ConnectAsync();
        Guid buyer = await _world.BuyerAsync(await _world.ProductAsync());
        _world.Use(100);
        await _world.LinkAsync(buyer, integration);
        await _world.TurnOnAsync(integration);

        await _world.NextHourAsync(integration); // nothing was used since

        Assert.Equal(200, _world.Billed);
    }

    [Fact]
    public async Task R3_T5_The_same_totals_in_the_next_period_are_new()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100);
        await _world.NextHourAsync(integration);
        _world.MoveTo(new DateTimeOffset(2026, 9, 1, 0, 30, 0, TimeSpan.Zero));
        _world.Use(100);

        await _world.NextHourAsync(integration);

        Assert.Equal(400, _world.Billed);
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private async Task<BillingPeriod> PeriodAsync()
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        return await db.BillingPeriods.AsNoTracking().SingleAsync(Stop);
    }

    /// <summary>The link of the only buyer, its subscription as Lago lists it, and what Lago answers about it now.</summary>
    private async Task<(BuyerLink Link, SubscriptionResponse Listed, CurrentUsageText Answer)> AskAsync(Guid integration)
    {
        LagoClient lago = Assert.IsType<LagoConnection.Opened>(await _world.Get<IntegrationConnections>().OpenAsync(integration, Stop)).Client;
        SubscriptionResponse listed = Assert.Single(Assert.IsType<LagoAnswer<IReadOnlyList<SubscriptionResponse>>.Ok>(await lago.ListSubscriptionsOfAsync("cus_acme", Stop)).Value);
        CurrentUsageText answer = Assert.IsType<LagoAnswer<CurrentUsageText>.Ok>(
            await lago.AskCurrentUsageAsync(listed.ExternalCustomerId, listed.ExternalId, Stop)).Value;
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        return (await db.BuyerLinks.AsNoTracking().SingleAsync(Stop), listed, answer);
    }

    private static BuyerLink Of(BuyerLink link, Guid buyer) => new()
    {
        Id = link.Id,
        BuyerId = buyer,
        IntegrationId = link.IntegrationId,
        LagoCustomerId = link.LagoCustomerId,
        CustomerLagoId = link.CustomerLagoId,
        LinkedAt = link.LinkedAt,
        LinkedBy = link.LinkedBy,
    };

    private async Task LimitAsync(Guid integration, long absoluteMinor)
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        await db.Integrations.Where(row => row.Id == integration).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.JumpAbsoluteMinor, absoluteMinor).SetProperty(row => row.JumpFloorMinor, 100), Stop);
    }

    private async Task<int> RowsAsync()
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        return await db.UsageSnapshots.CountAsync(Stop) + await db.UsageIncrements.CountAsync(Stop)
            + await db.HighWaterMarks.SumAsync(mark => (int)mark.AmountMinor, Stop) + await db.BillingPeriods.SumAsync(period => period.Version, Stop);
    }
}
