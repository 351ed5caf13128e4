using LagoConsole.Core.Buyers;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace LagoConsole.Core.Closing;

/// <summary>What closing the ended periods of one integration came to.</summary>
/// <param name="Waiting">Ended, but Lago has no final total yet.</param>
/// <param name="Failures">Sentences, with <c>buyer:id</c> in front.</param>
public sealed record CloseOutcome(int Closed, int Waiting, int Increments, IReadOnlyList<string> Failures);

/// <summary>
/// Brings Lago's final totals of ended periods into the marks (R4). Runs whatever the toggle says: growth between the
/// last poll and the period's end is in no later poll (T4).
/// </summary>
public sealed class PeriodCloser(
    IDbContextFactory<LagoConsoleDbContext> contexts, IntegrationConnections connections, PeriodStore periods, TimeProvider clock,
    ILogger<PeriodCloser> logger)
{
    private static readonly TimeSpan Daily = TimeSpan.FromHours(24);

    /// <summary>A month's grace and a month in hand.</summary>
    private static readonly TimeSpan StillCorrected = TimeSpan.FromDays(62);

    /// <summary>Calls of one run for periods that are closed; the rest have their turn in the next.</summary>
    private const int MostLookedAt = 2_000;

    private const int ChunkSize = 500;

    public async Task<CloseOutcome> CloseAsync(Integration integration, CancellationToken cancellationToken)
    {
        await using (LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            bool any = await db.BuyerLinks.AnyAsync(link => link.IntegrationId == integration.Id, cancellationToken)
                || await Unclosed(db, integration.Id).AnyAsync(cancellationToken) || await PeriodStore.Orphans(db).AnyAsync(cancellationToken);
            if (!any)
            {
                return new CloseOutcome(0, 0, 0, []);
            }
        }

        if (connections.Open(integration) is not LagoConnection.Opened { Client: var lago })
        {
            return new CloseOutcome(0, 0, 0, ["The stored API key cannot be used; periods stay open until it can."]);
        }

        LagoAnswer<IReadOnlyList<SubscriptionResponse>> list = await lago.ListSubscriptionsAsync(cancellationToken);
        if (list is LagoAnswer<IReadOnlyList<SubscriptionResponse>>.Failed failed)
        {
            return new CloseOutcome(0, 0, 0, [failed.Failure.Sentence]);
        }

        IReadOnlyList<SubscriptionResponse> subscriptions = ((LagoAnswer<IReadOnlyList<SubscriptionResponse>>.Ok)list).Value;
        FinalSearch search = new(lago, subscriptions, integration.IncludeTrueUps, clock);
        await periods.AdoptAsync(integration.Id, subscriptions, cancellationToken);
        (_, IReadOnlyList<LagoFailure> notSearched) = await new UnseenPeriods(contexts, search, clock)
            .FindAsync(integration.Id, subscriptions, cancellationToken);
        await periods.EndTerminatedAsync(subscriptions, cancellationToken);
        await periods.EndPassedAsync(integration.Id, cancellationToken);
        await ReopenInvoicedAnewAsync(integration.Id, search, cancellationToken);
        List<BillingPeriod> ended;
        await using (LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            ended = await Unclosed(db, integration.Id).AsNoTracking()
                .Where(period => period.State == BillingPeriodState.Ended)
                .OrderBy(period => period.PeriodEnd).ThenBy(period => period.Id).ToListAsync(cancellationToken);
        }

        int closed = 0;
        int increments = 0;
        List<Guid> asBefore = [];
        List<string> failures = [.. notSearched.Select(failure => failure.Sentence).Distinct(StringComparer.Ordinal)];
        ItemRun run = new(logger);
        await run.EachAsync(
            ended, period => $"Period of buyer:{period.BuyerId} that ended at {period.PeriodEnd:u}",
            async period =>
            {
                FinalTotal final = await search.FindAsync(period, () => MarksAsync(period, cancellationToken), cancellationToken);
                switch (final)
                {
                    case FinalTotal.Invoiced or FinalTotal.NeverComes:
                        ReadingOutcome? outcome = await StoreAsync(integration.Id, period, final, subscriptions, cancellationToken);
                        if (outcome is { Dropped: true })
                        {
                            await NoteAsync(period, "What is stored of this period was read later than its final total, as far as the clocks tell: it is tried again each hour.", cancellationToken);
                        }

                        closed += outcome is null or { Dropped: true } ? 0 : 1;
                        increments += outcome?.Increments ?? 0;
                        break;
                    case FinalTotal.NotYet { Sentence: var sentence } when sentence == period.CloseDetail:
                        asBefore.Add(period.Id);
                        break;
                    case FinalTotal.NotYet notYet:
                        await NoteAsync(period, notYet.Sentence, cancellationToken);
                        break;
                    case FinalTotal.Failed failure:
                        await NoteAsync(period, failure.Failure.Sentence, cancellationToken);
                        failures.Add($"buyer:{period.BuyerId} {failure.Failure.Sentence}");
                        break;
                }

                return 1;
            },
            cancellationToken);
        await LookedAtAsync(asBefore, cancellationToken);
        failures.AddRange(run.Failures);
        return new CloseOutcome(closed, ended.Count - closed, increments, failures);
    }

    /// <summary>
    /// Closed periods of which Lago has another final invoice now are closed once more: the one that closed it was voided and made
    /// anew (T15), or none was there then. Each is looked at once a day, for as long as an invoice is usually made or corrected.
    /// Their marks stay, so nothing is billed twice.
    /// </summary>
    private async Task ReopenInvoicedAnewAsync(Guid integrationId, FinalSearch search, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset dayAgo = now - Daily;
        DateTimeOffset oldest = now - StillCorrected;
        List<BillingPeriod> closed;
        await using (LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            closed = await db.BillingPeriods.AsNoTracking()
                .Where(period => period.IntegrationId == integrationId && period.State == BillingPeriodState.Closed
                    && period.PeriodEnd > oldest && period.LastCloseAttemptAt <= dayAgo)
                .OrderBy(period => period.LastCloseAttemptAt).Take(MostLookedAt).ToListAsync(cancellationToken);
        }

        List<Guid> asBefore = [];
        foreach (BillingPeriod period in closed)
        {
            if (await search.FinalInvoiceOfAsync(period, cancellationToken) is not LagoAnswer<string?>.Ok { Value: var invoiceId })
            {
                continue; // the next run asks again
            }

            if (invoiceId is null || invoiceId == period.FinalInvoiceLagoId)
            {
                asBefore.Add(period.Id);
                continue;
            }

            await MoneyTransaction.RunAsync(
                contexts,
                async db =>
                {
                    BillingPeriod stored = await db.BillingPeriods.SingleAsync(row => row.Id == period.Id, cancellationToken);
                    stored.LastCloseAttemptAt = now;
                    if (stored.State == BillingPeriodState.Closed && stored.FinalInvoiceLagoId == period.FinalInvoiceLagoId)
                    {
                        await PeriodStore.ReopenAsync(db, stored, BillingPeriodState.Ended, now, cancellationToken);
                        stored.CloseDetail = period.FinalInvoiceLagoId is null
                            ? "Lago has made a final invoice since: it is read."
                            : "Lago made another invoice instead of the one that closed it: it is read.";
                    }

                    return true;
                },
                cancellationToken);
        }

        await LookedAtAsync(asBefore, cancellationToken);
    }

    /// <summary>Periods that Lago tells nothing new of: one write for many, beside whatever else happens to them.</summary>
    private async Task LookedAtAsync(List<Guid> periodIds, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        foreach (Guid[] chunk in periodIds.Chunk(ChunkSize))
        {
            await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
            await db.BillingPeriods.Where(period => chunk.Contains(period.Id))
                .ExecuteUpdateAsync(set => set.SetProperty(period => period.LastCloseAttemptAt, now), cancellationToken);
        }
    }

    /// <summary>What Lago's invoices that are not final yet show of ended periods, for a person to see (R16). Stores nothing.</summary>
    internal async Task<IReadOnlyList<(BillingPeriod Period, SubscriptionReading Reading)>> UnfinalAsync(Integration integration, CancellationToken cancellationToken)
    {
        if (connections.Open(integration) is not LagoConnection.Opened { Client: var lago }
            || await lago.ListSubscriptionsAsync(cancellationToken) is not LagoAnswer<IReadOnlyList<SubscriptionResponse>>.Ok list)
        {
            return [];
        }

        List<BillingPeriod> ended;
        await using (LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            ended = await Unclosed(db, integration.Id).AsNoTracking().Where(period => period.State == BillingPeriodState.Ended)
                .OrderBy(period => period.PeriodEnd).ToListAsync(cancellationToken);
        }

        FinalSearch search = new(lago, list.Value, integration.IncludeTrueUps, clock);
        List<(BillingPeriod, SubscriptionReading)> shown = [];
        foreach (BillingPeriod period in ended)
        {
            if (await search.FindDraftAsync(period, await MarksAsync(period, cancellationToken), cancellationToken) is { } reading)
            {
                shown.Add((period, reading));
            }
        }

        return shown;
    }

    private static IQueryable<BillingPeriod> Unclosed(LagoConsoleDbContext db, Guid integrationId) =>
        db.BillingPeriods.Where(period => period.IntegrationId == integrationId && period.State != BillingPeriodState.Closed);

    private async Task<List<HighWaterMark>> MarksAsync(BillingPeriod period, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.HighWaterMarks.AsNoTracking().Where(mark => mark.PeriodId == period.Id).ToListAsync(cancellationToken);
    }

    /// <summary>Final totals, increments and the closed period are one transaction: a period is never closed without its money.</summary>
    /// <returns>Null when the integration is gone, or an older subscription must be closed first: nothing was written.</returns>
    private async Task<ReadingOutcome?> StoreAsync(
        Guid integrationId, BillingPeriod period, FinalTotal final, IReadOnlyList<SubscriptionResponse> subscriptions, CancellationToken cancellationToken)
    {
        try
        {
            return await MoneyTransaction.RunAsync(
                contexts, db => StoreAsync(db, integrationId, period, final, subscriptions, cancellationToken), cancellationToken, MoneySteps.Mark);
        }
        catch (OlderSubscriptionOpenException)
        {
            await NoteAsync(
                period, "Lago counts events of an older subscription again in this period: that one is closed first, and this one starts from it.", cancellationToken);
            return null;
        }
    }

    private async Task<ReadingOutcome?> StoreAsync(
        LagoConsoleDbContext db, Guid integrationId, BillingPeriod period, FinalTotal final, IReadOnlyList<SubscriptionResponse> subscriptions,
        CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        Integration? integration = await db.Integrations.SingleOrDefaultAsync(row => row.Id == integrationId, cancellationToken);
        if (integration is null)
        {
            return null;
        }

        BuyerLink? link = await db.BuyerLinks.AsNoTracking().SingleOrDefaultAsync(
            row => row.IntegrationId == integrationId && row.LagoCustomerId == period.LagoCustomerId
                && row.BuyerId == period.BuyerId && row.UnlinkedAt == null,
            cancellationToken);
        UsageWriter writer = new(db, integrationId, period.BuyerId, now);
        ReadingOutcome outcome = new(period.Id, Dropped: false, 0, 0, 0, []);
        List<HighWaterMark> marks = await db.HighWaterMarks.AsNoTracking().Where(mark => mark.PeriodId == period.Id).ToListAsync(cancellationToken);
        foreach (SubscriptionReading reading in Readings(period, final, marks).Select(reading => UsageReader.Among(subscriptions, reading, period.PeriodStart)))
        {
            ReadingOutcome part = await writer.WriteAsync(reading, RuleFor(integration, link, period), cancellationToken);
            if (part.Dropped)
            {
                return part;
            }

            if (part.AwaitsOlder)
            {
                throw new OlderSubscriptionOpenException();
            }

            outcome = outcome with
            {
                Snapshots = outcome.Snapshots + part.Snapshots,
                Increments = outcome.Increments + part.Increments,
                IncreaseMinor = checked(outcome.IncreaseMinor + part.IncreaseMinor),
            };
        }

        await db.SaveChangesAsync(cancellationToken); // the keys that the totals made are asked for next
        string? currency = (final as FinalTotal.Invoiced)?.Reading.Currency;
        foreach (HighWaterMark mark in await db.HighWaterMarks.Where(mark => mark.PeriodId == period.Id).ToListAsync(cancellationToken))
        {
            // Only projections were seen of it, and no final total comes (R8).
            if (mark.ReportAtCloseOnly && mark.Hold is null && mark.Currency != currency && mark.LastTotalMinor - mark.RefusedMinor > mark.AmountMinor)
            {
                KeyHold.Place(mark, HoldReason.NoFinal, now);
            }
        }

        BillingPeriod stored = await db.BillingPeriods.SingleAsync(row => row.Id == period.Id, cancellationToken);
        stored.State = BillingPeriodState.Closed;
        stored.ClosedAt = now;
        stored.LastCloseAttemptAt = now;
        stored.FinalInvoiceLagoId = (final as FinalTotal.Invoiced)?.InvoiceLagoId;
        stored.CouponsMinor = (final as FinalTotal.Invoiced)?.CouponsMinor;
        stored.CloseDetail = (final as FinalTotal.NeverComes)?.Sentence;
        return outcome;
    }

    /// <summary>The final invoice's totals; without one the last totals that no projection is in, once more.</summary>
    private static IEnumerable<SubscriptionReading> Readings(BillingPeriod period, FinalTotal final, IReadOnlyCollection<HighWaterMark> marks) => final switch
    {
        FinalTotal.Invoiced invoiced => [invoiced.Reading],
        FinalTotal.NeverComes never => marks.Where(mark => !mark.ReportAtCloseOnly)
            .GroupBy(mark => mark.Currency, StringComparer.Ordinal)
            .Select(ofCurrency => new SubscriptionReading(
                period.SubscriptionLagoId, period.SubscriptionExternalId, period.LagoCustomerId, period.PeriodStart, period.PeriodEnd,
                ofCurrency.Key, never.ReadAt, SnapshotSource.Close,
                [.. ofCurrency.Select(mark => new MetricReading(mark.MetricCode, mark.MetricCode, IsProjection: false, mark.LastTotalMinor, mark.LastCharges))])),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Where growth found at the close goes (R7, R16).</summary>
    private static GrowthRule RuleFor(Integration integration, BuyerLink? link, BillingPeriod period) => (integration, link) switch
    {
        ({ StartedFromNowAt: { } start }, _) when period.PeriodEnd <= start => new GrowthRule.Waive(),
        (_, { StartsFromNow: true, LinkedAt: { } start }) when period.PeriodEnd <= start => new GrowthRule.Waive(),
        (_, null) => new GrowthRule.Wait(WaitReason.LinkRemoved),
        ({ AutoReport: false }, _) => new GrowthRule.Wait(WaitReason.AutoReportOff),
        _ => new GrowthRule.Flow(),
    };

    private Task<bool> NoteAsync(BillingPeriod period, string sentence, CancellationToken cancellationToken) =>
        MoneyTransaction.RunAsync(
            contexts,
            async db =>
            {
                BillingPeriod stored = await db.BillingPeriods.SingleAsync(row => row.Id == period.Id, cancellationToken);
                if (stored.State != BillingPeriodState.Closed) // by another node, meanwhile
                {
                    stored.LastCloseAttemptAt = clock.GetUtcNow();
                    stored.CloseDetail = sentence;
                }

                return true;
            },
            cancellationToken);

    /// <summary>Rolls the transaction back: the key starts from what the older subscription counted, which is not known yet (T7, T9).</summary>
    private sealed class OlderSubscriptionOpenException() : Exception("An older subscription of the same external id must be closed first.");
}
