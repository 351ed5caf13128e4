using CsCheck;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Aws;
using Xunit;

namespace LagoConsole.Tests.Reporting;

public sealed class MeterLedgerAllocateTests
{
    private static readonly DateTimeOffset Now = new(2026, 8, 20, 14, 5, 7, TimeSpan.Zero);
    private static readonly DateTimeOffset ClosedHour = new(2026, 8, 20, 13, 0, 0, TimeSpan.Zero);

    [Fact]
    public void R10_Increases_of_250_30_90_45_at_one_dollar_send_2_0_1_1_units_and_leave_15_cents()
    {
        long[] increases = [250, 30, 90, 45];
        List<OpenMoney> open = [];
        List<long> sent = [];
        DateTimeOffset now = Now;
        foreach (long increase in increases)
        {
            open.Add(new OpenMoney(Guid.NewGuid(), increase, PartlyRecorded: false));
            Allocation allocation = Allocate(open, price: 100, now: now);
            sent.Add(allocation is Allocation.Made made ? made.Quantity : 0);
            open = Rest(open, allocation);
            now = now.AddHours(1);
        }

        Assert.Equal([2, 0, 1, 1], sent);
        Assert.Equal(15, open.Sum(money => money.OpenMinor));
    }

    [Fact]
    public void R11_The_oldest_increment_goes_first_and_the_parts_add_up_to_the_amount()
    {
        Guid first = Guid.NewGuid();
        Guid second = Guid.NewGuid();
        Guid third = Guid.NewGuid();

        Allocation.Made made = Made(Allocate([new(first, 50, true), new(second, 230, false), new(third, 90, false)], price: 100));

        Assert.Equal(3, made.Quantity);
        Assert.Equal([new AllocatedPart(first, 50), new AllocatedPart(second, 230), new AllocatedPart(third, 20)], made.Parts);
        Assert.Equal(50, made.RemainderBeforeMinor);
        Assert.Equal(370, made.OpenBeforeMinor);
        Assert.Equal(70, made.RemainderAfterMinor);
    }

    [Theory]
    [InlineData("0.1", 7, 70)] // $0.001 a unit
    [InlineData("0.333333", 1, 3)] // a price that never divides evenly: the rest stays as money
    [InlineData("1", 1250, 1250)]
    [InlineData("99.999999", 100, 1)]
    [InlineData("0.000001", 1, 1_000_000)]
    public void R10_Quantity_is_the_floor_of_money_by_price(string price, long open, long quantity)
    {
        Allocation.Made made = Made(Allocate([new(Guid.NewGuid(), open, false)], decimal.Parse(price, System.Globalization.CultureInfo.InvariantCulture)));

        Assert.Equal(quantity, made.Quantity);
        Assert.InRange(made.RemainderAfterMinor, 0, made.UnitPriceMinor - 0.000001m);
    }

    [Fact]
    public void R10_Nothing_is_ever_lost_or_made_for_any_money_and_any_price() =>
        Gen.Select(Gen.Long[1, 10_000_000_000].List[1, 12], Gen.Long[1, 5_000_000_000]).Sample((amounts, microPrice) =>
        {
            decimal price = microPrice / 1_000_000m;
            List<OpenMoney> open = [.. amounts.Select(amount => new OpenMoney(Guid.NewGuid(), amount, false))];
            decimal total = amounts.Sum();
            return Allocate(open, price) switch
            {
                Allocation.Waits { Reason: AllocationWait.LessThanOneUnit } => total < price,
                Allocation.Made made => made.Quantity * price == made.Parts.Sum(part => part.AmountMinor)
                    && made.Quantity * price + made.RemainderAfterMinor == total
                    && made.RemainderAfterMinor >= 0
                    && (made.RemainderAfterMinor < price || made.Quantity == int.MaxValue),
                _ => false,
            };
        });

    [Fact]
    public void R10_Money_decides_and_not_the_quotient_where_division_rounds_up()
    {
        // Eight units cost a millionth more than there is; the quotient differs from 8 at the 28th decimal only.
        OpenMoney open = new(Guid.NewGuid(), 23_999_999_999_999_999_999_999.999999m, false);

        Allocation.Made made = Made(Allocate([open], price: 3_000_000_000_000_000_000_000m));

        Assert.Equal((7, 2_999_999_999_999_999_999_999.999999m), (made.Quantity, made.RemainderAfterMinor));
    }

    [Fact]
    public void R11_An_increment_that_is_not_needed_is_no_part()
    {
        OpenMoney first = new(Guid.NewGuid(), 200, false);
        OpenMoney second = new(Guid.NewGuid(), 90, false);

        Assert.Equal([new AllocatedPart(first.IncrementId, 200)], Made(Allocate([first, second], price: 100)).Parts);
    }

    [Fact]
    public void Less_than_the_price_of_a_unit_stays_as_money() =>
        AssertWaits(AllocationWait.LessThanOneUnit, Allocate([new(Guid.NewGuid(), 99, false)], price: 100));

    [Fact]
    public void A_record_holds_at_most_what_AWS_takes_and_the_rest_waits_for_the_next_hour()
    {
        Allocation.Made made = Made(Allocate([new(Guid.NewGuid(), 3_000_000_000, false)], price: 1));

        Assert.Equal(2_147_483_647, made.Quantity);
        Assert.Equal(852_516_353, made.RemainderAfterMinor);
    }

    [Fact]
    public void R12_The_slot_is_the_hour_just_closed_and_is_used_once()
    {
        Assert.Equal(ClosedHour, Made(Allocate([new(Guid.NewGuid(), 100, false)], price: 1)).SlotHour);
        AssertWaits(AllocationWait.NextHour, Allocate([new(Guid.NewGuid(), 100, false)], price: 1, lastSlot: ClosedHour));
        Assert.Equal(ClosedHour, Made(Allocate([new(Guid.NewGuid(), 100, false)], price: 1, lastSlot: ClosedHour.AddHours(-1))).SlotHour);
    }

    [Fact]
    public void R12_An_entitlement_that_began_inside_the_hour_is_reported_at_its_start()
    {
        Allocation.Made made = Made(Allocate([new(Guid.NewGuid(), 100, false)], price: 1, startsAt: ClosedHour.AddMinutes(20)));

        Assert.Equal(ClosedHour, made.SlotHour);
        Assert.Equal(ClosedHour.AddMinutes(20), made.Timestamp);
    }

    [Fact]
    public void R12_R18_An_hour_before_the_entitlement_or_after_its_end_is_no_slot()
    {
        AssertWaits(AllocationWait.NextHour, Allocate([new(Guid.NewGuid(), 100, false)], price: 1, startsAt: ClosedHour.AddHours(1)));
        AssertWaits(AllocationWait.LastHour, Allocate([new(Guid.NewGuid(), 100, false)], price: 1, endsAt: ClosedHour));
        AssertWaits(AllocationWait.LastHour, Allocate([new(Guid.NewGuid(), 100, false)], price: 1, endsAt: Now, lastSlot: ClosedHour));
        AssertWaits(AllocationWait.NextHour, Allocate([new(Guid.NewGuid(), 100, false)], price: 1, endsAt: Now.AddTicks(1), lastSlot: ClosedHour));
    }

    [Fact]
    public void R12_An_entitlement_that_began_before_the_hour_is_reported_at_the_hour() =>
        Assert.Equal(ClosedHour, Made(Allocate([new(Guid.NewGuid(), 100, false)], price: 1, startsAt: ClosedHour.AddMinutes(-20))).Timestamp);

    [Fact]
    public void R6_A_suspended_entitlement_makes_no_record() =>
        AssertWaits(AllocationWait.EntitlementNotActive, Allocate([new(Guid.NewGuid(), 100, false)], price: 1, state: EntitlementState.Suspended));

    [Theory]
    [InlineData(UsageRecordState.Unknown)]
    [InlineData(UsageRecordState.Sending)]
    public void R18_The_last_record_goes_into_the_hour_kept_for_it_whatever_is_unknown(UsageRecordState state)
    {
        // It ended at 13:40 and 13:00 is its last hour, although 14:00 is the hour just closed; AWS takes it until 14:40.
        Allocation.Made made = Made(Allocate(
            [new(Guid.NewGuid(), 100, false)], price: 1, now: ClosedHour.AddMinutes(95), lastSlot: ClosedHour.AddHours(-1),
            endsAt: ClosedHour.AddMinutes(40), unsettled: [state], isLast: true));

        Assert.Equal((ClosedHour, 100), (made.SlotHour, made.Quantity));
    }

    [Fact]
    public void R18_A_refused_record_keeps_the_last_one_back_too() => AssertWaits(AllocationWait.Blocked, Allocate(
        [new(Guid.NewGuid(), 100, false)], price: 1, now: ClosedHour.AddMinutes(95), endsAt: ClosedHour.AddMinutes(40),
        unsettled: [UsageRecordState.Blocked], isLast: true));

    [Theory]
    [InlineData(UsageRecordState.Unknown, AllocationWait.OutcomeUnknown)]
    [InlineData(UsageRecordState.Sending, AllocationWait.OutcomeUnknown)]
    [InlineData(UsageRecordState.Blocked, AllocationWait.Blocked)]
    public void R12_While_an_earlier_record_is_open_no_new_one_is_made(UsageRecordState state, AllocationWait reason) =>
        AssertWaits(reason, Allocate([new(Guid.NewGuid(), 100, false)], price: 1, unsettled: [state]));

    [Theory]
    [InlineData(UsageRecordState.Pending)]
    [InlineData(UsageRecordState.Conflict)]
    [InlineData(UsageRecordState.Unresolved)]
    public void R12_A_record_that_cannot_bill_its_money_twice_stops_nothing(UsageRecordState state) =>
        Made(Allocate([new(Guid.NewGuid(), 100, false)], price: 1, unsettled: [state]));

    [Fact]
    public void R9_The_price_in_force_at_the_slot_hour_is_taken_not_the_present_one()
    {
        Guid dimension = Guid.NewGuid();
        DimensionPrice[] prices = [Price(dimension, 100, ClosedHour.AddDays(-1)), Price(dimension, 50, ClosedHour.AddMinutes(30))];

        Assert.Equal(100, Made(Allocate([new(Guid.NewGuid(), 1_000, false)], prices)).UnitPriceMinor);
    }

    [Fact]
    public void R9_An_entitlements_own_price_wins_and_without_any_price_the_money_waits()
    {
        Guid dimension = Guid.NewGuid();
        DimensionPrice[] prices = [Price(dimension, 100, ClosedHour.AddDays(-1)), Price(dimension, 80, ClosedHour.AddDays(-2), EntitlementId)];

        Assert.Equal(80, Made(Allocate([new(Guid.NewGuid(), 1_000, false)], prices)).UnitPriceMinor);
        AssertWaits(AllocationWait.NoPrice, Allocate([new(Guid.NewGuid(), 1_000, false)], [Price(dimension, 100, Now)]));
    }

    private static readonly Guid EntitlementId = Guid.NewGuid();

    private static List<OpenMoney> Rest(List<OpenMoney> open, Allocation allocation)
    {
        if (allocation is not Allocation.Made made)
        {
            return open;
        }

        Dictionary<Guid, decimal> taken = made.Parts.ToDictionary(part => part.IncrementId, part => part.AmountMinor);
        return [.. open
            .Select(money => money with { OpenMinor = money.OpenMinor - taken.GetValueOrDefault(money.IncrementId), PartlyRecorded = taken.ContainsKey(money.IncrementId) })
            .Where(money => money.OpenMinor > 0)];
    }

    private static Allocation.Made Made(Allocation allocation) => Assert.IsType<Allocation.Made>(allocation);

    private static void AssertWaits(AllocationWait reason, Allocation allocation) =>
        Assert.Equal(reason, Assert.IsType<Allocation.Waits>(allocation).Reason);

    private static DimensionPrice Price(Guid dimension, decimal minor, DateTimeOffset from, Guid? entitlement = null) => new()
    {
        Id = Guid.NewGuid(),
        DimensionId = dimension,
        EntitlementId = entitlement,
        UnitPriceMinor = minor,
        EffectiveFrom = from,
        CreatedBy = "test",
    };

    private static Allocation Allocate(
        IReadOnlyList<OpenMoney> open, decimal price, DateTimeOffset? now = null, DateTimeOffset? lastSlot = null,
        DateTimeOffset? startsAt = null, DateTimeOffset? endsAt = null, UsageRecordState[]? unsettled = null,
        EntitlementState state = EntitlementState.Active, bool isLast = false) =>
        Allocate(open, [Price(Guid.NewGuid(), price, ClosedHour.AddYears(-1))], now, lastSlot, startsAt, endsAt, unsettled, state, isLast);

    private static Allocation Allocate(
        IReadOnlyList<OpenMoney> open, DimensionPrice[] prices, DateTimeOffset? now = null, DateTimeOffset? lastSlot = null,
        DateTimeOffset? startsAt = null, DateTimeOffset? endsAt = null, UsageRecordState[]? unsettled = null,
        EntitlementState state = EntitlementState.Active, bool isLast = false)
    {
        Entitlement entitlement = new()
        {
            Id = EntitlementId,
            BuyerId = Guid.Empty,
            ProductId = Guid.Empty,
            Marketplace = Marketplace.Aws,
            Identity = "Aws|us-east-1|x|222222222222",
            State = state,
            StartsAt = startsAt ?? ClosedHour.AddDays(-30),
            EndsAt = endsAt,
            CreatedAt = ClosedHour,
        };
        Meter meter = new()
        {
            Id = Guid.NewGuid(),
            EntitlementId = EntitlementId,
            DimensionId = Guid.Empty,
            Marketplace = Marketplace.Aws,
            Identity = entitlement.Identity,
            DimensionKey = "usage_fee",
            Currency = "USD",
            LastSlotHour = lastSlot,
        };
        return MeterLedger.Allocate(meter, entitlement, open, prices, unsettled ?? [], now ?? Now, AwsRules.Instance, isLast);
    }
}
