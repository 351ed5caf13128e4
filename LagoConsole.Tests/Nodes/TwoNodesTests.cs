using System.Diagnostics;
using System.Globalization;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LagoConsole.Tests.Nodes;

/// <summary>
/// Two engines work on one database at the same time, each with services of its own, and in each hour one of them dies in the
/// middle of a step of money. That both poll and report at once is more than a cluster lets them do.
/// </summary>
/// <remarks>
/// <c>LAGOCONSOLE_KILLS</c> says how many die, <c>LAGOCONSOLE_CRASH_SEED</c> gives a run again. They are engines of one process,
/// because a second process on a SQLite file is refused; on SQL Server the same test runs by <c>eng/test-sqlserver.sh</c>.
/// </remarks>
[Trait("Category", "Crash")]
public sealed class TwoNodesTests(ITestOutputHelper output)
{
    private static readonly AsyncLocal<Node?> Here = new();

    /// <summary>Where an engine can die: before and after each commit of money, with the bytes under way, with the answer in hand.</summary>
    private static readonly string[] Steps =
    [
        .. ((string[])[MoneySteps.Mark, MoneySteps.Allocation, MoneySteps.Attempt, MoneySteps.Delivery, MoneySteps.Settlement])
            .SelectMany(step => (string[])[$"before:{step}", $"after:{step}"]),
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_that_dies_in_the_middle_loses_nothing_doubles_nothing_and_the_other_takes_over()
    {
        int kills = Setting("LAGOCONSOLE_KILLS", 10);
        int seed = Setting("LAGOCONSOLE_CRASH_SEED", Random.Shared.Next());
        output.WriteLine($"LAGOCONSOLE_CRASH_SEED={seed}");
        Random random = new(seed);
        await using ConsoleWorld world = new(new DateTimeOffset(2026, 8, 2, 0, 50, 0, TimeSpan.Zero)); // a month of hours before the period ends
        (Guid integration, _, Guid product) = await world.SetUpAsync();
        Guid second = await world.BuyerAsync(product: null, name: "Globex");
        await world.EntitleAsync(second, product, licence: ConsoleWorld.Licence.Replace("l-0123", "l-4567", StringComparison.Ordinal));
        await world.LinkAsync(second, integration, customer: "globex.example/eu");
        using IDisposable listening = DiagnosticListener.AllListeners.Subscribe(new StepListener());

        List<double> seconds = [];
        List<string> steps = [];
        await using Node first = new("A"), other = new("B");
        (Node a, Node b) = (first, other);
        a.Start(world);
        b.Start(world);
        long used = 0;
        for (int hour = 0; seconds.Count < kills; hour++)
        {
            Assert.True(hour < 700, $"Only {seconds.Count} engines died in {hour} hours.");
            int acme = random.Next(1, 500), globex = random.Next(1, 500);
            world.Use(acme);
            world.Use(globex, subscription: "globex-1");
            used += 2 * (acme + globex); // two cents a call
            world.MoveTo(Core.Conversion.ReportingWindow.FloorToHour(world.Now).AddHours(1).AddMinutes(5));
            Node victim = random.Next(2) == 0 ? a : b;
            Node survivor = victim == a ? b : a;
            victim.DiesAt(Steps[random.Next(Steps.Length)]);
            survivor.DiesAt(null);
            await Task.WhenAll(a.WorkAsync(integration), b.WorkAsync(integration));
            DateTimeOffset died = world.Now;
            await survivor.PollAsync(integration);
            while (await IsUnfinishedAsync(world))
            {
                Assert.True(world.Now - died < TimeSpan.FromMinutes(20), $"Hour {hour}: still unfinished, twenty minutes after {victim.Name} died at {victim.DiedAt}.");
                world.MoveTo(world.Now.AddSeconds(10));
                await survivor.ReportAsync();
            }

            Assert.True(used == world.Billed, $"Hour {hour}: Lago counted {used} cents, AWS bills {world.Billed}; {victim.Name} died at {victim.DiedAt}.");
            if (victim.IsDead)
            {
                seconds.Add((world.Now - died).TotalSeconds);
                steps.Add(victim.DiedAt!);
                await victim.DisposeAsync();
                Node next = new(victim.Name);
                next.Start(world);
                (a, b) = victim == a ? (next, b) : (a, next);
            }
        }

        await a.DisposeAsync();
        await b.DisposeAsync();
        await world.AssertBalancedAsync();
        foreach (IGrouping<string, string> step in steps.GroupBy(step => step, StringComparer.Ordinal).OrderBy(step => step.Key, StringComparer.Ordinal))
        {
            output.WriteLine($"died at {step.Key,-18} {step.Count()} times");
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{kills} died, {used / 100m:#,##0.00} USD billed once. Until the other had done all: {seconds.Average():0} s in the middle, {seconds.Max():0} s at most."));
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int given) ? given : otherwise;

    private static async Task<bool> IsUnfinishedAsync(ConsoleWorld world)
    {
        await using LagoConsoleDbContext db = world.Database.CreateDbContext();
        return await db.UsageRecords.AnyAsync(record => record.State != UsageRecordState.Accepted, Stop)
            || await db.UsageIncrements.AnyAsync(increment => increment.IsOpen, Stop);
    }

    /// <summary>One engine. Where it dies it ends as a killed process does: nothing that it does afterwards reaches the database.</summary>
    private sealed class Node(string name) : IDbContextFactory<LagoConsoleDbContext>, IAsyncDisposable
    {
        private ConsoleWorld? _world;
        private ServiceProvider? _services;
        private string? _diesAt;

        public string Name => name;

        public bool IsDead { get; private set; }

        public string? DiedAt { get; private set; }

        public void Start(ConsoleWorld world)
        {
            _world = world;
            _services = world.Restart(services => services.AddSingleton<IDbContextFactory<LagoConsoleDbContext>>(this));
        }

        /// <summary>When it comes there: the other may be there first, and it lives on. Null: nowhere.</summary>
        public void DiesAt(string? step) => _diesAt = step;

        public void Step(string step)
        {
            if (IsDead || step == _diesAt)
            {
                (IsDead, DiedAt) = (true, DiedAt ?? step);
                throw new NodeDiedException();
            }
        }

        public LagoConsoleDbContext CreateDbContext() => IsDead ? throw new NodeDiedException() : _world!.Database.CreateDbContext();

        public Task WorkAsync(Guid integration) => Task.Run(async () =>
        {
            Here.Value = this;
            try
            {
                await PollAsync(integration);
                await ReportAsync();
            }
            catch (Exception) when (IsDead)
            {
                // However it looks to those who were in the middle of something.
            }
        });

        public async Task PollAsync(Guid integration)
        {
            Integration stored;
            await using (LagoConsoleDbContext db = CreateDbContext())
            {
                stored = await db.Integrations.AsNoTracking().SingleAsync(row => row.Id == integration, Stop);
            }

            await _services!.GetRequiredService<UsagePipeline>().RunAsync(stored, _world!.Now, progress: null, Stop);
        }

        public async Task ReportAsync() => await _services!.GetRequiredService<ReportRun>().RunAsync(Stop);

        public ValueTask DisposeAsync() => _services?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    private sealed class NodeDiedException() : Exception("This engine is dead.");

    /// <summary>Counts the steps of money of the engine in whose flow they are.</summary>
    private sealed class StepListener : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
    {
        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == MoneySteps.SourceName)
            {
                value.Subscribe(this);
            }
        }

        public void OnNext(KeyValuePair<string, object?> value) => Here.Value?.Step(value.Key);

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }
}
