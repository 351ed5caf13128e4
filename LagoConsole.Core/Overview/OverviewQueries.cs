using LagoConsole.Core.Books;
using LagoConsole.Core.Fulfilment;
using LagoConsole.Core.Held;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.History;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Money;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Waiting;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Overview;

/// <summary>What the overview reads.</summary>
public sealed class OverviewQueries(
    IDbContextFactory<LagoConsoleDbContext> contexts, FlowLedger ledger, WaitingQueries waiting, HeldMoney held, TimeProvider clock)
{
    /// <summary>How much of what needs a person is shown.</summary>
    public const int MostNeeds = 20;

    /// <summary>How many lines of waiting or held money are looked at: the largest, and those whose deadline is nearest.</summary>
    private const int MostLines = 100;

    /// <summary>Which period most subscriptions are in changes with their periods.</summary>
    private static readonly TimeSpan _periodPatience = TimeSpan.FromMinutes(10);

    private readonly Dictionary<Guid, (DateTimeOffset ReadAt, LagoPeriod? Period)> _periods = [];
    private readonly Lock _periodsLock = new();

    /// <param name="jobs">As the scheduler knows them.</param>
    public async Task<OverviewBoard> LoadAsync(IReadOnlyList<JobStatus> jobs, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        List<Integration> integrations = await db.Integrations.AsNoTracking().OrderBy(row => row.Name).ThenBy(row => row.Id).ToListAsync(cancellationToken);
        IReadOnlyList<FirstStep> steps = FirstSteps.Of(await FactsAsync(db, integrations, cancellationToken));
        Dictionary<Guid, LagoPeriod> periods = [];
        foreach (Integration integration in integrations)
        {
            if (await PeriodAsync(db, integration.Id, now, cancellationToken) is { } period)
            {
                periods.Add(integration.Id, period);
            }
        }

        List<TimeRange> hours = [.. OverviewRanges.HoursOf(now)];
        List<TimeRange> days = [.. OverviewRanges.DaysOf(now)];
        List<TimeRange> ranges =
        [
            .. hours.SkipLast(1), // the present one in parts
            .. OverviewRanges.Since(days[0].From, now), .. OverviewRanges.Since(OverviewRanges.Month(now), now),
            .. periods.Values.SelectMany(period => OverviewRanges.Since(period.Start, now)),
        ];
        List<WaitingPart> parts = await WaitingSinceAsync(db, ranges.Min(range => range.From), cancellationToken);
        IReadOnlyList<StuckRecord> stuck = await StuckAsync(db, cancellationToken);
        IReadOnlyDictionary<TimeRange, IReadOnlyList<MoneyFlow>> flows = await ledger.ReadAsync(db, ranges, parts, now, cancellationToken);
        IReadOnlyList<BoardLine> lines = OverviewSums.Lines(flows, parts, stuck, periods, now);
        IReadOnlyList<PersonNeed> needs = PersonNeeds.Order(await NeedsAsync(db, integrations, jobs, now, cancellationToken), now);
        return new OverviewBoard(
            now,
            steps,
            [
                .. integrations.Select(integration => new BoardIntegration(
                    integration.Id, integration.Name, integration.Status, periods.GetValueOrDefault(integration.Id),
                    jobs.FirstOrDefault(job => job.Job.Equals(PollUsageJob.KeyOf(integration.Id))),
                    [.. lines.Where(line => line.Place.IntegrationId == integration.Id)])),
                .. lines.Where(line => !integrations.Exists(integration => integration.Id == line.Place.IntegrationId))
                    .GroupBy(line => line.Place.IntegrationId)
                    .Select(gone => new BoardIntegration(gone.Key, Name: null, Status: null, Period: null, Job: null, [.. gone])),
            ],
            [.. needs.Take(MostNeeds)],
            Math.Max(0, needs.Count - MostNeeds),
            [
                .. flows.Values.SelectMany(range => range).Select(flow => flow.Place.Currency).Distinct(StringComparer.Ordinal)
                    .Select(currency => new BilledSeries(
                        currency, OverviewSums.Billed(flows, hours, currency, now), OverviewSums.Billed(flows, days, currency, now)))
                    .OrderByDescending(series => series.Days.Sum(point => point.BilledMinor)).ThenBy(series => series.Currency, StringComparer.Ordinal),
            ]);
    }

    /// <summary>All that needs a person, the most pressing first.</summary>
    /// <param name="jobs">As the scheduler knows them.</param>
    public async Task<IReadOnlyList<PersonNeed>> ListNeedsAsync(IReadOnlyList<JobStatus> jobs, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        List<Integration> integrations = await db.Integrations.AsNoTracking().OrderBy(row => row.Name).ThenBy(row => row.Id).ToListAsync(cancellationToken);
        return PersonNeeds.Order(await NeedsAsync(db, integrations, jobs, now, cancellationToken), now);
    }

    private static async Task<FirstStepFacts> FactsAsync(LagoConsoleDbContext db, List<Integration> integrations, CancellationToken cancellationToken) => new(
        Connected: integrations.Count > 0,
        Verified: integrations.Exists(integration => integration.Status == IntegrationStatus.Verified),
        ProductReady: await db.DimensionConversions.AnyAsync(cancellationToken),
        BuyerReady: await db.BuyerLinks.AnyAsync(
            link => link.UnlinkedAt == null && db.Entitlements.Any(bought => bought.BuyerId == link.BuyerId), cancellationToken),
        SwitchedOn: integrations.Exists(integration => integration is { Status: IntegrationStatus.Verified, AutoReport: true }));

    private static async Task<List<WaitingPart>> WaitingSinceAsync(LagoConsoleDbContext db, DateTimeOffset since, CancellationToken cancellationToken) =>
        await WaitingQueries.Waiting(db).AsNoTracking().WhereOpen()
            .Where(increment => increment.MeterId == null && increment.SeenAt >= since) // by its being on no meter, and not among all seen since
            .Select(increment => new WaitingPart(
                increment.IntegrationId, increment.Currency, increment.SeenAt, increment.Source == SnapshotSource.Close,
                increment.AmountMinor, increment.OpenMinor))
            .ToListAsync(cancellationToken);

    private static IQueryable<UsageRecord> NeedingPerson(LagoConsoleDbContext db) => db.UsageRecords.AsNoTracking().Where(record =>
        record.State == UsageRecordState.Blocked || record.State == UsageRecordState.Conflict || record.State == UsageRecordState.Unresolved);

    private static async Task<IReadOnlyList<StuckRecord>> StuckAsync(LagoConsoleDbContext db, CancellationToken cancellationToken) =>
    [
        .. (await NeedingPerson(db)
            .Select(record => new
            {
                record.Marketplace,
                record.Currency,
                record.CreatedAt,
                record.Quantity,
                record.UnitPriceMinor,
                record.IntegrationId,
            })
            .ToListAsync(cancellationToken))
            .Select(row => new StuckRecord(
                new MoneyPlace(row.IntegrationId, row.Marketplace, row.Currency), row.CreatedAt, row.Quantity * row.UnitPriceMinor)),
    ];

    private async Task<List<PersonNeed>> NeedsAsync(
        LagoConsoleDbContext db, List<Integration> integrations, IReadOnlyList<JobStatus> jobs, DateTimeOffset now, CancellationToken cancellationToken)
    {
        List<PersonNeed> needs =
        [
            .. integrations.Where(integration => integration.Status == IntegrationStatus.VerificationFailed)
                .Select(integration => new PersonNeed.NotVerified(integration.Name, integration.StatusDetail)),
            .. integrations.Where(integration => integration.Status == IntegrationStatus.Created)
                .Select(integration => new PersonNeed.NeverVerified(integration.Name)),
            .. jobs.Where(job => job is { LastResult: RunResult.Failed, ConsecutiveFailures: > 0 })
                .Select(job => new PersonNeed.JobFails(job.Title, job.ConsecutiveFailures)),
        ];
        BooksCheck? check = await db.BooksChecks.AsNoTracking().OrderByDescending(row => row.StartedAt).FirstOrDefaultAsync(cancellationToken);
        if (check is { FailureCount: > 0 })
        {
            needs.Add(new PersonNeed.BooksWrong(check.FailureCount));
        }

        needs.AddRange(await RecordNeedsAsync(db, cancellationToken));

        WaitingList largest = await waiting.ListAsync(new WaitingFilter(), 0, MostLines, cancellationToken);
        IReadOnlyList<WaitingRow> nearest = largest.Total <= MostLines
            ? []
            : (await waiting.ListAsync(new WaitingFilter(Order: WaitingOrder.Deadline), 0, MostLines, cancellationToken)).Rows;
        needs.AddRange(largest.Rows.Concat(nearest).DistinctBy(row => row.Key)
            .GroupBy(row => (row.Key.BuyerId, row.BuyerName, row.Key.Reason, row.Currency))
            .Select(group => new PersonNeed.Waits(
                group.Key.BuyerName, group.Key.Reason, new CurrencyAmount(group.Key.Currency, group.Sum(row => row.Minor)), group.Min(row => row.Deadline))));

        (IReadOnlyList<HeldKey> keys, _) = await held.ListAsync(new HeldFilter(), 0, MostLines, cancellationToken);
        needs.AddRange(keys.GroupBy(key => (key.BuyerId, key.BuyerName, key.Reason, key.Currency))
            .Select(group => new PersonNeed.Held(
                group.Key.BuyerName, group.Key.Reason, new CurrencyAmount(group.Key.Currency, group.Sum(key => key.HeldMinor)), group.Min(key => key.Deadline))));

        DateTimeOffset late = now - WaitingQueries.ClosingPatience;
        List<Guid> connected = [.. integrations.Select(integration => integration.Id)];
        int closings = await db.BillingPeriods.CountAsync(
            period => connected.Contains(period.IntegrationId) && period.State == BillingPeriodState.Ended && period.PeriodEnd <= late, cancellationToken);
        int notices = await db.ReceivedNotices.CountAsync(notice => notice.State == NoticeState.NeedsPerson, cancellationToken);
        if (closings > 0)
        {
            needs.Add(new PersonNeed.LateClosings(closings));
        }

        if (notices > 0)
        {
            needs.Add(new PersonNeed.Notices(notices));
        }

        return needs;
    }

    private static async Task<IEnumerable<PersonNeed>> RecordNeedsAsync(LagoConsoleDbContext db, CancellationToken cancellationToken)
    {
        var rows = await (
            from record in NeedingPerson(db)
            join entitlement in db.Entitlements on record.EntitlementId equals entitlement.Id
            join buyer in db.Buyers on entitlement.BuyerId equals buyer.Id
            select new { record.Id, record.State, record.Currency, record.Quantity, record.UnitPriceMinor, record.Deadline, BuyerId = buyer.Id, BuyerName = buyer.Name })
            .ToListAsync(cancellationToken);
        return rows.GroupBy(row => (row.BuyerId, row.BuyerName, row.State, row.Currency)).Select(group => new PersonNeed.Records(
            group.Key.BuyerName, group.Key.State, group.Count(), group.Count() == 1 ? group.First().Id : null,
            new CurrencyAmount(group.Key.Currency, group.Sum(row => row.Quantity * row.UnitPriceMinor)),
            group.Key.State == UsageRecordState.Blocked ? group.Min(row => row.Deadline) : null)); // of the others nothing is sent any more
    }

    private async Task<LagoPeriod?> PeriodAsync(LagoConsoleDbContext db, Guid integrationId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        lock (_periodsLock)
        {
            if (_periods.TryGetValue(integrationId, out (DateTimeOffset ReadAt, LagoPeriod? Period) kept)
                && kept.ReadAt + _periodPatience > now && kept.Period?.End > now)
            {
                return kept.Period;
            }
        }

        var found = await db.BillingPeriods
            .Where(period => period.IntegrationId == integrationId && period.State == BillingPeriodState.Open && period.PeriodStart <= now && period.PeriodEnd > now)
            .GroupBy(period => new { period.PeriodStart, period.PeriodEnd })
            .Select(group => new { group.Key.PeriodStart, group.Key.PeriodEnd, Count = group.Count() })
            .OrderByDescending(group => group.Count).ThenByDescending(group => group.PeriodStart)
            .Take(2).ToListAsync(cancellationToken);
        LagoPeriod? read = found.Count == 0 ? null : new LagoPeriod(found[0].PeriodStart, found[0].PeriodEnd, IsOnly: found.Count == 1);
        lock (_periodsLock)
        {
            _periods[integrationId] = (now, read);
        }

        return read;
    }
}
