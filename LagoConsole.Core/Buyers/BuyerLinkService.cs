using LagoConsole.Core.Audit;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Money;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Security;
using LagoConsole.Core.Time;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Buyers;

/// <summary>Puts the Lago Customer ID on a buyer, changes it, takes it away (R7). The start is chosen by a person, never guessed.</summary>
public sealed class BuyerLinkService(
    IDbContextFactory<LagoConsoleDbContext> contexts, IntegrationConnections connections, UsagePipeline pipeline, PeriodStore periods,
    TimeProvider clock)
{
    /// <summary>
    /// Checks the id with Lago and shows the present amounts per metric. Notes what has ended in Lago since the customer was last
    /// polled; where an old link is replaced, polls that once. Changes nothing else.
    /// </summary>
    /// <exception cref="ForbiddenException">The actor is not an operator.</exception>
    public async Task<LinkPreviewOutcome> PreviewAsync(
        Actor actor, Guid buyerId, Guid integrationId, string lagoCustomerId, CancellationToken cancellationToken)
    {
        actor.Require(Role.Operator);
        string typed = lagoCustomerId.Trim(); // Lago strips its ids too; case matters
        if (LagoId.Problem(typed) is { } problem)
        {
            return new LinkPreviewOutcome.Refused($"{problem} Type the customer's external id as Lago shows it, or pick it from the list.");
        }

        Integration? integration;
        await using (LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            integration = await db.Integrations.AsNoTracking().SingleOrDefaultAsync(row => row.Id == integrationId, cancellationToken);
            if (await TakenByAsync(db, buyerId, integrationId, typed, cancellationToken) is { } taken)
            {
                return new LinkPreviewOutcome.Refused(taken);
            }
        }

        if (integration is null)
        {
            return new LinkPreviewOutcome.Refused("That integration is gone. Choose another, or connect it anew under Integrations.");
        }

        if (connections.Open(integration) is not LagoConnection.Opened { Client: var lago })
        {
            return new LinkPreviewOutcome.Refused($"The API key of {integration.Name} cannot be used. An administrator can replace it under Integrations.");
        }

        LagoAnswer<CustomerResponse> found = await lago.GetCustomerAsync(typed, cancellationToken);
        if (found is LagoAnswer<CustomerResponse>.Failed failed)
        {
            return new LinkPreviewOutcome.Refused(failed.Failure is LagoFailure.NotFound
                ? $"Lago ({integration.Name}) has no customer with the external id '{typed}'. Ids are case-sensitive; the id in Lago's web address is another one. Pick it from the list."
                : $"{failed.Failure.Sentence} The id could not be checked, so it was not saved. Try again.");
        }

        CustomerResponse customer = ((LagoAnswer<CustomerResponse>.Ok)found).Value;
        LagoAnswer<IReadOnlyList<SubscriptionResponse>> list = await lago.ListSubscriptionsOfAsync(typed, cancellationToken);
        if (list is LagoAnswer<IReadOnlyList<SubscriptionResponse>>.Failed failedList)
        {
            return new LinkPreviewOutcome.Refused($"{failedList.Failure.Sentence} The present amounts could not be read, so nothing was saved. Try again.");
        }

        DateTimeOffset readAt = clock.GetUtcNow();
        IReadOnlyList<SubscriptionResponse> ofCustomer = ((LagoAnswer<IReadOnlyList<SubscriptionResponse>>.Ok)list).Value;
        await periods.EndTerminatedAsync(ofCustomer, cancellationToken); // else what follows them would seem to overlap them (T9)
        List<(SubscriptionResponse Subscription, SubscriptionReading Reading)> readings = [];
        foreach (SubscriptionResponse subscription in ofCustomer
            .Where(row => row.Status == SubscriptionResponse.Active))
        {
            switch (await UsageReader.ReadWithPlanAsync(lago, subscription, clock, cancellationToken))
            {
                case UsageAnswer.Read read:
                    readings.Add((subscription, UsageReader.Among(ofCustomer, read.Reading, linkedAt: readAt) with { Source = SnapshotSource.Link }));
                    break;
                case UsageAnswer.Failed failedRead:
                    return new LinkPreviewOutcome.Refused(
                        $"{failedRead.Failure.Sentence} The present amounts could not be read, so nothing was saved. Try again.");
            }
        }

        bool hasCoupons = await lago.ListActiveCouponsOfAsync(typed, cancellationToken) is LagoAnswer<IReadOnlyList<AppliedCouponResponse>>.Ok { Value.Count: > 0 };
        await PollOldLinkAsync(buyerId, cancellationToken);
        LinkPreview preview = await DescribeAsync(buyerId, integrationId, customer, readAt, readings, cancellationToken);
        return new LinkPreviewOutcome.Ready(preview with { HasCoupons = hasCoupons });
    }

    /// <summary>Saves the link with what the preview showed, in one transaction.</summary>
    /// <param name="billedElsewhere">For <see cref="LinkStart.Typed"/>: minor units per line key; lines not named start from zero.</param>
    /// <param name="oldMoney">What becomes of the old link's open money; needed when the preview shows some.</param>
    /// <param name="origin">Where the link comes from, for the audit log; null where a person typed it.</param>
    /// <exception cref="ForbiddenException">The actor is not an operator, or writes money off without being an administrator.</exception>
    public async Task<LinkSaveOutcome> SaveAsync(
        Actor actor, LinkPreview preview, LinkStart start, IReadOnlyDictionary<string, long> billedElsewhere, OpenMoneyChoice? oldMoney,
        CancellationToken cancellationToken, string? origin = null)
    {
        actor.Require(oldMoney == OpenMoneyChoice.WriteOff ? Role.Admin : Role.Operator);
        if (billedElsewhere.Values.Any(amount => amount < 0))
        {
            return new LinkSaveOutcome.Refused("An amount billed elsewhere cannot be below zero.");
        }

        try
        {
            return await MoneyTransaction.RunAsync(
                contexts, db => SaveAsync(db, actor, preview, start, billedElsewhere, oldMoney, clock.GetUtcNow(), cancellationToken, origin), cancellationToken, MoneySteps.Mark);
        }
        catch (StalePreviewException stale)
        {
            return new LinkSaveOutcome.Refused(stale.Message);
        }
    }

    /// <summary>Polls the link once more and lists its open money, before it is removed. Null when the buyer has no link.</summary>
    /// <exception cref="ForbiddenException">The actor is not an operator.</exception>
    public async Task<IReadOnlyList<OpenMoneyLine>?> RemovePreviewAsync(Actor actor, Guid buyerId, CancellationToken cancellationToken)
    {
        actor.Require(Role.Operator);
        await PollOldLinkAsync(buyerId, cancellationToken);
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        BuyerLink? link = await ActiveLink(db, buyerId).AsNoTracking().SingleOrDefaultAsync(cancellationToken);
        return link is null ? null : await OpenMoneyStore.ListAsync(db, link.IntegrationId, buyerId, cancellationToken);
    }

    /// <summary>Takes the Lago Customer ID off the buyer. Growth that closings find later waits (<i>link removed</i>).</summary>
    /// <param name="seen">The open money that the person was shown: no more than that is written off.</param>
    /// <exception cref="ForbiddenException">The actor is not an operator, or writes money off without being an administrator.</exception>
    public Task<LinkSaveOutcome> RemoveAsync(
        Actor actor, Guid buyerId, OpenMoneyChoice openMoney, IReadOnlyList<OpenMoneyLine> seen, CancellationToken cancellationToken)
    {
        actor.Require(openMoney == OpenMoneyChoice.WriteOff ? Role.Admin : Role.Operator);
        return MoneyTransaction.RunAsync<LinkSaveOutcome>(
            contexts,
            async db =>
            {
                DateTimeOffset now = clock.GetUtcNow();
                if (await ActiveLink(db, buyerId).SingleOrDefaultAsync(cancellationToken) is not { } link)
                {
                    return new LinkSaveOutcome.Refused("This buyer has no Lago Customer ID any more.");
                }

                if (!await EndAsync(db, link, openMoney, seen, now, cancellationToken))
                {
                    return new LinkSaveOutcome.Refused(MoneyChanged);
                }

                db.Audit(now, actor, "Remove Lago Customer ID", nameof(Buyer), buyerId, link.LagoCustomerId, null, Describe(openMoney, seen));
                return new LinkSaveOutcome.Saved();
            },
            cancellationToken);
    }

    private static IQueryable<BuyerLink> ActiveLink(LagoConsoleDbContext db, Guid buyerId) =>
        db.BuyerLinks.Where(link => link.BuyerId == buyerId && link.UnlinkedAt == null);

    private static async Task<string?> TakenByAsync(
        LagoConsoleDbContext db, Guid buyerId, Guid integrationId, string lagoCustomerId, CancellationToken cancellationToken)
    {
        string? other = await db.BuyerLinks
            .Where(link => link.IntegrationId == integrationId && link.LagoCustomerId == lagoCustomerId
                && link.UnlinkedAt == null && link.BuyerId != buyerId)
            .Join(db.Buyers, link => link.BuyerId, buyer => buyer.Id, (link, buyer) => buyer.Name)
            .FirstOrDefaultAsync(cancellationToken);
        return other is null
            ? null
            : $"The Lago customer '{lagoCustomerId}' belongs to the buyer {other}: its usage would be billed twice. Remove it there first, or choose another.";
    }

    /// <exception cref="StalePreviewException">What the person saw is no longer what is stored.</exception>
    internal static async Task<LinkSaveOutcome> SaveAsync(
        LagoConsoleDbContext db, Actor actor, LinkPreview preview, LinkStart start, IReadOnlyDictionary<string, long> billedElsewhere,
        OpenMoneyChoice? oldMoney, DateTimeOffset now, CancellationToken cancellationToken, string? origin = null)
    {
        if (!await db.Integrations.AnyAsync(row => row.Id == preview.IntegrationId, cancellationToken))
        {
            return new LinkSaveOutcome.Refused("The integration was deleted meanwhile. Nothing was saved.");
        }

        if (await TakenByAsync(db, preview.BuyerId, preview.IntegrationId, preview.LagoCustomerId, cancellationToken) is { } taken)
        {
            return new LinkSaveOutcome.Refused(taken);
        }

        string? before = null;
        if (await ActiveLink(db, preview.BuyerId).SingleOrDefaultAsync(cancellationToken) is { } old)
        {
            before = old.LagoCustomerId;
            if (old.IntegrationId == preview.IntegrationId && old.LagoCustomerId == preview.LagoCustomerId)
            {
                return new LinkSaveOutcome.Refused("The buyer has this Lago Customer ID already. Nothing was changed.");
            }

            if (!preview.ReplacesLink)
            {
                return new LinkSaveOutcome.Refused($"The buyer was given the Lago Customer ID {old.LagoCustomerId} meanwhile. Nothing was saved; look at it again.");
            }

            bool open = await OpenMoneyStore.Open(db, old.IntegrationId, preview.BuyerId).AnyAsync(cancellationToken);
            if (open && oldMoney is null)
            {
                return new LinkSaveOutcome.Refused("The old Lago Customer ID has money that is on no record yet: choose whether it is reported or written off.");
            }

            if (!await EndAsync(db, old, oldMoney ?? OpenMoneyChoice.Report, preview.OpenMoneyOfOldLink, now, cancellationToken))
            {
                return new LinkSaveOutcome.Refused(MoneyChanged);
            }

            await db.SaveChangesAsync(cancellationToken); // the unique index allows one active link: the old one goes first
        }

        db.BuyerLinks.Add(new BuyerLink
        {
            Id = NewId.At(now),
            BuyerId = preview.BuyerId,
            IntegrationId = preview.IntegrationId,
            LagoCustomerId = preview.LagoCustomerId,
            CustomerLagoId = preview.CustomerLagoId,
            LinkedAt = start == LinkStart.FromNow ? AutoReportService.NowInLago(preview.Readings, now) : now,
            LinkedBy = actor.Name,
            HasCoupons = preview.HasCoupons,
            StartsFromNow = start == LinkStart.FromNow,
        });
        await DecideOverUnlinkedAsync(db, preview, start, now, cancellationToken);
        foreach (SubscriptionReading reading in preview.Readings)
        {
            Dictionary<string, long> baseline = reading.Metrics.ToDictionary(
                metric => metric.Code,
                metric => start switch
                {
                    LinkStart.FromZero => 0,
                    LinkStart.FromNow => metric.TotalMinor,
                    LinkStart.Typed => billedElsewhere.GetValueOrDefault(LinkPreview.LineKey(reading, metric.Code)),
                    _ => throw new ArgumentOutOfRangeException(nameof(start), start, "Not a start."),
                },
                StringComparer.Ordinal);
            ReadingOutcome outcome = await new UsageWriter(db, preview.IntegrationId, preview.BuyerId, now)
                .WriteAsync(reading, new GrowthRule.Baseline(baseline), cancellationToken);
            if (outcome.Dropped)
            {
                throw new StalePreviewException();
            }
        }

        db.Audit(now, actor, "Set Lago Customer ID", nameof(Buyer), preview.BuyerId, before, preview.LagoCustomerId,
            start switch
            {
                LinkStart.FromZero => "billed from zero",
                LinkStart.FromNow => "billed from now",
                LinkStart.Typed => "billed above amounts billed elsewhere",
                _ => throw new ArgumentOutOfRangeException(nameof(start), start, "Not a start."),
            }
                + (before is null ? "" : $"; {Describe(oldMoney ?? OpenMoneyChoice.Report, preview.OpenMoneyOfOldLink)}")
                + (origin is null ? "" : $"; from {origin}"));
        return new LinkSaveOutcome.Saved();
    }

    /// <summary>
    /// Money that closings found while the customer had no link: <i>from zero</i> lets it flow like the rest, <i>from now</i> gives
    /// it up. Typed amounts say nothing of earlier periods: it goes on waiting for a person.
    /// </summary>
    private static async Task DecideOverUnlinkedAsync(
        LagoConsoleDbContext db, LinkPreview preview, LinkStart start, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (start == LinkStart.Typed)
        {
            return;
        }

        List<UsageIncrement> waiting = await Unlinked(db, preview.BuyerId, preview.LagoCustomerId).ToListAsync(cancellationToken);
        if (start == LinkStart.FromNow)
        {
            await OpenMoneyStore.DecideAsync(db, waiting, OpenMoneyChoice.WriteOff, now, cancellationToken);
            return;
        }

        waiting.ForEach(increment => increment.WaitReason = WaitReason.AutoReportOff); // flows at once where auto report is on
    }

    /// <summary>Money of this customer that waits because the link was removed.</summary>
    private static IQueryable<UsageIncrement> Unlinked(LagoConsoleDbContext db, Guid buyerId, string lagoCustomerId) =>
        from increment in db.UsageIncrements
        join mark in db.HighWaterMarks on increment.MarkId equals mark.Id
        join period in db.BillingPeriods on mark.PeriodId equals period.Id
        where increment.BuyerId == buyerId && period.LagoCustomerId == lagoCustomerId && increment.WaitReason == WaitReason.LinkRemoved
            && !increment.ReportRegardless
        select increment;

    private const string MoneyChanged = "The open money changed since it was shown, so nothing was changed. Look at it again, then decide.";

    /// <summary>False, and nothing done, where money would be written off that the person has not seen.</summary>
    private static async Task<bool> EndAsync(
        LagoConsoleDbContext db, BuyerLink link, OpenMoneyChoice openMoney, IReadOnlyList<OpenMoneyLine> seen, DateTimeOffset now, CancellationToken cancellationToken)
    {
        List<UsageIncrement> open = await OpenMoneyStore.Open(db, link.IntegrationId, link.BuyerId).ToListAsync(cancellationToken);
        if (openMoney == OpenMoneyChoice.WriteOff && !OpenMoneyStore.Lines(open).SequenceEqual(seen))
        {
            return false;
        }

        link.UnlinkedAt = now;
        await OpenMoneyStore.DecideAsync(db, open, openMoney, now, cancellationToken);
        return true;
    }

    private static string Describe(OpenMoneyChoice choice, IReadOnlyList<OpenMoneyLine> seen) =>
        $"open money: {choice}{string.Concat(seen.Select(line => $", {line.MetricCode} {MoneyText.Format(line.AmountMinor, line.Currency)}"))}";

    /// <summary>Changing or removing a link polls it once first (R7), where polling is on at all.</summary>
    private async Task PollOldLinkAsync(Guid buyerId, CancellationToken cancellationToken)
    {
        BuyerLink? link;
        Integration? integration = null;
        await using (LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            link = await ActiveLink(db, buyerId).AsNoTracking().SingleOrDefaultAsync(cancellationToken);
            if (link is not null)
            {
                integration = await db.Integrations.AsNoTracking().SingleOrDefaultAsync(row => row.Id == link.IntegrationId, cancellationToken);
            }
        }

        if (link is not null && integration is { AutoReport: true, Status: IntegrationStatus.Verified })
        {
            await pipeline.RunAsync(integration, [link], cancellationToken);
        }
    }

    private async Task<LinkPreview> DescribeAsync(
        Guid buyerId, Guid integrationId, CustomerResponse customer, DateTimeOffset readAt,
        List<(SubscriptionResponse Subscription, SubscriptionReading Reading)> readings, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        List<LinkPreviewLine> lines = [];
        foreach ((SubscriptionResponse subscription, SubscriptionReading reading) in readings)
        {
            Dictionary<string, long> marks = await PeriodStore.MarksOfAsync(db, reading, cancellationToken);
            lines.AddRange(reading.Metrics.Select(metric => new LinkPreviewLine(
                LinkPreview.LineKey(reading, metric.Code), reading.SubscriptionExternalId, subscription.PlanCode,
                reading.PeriodStart, reading.PeriodEnd, metric.Code, metric.Name, reading.Currency, metric.TotalMinor,
                marks.TryGetValue(metric.Code, out long mark) ? mark : null, metric.IsProjection)));
        }

        DateTimeOffset? earliest = await db.Entitlements.Where(entitlement => entitlement.BuyerId == buyerId)
            .MinAsync(entitlement => (DateTimeOffset?)entitlement.StartsAt, cancellationToken);
        bool entitledThroughout = readings.TrueForAll(item => earliest <= item.Reading.PeriodStart);
        BuyerLink? old = await ActiveLink(db, buyerId).AsNoTracking().SingleOrDefaultAsync(cancellationToken);
        return new LinkPreview(
            buyerId, integrationId, customer.ExternalId, customer.LagoId, customer.Name ?? customer.LegalName ?? customer.ExternalId, readAt,
            lines, entitledThroughout && earliest is not null ? LinkStart.FromZero : LinkStart.FromNow)
        {
            Readings = [.. readings.Select(item => item.Reading)],
            CountedWhileUnlinked = OpenMoneyStore.Lines(await Unlinked(db, buyerId, customer.ExternalId).AsNoTracking().ToListAsync(cancellationToken)),
            ReplacesLink = old is not null,
            OpenMoneyOfOldLink = old is null ? [] : await OpenMoneyStore.ListAsync(db, old.IntegrationId, buyerId, cancellationToken),
        };
    }

    /// <summary>Rolls the transaction back: what the person saw is no longer what is stored.</summary>
    internal sealed class StalePreviewException() : Exception(
        "The amounts changed since they were shown, so nothing was saved. Look at them again, then save.");
}
