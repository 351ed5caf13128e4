using LagoConsole.Core.Buyers;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Time;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Closing;

/// <summary>
/// Finds charges periods since the link that no poll saw, so that they are closed like the others (R4): the running period of
/// each active subscription as the list shows it, whatever the toggle, and from <c>past_usage</c> those that came and went in
/// between.
/// </summary>
internal sealed class UnseenPeriods(IDbContextFactory<LagoConsoleDbContext> contexts, FinalSearch search, TimeProvider clock)
{
    /// <summary>So long after a gap's end Lago may still invoice it: a month's grace and a month in hand.</summary>
    private static readonly TimeSpan StillInvoiced = TimeSpan.FromDays(62);

    /// <summary>An invoice that is not there so long after its period's end was skipped.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromHours(48);

    /// <summary>Adds what it finds as periods; returns how many, and what could not be asked.</summary>
    public async Task<(int Added, IReadOnlyList<LagoFailure> Failures)> FindAsync(
        Guid integrationId, IReadOnlyList<SubscriptionResponse> subscriptions, CancellationToken cancellationToken)
    {
        List<BuyerLink> links;
        ILookup<string, BillingPeriod> known;
        await using (LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            links = await db.BuyerLinks.AsNoTracking().Where(link => link.IntegrationId == integrationId)
                .OrderBy(link => link.LinkedAt).ToListAsync(cancellationToken);
            HashSet<string> customers = [.. links.Select(link => link.LagoCustomerId)];
            known = (await db.BillingPeriods.AsNoTracking().Where(period => customers.Contains(period.LagoCustomerId)).ToListAsync(cancellationToken))
                .ToLookup(period => period.SubscriptionLagoId, StringComparer.Ordinal);
        }

        DateTimeOffset now = clock.GetUtcNow();
        ILookup<string, SubscriptionResponse> byCustomer = subscriptions.ToLookup(row => row.ExternalCustomerId, StringComparer.Ordinal);
        List<BillingPeriod> found = [];
        List<LagoFailure> failures = [];
        foreach (BuyerLink link in links)
        {
            foreach (SubscriptionResponse subscription in byCustomer[link.LagoCustomerId].Where(row => UsageReader.IsOf(link, row)))
            {
                List<BillingPeriod> ofSubscription = [.. known[subscription.LagoId], .. found.Where(period => period.SubscriptionLagoId == subscription.LagoId)];
                if (PeriodGap.Running(link, subscription, ofSubscription) is { } running)
                {
                    found.Add(NewPeriod(integrationId, link, subscription, running, now));
                    ofSubscription.Add(found[^1]);
                }

                foreach (Span gap in PeriodGap.Holes(link, subscription, ofSubscription, now).Where(gap => now < gap.End + StillInvoiced))
                {
                    IReadOnlyList<LagoFailure> notTold = await SearchAsync(integrationId, link, subscription, gap, ofSubscription, found, now, cancellationToken);
                    failures.AddRange(notTold);

                    // No invoice will ever tell the last period of such an end, nor one that came to zero. It is written down all the
                    // same, once Lago has answered: a subscription created anew over it waits for its close (T9).
                    if (notTold.Count == 0 && subscription is { Status: SubscriptionResponse.Terminated }
                        && (subscription.OnTerminationInvoice == "skip" || now >= gap.End + Patience))
                    {
                        found.AddRange(PeriodGap.Holes(link, subscription, ofSubscription, now).Where(untold => untold.Overlaps(gap))
                            .Select(untold => NewPeriod(integrationId, link, subscription, untold, now)));
                    }
                }
            }
        }

        return (found.Count == 0 ? 0 : await AddAsync(integrationId, found, cancellationToken), failures);
    }

    private async Task<IReadOnlyList<LagoFailure>> SearchAsync(
        Guid integrationId, BuyerLink link, SubscriptionResponse subscription, Span gap, List<BillingPeriod> ofSubscription, List<BillingPeriod> found,
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        switch (await search.PastUsageAsync(subscription.ExternalCustomerId, subscription.ExternalId, cancellationToken))
        {
            case LagoAnswer<IReadOnlyList<UsageResponse>>.Failed failed:
                return [failed.Failure];
            case LagoAnswer<IReadOnlyList<UsageResponse>>.Ok past:
                List<LagoFailure> failures = [];
                foreach (UsageResponse element in past.Value.Where(element => element.LagoInvoiceId is not null && SpanOf(element.FromDatetime, element.ToDatetime).Overlaps(gap)))
                {
                    switch (await search.InvoiceAsync(element.LagoInvoiceId!, cancellationToken))
                    {
                        case LagoAnswer<InvoiceResponse>.Failed { Failure: not LagoFailure.NotFound } failed:
                            failures.Add(failed.Failure);
                            break;
                        case LagoAnswer<InvoiceResponse>.Ok invoice:
                            foreach (BillingPeriodResponse row in FinalInvoice.ClosingRows(invoice.Value, subscription.LagoId))
                            {
                                Span span = SpanOf(row.ChargesFromDatetime ?? element.FromDatetime, row.ChargesToDatetime ?? element.ToDatetime);
                                if (span.Overlaps(gap) && !PeriodGap.IsKnown(ofSubscription, span))
                                {
                                    found.Add(NewPeriod(integrationId, link, subscription, span, now));
                                    ofSubscription.Add(found[^1]);
                                }
                            }

                            break;
                    }
                }

                return failures;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static Span SpanOf(DateTimeOffset from, DateTimeOffset lastSecond) => new(from.ToUniversalTime(), UsageReader.ExclusiveEnd(lastSecond));

    private static BillingPeriod NewPeriod(Guid integrationId, BuyerLink link, SubscriptionResponse subscription, Span span, DateTimeOffset now) => new()
    {
        Id = NewId.At(now),
        IntegrationId = integrationId,
        BuyerId = link.BuyerId,
        SubscriptionLagoId = subscription.LagoId,
        SubscriptionExternalId = subscription.ExternalId,
        LagoCustomerId = subscription.ExternalCustomerId,
        PeriodStart = span.Start,
        PeriodEnd = span.End,
        Currency = subscription.PlanAmountCurrency ?? "",
        NeverPolled = true,
        EndedEarly = subscription.TerminatedAt is { } end && (end - span.End).Duration() <= PeriodSuccession.Rounding,
    };

    /// <summary>The same may have been stored meanwhile by a poll or by another node: what is there stays.</summary>
    private Task<int> AddAsync(Guid integrationId, List<BillingPeriod> found, CancellationToken cancellationToken) => MoneyTransaction.RunAsync(
        contexts,
        async db =>
        {
            if (!await db.Integrations.AnyAsync(integration => integration.Id == integrationId, cancellationToken))
            {
                return 0;
            }

            List<string> subscriptions = [.. found.Select(period => period.SubscriptionLagoId).Distinct(StringComparer.Ordinal)];
            ILookup<string, BillingPeriod> stored = (await db.BillingPeriods.AsNoTracking()
                    .Where(period => subscriptions.Contains(period.SubscriptionLagoId)).ToListAsync(cancellationToken))
                .ToLookup(period => period.SubscriptionLagoId, StringComparer.Ordinal);
            List<BillingPeriod> unseen =
                [.. found.Where(period => !PeriodGap.IsKnown(stored[period.SubscriptionLagoId], new Span(period.PeriodStart, period.PeriodEnd)))];
            db.BillingPeriods.AddRange(unseen);
            return unseen.Count;
        },
        cancellationToken);
}
