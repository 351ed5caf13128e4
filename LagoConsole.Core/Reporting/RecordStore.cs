using LagoConsole.Core.Persistence;
using LagoConsole.Core.Reporting.Limits;
using LagoConsole.Core.Time;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace LagoConsole.Core.Reporting;

/// <summary>
/// The life of records between being stored and being settled: leases, attempts, receipts, deadlines. Every change is
/// conditional on the record's version, so that two nodes cannot both send or settle it.
/// </summary>
public sealed class RecordStore(
    IDbContextFactory<LagoConsoleDbContext> contexts, IOptions<ReportingOptions> options, TimeProvider clock)
{
    /// <summary>
    /// Takes the lease of up to <paramref name="limit"/> due records that may share a call, and stores an attempt for each
    /// (R12: stored before it is sent). Null when nothing is due.
    /// </summary>
    /// <param name="full">Marketplaces to which no call may begin now: their records wait as they are. Null: none.</param>
    public async Task<LeasedBatch?> LeaseDueAsync(
        int limit, string owner, CancellationToken cancellationToken, IReadOnlyCollection<MarketplaceLane>? full = null)
    {
        full ??= [];
        while (await FirstDueAsync(full, cancellationToken) is { } batchKey) // most looks find nothing, and need no transaction
        {
            LeasedBatch? batch = await MoneyTransaction.RunAsync<LeasedBatch?>(
                contexts,
                async db =>
                {
                    DateTimeOffset now = clock.GetUtcNow();
                    List<UsageRecord> records = await InOrder(Due(db, now), batchKey).Take(limit).ToListAsync(cancellationToken);
                    return records.Count == 0 ? null : Lease(db, batchKey, records, owner, now);
                },
                cancellationToken,
                MoneySteps.Attempt);
            if (batch is not null)
            {
                return batch;
            }
        }

        return null;
    }

    /// <summary>
    /// The batch whose record is due most urgently; null when nothing is due. Batch by batch: there are few, each stands in the order of
    /// its deadlines, and one order over all would sort everything that is due for each call.
    /// </summary>
    private async Task<string?> FirstDueAsync(IReadOnlyCollection<MarketplaceLane> full, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        DateTimeOffset now = clock.GetUtcNow();
        (string BatchKey, DateTimeOffset Deadline)? first = null;
        string last = ""; // before all keys
        while (await db.UsageRecords.Where(record => record.NextAttemptAt != null && record.BatchKey.CompareTo(last) > 0)
            .MinAsync(record => (string?)record.BatchKey, cancellationToken) is { } batchKey)
        {
            last = batchKey;
            if (full.Any(lane => batchKey.StartsWith(lane.Prefix, StringComparison.Ordinal)))
            {
                continue;
            }

            DateTimeOffset? deadline = await InOrder(Due(db, now), batchKey).Select(record => (DateTimeOffset?)record.Deadline).FirstOrDefaultAsync(cancellationToken);
            if (deadline is { } its && (first is null || its < first.Value.Deadline))
            {
                first = (batchKey, its);
            }
        }

        return first?.BatchKey;
    }

    /// <summary>A batch's records, most urgent first.</summary>
    private static IQueryable<UsageRecord> InOrder(IQueryable<UsageRecord> records, string batchKey) =>
        records.Where(record => record.BatchKey == batchKey).OrderBy(record => record.Deadline).ThenBy(record => record.Id);

    /// <summary>Takes the lease of exactly these records again: the halves of a call that was refused whole.</summary>
    public Task<LeasedBatch?> LeaseAsync(IReadOnlyCollection<Guid> recordIds, string owner, CancellationToken cancellationToken) =>
        MoneyTransaction.RunAsync<LeasedBatch?>(
            contexts,
            async db =>
            {
                List<UsageRecord> records = await db.UsageRecords
                    .Where(record => recordIds.Contains(record.Id)
                        && (record.State == UsageRecordState.Retry || record.State == UsageRecordState.Unknown))
                    .OrderBy(record => record.Id).ToListAsync(cancellationToken);
                return records.Count == 0 ? null : Lease(db, records[0].BatchKey, records, owner, clock.GetUtcNow());
            },
            cancellationToken,
            MoneySteps.Attempt);

    /// <summary>Stores what a call answered: the end of each attempt, and what it makes of its record.</summary>
    public Task SettleAsync(LeasedBatch batch, MeteringAnswer answer, CancellationToken cancellationToken) =>
        MoneyTransaction.RunAsync(
            contexts,
            async db =>
            {
                DateTimeOffset now = clock.GetUtcNow();
                Dictionary<Guid, MeteringAnswerItem> items = answer.Items.ToDictionary(item => item.RecordId);
                List<Guid> ids = [.. batch.Records.Select(record => record.Id)];
                List<UsageRecord> records = await db.UsageRecords.Where(record => ids.Contains(record.Id)).ToListAsync(cancellationToken);
                List<Attempt> attempts = await db.Attempts
                    .Where(attempt => attempt.CallId == batch.CallId).ToListAsync(cancellationToken);
                foreach (Attempt attempt in attempts)
                {
                    UsageRecord record = records.Single(candidate => candidate.Id == attempt.RecordId);
                    MeteringAnswerItem item = items.GetValueOrDefault(record.Id)
                        ?? new MeteringAnswerItem(record.Id, new MeteringReceipt.Unknown("The answer did not mention this record."), null, null);
                    attempt.EndedAt = now;
                    attempt.HttpStatus = answer.HttpStatus;
                    attempt.RequestId = answer.RequestId;
                    attempt.Verdict = item.Receipt.GetType().Name;
                    attempt.Request = Cut(item.Request);
                    attempt.Response = Cut(item.Response);
                    bool isCurrent = record.State == UsageRecordState.Sending && record.LeaseOwner == batch.Owner && record.AttemptCount == attempt.Number;

                    // A receipt is proof whenever it comes: this node's lease ran out meanwhile, and nobody knew the outcome (R13).
                    bool isProof = MeterLedger.IsProof(item.Receipt, record.Quantity);
                    bool isLateProof = isProof && record.State is UsageRecordState.Unknown or UsageRecordState.Retry or UsageRecordState.Unresolved;
                    if (isCurrent || isLateProof)
                    {
                        await ApplyAsync(db, record, await SettleAsync(db, record, item, answer, batch.Records.Count, now, cancellationToken), now, cancellationToken);
                    }
                    else if (isProof && record.State == UsageRecordState.Void)
                    {
                        RecordTransition billed = MeterLedger.Settle(record, item.Receipt, now, soleWriter: false, TimeSpan.Zero);
                        await BilledAfterVoidAsync(db, record, billed, now, cancellationToken);
                    }
                }

                return records.Count;
            },
            cancellationToken,
            MoneySteps.Settlement);

    /// <summary>
    /// What time does to records: a lease that ran out leaves its outcome unknown, deadlines void or leave unresolved.
    /// Returns the number of records changed.
    /// </summary>
    /// <param name="abandonedOwner">Leases of this owner are dead at once: the process that held them restarted. Null: only expired ones.</param>
    public async Task<int> PassTimeAsync(string? abandonedOwner, CancellationToken cancellationToken)
    {
        await using (LagoConsoleDbContext peek = await contexts.CreateDbContextAsync(cancellationToken))
        {
            DateTimeOffset now = clock.GetUtcNow();
            if (!await Dead(peek, abandonedOwner, now).Concat(Expiring(peek, now)).AnyAsync(cancellationToken))
            {
                return 0; // most looks find nothing, and need no transaction
            }
        }

        return await MoneyTransaction.RunAsync(
            contexts,
            async db =>
            {
                DateTimeOffset now = clock.GetUtcNow();
                int changed = 0;
                foreach (UsageRecord record in await Dead(db, abandonedOwner, now).ToListAsync(cancellationToken))
                {
                    const string CutOff = "The console stopped while this record was being sent: it may have arrived or not. The identical record is sent again.";
                    Attempt? attempt = await db.Attempts.SingleOrDefaultAsync(
                        candidate => candidate.RecordId == record.Id && candidate.Number == record.AttemptCount, cancellationToken);
                    if (attempt is { EndedAt: null })
                    {
                        attempt.EndedAt = now;
                        attempt.Verdict = nameof(MeteringReceipt.Unknown);
                        attempt.Response = CutOff;
                    }

                    MeterLedger.Settle(record, new MeteringReceipt.Unknown(CutOff), now, soleWriter: false, TimeSpan.Zero).ApplyTo(record, now);
                    changed++;
                }

                foreach (UsageRecord record in await Expiring(db, now).ToListAsync(cancellationToken))
                {
                    if (MeterLedger.Expire(record, now, options.Value.DeadlineMargin) is { } transition)
                    {
                        await ApplyAsync(db, record, transition, now, cancellationToken);
                        changed++;
                    }
                }

                return changed;
            },
            cancellationToken);
    }

    /// <summary>No lease lasts and no rest is asked for so long: such an instant was written by a clock that was ahead.</summary>
    private static readonly TimeSpan FarAhead = TimeSpan.FromHours(2);

    /// <summary>Records whose lease ran out, or was held by a process that restarted.</summary>
    private static IQueryable<UsageRecord> Dead(LagoConsoleDbContext db, string? abandonedOwner, DateTimeOffset now)
    {
        DateTimeOffset ahead = now + FarAhead;
        return db.UsageRecords.Where(record => record.State == UsageRecordState.Sending
            && (record.LeaseUntil < now || record.LeaseUntil > ahead || (abandonedOwner != null && record.LeaseOwner == abandonedOwner)));
    }

    /// <summary>Records that are not settled, near their deadline or past it.</summary>
    private IQueryable<UsageRecord> Expiring(LagoConsoleDbContext db, DateTimeOffset now)
    {
        DateTimeOffset soon = now + options.Value.DeadlineMargin;
        return db.UsageRecords
            .Where(record => record.State == UsageRecordState.Pending || record.State == UsageRecordState.Retry
                || record.State == UsageRecordState.Unknown || record.State == UsageRecordState.Blocked)
            .Where(record => record.Deadline <= soon);
    }

    /// <summary>When reporting has something to do by itself; null when no record waits.</summary>
    /// <param name="rests">Marketplaces that take no call before then.</param>
    internal async Task<DateTimeOffset?> NextAttemptAtAsync(IReadOnlyCollection<LaneRest> rests, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        return await NextAttemptAtAsync(db, rests, cancellationToken);
    }

    /// <summary>
    /// When a record may be sent (again), or the lease on one ends: the process that held it may be dead, and then nobody
    /// else would look before the next hour, while the record's meter rests (R12).
    /// </summary>
    internal static async Task<DateTimeOffset?> NextAttemptAtAsync(
        LagoConsoleDbContext db, IReadOnlyCollection<LaneRest> rests, CancellationToken cancellationToken)
    {
        DateTimeOffset? next = await FirstAsync(OnTheirWay(db).Outside(rests.Select(rest => rest.Lane)), cancellationToken);
        foreach (LaneRest rest in rests)
        {
            if (await FirstAsync(OnTheirWay(db).Within(rest.Lane), cancellationToken) is { } first)
            {
                DateTimeOffset own = first > rest.Until ? first : rest.Until;
                next = next < own ? next : own;
            }
        }

        return next;
    }

    /// <summary>Records that go by themselves.</summary>
    internal static IQueryable<UsageRecord> OnTheirWay(LagoConsoleDbContext db) =>
        db.UsageRecords.Where(record => record.State == UsageRecordState.Pending || record.State == UsageRecordState.Retry
            || record.State == UsageRecordState.Unknown || record.State == UsageRecordState.Sending);

    private static Task<DateTimeOffset?> FirstAsync(IQueryable<UsageRecord> records, CancellationToken cancellationToken) =>
        records.MinAsync(record => record.State == UsageRecordState.Sending ? record.LeaseUntil : record.NextAttemptAt, cancellationToken);

    /// <summary>Writes a transition; a void record gives its money back in the same transaction.</summary>
    internal static async Task ApplyAsync(
        LagoConsoleDbContext db, UsageRecord record, RecordTransition transition, DateTimeOffset now, CancellationToken cancellationToken)
    {
        transition.ApplyTo(record, now);
        if (transition.State == UsageRecordState.Void)
        {
            await MeterBook.GiveBackAsync(db, record, now, cancellationToken);
        }
    }

    /// <summary>
    /// A void record was billed after all (R13). Its money is taken back from where it is open; where it has gone onto another
    /// record meanwhile it is billed twice, which only the vendor can mend at the marketplace.
    /// </summary>
    internal static async Task BilledAfterVoidAsync(
        LagoConsoleDbContext db, UsageRecord record, RecordTransition billed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await MeterBook.TakeBackAsync(db, record, cancellationToken))
        {
            billed.ApplyTo(record, now);
            return;
        }

        record.BilledAfterVoidAt = now;
        record.ProviderRecordId = billed.ProviderRecordId;
        record.ErrorCode = "BilledAfterVoid";
        record.ErrorMessage = "It counted as not billed, and its money went onto another record. Now the marketplace says that it had taken this one: "
            + "this money is billed twice. Refund it to the buyer at the marketplace.";
    }

    private static IQueryable<UsageRecord> Due(LagoConsoleDbContext db, DateTimeOffset now)
    {
        DateTimeOffset ahead = now + FarAhead;
        return db.UsageRecords.Where(record => (record.State == UsageRecordState.Pending || record.State == UsageRecordState.Retry || record.State == UsageRecordState.Unknown)
            && record.NextAttemptAt != null && (record.NextAttemptAt <= now || record.NextAttemptAt > ahead) && record.Deadline > now);
    }

    private LeasedBatch Lease(LagoConsoleDbContext db, string batchKey, List<UsageRecord> records, string owner, DateTimeOffset now)
    {
        Guid callId = NewId.At(now);
        foreach (UsageRecord record in records)
        {
            record.State = UsageRecordState.Sending;
            record.LeaseOwner = owner;
            record.LeaseUntil = now + options.Value.Lease;
            record.AttemptCount++;
            record.LastAttemptAt = now;
            record.NextAttemptAt = null;
            db.Attempts.Add(new Attempt
            {
                Id = NewId.At(now),
                RecordId = record.Id,
                Number = record.AttemptCount,
                CallId = callId,
                StartedAt = now,
            });
        }

        return new LeasedBatch(callId, owner, records[0].Marketplace, batchKey, records);
    }

    private static async Task<RecordTransition> SettleAsync(
        LagoConsoleDbContext db, UsageRecord record, MeteringAnswerItem item, MeteringAnswer answer, int batchSize, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        MeteringReceipt receipt = item.Receipt;
        if (answer.RefusedWhole && batchSize > 1)
        {
            // Which record is at fault is not known yet, only that none was billed: the sender tries halves at once.
            receipt = new MeteringReceipt.NotProcessed("The call was refused because of one of its records; smaller calls find out which.");
        }

        if (receipt is MeteringReceipt.AlreadyAccepted { StoredQuantity: null } duplicate
            && await db.Attempts.AnyAsync(
                earlier => earlier.RecordId == record.Id && earlier.Verdict == nameof(MeteringReceipt.Accepted), cancellationToken))
        {
            // An earlier attempt's receipt came late, while this one was in flight: the duplicate is our own.
            receipt = new MeteringReceipt.Accepted(duplicate.ProviderRecordId ?? record.ProviderRecordId ?? "");
        }

        bool soleWriter = receipt is MeteringReceipt.AlreadyAccepted && await IsSoleWriterAsync(db, record, cancellationToken);
        return MeterLedger.Settle(record, receipt, now, soleWriter, Backoff.After(record.AttemptCount, Jitter.Next()));
    }

    private static async Task<bool> IsSoleWriterAsync(LagoConsoleDbContext db, UsageRecord record, CancellationToken cancellationToken)
    {
        bool confirmed = await db.Entitlements.Where(entitlement => entitlement.Id == record.EntitlementId)
            .Join(db.Products, entitlement => entitlement.ProductId, product => product.Id, (entitlement, product) => product)
            .AnyAsync(product => product.SoleWriterConfirmedAt != null, cancellationToken);
        return confirmed && !await db.UsageRecords.AnyAsync(
            other => other.MeterId == record.MeterId
                && (other.State == UsageRecordState.Conflict || other.DecidedFrom == UsageRecordState.Conflict),
            cancellationToken);
    }

    private static string? Cut(string? text) => text is null || text.Length <= 8000 ? text : text[..8000];
}
