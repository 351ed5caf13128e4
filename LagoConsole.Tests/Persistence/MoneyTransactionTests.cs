using System.Diagnostics;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using LagoConsole.Tests.Support;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Persistence;

/// <summary>One step of money is all or nothing, and is thought through again when another writer was first.</summary>
public sealed class MoneyTransactionTests : IDisposable
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TestDatabase _database = new();
    private int _runs;

    public MoneyTransactionTests()
    {
        using LagoConsoleDbContext db = _database.CreateDbContext();
        db.Buyers.Add(NewBuyer("Acme"));
        db.SaveChanges();
    }

    [Fact]
    public async Task What_a_step_adds_is_saved_and_its_answer_handed_on()
    {
        int answer = await RunAsync(db =>
        {
            db.Buyers.Add(NewBuyer("Bolt"));
            return Task.FromResult(42);
        });

        Assert.Equal(42, answer);
        Assert.Equal(["Acme", "Bolt"], await BuyersAsync());
    }

    [Fact]
    public async Task A_step_that_decided_from_a_stale_row_is_run_again_on_what_is_stored_now()
    {
        Buyer stale = await ReadThenChangeElsewhereAsync();

        await RunAsync(async db =>
        {
            Buyer buyer = _runs == 1 ? stale : await db.Buyers.SingleAsync(TestContext.Current.CancellationToken);
            db.Attach(buyer);
            buyer.Name += "!";
            return 0;
        });

        Assert.Equal(2, _runs);
        Assert.Equal(["Changed elsewhere!"], await BuyersAsync());
    }

    [Fact]
    public async Task A_step_that_adds_a_key_which_another_added_first_finds_it_the_second_time()
    {
        await RunAsync(db =>
        {
            db.Products.Add(NewProduct("Plan"));
            return Task.FromResult(0);
        });
        _runs = 0;

        bool found = await RunAsync(async db =>
        {
            if (_runs > 1 && await db.Products.AnyAsync(product => product.Name == "Plan", TestContext.Current.CancellationToken))
            {
                return true;
            }

            db.Products.Add(NewProduct("Plan"));
            return false;
        });

        Assert.True(found);
        Assert.Equal(2, _runs);
    }

    [Fact]
    public async Task Nothing_of_a_run_that_met_a_conflict_stays()
    {
        Buyer stale = await ReadThenChangeElsewhereAsync();

        await RunAsync(async db =>
        {
            db.Buyers.Add(NewBuyer($"Run {_runs}"));
            await db.SaveChangesAsync(TestContext.Current.CancellationToken); // written inside the transaction, then taken back
            if (_runs == 1)
            {
                db.Attach(stale).Entity.Name = "Too late";
            }

            return 0;
        });

        Assert.Equal(["Changed elsewhere", "Run 2"], await BuyersAsync());
    }

    [Fact]
    public async Task A_conflict_that_does_not_go_away_is_thrown_and_nothing_is_written()
    {
        await Assert.ThrowsAsync<DbUpdateException>(() => RunAsync(async db =>
        {
            db.Buyers.Add(NewBuyer("Bolt"));
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
            db.Products.AddRange(NewProduct("Plan"), NewProduct("Plan"));
            return 0;
        }));

        Assert.Equal(5, _runs);
        Assert.Equal(["Acme"], await BuyersAsync());
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public async Task A_read_that_meets_a_busy_or_locked_SQLite_is_tried_again(int code)
    {
        int answer = await RunAsync(db =>
        {
            db.Buyers.Add(NewBuyer($"Run {_runs}"));
            return _runs < 3 ? throw new SqliteException("The database is locked.", code) : Task.FromResult(_runs);
        });

        Assert.Equal(3, answer);
        Assert.Equal(["Acme", "Run 3"], await BuyersAsync());
    }

    [Theory]
    [InlineData(1205)]
    [InlineData(3960)]
    public async Task A_read_that_loses_a_deadlock_or_a_snapshot_on_SQL_Server_is_tried_again(int number)
    {
        await RunAsync(db =>
        {
            db.Buyers.Add(NewBuyer($"Run {_runs}"));
            return _runs switch
            {
                1 => throw SqlServerError.Of(number),
                2 => throw new InvalidOperationException("Likely due to a transient failure.", SqlServerError.Of(number)), // as EF Core wraps it
                _ => Task.FromResult(0),
            };
        });

        Assert.Equal(["Acme", "Run 3"], await BuyersAsync());
    }

    [Fact]
    public async Task A_database_that_stays_busy_is_thrown_in_the_end()
    {
        await Assert.ThrowsAsync<SqliteException>(() => RunAsync<int>(_ => throw new SqliteException("The database is locked.", 5)));

        Assert.Equal(5, _runs);
        Assert.Equal(["Acme"], await BuyersAsync());
    }

    [Theory]
    [InlineData(207)] // invalid column name
    [InlineData(-2)] // timeout: the next try would time out as well
    public async Task Another_error_of_SQL_Server_is_thrown_at_once(int number)
    {
        await Assert.ThrowsAsync<SqlException>(() => RunAsync<int>(_ => throw SqlServerError.Of(number)));

        Assert.Equal(1, _runs);
    }

    [Fact]
    public async Task What_is_no_conflict_is_thrown_at_once_and_nothing_is_written()
    {
        await Assert.ThrowsAsync<ArithmeticException>(() => RunAsync<int>(async db =>
        {
            db.Buyers.Add(NewBuyer("Bolt"));
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
            throw new ArithmeticException("The sum does not fit.");
        }));

        Assert.Equal(1, _runs);
        Assert.Equal(["Acme"], await BuyersAsync());
    }

    [Fact]
    public async Task A_stopped_step_leaves_nothing()
    {
        using CancellationTokenSource stop = new();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => MoneyTransaction.RunAsync(
            _database,
            async db =>
            {
                db.Buyers.Add(NewBuyer("Bolt"));
                await stop.CancelAsync();
                return 0;
            },
            stop.Token));

        Assert.Equal(["Acme"], await BuyersAsync());
    }

    [Fact]
    public async Task Before_its_commit_nobody_else_sees_a_step_and_after_it_everybody_does()
    {
        List<string> seen = [];
        using IDisposable listening = Listen("visible", point => seen.Add($"{point}: {string.Join(", ", Buyers())}"));

        await RunAsync(
            db =>
            {
                db.Buyers.Add(NewBuyer("Bolt"));
                return Task.FromResult(0);
            },
            "visible");

        Assert.Equal(["before:visible: Acme", "after:visible: Acme, Bolt"], seen);
    }

    [Fact]
    public async Task A_step_that_failed_before_its_commit_is_never_called_done()
    {
        List<string> points = [];
        using IDisposable listening = Listen("failing", points.Add);

        await Assert.ThrowsAsync<ArithmeticException>(
            () => RunAsync<int>(_ => throw new ArithmeticException("The sum does not fit."), "failing"));

        Assert.Empty(points);
    }

    public void Dispose() => _database.Dispose();

    private static Buyer NewBuyer(string name) => new() { Id = Guid.NewGuid(), Name = name, CreatedAt = At };

    private static Product NewProduct(string name) => new() { Id = Guid.NewGuid(), Name = name, Marketplace = Marketplace.Aws, CreatedAt = At };

    /// <summary>Hears the points of one step; the source is the process's, so that other tests are heard too and left out.</summary>
    private static IDisposable Listen(string step, Action<string> heard) => DiagnosticListener.AllListeners.Subscribe(new Observer<DiagnosticListener>(listener =>
    {
        if (listener.Name == MoneySteps.SourceName)
        {
            listener.Subscribe(new Observer<KeyValuePair<string, object?>>(point =>
            {
                if (point.Key.EndsWith($":{step}", StringComparison.Ordinal))
                {
                    heard(point.Key);
                }
            }));
        }
    }));

    private Task<T> RunAsync<T>(Func<LagoConsoleDbContext, Task<T>> step, string? name = null) => MoneyTransaction.RunAsync(
        _database,
        db =>
        {
            _runs++;
            return step(db);
        },
        TestContext.Current.CancellationToken,
        name);

    private async Task<Buyer> ReadThenChangeElsewhereAsync()
    {
        await using LagoConsoleDbContext first = _database.CreateDbContext();
        Buyer stale = await first.Buyers.AsNoTracking().SingleAsync(TestContext.Current.CancellationToken);
        await using LagoConsoleDbContext other = _database.CreateDbContext();
        (await other.Buyers.SingleAsync(TestContext.Current.CancellationToken)).Name = "Changed elsewhere";
        await other.SaveChangesAsync(TestContext.Current.CancellationToken);
        return stale;
    }

    private List<string> Buyers()
    {
        using LagoConsoleDbContext db = _database.CreateDbContext();
        return [.. db.Buyers.Select(buyer => buyer.Name).Order()];
    }

    private async Task<List<string>> BuyersAsync()
    {
        await using LagoConsoleDbContext db = _database.CreateDbContext();
        return await db.Buyers.Select(buyer => buyer.Name).Order().ToListAsync(TestContext.Current.CancellationToken);
    }

    private sealed class Observer<T>(Action<T> next) : IObserver<T>
    {
        public void OnCompleted()
        {
        }

        public void OnError(Exception error) => throw error;

        public void OnNext(T value) => next(value);
    }
}
