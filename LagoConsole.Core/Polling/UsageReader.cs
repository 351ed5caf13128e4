using LagoConsole.Core.Buyers;
using LagoConsole.Core.Lago;

namespace LagoConsole.Core.Polling;

/// <summary>What reading one subscription came to.</summary>
public abstract record UsageAnswer
{
    private UsageAnswer()
    {
    }

    public sealed record Read(SubscriptionReading Reading) : UsageAnswer;

    /// <summary>It shows what is stored already, and nothing of it is still to be acted on.</summary>
    public sealed record Unchanged : UsageAnswer;

    /// <summary>The subscription ended between two calls: a state, not a fault (T21). Closing takes over.</summary>
    public sealed record NotActive : UsageAnswer;

    public sealed record Failed(LagoFailure Failure) : UsageAnswer;
}

/// <summary>Reads the running totals of one subscription and adds them up per metric.</summary>
public static class UsageReader
{
    /// <summary>How often the subscription list is asked again when list and usage speak of different periods (T8).</summary>
    private const int Relists = 2;

    private const string WeightedSum = "weighted_sum_agg";

    /// <summary>
    /// Asks Lago, and accepts the answer only if its period is the one that the subscription list shows: between the two
    /// calls an upgrade may have replaced the subscription under the same external id (T8).
    /// </summary>
    /// <param name="isKnown">Whether a text shows of a listed subscription what is stored already. Null: each is read.</param>
    public static async Task<UsageAnswer> ReadAsync(
        LagoClient lago, SubscriptionResponse subscription, TimeProvider clock, CancellationToken cancellationToken,
        Func<SubscriptionResponse, CurrentUsageText, bool>? isKnown = null)
    {
        SubscriptionResponse expected = subscription;
        for (int round = 0; ; round++)
        {
            DateTimeOffset readAt = clock.GetUtcNow(); // before the call: growth is never dated later than the look
            LagoAnswer<CurrentUsageText> answer = await lago.AskCurrentUsageAsync(expected.ExternalCustomerId, expected.ExternalId, cancellationToken);
            CurrentUsageText? text = (answer as LagoAnswer<CurrentUsageText>.Ok)?.Value;
            if (text is not null && isKnown?.Invoke(expected, text) == true)
            {
                return new UsageAnswer.Unchanged();
            }

            switch (CurrentUsageText.Read(answer))
            {
                case LagoAnswer<UsageResponse>.Ok ok when IsSamePeriod(expected, ok.Value.FromDatetime):
                    return new UsageAnswer.Read(Map(expected, ok.Value, readAt, SnapshotSource.Poll) with { AnswerDigest = text?.Digest });
                case LagoAnswer<UsageResponse>.Failed { Failure: LagoFailure.NoActiveSubscription } when round >= Relists:
                    return new UsageAnswer.NotActive();
                case LagoAnswer<UsageResponse>.Failed { Failure: not LagoFailure.NoActiveSubscription } failed:
                    return new UsageAnswer.Failed(failed.Failure);
                case LagoAnswer<UsageResponse>.Ok when round >= Relists:
                    return new UsageAnswer.Failed(new LagoFailure.NotLago(
                        $"usage of another period than the list shows for subscription {expected.ExternalId}, {Relists + 1} times in a row"));
            }

            switch (await lago.ListSubscriptionsOfAsync(expected.ExternalCustomerId, cancellationToken))
            {
                case LagoAnswer<IReadOnlyList<SubscriptionResponse>>.Failed failed:
                    return new UsageAnswer.Failed(failed.Failure);
                case LagoAnswer<IReadOnlyList<SubscriptionResponse>>.Ok ok:
                    SubscriptionResponse? now = ok.Value.FirstOrDefault(
                        candidate => candidate.ExternalId == expected.ExternalId && candidate.Status == SubscriptionResponse.Active);
                    if (now is null)
                    {
                        return new UsageAnswer.NotActive();
                    }

                    expected = now;
                    break;
            }
        }
    }

    /// <summary>Reads a subscription whose period may be new: running totals, and from its plan which of them are projections.</summary>
    public static async Task<UsageAnswer> ReadWithPlanAsync(
        LagoClient lago, SubscriptionResponse subscription, TimeProvider clock, CancellationToken cancellationToken) =>
        await ReadAsync(lago, subscription, clock, cancellationToken) switch
        {
            UsageAnswer.Read read => await WithPlanAsync(lago, read.Reading, cancellationToken),
            UsageAnswer other => other,
        };

    /// <summary>
    /// Marks the metrics that have a prorated charge: each unit is counted to the period's end when it is added, so the running
    /// total is a projection (R8, T11). Which charges are prorated is on the plan only; it is read once for a period.
    /// </summary>
    public static async Task<UsageAnswer> WithPlanAsync(LagoClient lago, SubscriptionReading reading, CancellationToken cancellationToken)
    {
        switch (await lago.GetSubscriptionAsync(reading.SubscriptionExternalId, SubscriptionResponse.Active, cancellationToken))
        {
            case LagoAnswer<SubscriptionResponse>.Ok { Value: { } found } when found.LagoId == reading.SubscriptionLagoId:
                HashSet<string> prorated = new(
                    found.Plan?.Charges?.Where(charge => charge.Prorated == true).Select(charge => charge.BillableMetricCode) ?? [],
                    StringComparer.Ordinal);
                reading = reading with
                {
                    Metrics = [.. reading.Metrics.Select(metric => metric with { IsProjection = metric.IsProjection || prorated.Contains(metric.Code) })],
                };
                bool isUpgrade = found.PreviousPlanCode is not null && found.StartedAt is { } started
                    && (started - reading.PeriodStart).Duration() <= PeriodSuccession.Rounding;
                return isUpgrade ? await WithRecurringAsync(lago, reading, cancellationToken) : new UsageAnswer.Read(reading);
            case LagoAnswer<SubscriptionResponse>.Failed { Failure: not LagoFailure.NotFound } failed:
                return new UsageAnswer.Failed(failed.Failure);
            default:
                return new UsageAnswer.NotActive(); // replaced since it was listed (T8): the next run sees the new one
        }
    }

    /// <summary>An upgraded subscription counts recurring units again that the replaced one has counted (T7); which metrics recur is on the metric.</summary>
    private static async Task<UsageAnswer> WithRecurringAsync(LagoClient lago, SubscriptionReading reading, CancellationToken cancellationToken) =>
        await lago.ListBillableMetricsAsync(cancellationToken) switch
        {
            LagoAnswer<IReadOnlyList<BillableMetricResponse>>.Ok { Value: var metrics } => new UsageAnswer.Read(reading with
            {
                IsUpgrade = true,
                Metrics = [.. reading.Metrics.Select(metric => metric with { IsRecurring = metrics.Any(row => row.Code == metric.Code && row.Recurring == true) })],
            }),
            LagoAnswer<IReadOnlyList<BillableMetricResponse>>.Failed failed => new UsageAnswer.Failed(failed.Failure),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>
    /// The reading among the customer's subscriptions of the same external id: which are newer, and which older ones ended after its
    /// period began, so that it counts their events again (T9). Those that ended before the link are no concern of it.
    /// </summary>
    internal static SubscriptionReading Among(IReadOnlyCollection<SubscriptionResponse> ofCustomer, SubscriptionReading reading, DateTimeOffset linkedAt)
    {
        DateTimeOffset? created = ofCustomer.FirstOrDefault(row => row.LagoId == reading.SubscriptionLagoId)?.CreatedAt;
        ILookup<bool, SubscriptionResponse> isNewer = ofCustomer
            .Where(other => other.ExternalId == reading.SubscriptionExternalId && other.LagoId != reading.SubscriptionLagoId)
            .DistinctBy(other => other.LagoId, StringComparer.Ordinal).ToLookup(other => other.CreatedAt > created);
        return reading with
        {
            Newer = [.. isNewer[true].Select(newer => newer.LagoId)],
            Overlapped =
            [
                .. isNewer[false]
                    .Where(older => older.TerminatedAt is { } end && end > linkedAt && end - reading.PeriodStart > PeriodSuccession.Rounding)
                    .Select(older => older.LagoId),
            ],
        };
    }

    /// <summary>Whether the subscription belongs to the customer that was linked, and not to a later one that reuses its external id.</summary>
    public static bool IsOf(BuyerLink link, SubscriptionResponse subscription) =>
        subscription.LagoCustomerId is null || subscription.LagoCustomerId == link.CustomerLagoId;

    /// <summary>A sentence when some of these subscriptions belong to another customer of the same external id; else null.</summary>
    public static string? ForeignCustomer(BuyerLink link, IReadOnlyCollection<SubscriptionResponse> subscriptions) =>
        subscriptions.All(subscription => IsOf(link, subscription))
            ? null
            : $"In Lago '{link.LagoCustomerId}' is another customer now than the one that was linked (the old one was deleted). Nothing of the new "
                + "one is billed to this buyer. Remove the Lago Customer ID, and set it again if the new customer is meant.";

    /// <summary>Adds up charges per metric code (R5): two charges of one metric are one total (T2).</summary>
    /// <exception cref="OverflowException">The sum does not fit a <see cref="long"/>.</exception>
    public static SubscriptionReading Map(
        SubscriptionResponse subscription, UsageResponse usage, DateTimeOffset readAt, SnapshotSource source) => new(
        subscription.LagoId, subscription.ExternalId, subscription.ExternalCustomerId,
        usage.FromDatetime.ToUniversalTime(), ExclusiveEnd(usage.ToDatetime), usage.Currency, readAt, source,
        [.. usage.ChargesUsage
            .GroupBy(charge => charge.BillableMetric.Code, StringComparer.Ordinal)
            .Select(ofMetric => new MetricReading(
                ofMetric.Key,
                ofMetric.First().BillableMetric.Name ?? ofMetric.Key,
                ofMetric.Any(charge => charge.BillableMetric.AggregationType == WeightedSum),
                ofMetric.Aggregate(0L, (sum, charge) => checked(sum + charge.AmountCents)),
                [.. ofMetric.OrderBy(charge => charge.Charge.LagoId, StringComparer.Ordinal)
                    .Select(charge => new ChargeAmount(charge.Charge.LagoId, charge.Charge.ChargeModel ?? "", charge.AmountCents))]))]);

    /// <summary>Lago names the last second of a period; ranges here exclude their end.</summary>
    public static DateTimeOffset ExclusiveEnd(DateTimeOffset lastSecond) =>
        new DateTimeOffset(lastSecond.UtcTicks - (lastSecond.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero).AddSeconds(1);

    /// <summary>Whether the list shows the subscription in a period that starts then.</summary>
    internal static bool IsSamePeriod(SubscriptionResponse subscription, DateTimeOffset start) =>
        subscription.CurrentBillingPeriodStartedAt is not { } started // older servers do not send it
        || Math.Abs((started - start).TotalSeconds) < 1;
}
