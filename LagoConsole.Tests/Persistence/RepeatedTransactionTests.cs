using System.Data.Common;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Persistence.SqlServer;
using LagoConsole.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Xunit;

namespace LagoConsole.Tests.Persistence;

/// <summary>A fault that passes repeats a step of money, and never one whose commit was sent.</summary>
public sealed class RepeatedTransactionTests : IDisposable
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly CommitFault _commits = new();
    private readonly TestDatabase _database;
    private int _runs;

    public RepeatedTransactionTests() => _database = new TestDatabase(interceptors: _commits);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task A_step_that_met_a_fault_that_passes_is_thought_through_again_and_stored_once()
    {
        Assert.NotEmpty(_database.File);
        await RunAsync(fails: 3);

        Assert.Equal(4, _runs);
        Assert.Equal(["Run 4"], await BuyersAsync());
    }

    [Fact]
    public async Task A_fault_that_does_not_pass_is_thrown_in_the_end_and_nothing_is_written()
    {
        Assert.NotEmpty(_database.File);
        Exception thrown = await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(fails: 100));

        Assert.IsType<SqliteException>(thrown.GetBaseException());
        Assert.Equal(7, _runs);
        Assert.Empty(await BuyersAsync());
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task A_commit_without_an_answer_is_not_repeated_whether_it_arrived_or_not(bool arrives, int buyers)
    {
        _commits.Fails(arrives);

        CommitUnknownException thrown = await Assert.ThrowsAsync<CommitUnknownException>(() => RunAsync(fails: 0));

        Assert.StartsWith("The database did not say whether it has stored this.", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(1, _runs);
        Assert.Equal(buyers, (await BuyersAsync()).Count);
    }

    [Theory]
    [InlineData(0, 2)] // nobody listens there
    [InlineData(11001, 2)] // the name is gone
    [InlineData(40613, 2)] // the database fails over
    [InlineData(10054, 2)] // the connection was cut
    [InlineData(207, 1)] // there is no such column
    [InlineData(-2, 1)] // it took too long: the next try would too
    public async Task On_SQL_Server_what_passes_is_tried_again_and_what_does_not_is_thrown(int error, int tries)
    {
        DbContextOptionsBuilder<SqlServerLagoConsoleDbContext> options = new();
        options.UseConsoleSqlServer("Server=never-contacted");
        await using SqlServerLagoConsoleDbContext db = new(options.Options);
        int tried = 0;

        await Record.ExceptionAsync(() => db.Database.CreateExecutionStrategy().ExecuteAsync(
            () => ++tried < 2 ? throw SqlServerError.Of(error) : Task.FromResult(tried)));

        Assert.Equal(tries, tried);
    }

    [Fact]
    public async Task A_view_that_met_a_fault_that_passes_is_read_anew()
    {
        Assert.NotEmpty(_database.File);
        int buyers = await DatabaseView.ReadAsync(
            _database,
            async view => ++_runs < 3 ? throw new SqliteException("The disk.", RetriesLikeSqlServer.Passing) : await view.Buyers.CountAsync(Stop),
            Stop);

        Assert.Equal((0, 3), (buyers, _runs));
    }

    [Fact]
    public async Task Rows_are_written_table_by_table_and_in_the_order_of_their_keys_so_that_two_nodes_lock_them_alike()
    {
        Guid[] ids = [.. Enumerable.Range(1, 20).Select(number => Guid.Parse($"0195b000-0000-7000-8000-0000000000{number:00}"))];
        await using (LagoConsoleDbContext db = _database.CreateDbContext())
        {
            db.Buyers.AddRange(ids.Select(id => new Buyer { Id = id, Name = "Acme", CreatedAt = At }));
            await db.SaveChangesAsync(Stop);
        }

        await using LagoConsoleDbContext later = _database.CreateDbContext();
        List<Buyer> buyers = await later.Buyers.ToListAsync(Stop);
        foreach (Buyer buyer in buyers.OrderBy(buyer => buyer.Id.GetHashCode()))
        {
            buyer.Name = "Bolt";
        }

        _commits.Written.Clear();
        await later.SaveChangesAsync(Stop);

        Assert.Equal(ids, _commits.Written);
    }

    private async Task RunAsync(int fails) => await MoneyTransaction.RunAsync(
        _database,
        db =>
        {
            db.Buyers.Add(new Buyer { Id = Guid.NewGuid(), Name = $"Run {++_runs}", CreatedAt = At });
            return _runs <= fails ? throw new SqliteException("The disk.", RetriesLikeSqlServer.Passing) : Task.FromResult(0);
        },
        Stop);

    private async Task<List<string>> BuyersAsync()
    {
        await using LagoConsoleDbContext db = _database.CreateDbContext();
        return await db.Buyers.Select(buyer => buyer.Name).ToListAsync(Stop);
    }

    /// <summary>Loses a commit, or its answer; and hears which rows are written.</summary>
    private sealed class CommitFault : IDbTransactionInterceptor, IDbCommandInterceptor
    {
        private bool? _arrives;

        /// <summary>Keys of changed buyers, in the order in which they are written.</summary>
        public List<Guid> Written { get; } = [];

        public void Fails(bool arrives) => _arrives = arrives;

        public ValueTask<InterceptionResult> TransactionCommittingAsync(
            DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
            _arrives == false ? throw new SqliteException("The disk.", RetriesLikeSqlServer.Passing) : ValueTask.FromResult(result);

        public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default) =>
            _arrives == true ? throw new SqliteException("The disk.", RetriesLikeSqlServer.Passing) : Task.CompletedTask;

        public ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            if (command.CommandText.Contains("UPDATE ", StringComparison.Ordinal))
            {
                Written.AddRange(command.Parameters.Cast<DbParameter>().Select(parameter => parameter.Value)
                    .Select(value => Guid.TryParse(value?.ToString(), out Guid id) ? id : (Guid?)null).OfType<Guid>());
            }

            return ValueTask.FromResult(result);
        }
    }
}
