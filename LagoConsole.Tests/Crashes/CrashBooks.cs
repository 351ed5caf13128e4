using System.Globalization;
using LagoConsole.Core.Books;
using LagoConsole.Core.Conversion;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.History;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Scheduling;
using LagoConsole.Sandbox;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Quartz;
using Xunit;

namespace LagoConsole.Tests.Crashes;

/// <summary>Reads the books and the job history of a console from outside its process, and holds the books against Lago and AWS.</summary>
internal sealed class CrashBooks : IAsyncDisposable
{
    public const string LegacyProduct = "9k3n51p8q27wxyz44hr6udc0s";
    public const string GlobexLicence = "arn:aws:license-manager::111111111111:license:l-fedcba9876543210fedcba9876543210";
    private const string StarkLicence = "arn:aws:license-manager::111111111111:license:l-00112233445566778899aabbccddeeff";

    /// <summary>What goes where, and at which price in cents.</summary>
    private static readonly Line[] Lines =
    [
        new("cus_acme", ["api_calls"], "222222222222", "api_units", 100),
        new("cus_acme", ["storage_gb"], "222222222222", "usage_fee", 1),
        new("globex.example", ["api_calls"], "333333333333", "api_units", 100),
        new("globex.example", ["storage_gb"], "333333333333", "usage_fee", 1),
        new("Stark Industries", ["api_calls", "storage_gb"], "444444444444", "usage_fee", 1),
    ];

    private readonly ServiceProvider _services;

    public CrashBooks(string dataFolder)
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal) { ["Database:DataFolder"] = dataFolder }).Build();
        ServiceCollection services = new();
        services.AddLogging();
        services.AddSingleton(TimeProvider.System);
        services.AddOptions<PollingOptions>();
        services.AddPersistence(configuration);
        services.AddScheduling(configuration); // never started: only its history is read
        services.AddHistory();
        services.AddBooks();
        _services = services.BuildServiceProvider();
    }

    public static IReadOnlyCollection<string> Customers { get; } = [.. Lines.Select(line => line.Customer).Distinct()];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>How far money has come.</summary>
    public async Task<CrashState> StateAsync()
    {
        await using LagoConsoleDbContext db = Open();
        List<UsageRecordState> states = await db.UsageRecords.Select(record => record.State).ToListAsync(Stop);
        return new CrashState(
            await db.UsageIncrements.CountAsync(Stop),
            states.Count,
            states.Count(state => state == UsageRecordState.Pending),
            states.Count(state => state == UsageRecordState.Sending),
            states.Count(state => state == UsageRecordState.Accepted));
    }

    /// <summary>What the console still has to do, or null.</summary>
    public async Task<string?> UnfinishedAsync(LagoCount counted, DateTimeOffset now)
    {
        await using LagoConsoleDbContext db = Open();
        var marks = await db.HighWaterMarks.Join(
                db.BillingPeriods, mark => mark.PeriodId, period => period.Id,
                (mark, period) => new { period.SubscriptionExternalId, mark.MetricCode, mark.LastTotalMinor })
            .ToListAsync(Stop);
        foreach ((string subscription, string metric, long cents) in counted.Shown)
        {
            long? seen = marks.SingleOrDefault(mark => mark.SubscriptionExternalId == subscription && mark.MetricCode == metric)?.LastTotalMinor;
            if (seen != cents)
            {
                return $"Lago shows {cents} for {metric} of {subscription}, the console has seen {seen}.";
            }
        }

        UsageRecord? open = await db.UsageRecords.AsNoTracking().FirstOrDefaultAsync(record => record.State != UsageRecordState.Accepted, Stop);
        if (open is not null)
        {
            return $"A record of {open.Quantity} {open.DimensionKey} is {open.State}, next attempt {open.NextAttemptAt:O}, lease until {open.LeaseUntil:O}.";
        }

        DateTimeOffset slot = ReportingWindow.ClosedHour(now).Start;
        Meter? full = (await db.Meters.AsNoTracking().ToListAsync(Stop))
            .FirstOrDefault(meter => meter.OpenMinor >= PriceOf(meter) && meter.LastSlotHour != slot);
        return full is null ? null : $"The meter {full.Identity} {full.DimensionKey} has {full.OpenMinor} cents open and the hour {slot:O} free.";
    }

    /// <summary>
    /// The books against the outside: AWS bills exactly the accepted records; each meter's bill is the whole units of what
    /// Lago counted and its remainder the rest; what has no conversion waits; and R14 holds.
    /// </summary>
    /// <returns>Billed units and remainders, for the log.</returns>
    public async Task<string> AssertRightAsync(LagoCount counted, SandboxAwsBill bill)
    {
        await using LagoConsoleDbContext db = Open();
        List<UsageRecord> records = await db.UsageRecords.AsNoTracking().ToListAsync(Stop);
        Assert.All(records, record => Assert.Equal(UsageRecordState.Accepted, record.State));

        var entitlements = await db.Entitlements.ToDictionaryAsync(
            entitlement => entitlement.Id, entitlement => (Account: entitlement.AwsAccountId!, Licence: entitlement.AwsLicenseArn ?? StarkLicence), Stop);
        Assert.Equal(
            bill.Records.Select(line => (line.CustomerAwsAccountId, line.LicenseArn, line.Dimension, line.Hour, (long)line.Quantity, line.AmountCents)).Order(),
            records.Select(record => (
                entitlements[record.EntitlementId].Account, entitlements[record.EntitlementId].Licence, record.DimensionKey, record.SlotHour,
                record.Quantity, record.AmountMinor)).Order());

        List<string> shown = [];
        List<Meter> meters = await db.Meters.AsNoTracking().ToListAsync(Stop);
        Assert.Equal(Lines.Length, meters.Count);
        foreach (Line line in Lines)
        {
            long cents = line.Metrics.Sum(metric => counted.Of(line.Customer, metric));
            long units = bill.Records.Where(row => row.CustomerAwsAccountId == line.Account && row.Dimension == line.Dimension).Sum(row => (long)row.Quantity);
            Meter meter = Assert.Single(meters, meter => entitlements[meter.EntitlementId].Account == line.Account && meter.DimensionKey == line.Dimension);
            Assert.True(units == cents / line.PriceCents, $"{line.Customer} {line.Dimension}: Lago counted {cents} cents, AWS bills {units} × {line.PriceCents}.");
            Assert.True(
                meter.OpenMinor == cents % line.PriceCents, $"{line.Customer} {line.Dimension}: Lago counted {cents} cents, the remainder shown is {meter.OpenMinor}.");
            shown.Add(string.Create(CultureInfo.InvariantCulture, $"{units}×{line.PriceCents}+{meter.OpenMinor:0}"));
        }

        var waiting = await db.UsageIncrements.Where(increment => increment.MeterId == null)
            .Select(increment => new { increment.WaitReason, increment.OpenMinor }).ToListAsync(Stop);
        Assert.All(waiting, increment => Assert.Equal(WaitReason.NoConversion, increment.WaitReason));
        decimal seats = Customers.Sum(customer => counted.Of(customer, "seats"));
        Assert.Equal(seats, waiting.Sum(increment => increment.OpenMinor));

        BooksReport report = await _services.GetRequiredService<BooksAuditor>().CheckAsync(progress: null, Stop);
        Assert.True(report.Balanced, string.Join('\n', report.Failures.Select(failure => failure.Sentence)));
        return $"{string.Join("  ", shown)}  waits {seats:0}";
    }

    /// <summary>Null when the run that died is in the history as interrupted and the one that stands in for it has succeeded.</summary>
    public async Task<string?> NotRecoveredAsync(string group, DateTimeOffset since)
    {
        IReadOnlyList<JobRun> runs = [.. (await _services.GetRequiredService<JobHistory>()
            .ListRunsAsync(new JobRunFilter(), 0, 200, Stop)).Runs.Where(run => run.Job.Group == group && run.StartedAt >= since)];
        bool interrupted = runs.Any(run => run is { Result: RunResult.Interrupted, Duration: null });
        bool recovered = runs.Any(run => run is { Result: RunResult.Succeeded, StartedBy: RunStart.Recovery });
        return interrupted && recovered
            ? null
            : $"The history of {group} since {since:O} is: {string.Join("; ", runs.Select(run => $"{run.StartedAt:T} {run.Job.Name} {run.Result} by {run.StartedBy}"))}";
    }

    /// <summary>For a failed test.</summary>
    public async Task<string> DescribeAsync()
    {
        await using LagoConsoleDbContext db = Open();
        List<UsageRecord> records = await db.UsageRecords.AsNoTracking().OrderByDescending(record => record.SlotHour).Take(10).ToListAsync(Stop);
        IReadOnlyList<JobRun> runs = (await _services.GetRequiredService<JobHistory>().ListRunsAsync(new JobRunFilter(), 0, 20, Stop)).Runs;
        return string.Join(
            '\n',
            [
                $"{await StateAsync()}",
                .. records.Select(record => $"{record.SlotHour:O} {record.DimensionKey} {record.Quantity} {record.State} {record.ErrorMessage}"),
                .. runs.Select(run => $"{run.StartedAt:O} {run.Title} {run.Result} by {run.StartedBy}: {run.Summary} {run.Error}"),
            ]);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private static long PriceOf(Meter meter) => Lines.First(line => line.Dimension == meter.DimensionKey).PriceCents;

    private LagoConsoleDbContext Open() => _services.GetRequiredService<IDbContextFactory<LagoConsoleDbContext>>().CreateDbContext();

    private sealed record Line(string Customer, string[] Metrics, string Account, string Dimension, long PriceCents);
}

/// <summary>How far money has come: numbers of increments and of records by state.</summary>
internal sealed record CrashState(int Increments, int Records, int Pending, int Sending, int Accepted)
{
    public CrashState Since(CrashState before) =>
        new(Increments - before.Increments, Records - before.Records, Pending - before.Pending, Sending - before.Sending, Accepted - before.Accepted);

    public override string ToString() => $"{Increments} increments, {Records} records: {Pending} pending, {Sending} sending, {Accepted} accepted";
}
