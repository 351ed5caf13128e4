using System.Diagnostics;
using System.Globalization;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;
using LagoConsole.Sandbox.Lago;
using LagoConsole.Tests.Crashes;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LagoConsole.Tests.Nodes;

/// <summary>
/// Two engines work on one database at the same time, each with services of its own, and in each hour one of them dies in the
/// middle of a step of money. That both poll and report at once is more than a cluster lets them do. After each hour what Lago
/// counted is what is billed, what waits and what is held, each cent once.
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

    private const string Waits = "initech-1";
    private const string Held = "hooli-1";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_that_dies_in_the_middle_loses_nothing_doubles_nothing_and_the_other_takes_over()
    {
        int kills = CrashSetting.Kills;
        int seed = CrashSetting.Seed;
        output.WriteLine($"LAGOCONSOLE_CRASH_SEED={seed}");
        Random random = new(seed);
        await using ConsoleWorld world = new(new DateTimeOffset(2026, 8, 2, 0, 50, 0, TimeSpan.Zero)); // a month of hours before the period ends
        (Guid integration, _, Guid product) = await world.SetUpAsync();
        Guid second = await world.BuyerAsync(product: null, name: "Globex");
        await world.EntitleAsync(second, product, licence: ConsoleWorld.Licence.Replace("l-0123", "l-4567", StringComparison.Ordinal));
        await world.LinkAsync(second, integration, customer: "globex.example/eu");
        await AddWaitingAndHeldAsync(world, integration, product);
        using IDisposable listening = DiagnosticListener.AllListeners.Subscribe(new StepListener());

        List<double> seconds = [];
        List<string> steps = [];
        await using Node first = new("A"), other = new("B");
        (Node a, Node b) = (first, other);
        a.Start(world);
        b.Start(world);
        world.Use(10_000, subscription: Held); // at once: that is looked at before it is billed
        long used = 20_000;
        Shares shares = new(0, 0, 0);
        for (int hour = 0; seconds.Count < kills; hour++)
        {
            Assert.True(hour < 700, $"Only {seconds.Count} engines died in {hour} hours.");
            foreach (string subscription in (string[])["acme-prod", "globex-1", Waits, Held])
            {
                int calls = random.Next(1, 500);
                world.Use(calls, subscription: subscription);
                used += 2 * calls; // two cents a call
            }

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

            shares = await SharesAsync(world);
            Assert.True(used == shares.Billed + shares.Waiting + shares.Held, $"Hour {hour}: Lago counted {used} cents, there are {shares}; {victim.Name} died at {victim.DiedAt}.");
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
        Assert.All((decimal[])[shares.Billed, shares.Waiting, shares.Held], share => Assert.True(share > 0)); // or it would show less than it says
        foreach (IGrouping<string, string> step in steps.GroupBy(step => step, StringComparer.Ordinal).OrderBy(step => step.Key, StringComparer.Ordinal))
        {
            output.WriteLine($"died at {step.Key,-18} {step.Count()} times");
        }

        List<double> late = [.. seconds.Where(waited => waited >= 10)]; // else the other has done it at once
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{kills} of two engines killed: {used / 100m:#,##0.00} USD counted = {shares.Billed / 100:#,##0.00} billed + {shares.Waiting / 100:#,##0.00} waiting + "
            + $"{shares.Held / 100:#,##0.00} held, nothing twice. Seconds until the other had taken over: median {Median(seconds):0}, longest {seconds.Max():0}; "
            + $"{late.Count} left a record leased{(late.Count > 0 ? $": median {Median(late):0}" : "")}."));
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>One buyer has bought nothing; another one's usage jumps at first, and is held from then on.</summary>
    private static async Task AddWaitingAndHeldAsync(ConsoleWorld world, Guid integration, Guid product)
    {
        DateTimeOffset since = new(2026, 8, 1, 0, 0, 0, TimeSpan.Zero);
        foreach ((string customer, string subscription) in ((string, string)[])[("cus_initech", Waits), ("cus_hooli", Held)])
        {
            world.Sandbox.AddCustomer(new LagoCustomer(customer, customer));
            world.Sandbox.AddSubscription(customer, subscription, "standard", startsAt: since);
            Guid buyer = await world.BuyerAsync(product: null, name: customer);
            if (subscription == Held)
            {
                await world.EntitleAsync(buyer, product, licence: ConsoleWorld.Licence.Replace("l-0123", "l-89ab", StringComparison.Ordinal));
            }

            await world.LinkAsync(buyer, integration, customer: customer);
        }

        await using LagoConsoleDbContext db = world.Database.CreateDbContext();
        await db.Integrations.Where(row => row.Id == integration).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.JumpAbsoluteMinor, 5_000).SetProperty(row => row.JumpFloorMinor, 100), Stop);
    }

    private static async Task<Shares> SharesAsync(ConsoleWorld world)
    {
        await using LagoConsoleDbContext db = world.Database.CreateDbContext();
        List<decimal> waiting = await db.UsageIncrements.Where(increment => increment.MeterId == null).Select(increment => increment.OpenMinor).ToListAsync(Stop);
        return new Shares(world.Billed, waiting.Sum(), await db.HighWaterMarks.SumAsync(mark => mark.HeldMinor, Stop));
    }

    private static async Task<bool> IsUnfinishedAsync(ConsoleWorld world)
    {
        await using LagoConsoleDbContext db = world.Database.CreateDbContext();
        return await db.UsageRecords.AnyAsync(record => record.State != UsageRecordState.Accepted, Stop)
            || await db.UsageIncrements.AnyAsync(increment => increment.IsOpen && increment.MeterId != null, Stop);
    }

    /// <summary>Where the cents are; at one cent a unit nothing is left on a meter.</summary>
    private sealed record Shares(decimal Billed, decimal Waiting, decimal Held);

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
