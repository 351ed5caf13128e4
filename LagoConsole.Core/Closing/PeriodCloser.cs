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
    /// <summary>Without an invoice for this long after its end, a period of a subscription that ended without one keeps its last total.</summary>
    private static readonly TimeSpan NoInvoicePatience = TimeSpan.FromHours(48);

    public async Task<CloseOutcome> CloseAsync(Integration integration, CancellationToken cancellationToken)
    {
        await using (LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            bool any = await Unclosed(db, integration.Id).AnyAsync(cancellationToken) || await PeriodStore.Orphans(db).AnyAsync(cancellationToken);
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
        await periods.AdoptAsync(integration.Id, subscriptions, cancellationToken);
        await periods.EndTerminatedAsync(subscriptions, cancellationToken);
        await periods.EndPassedAsync(integration.Id, cancellationToken);
        List<BillingPeriod> known;
        await using (LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            known = await Unclosed(db, integration.Id).AsNoTracking()
                .Where(period => period.State == BillingPeriodState.Ended)
                .OrderBy(period => period.PeriodEnd).ToListAsync(cancellationToken);
        }

        int closed = 0;
        int increments = 0;
        List<string> failures = [];
        ItemRun run = new(logger);
        await run.EachAsync(
            known, period => $"Period of buyer:{period.BuyerId} that ended at {period.PeriodEnd:u}",
            async period =>
            {
                SubscriptionResponse? subscription = subscriptions.FirstOrDefault(row => row.LagoId == period.SubscriptionLagoId);
                switch (await FindFinalAsync(lago, period, subscription, cancellationToken))
                {
                    case Final.Found found:
                        ReadingOutcome? outcome = await StoreAsync(integration.Id, period, found, cancellationToken);
                        closed += outcome is null or { Dropped: true } ? 0 : 1;
                        increments += outcome?.Increments ?? 0;
                        break;
                    case Final.NotYet notYet:
                        await NoteAsync(period, notYet.Sentence, cancellationToken);
                        break;
                    case Final.Failed failure:
                        await NoteAsync(period, failure.Failure.Sentence, cancellationToken);
                        failures.Add($"buyer:{period.BuyerId} {failure.Failure.Sentence}");
                        break;
                }

                return 1;
            },
            cancellationToken);
        failures.AddRange(run.Failures);
        return new CloseOutcome(closed, known.Count - closed, increments, failures);
    }

    private static IQueryable<BillingPeriod> Unclosed(LagoConsoleDbContext db, Guid integrationId) =>
        db.BillingPeriods.Where(period => period.IntegrationId == integrationId && period.State != BillingPeriodState.Closed);

    private async Task<Final> FindFinalAsync(
        LagoClient lago, BillingPeriod period, SubscriptionResponse? subscription, CancellationToken cancellationToken)
    {
        DateTimeOffset readAt = clock.GetUtcNow();
        LagoAnswer<IReadOnlyList<UsageResponse>> past = await lago.ListPastUsageAsync(
            period.LagoCustomerId, period.SubscriptionExternalId, cancellationToken);
        if (past is LagoAnswer<IReadOnlyList<UsageResponse>>.Failed failedPast)
        {
            return new Final.Failed(failedPast.Failure);
        }

        IReadOnlyList<UsageResponse> elements = ((LagoAnswer<IReadOnlyList<UsageResponse>>.Ok)past).Value;
        string? provisional = null;
        foreach (string invoiceId in FinalInvoice.Candidates(period, elements))
        {
            switch (await lago.GetInvoiceAsync(invoiceId, cancellationToken))
            {
                case LagoAnswer<InvoiceResponse>.Ok { Value: var invoice } when !FinalInvoice.Closes(invoice, period):
                    break;
                case LagoAnswer<InvoiceResponse>.Ok { Value: { Status: InvoiceResponse.Finalized } invoice }:
                    return await ReadFinalAsync(lago, period, subscription, invoice, readAt, cancellationToken);
                case LagoAnswer<InvoiceResponse>.Ok { Value: var invoice }:
                    provisional = $"Lago's invoice is still {invoice.Status}; its total is read when it is final.";
                    break;
                case LagoAnswer<InvoiceResponse>.Failed { Failure: LagoFailure.NotFound }:
                    provisional = "Lago is still generating the invoice.";
                    break;
                case LagoAnswer<InvoiceResponse>.Failed failed:
                    return new Final.Failed(failed.Failure);
            }
        }

        if (readAt < period.PeriodEnd + NoInvoicePatience)
        {
            return new Final.NotYet(provisional ?? "Lago has no invoice of this period yet; it is asked again each hour.");
        }

        List<HighWaterMark> marks = await MarksAsync(period, cancellationToken);
        if (marks.TrueForAll(mark => mark.LastTotalMinor == 0))
        {
            return new Final.Found(null, [], readAt); // Lago skips invoices of zero: nothing was used, nothing is missing
        }

        bool neverComes = subscription is { Status: SubscriptionResponse.Terminated, OnTerminationInvoice: "skip" };
        if (provisional is not null || !neverComes)
        {
            return new Final.NotYet(provisional ?? "Lago has no invoice of this period yet; it is asked again each hour.");
        }

        return marks.Exists(mark => mark.ReportAtCloseOnly && mark.LastTotalMinor > mark.AmountMinor)
            ? new Final.NotYet("The subscription ended without a final invoice, and one of its metrics showed projections only: "
                + "what it came to is not known. Nothing of that metric is billed until a person decides.")
            : new Final.Found(null, [], readAt);
    }

    /// <summary>Which charges are paid in advance is on the plan: without it a total would miss them.</summary>
    private async Task<Final> ReadFinalAsync(
        LagoClient lago, BillingPeriod period, SubscriptionResponse? subscription, InvoiceResponse invoice, DateTimeOffset readAt,
        CancellationToken cancellationToken)
    {
        if (invoice.Currency is { } currency && currency != period.Currency)
        {
            return new Final.NotYet(
                $"Lago's final invoice is in {currency}, but this period was counted in {period.Currency} (T30). Nothing of it is billed until a person decides.");
        }

        List<HighWaterMark> marks = await MarksAsync(period, cancellationToken);
        LagoAnswer<SubscriptionResponse> plan = await lago.GetSubscriptionAsync(
            period.SubscriptionExternalId, subscription?.Status ?? SubscriptionResponse.Terminated, cancellationToken);
        HashSet<string> payInAdvance = new(StringComparer.Ordinal);
        switch (plan)
        {
            case LagoAnswer<SubscriptionResponse>.Ok { Value: { Plan.Charges: { } charges } read } when read.LagoId == period.SubscriptionLagoId:
                payInAdvance.UnionWith(charges.Where(charge => charge.PayInAdvance == true).Select(charge => charge.LagoId));
                break;
            case LagoAnswer<SubscriptionResponse>.Failed { Failure: not LagoFailure.NotFound } failed:
                return new Final.Failed(failed.Failure);
            default:
                // The plan can no longer be read (another subscription has its external id, T7): a charge that had money and is
                // not on the invoice may have been paid in advance, and its money must not be lost.
                HashSet<string> invoiced = [.. invoice.Fees.Select(fee => fee.LagoChargeId ?? "")];
                if (marks.SelectMany(mark => mark.LastCharges).Any(charge => charge.AmountMinor > 0 && !invoiced.Contains(charge.ChargeLagoId)))
                {
                    return new Final.NotYet(
                        "A charge that was counted is not on Lago's final invoice, and the subscription's plan can no longer be read: "
                        + "it may have been paid in advance. Nothing more of this period is billed until a person decides.");
                }

                break;
        }

        return new Final.Found(
            invoice.LagoId,
            FinalInvoice.Totals(invoice, period, payInAdvance, marks.Select(mark => (mark.MetricCode, mark.LastCharges))),
            readAt);
    }

    private async Task<List<HighWaterMark>> MarksAsync(BillingPeriod period, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.HighWaterMarks.AsNoTracking().Where(mark => mark.PeriodId == period.Id).ToListAsync(cancellationToken);
    }

    /// <summary>Final totals, increments and the closed period are one transaction: a period is never closed without its money.</summary>
    private Task<ReadingOutcome?> StoreAsync(Guid integrationId, BillingPeriod period, Final.Found final, CancellationToken cancellationToken) =>
        MoneyTransaction.RunAsync<ReadingOutcome?>(
            contexts,
            async db =>
            {
                DateTimeOffset now = clock.GetUtcNow();
                Integration? integration = await db.Integrations.SingleOrDefaultAsync(row => row.Id == integrationId, cancellationToken);
                if (integration is null)
                {
                    return null;
                }

                bool linked = await db.BuyerLinks.AnyAsync(
                    link => link.IntegrationId == integrationId && link.LagoCustomerId == period.LagoCustomerId
                        && link.BuyerId == period.BuyerId && link.UnlinkedAt == null,
                    cancellationToken);
                SubscriptionReading reading = new(
                    period.SubscriptionLagoId, period.SubscriptionExternalId, period.LagoCustomerId, period.PeriodStart, period.PeriodEnd,
                    period.Currency, final.ReadAt, SnapshotSource.Close, final.Totals);
                ReadingOutcome outcome = await new UsageWriter(db, integrationId, period.BuyerId, now)
                    .WriteAsync(reading, RuleFor(integration, period, linked), cancellationToken);
                if (!outcome.Dropped)
                {
                    BillingPeriod stored = await db.BillingPeriods.SingleAsync(row => row.Id == period.Id, cancellationToken);
                    stored.State = BillingPeriodState.Closed;
                    stored.ClosedAt = now;
                    stored.FinalInvoiceLagoId = final.InvoiceLagoId;
                    stored.CloseDetail = final.InvoiceLagoId is null
                        ? "No final invoice comes: the last totals stand."
                        : null;
                    stored.LastCloseAttemptAt = now;
                }

                return outcome;
            },
            cancellationToken,
            MoneySteps.Mark);

    /// <summary>Where growth found at the close goes (R7, R16).</summary>
    private static GrowthRule RuleFor(Integration integration, BillingPeriod period, bool linked) => (integration, linked) switch
    {
        ({ StartedFromNowAt: { } start }, _) when period.PeriodEnd <= start => new GrowthRule.Waive(),
        (_, false) => new GrowthRule.Wait(WaitReason.LinkRemoved),
        ({ AutoReport: false }, _) => new GrowthRule.Wait(WaitReason.AutoReportOff),
        _ => new GrowthRule.Flow(),
    };

    private Task<bool> NoteAsync(BillingPeriod period, string sentence, CancellationToken cancellationToken) =>
        MoneyTransaction.RunAsync(
            contexts,
            async db =>
            {
                BillingPeriod stored = await db.BillingPeriods.SingleAsync(row => row.Id == period.Id, cancellationToken);
                stored.LastCloseAttemptAt = clock.GetUtcNow();
                stored.CloseDetail = sentence;
                return true;
            },
            cancellationToken);

    /// <summary>What is known of a period's final total.</summary>
    private abstract record Final
    {
        private Final()
        {
        }

        /// <param name="InvoiceLagoId">Null where no invoice will ever come: the last total stands.</param>
        public sealed record Found(string? InvoiceLagoId, IReadOnlyList<MetricReading> Totals, DateTimeOffset ReadAt) : Final;

        public sealed record NotYet(string Sentence) : Final;

        public sealed record Failed(LagoFailure Failure) : Final;
    }
}
