using LagoConsole.Core.Audit;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Scheduling;
using LagoConsole.Core.Security;
using LagoConsole.Core.Time;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LagoConsole.Core.Reconciliation;

/// <summary>
/// Reads Azure's usage events, keeps what they say of each day, and settles by them the records whose outcome was unknown at their
/// deadline (R13), one purchase a transaction. What is not proven stays as it is; a person may settle it meanwhile, and whoever comes
/// second changes nothing.
/// </summary>
public sealed class ReconcileRun(
    IDbContextFactory<LagoConsoleDbContext> contexts, AzureUsageEvents azure, ScheduleSync schedule, IOptions<ReconciliationOptions> options,
    TimeProvider clock, ILogger<ReconcileRun> logger)
{
    /// <summary>Records that are older wait for a person only: one of them would make every read reach back to its day.</summary>
    public const int MostDaysBack = 60;

    /// <summary>Where no record waits for proof, the days are compared once a day; less an hour, so that it stays the same hour.</summary>
    private static readonly TimeSpan Daily = TimeSpan.FromHours(23);

    /// <summary><i>Read now</i>.</summary>
    /// <exception cref="ForbiddenException">Needs <see cref="Role.Operator"/>.</exception>
    public async Task<ReconcileOutcome> ReadNowAsync(Actor actor, CancellationToken cancellationToken)
    {
        actor.Require(Role.Operator);
        await using (LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            db.Audit(clock.GetUtcNow(), actor, "Read usage events", nameof(UsageReading), Marketplace.Azure.Label());
            await db.SaveChangesAsync(cancellationToken);
        }

        return await ReadAsync(evenIfRecent: true, cancellationToken);
    }

    /// <summary>Each hour while a record waits for proof; else once a day.</summary>
    public Task<ReconcileOutcome> RunAsync(CancellationToken cancellationToken) => ReadAsync(evenIfRecent: false, cancellationToken);

    private async Task<ReconcileOutcome> ReadAsync(bool evenIfRecent, CancellationToken cancellationToken)
    {
        IReadOnlyList<Question> questions = await QuestionsAsync(clock.GetUtcNow(), evenIfRecent, cancellationToken);
        ReconcileOutcome.Done done = new(Totals: 0, ReadSettlement.None, Failures: []);
        List<string> unread = [];
        foreach (Question question in questions)
        {
            DateTimeOffset readAt = clock.GetUtcNow(); // before the question: what had been taken later proves nothing by being absent
            DateTimeOffset until = UtcDay.Of(readAt).AddDays(1);
            switch (await azure.ReadAsync(question.Product.Id, question.From, until, cancellationToken))
            {
                case UsageEventsAnswer.NotRead notRead:
                    unread.Add($"{question.Product.Name} was not read: {notRead.Sentence}");
                    break;
                case UsageEventsAnswer.Read read:
                    done += await StoreAsync(
                        new Answer(question.Product, question.From, until, readAt, [.. read.Rows.Where(row => row.Day >= question.From && row.Day < until)]), cancellationToken);
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }

        if (done.Settled.NotBilled > 0)
        {
            await schedule.RequestReportAsync(CancellationToken.None); // its money is free
        }

        return questions.Count == 0 ? new ReconcileOutcome.NothingToRead()
            : unread.Count == questions.Count ? new ReconcileOutcome.NotRead(string.Join(' ', unread))
            : done with { Failures = [.. done.Failures, .. unread] };
    }

    /// <summary>Which products are asked about now, each with the token of its own account, and from which day on.</summary>
    private async Task<IReadOnlyList<Question>> QuestionsAsync(DateTimeOffset now, bool evenIfRecent, CancellationToken cancellationToken)
    {
        DateTimeOffset usual = UtcDay.Of(now).AddDays(-options.Value.Days);
        DateTimeOffset oldest = UtcDay.Of(now).AddDays(-MostDaysBack);
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        List<Product> products = await db.Products.AsNoTracking().Where(product => product.Marketplace == Marketplace.Azure)
            .OrderBy(product => product.Name).ToListAsync(cancellationToken);
        if (products.Count == 0)
        {
            return [];
        }

        var reported =
            from record in db.UsageRecords
            join entitlement in db.Entitlements on record.EntitlementId equals entitlement.Id
            where record.Marketplace == Marketplace.Azure && record.CreatedAt >= oldest // has an index, and is never before the hour
            select new { entitlement.ProductId, record.SlotHour, record.CreatedAt, record.State, record.Deadline };
        Dictionary<Guid, DateTimeOffset> open = await reported
            .Where(row => (row.State == UsageRecordState.Unknown || row.State == UsageRecordState.Unresolved) && row.Deadline <= now)
            .GroupBy(row => row.ProductId).Select(group => new { group.Key, First = group.Min(row => row.SlotHour) })
            .ToDictionaryAsync(group => group.Key, group => group.First, cancellationToken);
        HashSet<Guid> toCompare = [.. await reported.Where(row => row.CreatedAt >= usual).Select(row => row.ProductId).Distinct().ToListAsync(cancellationToken)];
        if (toCompare.Count > 0 && !evenIfRecent)
        {
            toCompare.ExceptWith(await ComparedAsync(db, usual, now, cancellationToken));
        }

        return [.. products
            .Where(product => open.ContainsKey(product.Id) || toCompare.Contains(product.Id))
            .Select(product => new Question(product, open.TryGetValue(product.Id, out DateTimeOffset first) && first < usual ? UtcDay.Of(first) : usual))];
    }

    /// <summary>Products that have been compared within a day.</summary>
    private static async Task<IEnumerable<Guid>> ComparedAsync(LagoConsoleDbContext db, DateTimeOffset usual, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Dictionary<Guid, DateTimeOffset> readAt = await db.UsageReadings.Where(reading => reading.Day >= usual)
            .GroupBy(reading => reading.ResourceId).Select(group => new { group.Key, Last = group.Max(reading => reading.ReadAt) })
            .ToDictionaryAsync(group => group.Key, group => group.Last, cancellationToken);
        return (await KnownAsync(db, cancellationToken))
            .Where(purchase => readAt.GetValueOrDefault(purchase.Key) > now - Daily).Select(purchase => purchase.Value.ProductId);
    }

    private async Task<ReconcileOutcome.Done> StoreAsync(Answer answer, CancellationToken cancellationToken)
    {
        ReconcileOutcome.Done done = new(Totals: 0, ReadSettlement.None, Failures: []);
        ItemRun run = new(logger);
        await run.EachAsync(
            await PurchasesAsync(answer, cancellationToken), purchase => $"Azure's subscription {purchase.ResourceId}",
            async purchase =>
            {
                done += await MoneyTransaction.RunAsync(
                    contexts, db => SettleAsync(db, purchase, answer, clock.GetUtcNow(), cancellationToken), cancellationToken, MoneySteps.Settlement);
                return 1;
            },
            cancellationToken);
        DateTimeOffset kept = UtcDay.Of(answer.ReadAt).AddDays(-options.Value.KeepDays);
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.UsageReadings.Where(reading => reading.Day < kept).ExecuteDeleteAsync(cancellationToken);
        return done with { Failures = run.Failures };
    }

    /// <summary>
    /// The product's purchases that Azure lists or that we have reported for in these days, and those of its offer that are no entitlement of
    /// this console. What else Azure lists is of other products: an app may report for offers that this console has nothing to do with.
    /// </summary>
    private async Task<IReadOnlyList<Purchase>> PurchasesAsync(Answer answer, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        Dictionary<Guid, Entitlement> known = await KnownAsync(db, cancellationToken);
        HashSet<Guid> reported = [.. await db.UsageRecords
            .Where(record => record.Marketplace == Marketplace.Azure && record.CreatedAt >= answer.From && record.SlotHour >= answer.From && record.SlotHour < answer.Until)
            .Select(record => record.EntitlementId).Distinct().ToListAsync(cancellationToken)];
        ILookup<Guid, UsageEventRow> rows = answer.Rows.ToLookup(row => row.ResourceId);
        IEnumerable<Guid> ours = known
            .Where(purchase => purchase.Value.ProductId == answer.Product.Id && (reported.Contains(purchase.Value.Id) || rows.Contains(purchase.Key)))
            .Select(purchase => purchase.Key);
        IEnumerable<Guid> others = answer.Rows.Where(row => !known.ContainsKey(row.ResourceId) && row.OfferId == answer.Product.AzureOfferId)
            .Select(row => row.ResourceId).Distinct();
        return [.. ours.Concat(others).Order().Select(resource => new Purchase(resource, known.GetValueOrDefault(resource)?.Id, [.. rows[resource]]))];
    }

    /// <summary>Every entitlement at Azure, by Azure's id of it.</summary>
    private static async Task<Dictionary<Guid, Entitlement>> KnownAsync(LagoConsoleDbContext db, CancellationToken cancellationToken) =>
        (await db.Entitlements.AsNoTracking().Where(entitlement => entitlement.Marketplace == Marketplace.Azure && entitlement.AzureResourceId != null)
            .ToListAsync(cancellationToken)).ToDictionary(entitlement => Guid.Parse(entitlement.AzureResourceId!));

    /// <summary>Keeps what Azure says of one purchase, and settles by it what it proves.</summary>
    private static async Task<ReconcileOutcome.Done> SettleAsync(
        LagoConsoleDbContext db, Purchase purchase, Answer answer, DateTimeOffset now, CancellationToken cancellationToken)
    {
        List<UsageReading> stored = await db.UsageReadings
            .Where(reading => reading.ResourceId == purchase.ResourceId && reading.Day >= answer.From && reading.Day < answer.Until).ToListAsync(cancellationToken);
        if (stored.Exists(reading => reading.ReadAt > answer.ReadAt))
        {
            return new ReconcileOutcome.Done(Totals: 0, ReadSettlement.None, Failures: []); // another node has asked since: this answer is the older one
        }

        List<UsageRecord> records = await db.UsageRecords
            .Where(record => record.EntitlementId == purchase.EntitlementId && record.SlotHour >= answer.From && record.SlotHour < answer.Until).ToListAsync(cancellationToken);
        List<MeterDay> days = MeterDays(purchase.Rows, records);
        foreach (MeterDay day in days)
        {
            UsageReading? reading = stored.Find(candidate => candidate.DimensionKey == day.DimensionKey && candidate.Day == day.Day);
            if (reading is null)
            {
                reading = new UsageReading { Id = NewId.At(now), ResourceId = purchase.ResourceId, DimensionKey = day.DimensionKey, Day = day.Day };
                db.UsageReadings.Add(reading);
            }

            reading.Take(day.Total, purchase.OfferIdOf(day), answer.ReadAt);
        }

        return new ReconcileOutcome.Done(days.Count, await JudgeAsync(db, records, days, answer.ReadAt, now, cancellationToken), Failures: []);
    }

    private static List<MeterDay> MeterDays(IReadOnlyList<UsageEventRow> rows, List<UsageRecord> records)
    {
        var listed = rows.ToLookup(row => (row.Dimension, row.Day));
        var ours = records.ToLookup(record => (Dimension: record.DimensionKey, Day: UtcDay.Of(record.SlotHour)));
        return [.. listed.Select(group => group.Key).Union(ours.Select(group => group.Key))
            .OrderBy(key => key.Day).ThenBy(key => key.Dimension, StringComparer.Ordinal)
            .Select(key => new MeterDay(key.Dimension, key.Day, DayTotal.Of([.. listed[key]]), [.. ours[key]]))];
    }

    private static async Task<ReadSettlement> JudgeAsync(
        LagoConsoleDbContext db, List<UsageRecord> records, List<MeterDay> days, DateTimeOffset readAt, DateTimeOffset now, CancellationToken cancellationToken)
    {
        List<UsageRecord> asked = [.. records.Where(record => record.Deadline <= readAt && (ReadingRule.IsOpen(record) || ReadingRule.IsInDoubt(record)))];
        if (asked.Count == 0)
        {
            return ReadSettlement.None;
        }

        List<Guid> ids = [.. asked.Select(record => record.Id)];
        ILookup<Guid, Attempt> attempts = (await db.Attempts.AsNoTracking().Where(attempt => ids.Contains(attempt.RecordId)).ToListAsync(cancellationToken))
            .ToLookup(attempt => attempt.RecordId);
        Dictionary<Guid, RecordReading> readings = await db.RecordReadings.Where(reading => ids.Contains(reading.RecordId))
            .ToDictionaryAsync(reading => reading.RecordId, cancellationToken);
        DateTimeOffset? restoredAt = await db.RestoreEpochs.MaxAsync(epoch => (DateTimeOffset?)epoch.RestoredAt, cancellationToken);
        ReadSettlement proved = ReadSettlement.None;

        // What is proven of one record may be what the proof of another lacked: again, until nothing more follows.
        for (bool again = true; again;)
        {
            again = false;
            foreach (UsageRecord record in asked.FindAll(candidate => ReadingRule.IsOpen(candidate) || ReadingRule.IsInDoubt(candidate)))
            {
                MeterDay day = days.Single(candidate => candidate.DimensionKey == record.DimensionKey && candidate.Day == UtcDay.Of(record.SlotHour));
                RecordReading reading = readings.GetValueOrDefault(record.Id) ?? new RecordReading { RecordId = record.Id };
                bool isOpen = ReadingRule.IsOpen(record);
                if (isOpen)
                {
                    reading.Take(day.Total.Submitted, readAt);
                }

                ReadingVerdict verdict = ReadingRule.Judge(
                    record, day, days, new ReadingFacts(readAt, reading.FirstReadAt, EndOf(attempts[record.Id]), BooksMayLackRecords: restoredAt >= day.Day));
                ReadSettlement? what = await SettleAsync(db, record, verdict, now, cancellationToken);
                if (what is null && !isOpen)
                {
                    continue; // what took it for not billed stands, and so does its evidence
                }

                reading.Take(day.Total.Submitted, readAt);
                reading.Conclude(verdict);
                if (readings.TryAdd(record.Id, reading))
                {
                    db.RecordReadings.Add(reading);
                }

                proved += what ?? ReadSettlement.None;
                again |= what is not null;
            }
        }

        return proved with { Open = asked.Count(ReadingRule.IsOpen) };
    }

    /// <summary>Carries out what is proven; null where nothing is.</summary>
    private static async Task<ReadSettlement?> SettleAsync(
        LagoConsoleDbContext db, UsageRecord record, ReadingVerdict verdict, DateTimeOffset now, CancellationToken cancellationToken)
    {
        switch (verdict)
        {
            case ReadingVerdict.Billed when ReadingRule.IsInDoubt(record):
                await RecordStore.BilledAfterVoidAsync(db, record, RecordTransition.To(UsageRecordState.Accepted), now, cancellationToken);
                return ReadSettlement.None with { BilledAfterAll = 1 };
            case ReadingVerdict.Billed:
                await RecordStore.ApplyAsync(db, record, RecordTransition.To(UsageRecordState.Accepted), now, cancellationToken);
                return ReadSettlement.None with { Billed = 1 };
            case ReadingVerdict.NotBilled notBilled:
                await RecordStore.ApplyAsync(
                    db, record, RecordTransition.To(UsageRecordState.Void) with { ErrorCode = "NotInUsageEvents", ErrorMessage = notBilled.Because }, now, cancellationToken);
                return ReadSettlement.None with { NotBilled = 1 };
            case ReadingVerdict.NotYet:
                return null;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>When the last of a record's attempts was over; null while one is in flight.</summary>
    private static DateTimeOffset? EndOf(IEnumerable<Attempt> attempts) =>
        attempts.Aggregate((DateTimeOffset?)DateTimeOffset.MinValue, (end, attempt) => end is null || attempt.EndedAt is null ? null : end > attempt.EndedAt ? end : attempt.EndedAt);

    /// <summary>A product to ask about, from its first day on.</summary>
    private sealed record Question(Product Product, DateTimeOffset From);

    /// <summary>What Azure answered about a product.</summary>
    private sealed record Answer(Product Product, DateTimeOffset From, DateTimeOffset Until, DateTimeOffset ReadAt, IReadOnlyList<UsageEventRow> Rows);

    /// <summary>One purchase, and what Azure lists of it.</summary>
    /// <param name="EntitlementId">Null where this console has no entitlement for it.</param>
    private sealed record Purchase(Guid ResourceId, Guid? EntitlementId, IReadOnlyList<UsageEventRow> Rows)
    {
        public string OfferIdOf(MeterDay day) =>
            Rows.FirstOrDefault(row => row.Dimension == day.DimensionKey && row.Day == day.Day)?.OfferId ?? "";
    }
}
