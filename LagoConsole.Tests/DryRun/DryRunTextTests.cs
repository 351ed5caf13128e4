using LagoConsole.Components.DryRun;
using LagoConsole.Core.DryRun;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Reporting;
using Xunit;

namespace LagoConsole.Tests.DryRun;

public sealed class DryRunTextTests
{
    public static TheoryData<StayReason> Reasons =>
    [
        .. Enum.GetValues<WaitReason>().Select(reason => new StayReason.Waits(reason)),
        .. Enum.GetValues<HoldReason>().Select(reason => new StayReason.Held(reason)),
        .. Enum.GetValues<AllocationWait>().Select(reason => new StayReason.OnMeter(reason)),
        new StayReason.NotReleased(), new StayReason.Projection(), new StayReason.AtClose(), new StayReason.PeriodEndsFirst(DryRunSamples.Noon),
        new StayReason.BelowMark(), new StayReason.GivenUp(), new StayReason.BeforeStart(),
    ];

    [Fact]
    public void The_sentence_says_window_release_records_and_what_waits() => Assert.Equal(
        "The next window, 2026-08-20 13:00–14:00 UTC, released about 14:05, would send 1 record for 1.20 USD; 2.00 USD would wait: no conversion; "
        + "0.30 USD would wait: less than one unit.",
        DryRunSamples.Result.Sentence());

    [Fact]
    public void Currencies_are_never_added_to_each_other()
    {
        DryRunResult result = DryRunSamples.Result with
        {
            Records = [DryRunSamples.Record, DryRunSamples.Record with { Currency = "EUR" }, DryRunSamples.Record],
            Stays = [],
        };

        Assert.EndsWith("would send 3 records for 1.20 EUR and 2.40 USD.", result.Sentence(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_to_be_billed_is_not_said_to_wait()
    {
        DryRunResult result = DryRunSamples.Result with
        {
            Stays = [DryRunSamples.Stay(500, new StayReason.GivenUp()), DryRunSamples.Stay(500, new StayReason.BelowMark()), DryRunSamples.Stay(500, new StayReason.BeforeStart())],
        };

        Assert.DoesNotContain("5.00 USD", result.Sentence(), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_windows_are_both_named_and_none_is_said()
    {
        DryRunWindow day = new("Quay", BillingMode.AmountDaily, DryRunSamples.Noon.AddHours(-12), DryRunSamples.Noon.AddHours(12), DryRunSamples.Noon.AddHours(12).AddMinutes(5));

        Assert.StartsWith(
            "The next windows, 2026-08-20 13:00–14:00 UTC, released about 14:05, and 2026-08-20 (UTC), released about 00:05, would send",
            (DryRunSamples.Result with { Windows = [DryRunSamples.Hour, day] }).Sentence(), StringComparison.Ordinal);
        Assert.StartsWith(
            "Nothing is polled now, and reporting would send nothing", (DryRunSamples.Result with { Windows = [], Records = [] }).Sentence(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Every_reason_has_its_words(StayReason reason)
    {
        Assert.NotEmpty(reason.Label());
        Assert.EndsWith(".", reason.Sentence(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_reason_leads_to_where_it_is_mended()
    {
        Assert.Equal("/products", Href(new StayReason.Waits(WaitReason.NoConversion)));
        Assert.Equal("/integrations", Href(new StayReason.Waits(WaitReason.AutoReportOff)));
        Assert.Equal($"/buyers/{DryRunSamples.Acme}", Href(new StayReason.Waits(WaitReason.NoEntitlement)));
        Assert.Equal("/records", Href(new StayReason.OnMeter(AllocationWait.Blocked)));
        Assert.Equal($"/products/{DryRunSamples.Product}", Href(new StayReason.OnMeter(AllocationWait.NoPrice)));
        Assert.Equal($"/usage/{DryRunSamples.Mark}", Href(new StayReason.Held(HoldReason.Jump)));
        Assert.Null(StayLink.Of(DryRunSamples.Stay(1, new StayReason.OnMeter(AllocationWait.LessThanOneUnit)) with { MarkId = null }));

        static string? Href(StayReason reason) => StayLink.Of(DryRunSamples.Stay(1, reason))?.Href;
    }
}
