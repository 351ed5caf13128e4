using System.Data.Common;
using LagoConsole.Core.Conversion;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Reporting;
using LagoConsole.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Xunit;

namespace LagoConsole.Tests.Persistence;

/// <summary>
/// The database takes nothing more from one statement of an hour's work on, for a minute: nothing is lost, and nothing is billed twice.
/// </summary>
public sealed class DatabaseFaultTests : IAsyncDisposable
{
    private readonly Fault _fault = new();
    private readonly ConsoleWorld _world;

    public DatabaseFaultTests() => _world = new ConsoleWorld(database: new TestDatabase(interceptors: _fault));

    public enum What
    {
        /// <summary>Writes and commits fail, reads do not.</summary>
        FullDisk = 1,

        /// <summary>SQLite itself refuses each write.</summary>
        ReadOnly = 2,

        /// <summary>Nothing can be read either.</summary>
        Gone = 3,
    }

    /// <summary>Each fault from these statements on: in the poll, between poll and report, in making, sending and settling the record.</summary>
    public static TheoryData<What, int> Faults
    {
        get
        {
            TheoryData<What, int> all = [];
            foreach (What what in Enum.GetValues<What>())
            {
                foreach (int statement in (int[])[1, 5, 9, 13, 17, 21, 25, 30, 40, 50])
                {
                    all.Add(what, statement);
                }
            }

            return all;
        }
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Whatever_it_cuts_short_is_done_afterwards_once(What what, int statement)
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(500);
        _world.MoveTo(ReportingWindow.FloorToHour(_world.Now).AddHours(1).AddMinutes(5));
        Assert.NotEmpty(_world.Database.File); // these are faults of SQLite

        _fault.Begin(what, statement);
        await WorkAsync(integration); // fails, and says so
        _world.MoveTo(_world.Now.AddSeconds(30));
        await WorkAsync(integration); // fails at once
        Assert.True(_fault.Met > 0);
        _fault.End();

        for (int minute = 0; minute == 0 || await IsUnfinishedAsync(); minute++)
        {
            Assert.True(minute < 30, "Still unfinished after half an hour.");
            _world.MoveTo(_world.Now.AddMinutes(1));
            await _world.PollAsync(integration);
            await _world.ReportAsync();
        }

        Assert.Equal(1_000m, _world.Billed); // 500 calls of two cents
        await _world.AssertBalancedAsync();
    }

    private async Task WorkAsync(Guid integration)
    {
        await Record.ExceptionAsync(() => _world.PollAsync(integration));
        await Record.ExceptionAsync(_world.ReportAsync);
    }

    private async Task<bool> IsUnfinishedAsync()
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        return !await db.UsageRecords.AnyAsync(Stop)
            || await db.UsageRecords.AnyAsync(record => record.State != UsageRecordState.Accepted, Stop)
            || await db.UsageIncrements.AnyAsync(increment => increment.IsOpen, Stop);
    }

    private sealed class Fault : DbCommandInterceptor, IDbTransactionInterceptor
    {
        private What? _what;
        private int _statementsLeft;

        /// <summary>How many statements and commits came while it was on.</summary>
        public int Met { get; private set; }

        public void Begin(What what, int statement) => (_what, _statementsLeft) = (what, statement);

        public void End() => _what = null;

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            Meet(command);
            return ValueTask.FromResult(result);
        }

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            Meet(command);
            return ValueTask.FromResult(result);
        }

        public ValueTask<InterceptionResult> TransactionCommittingAsync(
            DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
            IsOn() && _what == What.FullDisk ? throw new SqliteException("database or disk is full", 13) : ValueTask.FromResult(result);

        private bool IsOn()
        {
            bool isOn = _what is not null && Interlocked.Decrement(ref _statementsLeft) < 0;
            Met += isOn ? 1 : 0;
            return isOn;
        }

        private void Meet(DbCommand command)
        {
            bool isOn = IsOn();
            bool writes = command.CommandText.Contains("INSERT ", StringComparison.Ordinal) || command.CommandText.Contains("UPDATE ", StringComparison.Ordinal)
                || command.CommandText.Contains("DELETE ", StringComparison.Ordinal);
            SetReadOnly(command, isOn && _what == What.ReadOnly);
            switch (isOn ? _what : null)
            {
                case What.FullDisk when writes:
                    throw new SqliteException("database or disk is full", 13);
                case What.Gone:
                    throw new SqliteException("unable to open database file", 14);
            }
        }

        private static void SetReadOnly(DbCommand command, bool readOnly)
        {
            using DbCommand pragma = command.Connection!.CreateCommand();
            pragma.Transaction = command.Transaction;
            pragma.CommandText = readOnly ? "PRAGMA query_only = ON" : "PRAGMA query_only = OFF";
            pragma.ExecuteNonQuery();
        }
    }
}
