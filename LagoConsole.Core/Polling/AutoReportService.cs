using LagoConsole.Core.Audit;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Closing;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Scheduling;
using LagoConsole.Core.Security;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Polling;

/// <summary>How reporting begins when auto report is switched on (R16).</summary>
public enum AutoReportStart
{
    /// <summary>What has accrued is reported.</summary>
    ReportIt = 1,

    /// <summary>What has accrued is waived; only growth from now on is reported.</summary>
    StartFromNow = 2,
}

/// <summary>Money that has accrued while nothing was reported.</summary>
/// <param name="Where">Where it stands, for a person: <c>open period</c>, <c>counted, not reported</c>.</param>
public sealed record AccruedLine(Guid BuyerId, string BuyerName, string MetricCode, string Currency, decimal AmountMinor, string Where);

/// <summary>Money in one currency that is counted and on no usage record, and so rests while auto report is off.</summary>
public sealed record RestingMoney(string Currency, decimal AmountMinor);

/// <summary>What switching on would report.</summary>
public abstract record AccruedPreview
{
    private AccruedPreview()
    {
    }

    public sealed record Ready(IReadOnlyList<AccruedLine> Lines) : AccruedPreview;

    /// <summary>It cannot be told now; nothing was changed.</summary>
    public sealed record Failed(string Sentence) : AccruedPreview;
}

/// <summary>What switching on came to.</summary>
public abstract record AutoReportOutcome
{
    private AutoReportOutcome()
    {
    }

    public sealed record On(decimal WaivedIncrements) : AutoReportOutcome;

    /// <summary>Auto report is still off.</summary>
    public sealed record Failed(string Sentence) : AutoReportOutcome;
}

/// <summary>
/// Switches auto report on (R16): lists what has accrued, and asks whether it is reported or waived. Before it is switched off, says
/// what would rest.
/// </summary>
public sealed class AutoReportService(
    IDbContextFactory<LagoConsoleDbContext> contexts, IntegrationConnections connections, PeriodCloser closer, ScheduleSync schedule,
    TimeProvider clock)
{
    /// <summary>
    /// Closes what can be closed (its money waits, as auto report is off), reads every linked customer's running totals, and
    /// lists what is above the marks and what is open on the books. Raises no mark by itself.
    /// </summary>
    /// <exception cref="ForbiddenException">The actor is not an administrator.</exception>
    public async Task<AccruedPreview> PreviewAsync(Actor actor, Guid integrationId, CancellationToken cancellationToken)
    {
        actor.Require(Role.Admin);
        if (await FindVerifiedAsync(integrationId, cancellationToken) is not { } integration)
        {
            return new AccruedPreview.Failed(NotVerified);
        }

        await closer.CloseAsync(integration, cancellationToken);
        switch (await ReadAllAsync(integration, cancellationToken))
        {
            case Readings.Failed failed:
                return new AccruedPreview.Failed(failed.Sentence);
            case Readings.Read read:
                IReadOnlyList<(BillingPeriod, SubscriptionReading)> unfinal = await closer.UnfinalAsync(integration, cancellationToken);
                return new AccruedPreview.Ready(await ListAsync(integration.Id, read.Items, unfinal, cancellationToken));
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>
    /// Switches on. With <see cref="AutoReportStart.StartFromNow"/> everything accrued is first written waived; the switch
    /// itself is the last step, so that a crash in between reports nothing that was to be waived.
    /// </summary>
    /// <exception cref="ForbiddenException">The actor is not an administrator.</exception>
    public async Task<AutoReportOutcome> TurnOnAsync(
        Actor actor, Guid integrationId, AutoReportStart start, CancellationToken cancellationToken)
    {
        actor.Require(Role.Admin);
        if (await FindVerifiedAsync(integrationId, cancellationToken) is not { } integration)
        {
            return new AutoReportOutcome.Failed(NotVerified);
        }

        Readings.Read? toWaive = null;
        if (start == AutoReportStart.StartFromNow)
        {
            await closer.CloseAsync(integration, cancellationToken);
            switch (await ReadAllAsync(integration, cancellationToken))
            {
                case Readings.Failed failed:
                    return new AutoReportOutcome.Failed(failed.Sentence);
                case Readings.Read read:
                    toWaive = read;
                    break;
            }
        }

        AutoReportOutcome outcome;
        try
        {
            outcome = await MoneyTransaction.RunAsync(
                contexts, db => TurnOnAsync(db, actor, integrationId, start, toWaive?.Items ?? [], clock.GetUtcNow(), cancellationToken), cancellationToken, MoneySteps.Mark);
        }
        catch (NotGivenUpException stale)
        {
            return new AutoReportOutcome.Failed(stale.Message);
        }

        await schedule.RequestAsync(CancellationToken.None); // on means that a schedule exists
        return outcome;
    }

    /// <summary>What would rest if it were switched off now, per currency; what a person has said to report flows all the same.</summary>
    /// <exception cref="ForbiddenException">The actor is not an administrator.</exception>
    public async Task<IReadOnlyList<RestingMoney>> RestingAsync(Actor actor, Guid integrationId, CancellationToken cancellationToken)
    {
        actor.Require(Role.Admin);
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        SortedDictionary<string, decimal> resting = new(StringComparer.Ordinal);
        await foreach (var open in OpenMoneyStore.Open(db, integrationId, buyerId: null).AsNoTracking()
            .Where(increment => !increment.ReportRegardless)
            .Select(increment => new { increment.Currency, increment.OpenMinor })
            .AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            resting[open.Currency] = resting.GetValueOrDefault(open.Currency) + open.OpenMinor; // not in SQL (R1)
        }

        return [.. resting.Select(sum => new RestingMoney(sum.Key, sum.Value))];
    }

    private const string NotVerified =
        "Only a verified integration can report. Press VERIFY first; until then nothing is polled and nothing is lost.";

    /// <summary>The switch, with the money that it gives up.</summary>
    /// <exception cref="NotGivenUpException">Some of it could not be written.</exception>
    /// <param name="ofBuyer">Only this buyer's money; null for all.</param>
    internal static async Task<AutoReportOutcome> TurnOnAsync(
        LagoConsoleDbContext db, Actor actor, Guid integrationId, AutoReportStart start,
        IReadOnlyList<(BuyerLink Link, SubscriptionReading Reading)> toWaive, DateTimeOffset now, CancellationToken cancellationToken, Guid? ofBuyer = null)
    {
        Integration? integration = await db.Integrations.SingleOrDefaultAsync(row => row.Id == integrationId, cancellationToken);
        if (integration is null || integration.Status != IntegrationStatus.Verified)
        {
            return new AutoReportOutcome.Failed(NotVerified);
        }

        if (integration.AutoReport)
        {
            return new AutoReportOutcome.On(0); // somebody was faster: what they chose stands
        }

        decimal waived = 0;
        if (start == AutoReportStart.StartFromNow)
        {
            foreach ((BuyerLink link, SubscriptionReading reading) in toWaive)
            {
                ReadingOutcome outcome = await new UsageWriter(db, integrationId, link.BuyerId, now)
                    .WriteAsync(reading, new GrowthRule.Waive(), cancellationToken);
                if (outcome is { Dropped: true, IsOver: false })
                {
                    throw new NotGivenUpException(outcome.StoredAheadUntil);
                }

                waived += outcome.IncreaseMinor;
            }

            // Money on records stays; what is still open, on meters or waiting, is given up with the growth.
            // What a person has said to report is not given up by a later start from now.
            List<UsageIncrement> open = await OpenMoneyStore.Open(db, integrationId, ofBuyer)
                .Where(increment => !increment.ReportRegardless).ToListAsync(cancellationToken);
            waived += open.Sum(increment => increment.OpenMinor);
            await OpenMoneyStore.DecideAsync(db, open, OpenMoneyChoice.WriteOff, now, cancellationToken);
            integration.StartedFromNowAt = NowInLago(toWaive.Select(item => item.Reading), now);
        }

        integration.AutoReport = true;
        integration.LastReleasedAt = now; // daily mode waits for the next midnight
        db.Audit(
            now, actor, "Enable auto report usage", nameof(Integration), integrationId, "off",
            start == AutoReportStart.ReportIt ? "on, what accrued is reported" : $"on, from now ({waived} minor units waived)");
        return new AutoReportOutcome.On(waived);
    }

    /// <summary>
    /// The instant of a start from now. A clock that is behind must not let a period go on that has ended for Lago, which shows the
    /// next one already.
    /// </summary>
    internal static DateTimeOffset NowInLago(IEnumerable<SubscriptionReading> shown, DateTimeOffset now) =>
        shown.Select(reading => reading.PeriodStart).Append(now).Max();

    private async Task<Integration?> FindVerifiedAsync(Guid integrationId, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Integrations.AsNoTracking().SingleOrDefaultAsync(
            integration => integration.Id == integrationId && integration.Status == IntegrationStatus.Verified, cancellationToken);
    }

    private async Task<Readings> ReadAllAsync(Integration integration, CancellationToken cancellationToken)
    {
        if (connections.Open(integration) is not LagoConnection.Opened { Client: var lago })
        {
            return new Readings.Failed("The stored API key cannot be used. Replace it with Edit, then press VERIFY.");
        }

        List<BuyerLink> links;
        await using (LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            links = await db.BuyerLinks.AsNoTracking()
                .Where(link => link.IntegrationId == integration.Id && link.UnlinkedAt == null).ToListAsync(cancellationToken);
        }

        LagoAnswer<IReadOnlyList<SubscriptionResponse>> list = await lago.ListSubscriptionsAsync(cancellationToken);
        if (list is LagoAnswer<IReadOnlyList<SubscriptionResponse>>.Failed failed)
        {
            return new Readings.Failed($"{failed.Failure.Sentence} Auto report stays off; nothing is lost. Try again.");
        }

        ILookup<string, SubscriptionResponse> active = ((LagoAnswer<IReadOnlyList<SubscriptionResponse>>.Ok)list).Value
            .Where(subscription => subscription.Status == SubscriptionResponse.Active)
            .ToLookup(subscription => subscription.ExternalCustomerId, StringComparer.Ordinal);
        List<(BuyerLink, SubscriptionReading)> items = [];
        foreach (BuyerLink link in links)
        {
            foreach (SubscriptionResponse subscription in active[link.LagoCustomerId].Where(row => UsageReader.IsOf(link, row)))
            {
                switch (await UsageReader.ReadWithPlanAsync(lago, subscription, clock, cancellationToken))
                {
                    case UsageAnswer.Read read:
                        items.Add((link, read.Reading));
                        break;
                    case UsageAnswer.Failed failure:
                        return new Readings.Failed(
                            $"What has accrued cannot be told: {failure.Failure.Sentence} Auto report stays off; nothing is lost. Try again.");
                }
            }
        }

        return new Readings.Read(items);
    }

    private async Task<IReadOnlyList<AccruedLine>> ListAsync(
        Guid integrationId, IReadOnlyList<(BuyerLink Link, SubscriptionReading Reading)> readings,
        IReadOnlyList<(BillingPeriod Period, SubscriptionReading Reading)> unfinal, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        List<AccruedLine> lines = [];
        foreach ((BuyerLink link, SubscriptionReading reading) in readings)
        {
            lines.AddRange((await GrowthAsync(db, reading, cancellationToken)).Select(grown => new AccruedLine(
                link.BuyerId, "", grown.Metric.Code, reading.Currency, grown.Minor,
                grown.Metric.IsProjection ? "open period, a projection: reported at its close" : "open period")));
        }

        foreach ((BillingPeriod period, SubscriptionReading reading) in unfinal)
        {
            lines.AddRange((await GrowthAsync(db, reading, cancellationToken)).Select(grown => new AccruedLine(
                period.BuyerId, "", grown.Metric.Code, reading.Currency, grown.Minor, "ended period, Lago's invoice is not final: this amount may change")));
        }

        List<UsageIncrement> open = await OpenMoneyStore.Open(db, integrationId, buyerId: null).AsNoTracking().ToListAsync(cancellationToken);
        lines.AddRange(open
            .GroupBy(increment => (increment.BuyerId, increment.MetricCode, increment.Currency))
            .Select(group => new AccruedLine(
                group.Key.BuyerId, "", group.Key.MetricCode, group.Key.Currency, group.Sum(increment => increment.OpenMinor), "counted, not reported")));

        List<Guid> buyerIds = [.. lines.Select(line => line.BuyerId).Distinct()];
        Dictionary<Guid, string> names = await db.Buyers.Where(buyer => buyerIds.Contains(buyer.Id))
            .ToDictionaryAsync(buyer => buyer.Id, buyer => buyer.Name, cancellationToken);
        return [.. lines.Select(line => line with { BuyerName = names[line.BuyerId] })
            .OrderBy(line => line.BuyerName, StringComparer.OrdinalIgnoreCase).ThenBy(line => line.MetricCode, StringComparer.Ordinal)];
    }

    /// <summary>What a reading shows above the marks, per metric.</summary>
    private static async Task<IReadOnlyList<(MetricReading Metric, long Minor)>> GrowthAsync(
        LagoConsoleDbContext db, SubscriptionReading reading, CancellationToken cancellationToken)
    {
        Dictionary<string, long> marks = await PeriodStore.MarksOfAsync(db, reading, cancellationToken);
        return [.. reading.Metrics.Select(metric => (metric, metric.TotalMinor - marks.GetValueOrDefault(metric.Code))).Where(pair => pair.Item2 > 0)];
    }

    /// <summary>Running totals of every linked customer, or why they cannot be told.</summary>
    private abstract record Readings
    {
        private Readings()
        {
        }

        public sealed record Read(IReadOnlyList<(BuyerLink Link, SubscriptionReading Reading)> Items) : Readings;

        public sealed record Failed(string Sentence) : Readings;
    }

    /// <summary>Rolls the transaction back: some of what was to be given up could not be read, and would flow later.</summary>
    internal sealed class NotGivenUpException(DateTimeOffset? storedAheadUntil) : Exception(storedAheadUntil is { } until
        ? $"What is stored of a subscription was read at {until.UtcDateTime:yyyy-MM-dd HH:mm} UTC, by a clock that was ahead: until then its usage cannot be given up, so nothing was switched on. Wait until then, or choose to report what accrued."
        : "The amounts changed while they were being given up, so nothing was switched on. Try again.");
}
