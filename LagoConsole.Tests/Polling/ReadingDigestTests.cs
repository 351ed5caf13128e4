using LagoConsole.Core.Polling;
using Xunit;

namespace LagoConsole.Tests.Polling;

/// <summary>Two readings have one digest only where the second has nothing to say.</summary>
public sealed class ReadingDigestTests
{
    private static readonly DateTimeOffset Start = new(2026, 8, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly MetricReading Calls = new("api_calls", "API calls", IsProjection: false, 200, [new ChargeAmount("charge-1", "standard", 150), new ChargeAmount("charge-2", "graduated", 50)]);

    private static readonly MetricReading Seats = new("seats", "Seats", IsProjection: false, 900, [new ChargeAmount("charge-3", "standard", 900)]);

    private static readonly SubscriptionReading Reading = new(
        "sub", "acme-prod", "cus_acme", Start, Start.AddDays(31), "USD", Start.AddDays(20), SnapshotSource.Poll, [Calls, Seats]);

    public static TheoryData<string, SubscriptionReading, bool> Others => new()
    {
        { "read later", Reading with { ReadAt = Reading.ReadAt.AddHours(1) }, true },
        { "metrics in another order", Reading with { Metrics = [Seats, Calls] }, true },
        { "a name that was changed", Reading with { Metrics = [Calls with { Name = "Calls" }, Seats] }, true },
        { "a total that grew", Reading with { Metrics = [Calls with { TotalMinor = 201 }, Seats] }, false },
        { "a total that fell", Reading with { Metrics = [Calls with { TotalMinor = 199 }, Seats] }, false },
        { "the same total of other charges", Reading with { Metrics = [Calls with { Charges = [Calls.Charges[0] with { AmountMinor = 100 }, Calls.Charges[1] with { AmountMinor = 100 }] }, Seats] }, false },
        { "a charge of another model", Reading with { Metrics = [Calls with { Charges = [Calls.Charges[0] with { ChargeModel = "package" }, Calls.Charges[1]] }, Seats] }, false },
        { "a charge replaced by another", Reading with { Metrics = [Calls with { Charges = [Calls.Charges[0] with { ChargeLagoId = "charge-9" }, Calls.Charges[1]] }, Seats] }, false },
        { "a metric that is a projection now", Reading with { Metrics = [Calls with { IsProjection = true }, Seats] }, false },
        { "a metric less", Reading with { Metrics = [Calls] }, false },
        { "a metric renamed", Reading with { Metrics = [Calls, Seats with { Code = "Seats" }] }, false },
        { "another currency", Reading with { Currency = "EUR" }, false },
        { "another end of the period", Reading with { PeriodEnd = Reading.PeriodEnd.AddHours(1) }, false },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void R2_Another_reading_is_the_same_only_where_nothing_of_it_could_matter(string what, SubscriptionReading other, bool isSame)
    {
        bool same = ReadingDigest.Of(Reading, _ => false).AsSpan().SequenceEqual(ReadingDigest.Of(other, _ => false));

        Assert.True(isSame == same, what);
    }

    [Fact]
    public void R8_Whether_a_metric_is_billed_at_the_close_only_is_part_of_it()
    {
        byte[] all = ReadingDigest.Of(Reading, _ => true);

        Assert.NotEqual(ReadingDigest.Of(Reading, _ => false), all);
        Assert.NotEqual(ReadingDigest.Of(Reading, code => code == "seats"), all);
    }

    [Fact]
    public void R8_T11_The_shape_is_told_by_metrics_and_charges_alone()
    {
        byte[] shape = ReadingDigest.OfShape(Reading);

        Assert.Equal(shape, ReadingDigest.OfShape(Reading with { Metrics = [Seats with { TotalMinor = 1, Charges = [Seats.Charges[0] with { AmountMinor = 1 }] }, Calls] }));
        Assert.NotEqual(shape, ReadingDigest.OfShape(Reading with { Metrics = [Calls] }));
        Assert.NotEqual(shape, ReadingDigest.OfShape(Reading with { Metrics = [Calls with { Charges = [Calls.Charges[0]] }, Seats] }));
        Assert.NotEqual(shape, ReadingDigest.OfShape(Reading with { Metrics = [Calls, Seats with { Charges = [Seats.Charges[0] with { ChargeLagoId = "charge-4" }] }] }));
        Assert.NotEqual(shape, ReadingDigest.OfShape(Reading with { Currency = "EUR" }));
    }

    [Fact]
    public void Where_one_text_ends_and_the_next_begins_is_part_of_it()
    {
        MetricReading one = Calls with { Charges = [new ChargeAmount("ab", "c", 1)] };
        MetricReading other = Calls with { Charges = [new ChargeAmount("a", "bc", 1)] };

        Assert.NotEqual(
            ReadingDigest.Of(Reading with { Metrics = [one] }, _ => false), ReadingDigest.Of(Reading with { Metrics = [other] }, _ => false));
    }
}
