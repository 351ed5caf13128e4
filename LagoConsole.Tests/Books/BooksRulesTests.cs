using LagoConsole.Core.Books;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Aws;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Books;

/// <summary>Where an identity does not ask for equality, and why.</summary>
public sealed class BooksRulesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200, null, 0, 0, SnapshotSource.Poll, true)] // the mark
    [InlineData(150, null, 0, 0, SnapshotSource.Poll, true)] // below it, after a fall
    [InlineData(230, null, 0, 30, SnapshotSource.Poll, true)] // what is refused is still shown
    [InlineData(210, null, 0, 30, SnapshotSource.Poll, true)] // some of it was taken back
    [InlineData(231, null, 0, 30, SnapshotSource.Poll, false)]
    [InlineData(230, HoldReason.Jump, 30, 0, SnapshotSource.Poll, true)]
    [InlineData(260, HoldReason.Jump, 30, 30, SnapshotSource.Poll, true)]
    [InlineData(260, HoldReason.Jump, 60, 30, SnapshotSource.Poll, false)] // held and refused would be the same money
    [InlineData(150, HoldReason.Restored, 0, 0, SnapshotSource.Poll, true)]
    [InlineData(200, null, 30, 0, SnapshotSource.Poll, false)] // held without a reason
    [InlineData(230, null, 0, 0, SnapshotSource.Link, true)] // left to the next poll (R7)
    [InlineData(230, null, 0, 0, null, true)] // the snapshot went with its integration
    [InlineData(230, null, 0, 0, SnapshotSource.Close, false)]
    [InlineData(200, null, 0, -1, SnapshotSource.Poll, false)]
    public void R14_g_Last_total_is_mark_held_and_refused_or_less(
        long lastTotal, HoldReason? hold, long held, long refused, SnapshotSource? look, bool holds)
    {
        HighWaterMark mark = Mark(lastTotal, hold, held, refused);

        Assert.Equal(holds, !BooksRules.LastTotal(mark, look).Any());
    }

    [Theory]
    [InlineData(SnapshotSource.Poll, true)]
    [InlineData(SnapshotSource.Close, false)]
    public void R14_g_A_total_that_is_reported_at_the_close_only_is_asked_of_its_close(SnapshotSource look, bool holds)
    {
        HighWaterMark mark = Mark(230, hold: null, held: 0, refused: 0);
        mark.ReportAtCloseOnly = true;

        Assert.Equal(holds, !BooksRules.LastTotal(mark, look).Any());
    }

    [Theory]
    [InlineData(2, 6, true)]
    [InlineData(2, 7, false)] // one unit more could have been allocated
    [InlineData(int.MaxValue, 7, true)] // the marketplace takes no more in one record
    public void R14_f_A_record_leaves_less_than_a_unit_unless_the_marketplace_takes_no_more(long quantity, decimal remainder, bool holds)
    {
        Assert.Equal(int.MaxValue, AwsRules.Instance.MaxQuantity);
        UsageRecord record = Record(quantity, remainder, UsageRecordState.Pending);

        Assert.Equal(holds, !BooksRules.Record(record, record.AmountMinor, "USD", RecordProof.None).Any());
    }

    [Theory]
    [InlineData(true, false, false, Marketplace.Aws, true)]
    [InlineData(false, true, true, Marketplace.Aws, true)] // assumed, and flagged as such
    [InlineData(false, true, false, Marketplace.Aws, false)] // AWS echoes what it is asked about
    [InlineData(false, true, false, Marketplace.Azure, true)] // Azure tells what it holds
    [InlineData(false, false, true, Marketplace.Aws, false)]
    public void R14_e_An_accepted_record_has_the_answer_that_says_so(bool accepted, bool duplicate, bool assumed, Marketplace marketplace, bool holds)
    {
        UsageRecord record = Record(2, 0, UsageRecordState.Accepted, marketplace);
        record.OutcomeAssumed = assumed;

        Assert.Equal(holds, !BooksRules.Record(record, record.AmountMinor, "USD", new RecordProof(accepted, duplicate)).Any());
    }

    [Fact]
    public void R14_e_A_persons_decision_stands_for_an_answer()
    {
        UsageRecord record = Record(2, 0, UsageRecordState.Accepted);
        record.DecidedBy = "ada";
        record.DecidedAt = record.CreatedAt;
        record.DecidedFrom = UsageRecordState.Unresolved;

        Assert.Empty(BooksRules.Record(record, record.AmountMinor, "USD", RecordProof.None));
    }

    [Fact]
    public async Task R7_Growth_that_a_link_leaves_to_the_next_poll_is_no_failure_and_a_poll_leaves_none()
    {
        await using ConsoleWorld world = new();
        world.Use(100);
        (Guid integration, _, _) = await world.SetUpAsync(); // linked from zero: 2.00 USD above the mark
        await world.AssertBalancedAsync();

        await using (LagoConsoleDbContext db = world.Database.CreateDbContext())
        {
            await db.UsageSnapshots.ExecuteUpdateAsync(set => set.SetProperty(snapshot => snapshot.Source, SnapshotSource.Poll), Stop);
        }

        BooksReport report = await world.Get<BooksAuditor>().CheckAsync(progress: null, Stop);
        Assert.Equal((BooksIdentity.LastTotal, "2.00 USD"), (Assert.Single(report.Failures).Identity, report.Failures[0].Difference));

        await world.NextHourAsync(integration);
        await world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R8_A_projection_above_its_mark_is_no_failure_before_its_period_is_closed()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync(metrics: ["disk_level"]);
        world.Use(10, "disk_level");
        await world.NextHourAsync(integration);

        await using LagoConsoleDbContext db = world.Database.CreateDbContext();
        HighWaterMark mark = await db.HighWaterMarks.SingleAsync(row => row.MetricCode == "disk_level", Stop);
        Assert.True(mark is { ReportAtCloseOnly: true, AmountMinor: 0, LastTotalMinor: > 0 });
        await world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R8_What_was_left_to_the_close_stays_so_when_a_person_ends_that_choice_before_it()
    {
        await using ConsoleWorld world = new();
        (Guid integration, _, _) = await world.SetUpAsync();
        await AtCloseOnlyAsync(world, chosen: true);
        world.Use(100);
        await world.NextHourAsync(integration);
        await AtCloseOnlyAsync(world, chosen: false);
        await world.AssertBalancedAsync(); // no look came since

        await world.NextHourAsync(integration);
        Assert.Equal(200, world.Billed);
        await world.AssertBalancedAsync();
    }

    [Fact]
    public void R14_d_An_hour_that_a_clock_far_ahead_chose_is_no_failure_before_it_has_come()
    {
        Meter meter = new()
        {
            Id = Guid.NewGuid(),
            EntitlementId = Guid.Empty,
            DimensionId = Guid.Empty,
            Marketplace = Core.Products.Marketplace.Aws,
            Identity = "",
            DimensionKey = "usage_fee",
            Currency = "USD",
            LastSlotHour = new DateTimeOffset(2026, 8, 20, 13, 0, 0, TimeSpan.Zero),
        };
        DateTimeOffset ahead = meter.LastSlotHour.Value.AddDays(30);

        Assert.Empty(BooksRules.Slot(meter, Guid.NewGuid(), ahead, before: null, now: meter.LastSlotHour.Value.AddHours(2)));
        Assert.Single(BooksRules.Slot(meter, Guid.NewGuid(), ahead, before: null, now: ahead.AddHours(1)));
    }

    private static async Task AtCloseOnlyAsync(ConsoleWorld world, bool chosen)
    {
        await using LagoConsoleDbContext db = world.Database.CreateDbContext();
        await db.DimensionConversions.ExecuteUpdateAsync(set => set.SetProperty(conversion => conversion.ReportAtCloseOnly, chosen), Stop);
    }

    private static HighWaterMark Mark(long lastTotal, HoldReason? hold, long held, long refused) => new()
    {
        Id = Guid.NewGuid(),
        PeriodId = Guid.NewGuid(),
        MetricCode = "api_calls",
        Currency = "USD",
        BaselineMinor = 0,
        FirstSeenAt = DateTimeOffset.UnixEpoch,
        AmountMinor = 200,
        LastTotalMinor = lastTotal,
        LastTotalAt = DateTimeOffset.UnixEpoch,
        LastCharges = [],
        Hold = hold,
        HeldMinor = held,
        RefusedMinor = refused,
    };

    private static UsageRecord Record(long quantity, decimal remainder, UsageRecordState state, Marketplace marketplace = Marketplace.Aws) => new()
    {
        Id = Guid.NewGuid(),
        MeterId = Guid.NewGuid(),
        EntitlementId = Guid.NewGuid(),
        IntegrationId = Guid.Empty,
        Marketplace = marketplace,
        DimensionKey = "usage_fee",
        SlotHour = DateTimeOffset.UnixEpoch,
        Timestamp = DateTimeOffset.UnixEpoch,
        Quantity = quantity,
        UnitPriceMinor = 7,
        Currency = "USD",
        BatchKey = "batch",
        Payload = "{}",
        PayloadSha256 = AllocationStore.Sha256("{}"),
        RemainderBeforeMinor = 0,
        OpenBeforeMinor = (quantity * 7) + remainder,
        RemainderAfterMinor = remainder,
        CreatedAt = DateTimeOffset.UnixEpoch,
        Deadline = DateTimeOffset.UnixEpoch.AddDays(1),
        State = state,
    };
}
