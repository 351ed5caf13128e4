using LagoConsole.Core.Audit;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Conversion;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Security;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace LagoConsole.Core.DryRun;

/// <summary>What one buyer's rehearsal came to.</summary>
/// <param name="Refusal">Why the proposed change would not be saved; then there is nothing else.</param>
internal sealed record RehearsedBuyer(
    DryRunWindow? Window, IReadOnlyList<DryRunRecord> Records, IReadOnlyList<DryRunStay> Stays, IReadOnlyList<string> Problems, string? Refusal = null);

/// <summary>What the steps are told by the console's settings.</summary>
/// <param name="DeadlineMargin">How long before the end of its window a purchase's last record is made.</param>
internal sealed record RehearsalSettings(LagoOptions Lago, TimeSpan DeadlineMargin);

/// <summary>
/// Lets the steps of poll and report run for one buyer at the times of the schedule, up to the next window's release, on a
/// context whose transaction is taken back (<see cref="MoneyTransaction.RehearseAsync"/>). A buyer's money touches no other's,
/// so that each has its own rehearsal, which holds the database briefly. Records on their way are taken as they stand.
/// </summary>
internal sealed class Rehearsal(LagoConsoleDbContext db, BuyerLook look, RehearsalSettings settings, DateTimeOffset now)
{
    private readonly HashSet<Guid> _marksBefore = [];

    /// <summary>By increment that was open: no step reads another one of the buyer, unless it makes it.</summary>
    private readonly Dictionary<Guid, decimal> _waivedBefore = [];
    private readonly Dictionary<Guid, Allocation> _allocations = [];
    private readonly List<string> _problems = [];
    private List<Entitlement>? _ending;

    /// <summary>Not read by any poll yet. Each is read once: later polls of the rehearsal would see the same.</summary>
    private readonly List<SubscriptionReading> _unread = [.. look.Readings];

    public async Task<RehearsedBuyer> RunAsync(Actor actor, ProposedChange? change, IEnumerable<RunTime> times, CancellationToken cancellationToken)
    {
        await RememberAsync(cancellationToken);
        if (change is not null)
        {
            if (await change.ApplyAsync(db, actor, look, now, cancellationToken) is { } refusal)
            {
                return new RehearsedBuyer(Window: null, [], [], [], refusal);
            }

            await SaveAsync(cancellationToken);
        }

        BuyerLink? link = await db.BuyerLinks.SingleOrDefaultAsync(
            row => row.BuyerId == look.BuyerId && row.UnlinkedAt == null, cancellationToken);
        Integration? integration = link is null
            ? null
            : await db.Integrations.SingleOrDefaultAsync(row => row.Id == link.IntegrationId, cancellationToken);
        DryRunWindow? window = null;
        DateTimeOffset from = now;
        foreach (RunTime time in times)
        {
            await BetweenAsync(integration, from, time.At, cancellationToken);
            from = time.At;
            bool polls = time.IsPoll && integration is not null && await PollAsync(integration, time.At, cancellationToken);
            if (polls && ReportingWindow.Due(
                integration!.BillingMode, time.At, integration.LastReleasedAt, integration.LastPollStartedAt, integration.LastPollFinishedAt) is { } due)
            {
                window = new DryRunWindow(integration.Name, integration.BillingMode, due.Start, due.End, time.At);
            }

            await ReportAsync(integration, time.At, cancellationToken);
            if (window is not null || (time.IsPoll && !polls))
            {
                break;
            }
        }

        Dictionary<Guid, Key> keys = await KeysAsync(cancellationToken);
        return new RehearsedBuyer(window, await RecordsAsync(keys, cancellationToken), await StaysAsync(keys, from, cancellationToken), _problems);
    }

    private async Task RememberAsync(CancellationToken cancellationToken)
    {
        _marksBefore.UnionWith(await Marks().Select(mark => mark.Id).ToListAsync(cancellationToken));
        foreach (UsageIncrement increment in await Open().ToListAsync(cancellationToken))
        {
            _waivedBefore[increment.Id] = increment.WaivedMinor;
        }
    }

    /// <summary>What runs between two times of the schedule: the poll before a period's end (R4), and the drain of a purchase (R18).</summary>
    private async Task BetweenAsync(Integration? integration, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken)
    {
        List<(DateTimeOffset At, SubscriptionReading? Ending)> events =
        [
            .. (await EndingAsync(cancellationToken)).Select(entitlement => (EntitlementDrain.DueAt(entitlement, settings.DeadlineMargin), (SubscriptionReading?)null)),
            .. _unread.Select(reading => (Later(now, reading.PeriodEnd - ExtraPoll.Lead(1, settings.Lago.RequestsPerSecond)), (SubscriptionReading?)reading)),
        ];
        foreach ((DateTimeOffset at, SubscriptionReading? ending) in events.Where(item => item.At >= from && item.At < until).OrderBy(item => item.At))
        {
            if (ending is null)
            {
                await ReportAsync(integration, at, cancellationToken);
            }
            else if (integration is not null
                && (await ExtraPolls.DueAsync(db, settings.Lago, at, cancellationToken)).Exists(period => period.SubscriptionLagoId == ending.SubscriptionLagoId))
            {
                await ReadAsync(integration, at, cancellationToken);
            }
        }
    }

    /// <summary>As the hourly poll does. Returns whether the integration polls at all.</summary>
    private async Task<bool> PollAsync(Integration integration, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (integration.Status != IntegrationStatus.Verified)
        {
            _problems.Add($"{integration.Name} is not verified, so Lago is not polled: growth that is not counted yet is missing here. Press VERIFY under Integrations.");
            return false;
        }

        if (integration.AutoReport)
        {
            integration.LastPollStartedAt = at;
            integration.LastPollFinishedAt = at;
        }

        await ReadAsync(integration, at, cancellationToken);
        return integration.AutoReport;
    }

    /// <summary>Writes what the look saw. With auto report off nothing is polled, and what would be seen waits for that.</summary>
    private async Task ReadAsync(Integration integration, DateTimeOffset at, CancellationToken cancellationToken)
    {
        foreach ((string subscription, DateTimeOffset ended) in look.Ended)
        {
            await PeriodStore.EndTerminatedAsync(db, subscription, ended, cancellationToken);
        }

        GrowthRule rule = integration.AutoReport ? new GrowthRule.Flow() : new GrowthRule.Wait(WaitReason.AutoReportOff);
        foreach (SubscriptionReading reading in _unread.Where(reading => reading.PeriodEnd > at).ToList())
        {
            // The plan is read at the first sight only, and the change may have been that.
            bool isKnown = await PeriodStore.FindAsync(db, reading, cancellationToken) is { NeverPolled: false };
            ReadingOutcome outcome = await new UsageWriter(db, integration.Id, look.BuyerId, at)
                .WriteAsync(reading with { ReadAt = at, IsUpgrade = reading.IsUpgrade && !isKnown }, rule, cancellationToken);
            await SaveAsync(cancellationToken);
            _unread.Remove(reading);
            if (outcome is { Dropped: true, StoredAheadUntil: { } ahead })
            {
                _problems.Add($"{look.Name}: what is stored of subscription {reading.SubscriptionExternalId} was read at {ahead:u}, which is still to come. Nothing of it is read until then.");
            }
        }
    }

    /// <summary>As <see cref="ReportRun"/> does, up to the sending.</summary>
    private async Task ReportAsync(Integration? integration, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (OpenNow.Any(increment => increment.WaitReason is not null))
        {
            await WaitingMoney.FlowOnAsync(db, look.BuyerId, at, cancellationToken);
            await SaveAsync(cancellationToken);
        }

        foreach (Entitlement entitlement in (await EndingAsync(cancellationToken)).Where(entitlement => entitlement.EndsAt <= at + EntitlementDrain.Notice))
        {
            await DrainAsync(integration, entitlement, at, cancellationToken);
        }

        if (OpenNow.Any(increment => increment is { MeterId: not null, GroupId: null }))
        {
            await ReleaseAsync(at, cancellationToken);
        }

        if (OpenNow.All(increment => increment.MeterId is null || increment.GroupId is null))
        {
            return; // a day has many such hours
        }

        List<Guid> meters = await AllocationStore.Released(db).Where(increment => increment.BuyerId == look.BuyerId)
            .Select(increment => increment.MeterId!.Value).Distinct().ToListAsync(cancellationToken);
        foreach (Guid meter in meters)
        {
            _allocations[meter] = await AllocationStore.AllocateAsync(db, meter, at, cancellationToken);
            await SaveAsync(cancellationToken);
        }
    }

    private async Task ReleaseAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        await ReleaseStore.ReleaseWaitedAsync(db, at, cancellationToken, ofBuyer: look.BuyerId);
        await SaveAsync(cancellationToken);
        List<Guid> accruedOf =
        [
            .. OpenNow.Where(increment => increment is { MeterId: not null, GroupId: null }).Select(increment => increment.IntegrationId).Distinct(),
        ];
        foreach (Guid integrationId in accruedOf)
        {
            await ReleaseStore.ReleaseDueAsync(db, integrationId, at, cancellationToken, ofBuyer: look.BuyerId);
            await SaveAsync(cancellationToken);
        }
    }

    private async Task DrainAsync(Integration? integration, Entitlement entitlement, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await EntitlementDrain.HoldProjectionsAsync(db, entitlement, at, cancellationToken);
        await SaveAsync(cancellationToken);
        if (at < EntitlementDrain.DueAt(entitlement, settings.DeadlineMargin))
        {
            return;
        }

        bool stillTaken = at < FinalFlush.Closes(entitlement.EndsAt!.Value, MarketplaceRules.For(entitlement.Marketplace));
        if (stillTaken && integration is { AutoReport: true, Status: IntegrationStatus.Verified })
        {
            await ReadAsync(integration, at, cancellationToken);
        }

        await EntitlementDrain.DrainAsync(db, entitlement, at, cancellationToken);
        await SaveAsync(cancellationToken);
    }

    private async Task<List<Entitlement>> EndingAsync(CancellationToken cancellationToken)
    {
        _ending ??= await EntitlementDrain.Ending(db).Where(entitlement => entitlement.BuyerId == look.BuyerId).ToListAsync(cancellationToken);
        return _ending.FindAll(entitlement => entitlement.DrainedAt is null);
    }

    /// <summary>What the next step reads must show what this one did. History rows are read by no step, and their numbers would be used up.</summary>
    private Task<int> SaveAsync(CancellationToken cancellationToken)
    {
        foreach (EntityEntry entry in db.ChangeTracker.Entries()
            .Where(entry => entry is { State: EntityState.Added, Entity: UsageSnapshot or AuditEntry }).ToList())
        {
            entry.State = EntityState.Detached;
        }

        return db.SaveChangesAsync(cancellationToken);
    }

    private async Task<IReadOnlyList<DryRunRecord>> RecordsAsync(Dictionary<Guid, Key> keys, CancellationToken cancellationToken)
    {
        Dictionary<Guid, UsageIncrement> increments = db.UsageIncrements.Local.ToDictionary(increment => increment.Id);
        ILookup<Guid, RecordLink> parts = db.RecordLinks.Local.ToLookup(link => link.RecordId);
        Dictionary<Guid, string> products = await db.Entitlements.Where(entitlement => entitlement.BuyerId == look.BuyerId)
            .Join(db.Products, entitlement => entitlement.ProductId, product => product.Id, (entitlement, product) => new { entitlement.Id, product.Name })
            .ToDictionaryAsync(row => row.Id, row => row.Name, cancellationToken);
        return
        [
            .. db.UsageRecords.Local.OrderBy(record => record.CreatedAt).ThenBy(record => record.DimensionKey, StringComparer.Ordinal)
                .Select(record => new DryRunRecord(
                    look.BuyerId, look.Name, record.EntitlementId, products[record.EntitlementId], record.Marketplace, record.DimensionKey,
                    record.CreatedAt, record.SlotHour, record.Timestamp, record.Quantity, record.UnitPriceMinor, record.Currency,
                    record.RemainderBeforeMinor, record.OpenBeforeMinor, record.RemainderAfterMinor, record.Payload, record.PayloadSha256,
                    [
                        .. parts[record.Id].Select(part => (Increment: increments[part.IncrementId], part.AmountMinor))
                            .OrderBy(part => part.Increment.MeterSequence)
                            .Select(part => PartOf(part.Increment, part.AmountMinor, keys[part.Increment.MarkId])),
                    ])),
        ];
    }

    private DryRunPart PartOf(UsageIncrement increment, decimal linkedMinor, Key key) => new(
        increment.MetricCode, key.SubscriptionExternalId, key.PeriodStart, key.PeriodEnd, increment.SeenAt, increment.Source,
        IsNew: !_waivedBefore.ContainsKey(increment.Id), increment.FromMinor, increment.ToMinor, increment.AmountMinor, linkedMinor, Before(increment.MarkId));

    /// <param name="end">The last moment of the rehearsal.</param>
    private async Task<IReadOnlyList<DryRunStay>> StaysAsync(Dictionary<Guid, Key> keys, DateTimeOffset end, CancellationToken cancellationToken)
    {
        List<UsageIncrement> open = await Open().ToListAsync(cancellationToken);
        List<DryRunStay> stays =
        [
            .. open.Where(increment => increment.MeterId is null)
                .GroupBy(increment => (increment.MarkId, Reason: increment.WaitReason
                    ?? throw new InvalidOperationException($"Increment {increment.Id} is open, on no meter, and waits for nothing.")))
                .Select(group => OfKey(keys, group.Key.MarkId, group.Sum(increment => increment.OpenMinor), new StayReason.Waits(group.Key.Reason))),
            .. await OnMetersAsync([.. open.Where(increment => increment.MeterId is not null)], cancellationToken),
            .. db.UsageIncrements.Local
                .Select(increment => (increment.MarkId, Waived: increment.WaivedMinor - _waivedBefore.GetValueOrDefault(increment.Id)))
                .Where(pair => pair.Waived > 0)
                .GroupBy(pair => pair.MarkId, (mark, pairs) => OfKey(keys, mark, pairs.Sum(pair => pair.Waived), new StayReason.GivenUp())),
        ];
        RoutingTable routes = await RoutingTable.LoadAsync(db, look.BuyerId, cancellationToken);
        foreach (HighWaterMark mark in await Marks().ToListAsync(cancellationToken))
        {
            stays.AddRange(OfMark(mark, keys, routes));
        }

        foreach (SubscriptionReading reading in _unread.Where(reading => reading.PeriodEnd <= end))
        {
            stays.AddRange(await OfEndingAsync(reading, cancellationToken));
        }

        return stays;
    }

    private async Task<IEnumerable<DryRunStay>> OnMetersAsync(List<UsageIncrement> open, CancellationToken cancellationToken)
    {
        List<Guid> meterIds = [.. open.Select(increment => increment.MeterId!.Value).Distinct()];
        var meters = await db.Meters.Where(meter => meterIds.Contains(meter.Id))
            .Join(db.Dimensions, meter => meter.DimensionId, dimension => dimension.Id, (meter, dimension) => new { Meter = meter, dimension.ProductId })
            .ToDictionaryAsync(row => row.Meter.Id, cancellationToken);
        HashSet<Guid> reporting = [.. await db.Integrations.Where(integration => integration.AutoReport)
            .Select(integration => integration.Id).ToListAsync(cancellationToken)];
        return open.GroupBy(
            increment => (MeterId: increment.MeterId!.Value, Reason: ReasonOnMeter(increment, reporting)),
            (key, increments) => new DryRunStay(
                look.BuyerId, look.Name, meters[key.MeterId].Meter.DimensionKey, SubscriptionExternalId: null, meters[key.MeterId].Meter.Currency,
                increments.Sum(increment => increment.OpenMinor), key.Reason, MarkId: null, meters[key.MeterId].ProductId));
    }

    private StayReason ReasonOnMeter(UsageIncrement increment, HashSet<Guid> reporting)
    {
        if (!increment.ReportRegardless && !reporting.Contains(increment.IntegrationId))
        {
            return new StayReason.Waits(WaitReason.AutoReportOff);
        }

        if (increment.GroupId is null)
        {
            return new StayReason.NotReleased();
        }

        return new StayReason.OnMeter(_allocations[increment.MeterId!.Value] switch
        {
            Allocation.Waits waits => waits.Reason,
            Allocation.Made made when made.RemainderAfterMinor < made.UnitPriceMinor => AllocationWait.LessThanOneUnit,
            Allocation.Made => AllocationWait.NextHour, // a record takes no more units
            _ => throw new System.Diagnostics.UnreachableException(),
        });
    }

    /// <summary>What a key shows that no increment holds.</summary>
    private IEnumerable<DryRunStay> OfMark(HighWaterMark mark, Dictionary<Guid, Key> keys, RoutingTable routes)
    {
        BillingPeriodState period = keys[mark.Id].PeriodState;
        bool atCloseOnly = mark.ReportAtCloseOnly || routes.IsAtCloseOnly(mark.MetricCode);
        if (mark.BaselineMinor > 0 && !_marksBefore.Contains(mark.Id))
        {
            yield return OfKey(keys, mark.Id, Math.Min(mark.BaselineMinor, mark.LastTotalMinor), new StayReason.BeforeStart());
        }

        if (mark is { Hold: { } hold, HeldMinor: > 0 })
        {
            yield return OfKey(keys, mark.Id, mark.HeldMinor, new StayReason.Held(hold));
        }
        else if (atCloseOnly && Above(mark, mark.LastTotalMinor) > 0 && period != BillingPeriodState.Closed)
        {
            yield return OfKey(
                keys, mark.Id, Above(mark, mark.LastTotalMinor), mark.ReportAtCloseOnly ? new StayReason.Projection() : new StayReason.AtClose());
        }
        else if (mark.LastTotalMinor < mark.AmountMinor && period == BillingPeriodState.Open)
        {
            yield return OfKey(keys, mark.Id, mark.AmountMinor - mark.LastTotalMinor, new StayReason.BelowMark());
        }
    }

    /// <summary>Growth in a period that no poll sees any more. What is held, or a projection, is told of its mark.</summary>
    private async Task<IEnumerable<DryRunStay>> OfEndingAsync(SubscriptionReading reading, CancellationToken cancellationToken)
    {
        Guid? period = (await PeriodStore.FindAsync(db, reading, cancellationToken))?.Id;
        List<HighWaterMark> marks = await db.HighWaterMarks
            .Where(mark => mark.PeriodId == period && mark.Currency == reading.Currency).ToListAsync(cancellationToken);
        return reading.Metrics
            .Select(metric => (metric.Code, metric.TotalMinor, Mark: marks.Find(mark => mark.MetricCode == metric.Code)))
            .Where(metric => metric.Mark is not { Hold: not null } and not { ReportAtCloseOnly: true })
            .Select(metric => (metric.Code, metric.Mark, Growth: metric.Mark is null ? metric.TotalMinor : Above(metric.Mark, metric.TotalMinor)))
            .Where(metric => metric.Growth > 0)
            .Select(metric => new DryRunStay(
                look.BuyerId, look.Name, metric.Code, reading.SubscriptionExternalId, reading.Currency, metric.Growth,
                new StayReason.PeriodEndsFirst(reading.PeriodEnd), metric.Mark?.Id, ProductId: null));
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static long Above(HighWaterMark mark, long totalMinor) => totalMinor - mark.RefusedMinor - mark.AmountMinor;

    private DryRunStay OfKey(Dictionary<Guid, Key> keys, Guid markId, decimal amountMinor, StayReason reason) => new(
        look.BuyerId, look.Name, keys[markId].MetricCode, keys[markId].SubscriptionExternalId, keys[markId].Currency, amountMinor, reason,
        Before(markId), ProductId: null);

    /// <summary>A key that the rehearsal made is gone with it: no page can show it.</summary>
    private Guid? Before(Guid markId) => _marksBefore.Contains(markId) ? markId : null;

    /// <summary>The same as the context holds them: all were read at the start, and the rest was made since.</summary>
    private IEnumerable<UsageIncrement> OpenNow => db.UsageIncrements.Local.Where(increment => increment.BuyerId == look.BuyerId && increment.IsOpen);

    private IQueryable<UsageIncrement> Open() => db.UsageIncrements.Where(increment => increment.BuyerId == look.BuyerId && increment.IsOpen);

    /// <summary>Keys that may still grow, or are held.</summary>
    private IQueryable<HighWaterMark> Marks() =>
        from mark in db.HighWaterMarks
        join period in db.BillingPeriods on mark.PeriodId equals period.Id
        where period.BuyerId == look.BuyerId && (period.State != BillingPeriodState.Closed || mark.Hold != null)
        select mark;

    /// <summary>The keys of <see cref="Marks"/> and of every increment that a line may be about.</summary>
    private Task<Dictionary<Guid, Key>> KeysAsync(CancellationToken cancellationToken)
    {
        List<Guid> ofIncrements = [.. db.UsageIncrements.Local.Select(increment => increment.MarkId).Distinct()];
        return db.HighWaterMarks.Where(mark => ofIncrements.Contains(mark.Id) || Marks().Any(other => other.Id == mark.Id))
            .Join(db.BillingPeriods, mark => mark.PeriodId, period => period.Id, (mark, period) => new Key(
                mark.Id, mark.MetricCode, mark.Currency, period.SubscriptionExternalId, period.PeriodStart, period.PeriodEnd, period.State))
            .ToDictionaryAsync(key => key.MarkId, cancellationToken);
    }

    private sealed record Key(
        Guid MarkId, string MetricCode, string Currency, string SubscriptionExternalId, DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd,
        BillingPeriodState PeriodState);
}
