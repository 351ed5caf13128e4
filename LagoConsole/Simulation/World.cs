using System.Globalization;
using LagoConsole.Core.Books;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Time;
using LagoConsole.Sandbox;
using LagoConsole.Simulation.Engines;
using LagoConsole.Simulation.Markets;
using LagoConsole.Simulation.Oracles;
using LagoConsole.Simulation.Scripts;
using LagoConsole.Simulation.Threads;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;

namespace LagoConsole.Simulation;

/// <summary>What one world came to.</summary>
/// <param name="Nodes">Engines in it.</param>
/// <param name="Complaints">What the oracle found wrong; empty where all is well.</param>
internal sealed record WorldOutcome(long Seed, int Nodes, int Buyers, Story Story, Totals Totals, IReadOnlyList<string> Complaints)
{
    public bool IsSound => Totals.IsSound && Complaints.Count == 0;
}

/// <summary>
/// One world: engines on one database, a sandbox Lago and marketplaces, a script of what happens, and an oracle that keeps
/// its own books. Everything follows from the seed; it lives on the thread that it was made on.
/// </summary>
internal sealed class World : IDisposable
{
    /// <summary>The last hours of each world: no faults, no usage, no deeds.</summary>
    private static readonly TimeSpan Fair = TimeSpan.FromHours(48);

    /// <summary>A run with its calls takes less.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly Auditor _auditor;
    private readonly Dice _downtimes;
    private readonly LagoRateLimits _rateLimits = new(Options.Create(new LagoOptions()));

    /// <param name="folder">For its database; see <see cref="WorldDatabase"/>.</param>
    /// <param name="template">An empty database.</param>
    public World(long seed, SimulationOptions options, string folder, string template)
    {
        MoneyTap.Open();
        new Chance(seed).Rule();
        Seed = seed;
        Dice dice = new(seed, "world");
        DateTimeOffset start = new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero).AddDays(dice.Below(330)).AddMinutes(dice.Below(1440));
        End = new DateTimeOffset(start.UtcDateTime.Date, TimeSpan.Zero).AddDays(options.Days).AddMinutes(dice.Between(45, 90)); // after 00:30: a day's release has come
        FairFrom = End - Fair;
        Clock = new VirtualClock(start);
        Story = new Story(Clock);
        Loom = new Loom(Clock, new Dice(seed, "loom"));
        Database = new WorldDatabase(folder, template, seed.ToString(CultureInfo.InvariantCulture));
        Services = new SandboxWorld(Clock, new SandboxOptions { Furnished = false, Grows = false, Seed = seed });
        Weather = new Weather(new Dice(seed, "weather"), FairFrom, dice.Of([0, 5, 20, 60]));
        _auditor = new Auditor(Database);
        Lago = new LagoTruth(Services);
        Markets = [new AwsMarket(Services.Aws), new AzureMarket(Services.Azure), new GoogleMarket(Services.Google)];
        Oracle = new Oracle(Markets, Lago, _auditor, Story, Clock);
        Turn = new WriteTurn(Loom);
        KeyWatch? watch = options.Watch is { } name ? new KeyWatch(name, Database, Oracle, Story) : null;
        EngineGround ground = new(
            Clock, Loom, Turn, Database, Services, Weather, Oracle, Committed, new EphemeralDataProtectionProvider(),
            new ConfigurationBuilder().AddInMemoryCollection([new("Polling:Concurrency", "1"), new("Reporting:ConcurrentCalls", "1")]).Build(), _rateLimits);
        Engines = [.. Enumerable.Range(1, options.Nodes ?? dice.Of([1, 1, 2, 3])).Select(number => new Engine($"engine {number}", ground))];
        Jobs = new JobBoard(Clock, Loom, Story, new Dice(seed, "jobs"), Engines, this);
        _downtimes = new Dice(seed, "downtimes");
        Script = new Script(this, seed);
        Person = new Person(this, _auditor, new Dice(seed, "person"));
        Loom.Died = Crash;

        void Committed(Flow flow, string? step)
        {
            Oracle.Committed(flow, step);
            watch?.Look(flow.Name);
        }

        Loom.Failed = (flow, failure) => Story.Tell("runs that failed", $"{flow.Name} on {flow.Life.Engine} failed: {failure.GetType().Name}: {failure.Message}");
    }

    public long Seed { get; }

    public DateTimeOffset End { get; }

    /// <summary>From here on nothing goes wrong any more, and nothing new happens.</summary>
    public DateTimeOffset FairFrom { get; }

    public VirtualClock Clock { get; }

    public Loom Loom { get; }

    public WriteTurn Turn { get; }

    public Story Story { get; }

    public WorldDatabase Database { get; }

    public SandboxWorld Services { get; }

    /// <summary>All three; each product is listed at one.</summary>
    public IReadOnlyList<Market> Markets { get; }

    public Weather Weather { get; }

    public LagoTruth Lago { get; }

    public Oracle Oracle { get; }

    public IReadOnlyList<Engine> Engines { get; }

    public JobBoard Jobs { get; }

    public Script Script { get; }

    public Person Person { get; }

    /// <summary>Lives from its start to its end.</summary>
    public WorldOutcome Run()
    {
        try
        {
            return Live();
        }
#pragma warning disable CA1031 // A world that breaks is told with its seed, and the others live on.
        catch (Exception broken)
#pragma warning restore CA1031
        {
            return new WorldOutcome(Seed, Engines.Count, Script.Buyers.Count, Story, new Totals(), [$"the world broke: {broken}"]);
        }
    }

    private WorldOutcome Live()
    {
        foreach (Engine engine in Engines)
        {
            engine.Start();
        }

        Weather.CalmUntil = Clock.Now.AddHours(1);
        Script.Begin();
        Clock.At(FairFrom, () =>
        {
            foreach (Life life in Engines.Select(engine => engine.Life).OfType<Life>())
            {
                life.StepsLeft = null; // a death that has not come yet comes no more
            }
        });
        Loom.RunUntil(End);
        Jobs.IsPaused = true; // what runs comes to its end
        Loom.RunUntil(End + Patience);
        (Totals totals, IReadOnlyList<string> complaints) = Verdict.Of(Oracle, Lago, EngineBooks.Read(Database), [.. Markets.SelectMany(market => market.Bill)], new Excuses(this));
        return new WorldOutcome(Seed, Engines.Count, Script.Buyers.Count, Story, totals, [.. complaints, .. Markets.SelectMany(market => market.Mistakes), .. CheckBooks()]);
    }

    /// <summary>The console's own check of its books (R14), after every cent has come to rest.</summary>
    private IEnumerable<string> CheckBooks()
    {
        BooksReport? report = null;
        Engine engine = Engines[0];
        Loom.Start(new Flow(engine.Life!, "checking the books"), async () => report = await engine.Get<BooksAuditor>().CheckAsync(progress: null, CancellationToken.None));
        Loom.RunUntil(End + (2 * Patience));
        return report is null
            ? ["the books could not be checked"]
            : report.Failures.Select(failure => $"the books do not balance: {failure.Sentence}");
    }

    /// <summary>A life has ended in the middle of what it did; the engine is started again after a while.</summary>
    private void Crash(Life life)
    {
        Engine engine = Engines.First(candidate => candidate.Life == life);
        engine.Crash();
        Weather.WasBad = true;
        TimeSpan down = _downtimes.OnceIn(5) ? _downtimes.Span(TimeSpan.FromMinutes(30), TimeSpan.FromHours(8)) : _downtimes.Span(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10));
        Story.Tell("crashes", $"{engine.Name} was killed in the middle of: {Flow.Current?.Name}; it is down for {down.TotalMinutes:0} minutes");
        DateTimeOffset up = Clock.Now + down < FairFrom ? Clock.Now + down : FairFrom;
        Clock.At(up, () =>
        {
            if (engine.Life is null)
            {
                engine.Start();
                Jobs.Started();
            }
        });
    }

    /// <summary>Everything stops, the books become those of the backup, and starts again; nothing runs before the person has declared it.</summary>
    public void Restore()
    {
        foreach (Engine engine in Engines)
        {
            engine.Crash();
        }

        Jobs.IsPaused = true;
        Database.Restore();
        Oracle.Restored();
        Clock.At(Clock.Now.AddMinutes(20), () => // what was still on its way has arrived by then
        {
            foreach (Engine engine in Engines.Where(engine => engine.Life is null))
            {
                engine.Start();
            }

            Person.Rests = false;
            Person.DeclareRestored(() =>
            {
                Jobs.IsPaused = false;
                Jobs.Started();
            });
        });
    }

    public void Dispose()
    {
        foreach (Engine engine in Engines)
        {
            engine.Crash();
        }

        _rateLimits.Dispose();
        _auditor.Dispose();
        Services.Dispose();
        Database.Dispose();
    }
}
