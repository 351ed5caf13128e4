using System.Globalization;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reconciliation;
using LagoConsole.Core.Reporting;
using Xunit;

namespace LagoConsole.Tests.Reconciliation;

/// <summary>
/// What day totals prove of a record of 50 units, hour 10 on August 20, whose deadline was August 21, 10:00. Days are written as
/// <c>state quantity</c>, one record an hour from 10:00 on; the first is the record that is judged.
/// </summary>
public sealed class ReadingRuleTests
{
    private static readonly DateTimeOffset Day = new(2026, 8, 20, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Deadline = Day.AddHours(34);
    private static readonly DateTimeOffset ReadAt = Deadline.AddHours(1);

    [Theory]
    [InlineData("unresolved 50", "50", "Billed")]
    [InlineData("unknown 50", "50", "Billed")]
    [InlineData("unresolved 50, accepted 150", "200", "Billed")] // 150 + 50
    [InlineData("unresolved 50, accepted 150", "207", "NotYet")] // the other 57 are not 50
    [InlineData("unresolved 50, accepted 150", "200.5", "NotYet")]
    [InlineData("unresolved 50, accepted 150", "150", "NotYet")] // no room, and not known to be late
    [InlineData("unresolved 50, accepted 150", "199", "NotYet")]
    [InlineData("unresolved 50, accepted 150", "100", "NotYet")] // less than is proven: not all is shown
    [InlineData("unresolved 50, unknown 50", "50", "NotYet")] // either
    [InlineData("unresolved 50, unresolved 50", "50", "NotYet")]
    [InlineData("unresolved 50, unresolved 50", "100", "Billed")] // both
    [InlineData("unresolved 50, void 50", "50", "NotYet")] // a void record may have been billed after all
    [InlineData("unresolved 50, void 20, void 30", "50", "NotYet")] // 20 + 30
    [InlineData("unresolved 50, void 20, void 30", "70", "Billed")] // 50 + 20: 20, 30 and 50 are no 70
    [InlineData("unresolved 50, void 30", "50", "Billed")]
    [InlineData("unresolved 50, void 30", "80", "Billed")]
    [InlineData("unresolved 50, sending 50", "50", "NotYet")] // in flight itself
    [InlineData("unresolved 50, decided 50", "50", "NotYet")] // a person's word is no proof of what Azure lists
    [InlineData("unresolved 50, decided 50", "100", "Billed")]
    [InlineData("unresolved 50, conflict 9", "50", "NotYet")] // a stranger's quantity is not known
    [InlineData("unresolved 50, was-conflict 9", "50", "NotYet")]
    [InlineData("unresolved 50, pending 50", "50", "Billed")] // never sent
    [InlineData("unresolved 50, retry 50", "50", "Billed")] // known not processed
    [InlineData("unresolved 50, blocked 50", "50", "Billed")] // refused
    public void R13_Billed_is_only_what_the_total_cannot_be_reached_without(string day, string total, string verdict) =>
        Assert.Equal(verdict, Judge(Of(Day, day, total)));

    [Fact]
    public void R13_Of_more_unproven_records_than_can_be_tried_nothing_is_concluded()
    {
        string voids = string.Concat(Enumerable.Repeat(", void 1", 12));
        Assert.Equal("Billed", Judge(Of(Day, $"unresolved 50{voids}", "50")));
        Assert.Equal("NotYet", Judge(Of(Day, $"unresolved 50{voids}{", void 1, void 1, void 1, void 1, void 1"}", "50")));
    }

    [Theory]
    [InlineData("accepted 70 at 11 made 36", "70", "NotBilled")] // made after the deadline, taken, and shown
    [InlineData("accepted 70 at 11 made 33", "70", "NotYet")] // taken while this one could still be
    [InlineData("accepted 70 at 11 made 36", "60", "NotYet")] // not what is proven
    [InlineData("accepted 70 at 11 made 36", "0", "NotYet")] // not shown yet
    [InlineData("accepted 70 at 11 made 36, accepted 30 at 9 made 33", "30", "NotYet")] // only the earlier one is shown
    [InlineData("accepted 70 at 11 made 36, accepted 30 at 9 made 33", "100", "NotBilled")]
    [InlineData("accepted 30 at 11 made 36, void 40 at 9 made 33", "30", "NotYet")] // could be a part of the void one
    [InlineData("decided 70 at 11 made 36", "70", "NotYet")]
    public void R13_Not_billed_is_a_record_without_room_where_the_same_answer_shows_a_later_event_of_the_resource(string next, string total, string verdict)
    {
        MeterDay day = Of(Day, "unresolved 50, accepted 150", "150");

        Assert.Equal(verdict, Judge(day, Of(Day.AddDays(1), next, total)));
        Assert.Equal(verdict, Judge(day, Of(Day.AddDays(1), next, total) with { DimensionKey = "storage" }));
    }

    [Fact]
    public void R13_A_record_with_room_is_not_judged_by_later_events() =>
        Assert.Equal("NotYet", Judge(Of(Day, "unresolved 50, void 50", "50"), Of(Day.AddDays(1), "accepted 70 at 11 made 36", "70")));

    [Theory]
    [InlineData(1440, "NotBilled")]
    [InlineData(1439, "NotYet")]
    public void R13_Not_billed_is_a_record_without_room_after_two_equal_reads_a_day_apart(int minutesApart, string verdict) => Assert.Equal(
        verdict, Judge(Of(Day, "unresolved 50, accepted 150", "150"), facts: Facts with { ReadAt = ReadAt.AddMinutes(minutesApart), UnchangedSince = ReadAt }));

    [Fact]
    public void R13_Two_equal_reads_of_which_one_was_before_the_deadline_prove_nothing() => Assert.Equal(
        "NotYet", Judge(Of(Day, "unresolved 50, accepted 150", "150"), facts: Facts with { ReadAt = ReadAt.AddDays(2), UnchangedSince = Deadline.AddMinutes(-1) }));

    [Theory]
    [InlineData("accepted 70 at 11 made 33", "70", "NotBilled")] // Azure lists this purchase as the books have it
    [InlineData("accepted 70 at 11 made 33", "71", "NotYet")]
    [InlineData("accepted 70 at 11 made 33", "0", "NotYet")] // it lists nothing of it: another app's token, perhaps
    public void R13_Two_equal_reads_prove_something_only_where_Azure_lists_the_purchase_at_all(string other, string total, string verdict) => Assert.Equal(
        verdict, Judge(Of(Day, "unresolved 50", "0"), Of(Day.AddDays(1), other, total), Facts with { ReadAt = ReadAt.AddDays(2), UnchangedSince = ReadAt }));

    [Theory]
    [InlineData("pending")]
    [InlineData("sending")]
    [InlineData("accepted")]
    [InlineData("retry")]
    [InlineData("void")]
    [InlineData("blocked")]
    [InlineData("conflict")]
    public void R13_Only_an_unknown_outcome_is_settled_by_a_read(string state) => Assert.Equal("NotYet", Judge(Of(Day, $"{state} 50", "50")));

    [Theory]
    [InlineData("was-unknown 50, accepted 150", "200", "Billed")] // an alert
    [InlineData("was-unknown 50, accepted 150", "150", "NotYet")]
    [InlineData("billed-late 50, accepted 150", "200", "NotYet")] // known already
    [InlineData("unresolved 50, billed-late 50", "50", "NotBilled")] // and proven to be what the total has
    [InlineData("unresolved 50, billed-late 50", "100", "Billed")]
    public void R13_Of_a_void_record_whose_outcome_was_unknown_a_read_proves_only_that_it_was_billed_after_all(string day, string total, string verdict) =>
        Assert.Equal(verdict, Judge(Of(Day, day, total), Of(Day.AddDays(1), "accepted 70 at 11 made 36", "70")));

    [Fact]
    public void R13_A_record_with_an_attempt_in_flight_or_before_its_deadline_is_never_settled_by_a_read()
    {
        MeterDay day = Of(Day, "unknown 50", "50");

        Assert.Equal("NotYet", Judge(day, facts: Facts with { AttemptsEndedAt = null }));
        Assert.Equal("NotYet", Judge(day, facts: Facts with { AttemptsEndedAt = ReadAt.AddSeconds(1) }));
        Assert.Equal("NotYet", Judge(day, facts: Facts with { ReadAt = Deadline.AddSeconds(-1) }));
        Assert.Equal("Billed", Judge(day, facts: Facts with { ReadAt = Deadline }));
    }

    [Theory]
    [InlineData("Submitted", "0", "Billed")]
    [InlineData("Accepted, Submitted", "20", "Billed")]
    [InlineData("Accepted", "49", "NotYet")]
    [InlineData("Rejected", "0", "NotYet")]
    [InlineData("Accepted, Mismatch", "50", "NotYet")]
    [InlineData("DryRun", "50", "NotYet")]
    [InlineData("Deferred", "50", "NotYet")] // a word of a newer Azure
    public void R13_A_day_that_Azure_has_not_taken_as_it_was_reported_proves_nothing(string statuses, string processed, string verdict) => Assert.Equal(
        verdict, Judge(Of(Day, "unresolved 50", "50") with { Total = new DayTotal(50, Number(processed), 1, statuses) }));

    [Fact]
    public void R20_Restored_books_may_lack_the_record_that_explains_a_total_but_not_the_room_for_this_one()
    {
        ReadingFacts restored = Facts with { BooksMayLackRecords = true };

        Assert.Equal("NotYet", Judge(Of(Day, "unresolved 50", "50"), facts: restored));
        Assert.Equal("NotBilled", Judge(Of(Day, "unresolved 50", "0"), Of(Day.AddDays(1), "accepted 70 at 11 made 36", "70"), restored));
    }

    [Fact]
    public void The_sum_behind_a_verdict_can_be_read()
    {
        Assert.Equal(
            "Azure counts 1,200 units of usage_fee on 2026-08-20; 1,150 are of records that are proven. The other 50 can only be reached with the 50 of this record.",
            Because(Of(Day, "unresolved 50, accepted 1150", "1200")));
        Assert.Equal(
            "Azure counts 0 units of usage_fee on 2026-08-20; 0 are of records that are proven: there is no room for the 50 of this record. "
            + "The same answer shows an event of usage_fee on 2026-08-21 that Azure took after this record's last moment.",
            Because(Of(Day, "unresolved 50", "0"), Of(Day.AddDays(1), "accepted 70 at 11 made 36", "70")));
    }

    private static ReadingFacts Facts { get; } = new(ReadAt, UnchangedSince: ReadAt, AttemptsEndedAt: Deadline, BooksMayLackRecords: false);

    private static string Judge(MeterDay day, MeterDay? other = null, ReadingFacts? facts = null) => Verdict(day, other, facts).GetType().Name;

    private static string Because(MeterDay day, MeterDay? other = null) => Verdict(day, other, facts: null).Because;

    private static ReadingVerdict Verdict(MeterDay day, MeterDay? other, ReadingFacts? facts) =>
        ReadingRule.Judge(day.Records[0], day, other is null ? [day] : [day, other], facts ?? Facts);

    /// <param name="records">Such as <c>accepted 70 at 11 made 36</c>: 70 units of the hour 11, made 36 hours after August 20 began.</param>
    private static MeterDay Of(DateTimeOffset day, string records, string total)
    {
        decimal submitted = Number(total);
        return new MeterDay(
            "usage_fee", day, submitted == 0 ? DayTotal.None : new DayTotal(submitted, submitted, 1, "Accepted"),
            [.. records.Split(", ").Select((text, index) => Record(day, text.Split(' '), index))]);
    }

    private static UsageRecord Record(DateTimeOffset day, string[] words, int index)
    {
        DateTimeOffset slot = day.AddHours(words.Length > 3 ? Whole(words[3]) : (10 + index) % 24);
        return new UsageRecord
        {
            Id = Guid.NewGuid(),
            MeterId = Guid.Empty,
            EntitlementId = Guid.Empty,
            IntegrationId = Guid.Empty,
            Marketplace = Marketplace.Azure,
            DimensionKey = "usage_fee",
            SlotHour = slot,
            Timestamp = slot,
            Quantity = Whole(words[1]),
            UnitPriceMinor = 1,
            Currency = "USD",
            BatchKey = "azure",
            Payload = "",
            PayloadSha256 = "",
            RemainderBeforeMinor = 0,
            OpenBeforeMinor = 0,
            RemainderAfterMinor = 0,
            CreatedAt = words.Length > 5 ? Day.AddHours(Whole(words[5])) : slot.AddHours(1),
            Deadline = slot.AddHours(24),
            State = words[0] switch
            {
                "decided" => UsageRecordState.Accepted,
                "was-conflict" or "was-unknown" or "billed-late" => UsageRecordState.Void,
                string state => Enum.Parse<UsageRecordState>(state, ignoreCase: true),
            },
            DecidedBy = words[0] is "decided" or "was-conflict" ? "ada" : null,
            DecidedFrom = words[0] == "was-conflict" ? UsageRecordState.Conflict : null,
            HadUnknownAttempt = words[0] is "was-unknown" or "billed-late",
            BilledAfterVoidAt = words[0] == "billed-late" ? ReadAt : null,
        };
    }

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
}
