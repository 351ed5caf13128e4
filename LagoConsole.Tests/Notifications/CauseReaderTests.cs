using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Notifications;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Waiting;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Notifications;

/// <summary>What the reader finds in real books.</summary>
public sealed class CauseReaderTests : IAsyncDisposable
{
    private readonly ConsoleWorld _world = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Sound_books_have_no_cause()
    {
        await _world.SetUpAsync();

        Assert.Empty(await CausesAsync());
    }

    [Fact]
    public async Task A_refused_integration_is_found()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        await using (LagoConsoleDbContext db = _world.Database.CreateDbContext())
        {
            await db.Integrations.Where(row => row.Id == integration)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.Status, IntegrationStatus.VerificationFailed).SetProperty(row => row.StatusDetail, "Refused."), Stop);
        }

        Cause cause = Assert.Single(await CausesAsync());
        Assert.Equal(($"integration:{integration}", CauseKinds.IntegrationUnverified), (cause.Key, cause.Kind));
        Assert.EndsWith("lost its verification. Refused.", cause.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_check_of_the_books_is_found_until_the_next_one_balances()
    {
        await AddCheckAsync(_world.Now, failures: 1);
        Assert.Equal("books", Assert.Single(await CausesAsync()).Key);

        await AddCheckAsync(_world.Now.AddHours(1), failures: 0);
        Assert.Empty(await CausesAsync());
    }

    [Fact]
    public async Task A_refused_record_is_found_with_its_money_and_one_on_its_way_when_half_of_its_time_is_gone()
    {
        (Guid integration, _, Guid product) = await _world.SetUpAsync();
        _world.Use(100); // two cents each
        _world.MoveTo(new DateTimeOffset(2026, 8, 20, 14, 5, 0, TimeSpan.Zero));
        await _world.PollAsync(integration);
        await _world.MakeRecordsAsync();
        UsageRecord record = Assert.Single(await _world.RecordsAsync());
        Assert.Empty(await CausesAsync());

        _world.MoveTo(record.CreatedAt + ((record.Deadline - record.CreatedAt) / 2));
        Cause risk = Assert.Single(await CausesAsync());
        Assert.Equal(($"risk:records:{product}", CauseKinds.MoneyAtRisk), (risk.Key, risk.Kind));
        Assert.StartsWith("1 record of Vendor Platform worth 2.00 USD has not reached", risk.Text, StringComparison.Ordinal);

        await using (LagoConsoleDbContext db = _world.Database.CreateDbContext())
        {
            await db.UsageRecords.ExecuteUpdateAsync(
                set => set.SetProperty(row => row.State, UsageRecordState.Blocked).SetProperty(row => row.ErrorCode, "InvalidUsageDimension"), Stop);
        }

        Cause refused = Assert.Single(await CausesAsync());
        Assert.Equal($"record:Blocked:{product}:InvalidUsageDimension", refused.Key);
        Assert.StartsWith("1 record of Vendor Platform worth 2.00 USD does not go on", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_held_jump_is_found_with_its_buyer()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100);
        await _world.PollAsync(integration);
        await using (LagoConsoleDbContext db = _world.Database.CreateDbContext())
        {
            await db.HighWaterMarks.Where(mark => mark.MetricCode == "api_calls")
                .ExecuteUpdateAsync(set => set.SetProperty(mark => mark.Hold, HoldReason.Jump).SetProperty(mark => mark.HeldMinor, 987_600), Stop);
        }

        Assert.StartsWith("api_calls of Acme Corporation grew far above what it usually shows: 9,876.00 USD is held", Assert.Single(await CausesAsync()).Text, StringComparison.Ordinal);
    }

    private async Task AddCheckAsync(DateTimeOffset at, int failures)
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        db.BooksChecks.Add(new Core.Books.BooksCheck
        {
            Id = Guid.NewGuid(),
            StartedAt = at,
            FinishedAt = at,
            Keys = 0,
            Increments = 0,
            Meters = 0,
            Records = 0,
            FailureCount = failures,
            Failures = "",
        });
        await db.SaveChangesAsync(Stop);
    }

    private async Task<IReadOnlyList<Cause>> CausesAsync() => CauseRules.Of(
        await new CauseReader(_world.Database, _world.Get<WaitingQueries>(), _world.Clock).ReadAsync([], Stop), _world.Now);
}
