using LagoConsole.Core.Books;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Held;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Sandbox.Lago;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Books;

/// <summary>Money of every kind at once, and each cent of it in one line.</summary>
public sealed class BooksSumsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Accepted_unresolved_void_waiting_waived_open_and_held_money_add_up_to_what_was_counted()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync(unitPrice: "0.07");
        await LimitJumpsAsync(world, integration);

        // 2.00 USD: 28 units go out and are never answered; a day later nobody can say.
        world.Use(100);
        world.Sandbox.Faults.Always(SandboxService.Aws, FaultKind.LostRequest);
        await world.NextHourAsync(integration);
        world.Sandbox.Faults.Clear();
        world.MoveTo(new DateTimeOffset(2026, 8, 21, 14, 5, 0, TimeSpan.Zero));
        await world.PollAsync(integration);
        await world.ReportAsync();

        // 1.00 USD and the 4 cents left: 14 units are throttled for a day, so they are void and go into a later hour.
        world.Use(50);
        world.Sandbox.Faults.Always(SandboxService.Aws, FaultKind.Throttle);
        await world.NextHourAsync(integration);
        world.Sandbox.Faults.Clear();
        world.MoveTo(new DateTimeOffset(2026, 8, 22, 15, 5, 0, TimeSpan.Zero));
        await world.PollAsync(integration);
        await world.ReportAsync();

        // 3.00 USD have no conversion, 20.00 of another buyer neither and are written off, and 100.00 are a jump.
        world.Use(6, "storage_gb");
        await world.NextHourAsync(integration);
        await WriteOffAsync(world, integration);
        world.Use(5_000);
        await world.NextHourAsync(integration);

        BooksReport report = await world.Get<BooksAuditor>().CheckAsync(progress: null, Stop);
        Assert.Equal("", string.Join('\n', report.Failures.Select(failure => failure.Sentence)));
        CurrencySums usd = Assert.Single(report.Sums);
        Assert.Equal(200 + 100 + 300 + 2_000, usd.Counted);
        Assert.Equal(
            [
                ("accepted by the marketplace", 14 * 7m), ("unresolved", 28 * 7m), ("open on meters", 6m), ("waiting: no conversion", 300m), ("waived", 2_000m),
            ],
            usd.Places.Where(place => place.AmountMinor != 0).Select(place => (place.Label, place.AmountMinor)));
        Assert.Equal(usd.Counted, usd.Placed);
        Assert.Equal(("held", 10_000m), usd.Beside.Where(place => place.AmountMinor != 0).Select(place => (place.Label, place.AmountMinor)).Single());
        Assert.Equal([UsageRecordState.Unresolved, UsageRecordState.Void, UsageRecordState.Accepted], (await world.RecordsAsync()).Select(record => record.State));

        // Half of the jump is refused: it is not counted, and stands beside the sums; the other half flows.
        HeldKey held = Assert.Single((await world.Get<HeldMoney>().ListAsync(new HeldFilter(), 0, 10, Stop)).Keys);
        Assert.IsType<HoldOutcome.Decided>(await world.Get<HeldMoney>().DecideAsync(
            ConsoleWorld.Admin, new HoldDecision(held.MarkId, held.Stamp, 0, held.SeenMinor - 5_000, "an import that ran twice"), Stop));
        usd = Assert.Single((await world.Get<BooksAuditor>().CheckAsync(progress: null, Stop)).Sums);
        Assert.Equal((7_600m, 7_600m, 5_006m, 0m, 5_000m), (usd.Counted, usd.Placed, usd.OnMeters, usd.Held, usd.Refused));
    }

    [Fact]
    public async Task R20_What_was_billed_before_a_restore_and_what_waits_for_the_word_on_it_are_lines_of_their_own()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync(unitPrice: "0.07");
        world.Use(100);
        world.MoveTo(new DateTimeOffset(2026, 8, 20, 14, 5, 0, TimeSpan.Zero));
        await world.PollAsync(integration);
        string backup = world.Database.Backup();
        await world.ReportAsync();
        world.Database.Restore(backup);
        await world.Get<RestoredBooks>().DeclareAsync(ConsoleWorld.Admin, "disk failure", Stop);

        CurrencySums held = Assert.Single((await world.Get<BooksAuditor>().CheckAsync(progress: null, Stop)).Sums);
        Assert.Equal((200m, 200m), (held.Counted, held.Waiting[WaitReason.Restored]));

        HeldKey key = Assert.Single((await world.Get<HeldMoney>().ListAsync(new HeldFilter(), 0, 10, Stop)).Keys, candidate => candidate.MetricCode == "api_calls");
        await world.Get<HeldMoney>().DecideAsync(ConsoleWorld.Admin, new HoldDecision(key.MarkId, key.Stamp, 196, key.SeenMinor, "AWS's report"), Stop);
        CurrencySums decided = Assert.Single((await world.Get<BooksAuditor>().CheckAsync(progress: null, Stop)).Sums);
        Assert.Equal((200m, 196m, 4m, 200m), (decided.Counted, decided.BilledBeforeRestore, decided.OnMeters, decided.Placed));
        await world.AssertBalancedAsync();
    }

    [Fact]
    public async Task Two_currencies_are_never_added_to_each_other()
    {
        await using ConsoleWorld world = new();
        world.Sandbox.AddCustomer(new LagoCustomer("cus_euro", "Euro GmbH"));
        world.Sandbox.AddSubscription("cus_euro", "euro-1", "euro", startsAt: new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero));
        (Guid integration, _, Guid product) = await world.SetUpAsync();
        Guid second = await world.BuyerAsync(product, name: "Euro GmbH", licence: ConsoleWorld.Licence.Replace("l-0123", "l-4567", StringComparison.Ordinal));
        await world.LinkAsync(second, integration, customer: "cus_euro");
        world.Use(100);
        world.Use(50, subscription: "euro-1");
        await world.NextHourAsync(integration);

        BooksReport report = await world.Get<BooksAuditor>().CheckAsync(progress: null, Stop);

        Assert.True(report.Balanced);
        Assert.Equal(
            [("EUR", 100m, 0m, 100m), ("USD", 200m, 200m, 0m)],
            report.Sums.Select(sums => (sums.Currency, sums.Counted, sums.Accepted, sums.Waiting.GetValueOrDefault(WaitReason.ForeignCurrency))));
    }

    /// <summary>Another buyer, linked at 14:05 with 20.00 USD that no conversion knows, is unlinked and written off.</summary>
    private static async Task WriteOffAsync(ConsoleWorld world, Guid integration)
    {
        Guid globex = await world.BuyerAsync(product: null, name: "Globex");
        await world.LinkAsync(globex, integration, customer: "globex.example/eu");
        world.Use(40, "storage_gb", "globex-1");
        await world.NextHourAsync(integration);
        IReadOnlyList<OpenMoneyLine> seen = await world.Get<BuyerLinkService>().RemovePreviewAsync(ConsoleWorld.Admin, globex, Stop) ?? [];
        Assert.IsType<LinkSaveOutcome.Saved>(await world.Get<BuyerLinkService>().RemoveAsync(ConsoleWorld.Admin, globex, OpenMoneyChoice.WriteOff, seen, Stop));
    }

    private static async Task LimitJumpsAsync(ConsoleWorld world, Guid integration)
    {
        await using LagoConsoleDbContext db = world.Database.CreateDbContext();
        await db.Integrations.Where(row => row.Id == integration).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.JumpAbsoluteMinor, 5_000).SetProperty(row => row.JumpFloorMinor, 3_000), Stop);
    }
}
