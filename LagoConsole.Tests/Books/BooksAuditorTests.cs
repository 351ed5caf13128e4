using LagoConsole.Core.Books;
using LagoConsole.Core.Persistence;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Books;

/// <summary>
/// One cent is moved in books that balance, and the check names the identity, the row and the cent. The books: at 7 cents a
/// unit, 2.00 USD became 28 units and 4 cents stayed; with 1.00 USD more, 14 units, and 6 cents stay.
/// </summary>
public sealed class BooksAuditorTests : IAsyncLifetime
{
    private readonly ConsoleWorld _world = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (Guid integration, _, _) = await _world.SetUpAsync(unitPrice: "0.07");
        _world.Use(100);
        await _world.NextHourAsync(integration);
        _world.Use(50);
        await _world.NextHourAsync(integration);
        Assert.Equal([28, 14], (await _world.RecordsAsync()).Select(record => record.Quantity));
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Books_that_balance_say_so_with_what_was_checked_and_where_the_money_is()
    {
        BooksReport report = await CheckAsync();

        Assert.True(report.Balanced);
        Assert.Equal((3, 2, 1, 2), (report.Keys, report.Increments, report.Meters, report.Records)); // api_calls, storage_gb, disk_level
        CurrencySums usd = Assert.Single(report.Sums);
        Assert.Equal(("USD", 300m, 294m, 6m, 300m), (usd.Currency, usd.Counted, usd.Accepted, usd.OnMeters, usd.Placed));
        Assert.Empty(report.Due);
    }

    [Fact]
    public async Task R14_a_A_mark_that_is_not_its_baseline_and_its_increments_is_named_with_the_difference()
    {
        await TamperAsync("UPDATE HighWaterMarks SET AmountMinor = AmountMinor + 50 WHERE MetricCode = 'api_calls'");

        BooksFailure failure = await SingleAsync();
        Assert.Equal((BooksIdentity.Mark, BooksSubject.Key, "3.00 USD", "3.50 USD", "0.50 USD"), Of(failure));
        Assert.Equal(
            "R14 a, Acme Corporation, acme-prod, api_calls, period from 2026-08-01: its mark is not its baseline and its increments together; "
            + $"expected 3.00 USD, found 3.50 USD, difference 0.50 USD. [key {failure.Id}]",
            failure.Sentence);
    }

    [Fact]
    public async Task R14_a_A_gap_between_two_increments_is_named_though_their_sum_is_right()
    {
        await TamperAsync("UPDATE UsageIncrements SET FromMinor = FromMinor + 10, ToMinor = ToMinor + 10 WHERE FromMinor = 200");

        BooksFailure failure = await SingleAsync();
        Assert.Equal((BooksIdentity.Mark, BooksSubject.Increment, "2.00 USD", "2.10 USD", "0.10 USD"), Of(failure));
        Assert.EndsWith($" [increment {failure.Id}, key {failure.KeyId}]", failure.Sentence);
    }

    [Fact]
    public async Task R14_b_An_increment_of_which_a_cent_is_nowhere_is_named_and_the_sums_miss_it_too()
    {
        await TamperAsync("UPDATE UsageIncrements SET OpenMinor = '5.0' WHERE FromMinor = 200; UPDATE Meters SET WaivedMinor = '1.0'");

        IReadOnlyList<BooksFailure> failures = (await CheckAsync()).Failures;
        Assert.Equal([BooksIdentity.Increment, BooksIdentity.Sums], failures.Select(failure => failure.Identity));
        Assert.Equal((BooksIdentity.Increment, BooksSubject.Increment, "1.00 USD", "0.99 USD", "-0.01 USD"), Of(failures[0]));
        Assert.Equal("R14 sums, all money in USD: what was counted is not what became of it; expected 3.00 USD, found 2.99 USD, difference -0.01 USD.", failures[1].Sentence);
    }

    [Theory]
    [InlineData("MeterSequence = NULL", "on a meter without its turn")]
    [InlineData("WaitReason = 'NoConversion'", "on a meter, and waiting")]
    public async Task R14_b_Open_money_is_in_one_place(string change, string found)
    {
        await TamperAsync($"UPDATE UsageIncrements SET {change} WHERE FromMinor = 200");

        BooksFailure failure = await SingleAsync();
        Assert.Equal((BooksIdentity.Increment, found), (failure.Identity, failure.Found));
    }

    [Fact]
    public async Task R14_b_What_is_open_is_marked_as_open()
    {
        await TamperAsync("UPDATE UsageIncrements SET IsOpen = 0");

        Assert.Equal(
            [(BooksIdentity.Increment, "not open"), (BooksIdentity.Sums, "2.94 USD")],
            (await CheckAsync()).Failures.Select(failure => (failure.Identity, failure.Found)));
    }

    [Fact]
    public async Task A_meter_whose_open_money_is_not_that_of_its_increments_is_named()
    {
        await TamperAsync("UPDATE Meters SET AccruedMinor = '305.0'");

        BooksFailure failure = await SingleAsync();
        Assert.Equal((BooksIdentity.Meter, BooksSubject.Meter, "0.06 USD", "0.11 USD", "0.05 USD"), Of(failure));
        Assert.StartsWith("R14 meter, Acme Corporation, usage_fee: accrued less allocated", failure.Sentence);
        Assert.EndsWith($" [meter {failure.Id}]", failure.Sentence);
    }

    [Fact]
    public async Task A_meter_that_allocated_other_money_than_its_records_bill_is_named()
    {
        await TamperAsync("UPDATE Meters SET AllocatedMinor = '301.0', AccruedMinor = '307.0'");

        Assert.Equal((BooksIdentity.Meter, BooksSubject.Meter, "2.94 USD", "3.01 USD", "0.07 USD"), Of(await SingleAsync()));
    }

    [Fact]
    public async Task R14_c_A_record_whose_links_are_not_quantity_times_price_is_named_and_so_is_their_increment()
    {
        await TamperAsync("UPDATE RecordLinks SET AmountMinor = '195.0' WHERE AmountMinor = '196.0'");

        IReadOnlyList<BooksFailure> failures = (await CheckAsync()).Failures;
        Assert.Equal(
            [
                (BooksIdentity.Increment, BooksSubject.Increment, "2.00 USD", "1.99 USD", "-0.01 USD"),
                (BooksIdentity.Record, BooksSubject.Record, "1.96 USD", "1.95 USD", "-0.01 USD"),
            ],
            failures.Select(Of));
        Assert.StartsWith("R14 c, Acme Corporation, usage_fee, hour 2026-08-20 13:00 UTC: what it took", failures[1].Sentence);
        Assert.EndsWith($" [record {failures[1].Id}]", failures[1].Sentence);
    }

    [Fact]
    public async Task R14_c_A_remainder_that_is_not_what_was_open_less_quantity_times_price_is_named()
    {
        await TamperAsync("UPDATE UsageRecords SET RemainderAfterMinor = '5.0' WHERE Quantity = 28");

        Assert.Equal((BooksIdentity.Record, BooksSubject.Record, "0.04 USD", "0.05 USD", "0.01 USD"), Of(await SingleAsync()));
    }

    [Fact]
    public async Task R14_d_A_payload_that_was_changed_after_it_was_stored_is_named()
    {
        await TamperAsync("""UPDATE UsageRecords SET Payload = replace(Payload, '"Quantity":28', '"Quantity":27')""");

        BooksFailure failure = await SingleAsync();
        Assert.Equal((BooksIdentity.Stored, BooksSubject.Record, null), (failure.Identity, failure.Subject, failure.Difference));
        Assert.Contains("SHA-256", failure.What);
    }

    [Fact]
    public async Task R14_d_An_hour_after_the_last_that_its_meter_knows_is_named()
    {
        await TamperAsync($"UPDATE Meters SET LastSlotHour = LastSlotHour - {TimeSpan.TicksPerHour}");

        BooksFailure failure = await SingleAsync();
        Assert.Equal(
            (BooksIdentity.Stored, "at most 2026-08-20 13:00:00Z", "2026-08-20 14:00:00Z"), (failure.Identity, failure.Expected, failure.Found));
    }

    [Fact]
    public async Task R14_d_Two_records_of_one_hour_are_named_though_an_index_forbids_them()
    {
        await TamperAsync("DROP INDEX IX_UsageRecords_MeterId_SlotHour; UPDATE UsageRecords SET SlotHour = (SELECT max(SlotHour) FROM UsageRecords)");

        BooksFailure failure = await SingleAsync();
        Assert.Equal((BooksIdentity.Stored, "another record of its meter has the same hour"), (failure.Identity, failure.What));
    }

    [Fact]
    public async Task R14_e_An_accepted_record_without_an_attempt_that_says_so_is_named()
    {
        await TamperAsync("UPDATE Attempts SET Verdict = 'Unknown' WHERE RecordId = (SELECT Id FROM UsageRecords WHERE Quantity = 28)");

        BooksFailure failure = await SingleAsync();
        Assert.Equal((BooksIdentity.Proof, BooksSubject.Record, "none of them"), (failure.Identity, failure.Subject, failure.Found));
    }

    [Fact]
    public async Task R14_e_A_duplicate_at_AWS_stands_for_acceptance_only_where_the_record_is_flagged_as_assumed()
    {
        await TamperAsync("UPDATE Attempts SET Verdict = 'AlreadyAccepted' WHERE RecordId = (SELECT Id FROM UsageRecords WHERE Quantity = 28)");
        Assert.Equal((BooksIdentity.Proof, "an attempt that was answered as a duplicate"), ((await SingleAsync()).Identity, (await SingleAsync()).Found));

        await TamperAsync("UPDATE UsageRecords SET OutcomeAssumed = 1 WHERE Quantity = 28");
        BooksReport report = await CheckAsync();
        Assert.True(report.Balanced);
        Assert.Equal((196m, 98m), (report.Sums[0].Assumed, report.Sums[0].Accepted));
    }

    [Fact]
    public async Task R14_e_A_void_record_that_an_attempt_says_was_accepted_is_named_unless_it_says_so_itself()
    {
        // Void, its 98 cents given back by hand.
        await TamperAsync("""
            UPDATE UsageRecords SET State = 'Void' WHERE Quantity = 14;
            UPDATE UsageIncrements SET OpenMinor = CASE FromMinor WHEN 0 THEN '4.0' ELSE '100.0' END, IsOpen = 1;
            UPDATE Meters SET AllocatedMinor = '196.0'
            """);
        BooksFailure failure = await SingleAsync();
        Assert.Equal((BooksIdentity.Proof, BooksSubject.Record, "one"), (failure.Identity, failure.Subject, failure.Found));

        await TamperAsync("UPDATE UsageRecords SET BilledAfterVoidAt = CreatedAt WHERE Quantity = 14");
        BooksReport report = await CheckAsync();
        Assert.True(report.Balanced);
        Assert.Equal((196m, 104m, 98m), (report.Sums[0].Accepted, report.Sums[0].OnMeters, report.Sums[0].BilledTwice));
    }

    [Fact]
    public async Task R14_f_A_record_that_left_a_whole_unit_is_named()
    {
        await TamperAsync("UPDATE UsageRecords SET OpenBeforeMinor = '111.0', RemainderAfterMinor = '13.0' WHERE Quantity = 14");

        BooksFailure failure = await SingleAsync();
        Assert.Equal((BooksIdentity.Remainder, BooksSubject.Record, "0.06 USD", "0.13 USD", "0.07 USD"), Of(failure));
    }

    [Fact]
    public async Task R14_g_A_total_above_the_mark_that_nothing_holds_is_named()
    {
        await TamperAsync("UPDATE HighWaterMarks SET LastTotalMinor = 350 WHERE MetricCode = 'api_calls'");

        Assert.Equal((BooksIdentity.LastTotal, BooksSubject.Key, "3.00 USD", "3.50 USD", "0.50 USD"), Of(await SingleAsync()));
    }

    [Fact]
    public async Task R14_g_A_hold_holds_what_Lago_shows_above_the_mark()
    {
        await TamperAsync("UPDATE HighWaterMarks SET LastTotalMinor = 350, Hold = 'Jump', HeldMinor = 40 WHERE MetricCode = 'api_calls'");

        Assert.Equal((BooksIdentity.LastTotal, BooksSubject.Key, "0.50 USD", "0.40 USD", "-0.10 USD"), Of(await SingleAsync()));
    }

    [Fact]
    public async Task A_record_in_another_currency_than_its_money_is_named_on_all_sides()
    {
        await TamperAsync("UPDATE UsageRecords SET Currency = 'EUR' WHERE Quantity = 14");

        Assert.Equal(
            [
                (BooksIdentity.Increment, "USD", "EUR"), (BooksIdentity.Increment, "USD", "EUR"), (BooksIdentity.Record, "USD", "EUR"),
                (BooksIdentity.Sums, "0.00 EUR", "0.98 EUR"), (BooksIdentity.Sums, "3.00 USD", "2.02 USD"),
            ],
            (await CheckAsync()).Failures.Select(failure => (failure.Identity, failure.Expected, failure.Found)));
    }

    [Fact]
    public async Task A_whole_unit_that_nothing_blocks_is_due_and_no_failure()
    {
        await TamperAsync("UPDATE DimensionPrices SET UnitPriceMinor = '2.0'");
        _world.MoveTo(new DateTimeOffset(2026, 8, 20, 16, 1, 0, TimeSpan.Zero)); // the hour from 15:00 is free

        BooksReport report = await CheckAsync();

        Assert.True(report.Balanced);
        Assert.Equal(new DueMoney("USD", 1, 6), Assert.Single(report.Due));
    }

    [Fact]
    public async Task A_sentence_leads_to_the_page_of_what_it_speaks_of_and_one_for_the_history_names_nobody()
    {
        await TamperAsync("UPDATE UsageIncrements SET MeterSequence = NULL WHERE FromMinor = 200; UPDATE Meters SET AccruedMinor = '305.0'; UPDATE Attempts SET Verdict = NULL");
        IReadOnlyList<BooksFailure> failures = (await CheckAsync()).Failures;

        Assert.Equal(
            [(failures[0].KeyId, null, null), (null, failures[1].Id, null), (null, null, failures[2].Id), (null, null, failures[3].Id)],
            failures.Select(failure => FailureLine.Read(failure.Sentence)).Select(line => (line.KeyId, line.MeterId, line.RecordId)));
        Assert.All(failures, failure => Assert.Contains($", buyer:{failure.BuyerId}: ", failure.SentenceWithoutName));
        Assert.All(failures, failure => Assert.DoesNotContain("Acme", failure.SentenceWithoutName));
        Assert.Equal($"increment {failures[0].Id}, key {failures[0].KeyId}", FailureLine.Read(failures[0].Sentence).Ids);
        Assert.EndsWith("found on a meter without its turn.", FailureLine.Read(failures[0].Sentence).Sentence);
        Assert.Equal(new FailureLine("R14 sums, all money in USD: what was"), FailureLine.Read("R14 sums, all money in USD: what was"));
    }

    private static (BooksIdentity, BooksSubject, string, string, string?) Of(BooksFailure failure) =>
        (failure.Identity, failure.Subject, failure.Expected, failure.Found, failure.Difference);

    private Task<BooksReport> CheckAsync() => _world.Get<BooksAuditor>().CheckAsync(progress: null, Stop);

    private async Task<BooksFailure> SingleAsync() => Assert.Single((await CheckAsync()).Failures);

    private async Task TamperAsync(string sql)
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        Assert.NotEqual(0, await db.Database.ExecuteSqlRawAsync(sql, Stop));
    }
}
