using System.Text.Json;
using LagoConsole.Sandbox;
using LagoConsole.Sandbox.Lago;

namespace LagoConsole.Simulation.Oracles;

/// <summary>What a finalized invoice says of one period that it closes.</summary>
/// <param name="LagoId">Of the subscription.</param>
/// <param name="End">Exclusive.</param>
/// <param name="Arrears">Fees per metric code, true-ups left out.</param>
/// <param name="At">Since when it is final.</param>
internal sealed record LagoFinal(
    string LagoId, string ExternalId, string Customer, DateTimeOffset From, DateTimeOffset End, IReadOnlyDictionary<string, long> Arrears,
    string Currency, DateTimeOffset At);

/// <summary>What the sandbox Lago really holds, whatever it has told of it.</summary>
internal sealed class LagoTruth(SandboxWorld services)
{
    /// <summary>Lago cuts some instants to the second.</summary>
    internal static readonly TimeSpan Rounding = TimeSpan.FromSeconds(2);

    /// <summary>The running totals in an answer, with the subscription that they were computed for.</summary>
    public HeardUsage ReadUsage(SandboxRequest request, SandboxResponse answer)
    {
        LagoQuery query = new(request.RawQuery);
        LagoSubscription subscription = services.Lago.Read(state => state.FindActive(query["external_subscription_id"]!)!);
        using JsonDocument json = JsonDocument.Parse(answer.Body);
        JsonElement usage = json.RootElement.GetProperty("customer_usage");
        return new HeardUsage(
            subscription.LagoId.ToString(), subscription.ExternalId, subscription.Customer.ExternalId,
            usage.GetProperty("from_datetime").GetDateTimeOffset(), usage.GetProperty("to_datetime").GetDateTimeOffset().AddSeconds(1),
            usage.GetProperty("currency").GetString()!,
            [.. usage.GetProperty("charges_usage").EnumerateArray().Select(charge => new HeardCharge(
                charge.GetProperty("charge").GetProperty("lago_id").GetString()!,
                charge.GetProperty("billable_metric").GetProperty("code").GetString()!,
                charge.GetProperty("amount_cents").GetInt64()))],
            ReadAt: default);
    }

    /// <summary>The names of a subscription and its customer.</summary>
    public (string ExternalId, string Customer) NamesOf(string lagoId) => services.Lago.Read(state =>
    {
        LagoSubscription subscription = SubscriptionOf(state, lagoId);
        return (subscription.ExternalId, subscription.Customer.ExternalId);
    });

    /// <summary>Whether the subscription has ended.</summary>
    public bool IsOver(string lagoId) => services.Lago.Read(state => SubscriptionOf(state, lagoId).TerminatedAt is not null);

    /// <summary>All finalized invoices, one row for each period.</summary>
    public IReadOnlyList<LagoFinal> Finals() => services.Lago.Read(state => state.Invoices
        .Where(invoice => invoice is { IsFinal: true, IsVoided: false }).SelectMany(FinalsOf).ToArray());

    /// <summary>What one invoice says, whatever has become of it.</summary>
    public IReadOnlyList<LagoFinal> FinalsOf(string invoiceId) => services.Lago.Read(state => state.Invoices
        .Where(invoice => invoice.LagoId.ToString() == invoiceId).SelectMany(FinalsOf).ToArray());

    /// <summary>Its running total is a projection to the period's end (R8).</summary>
    public bool IsProjection(string code) => services.Lago.Read(state =>
        state.Metrics.TryGetValue(code, out LagoMetric? metric) && metric.Aggregation == LagoAggregation.WeightedSum);

    /// <summary>Recurring units of a replaced subscription are on no invoice of it: the next plan's has them all (T7).</summary>
    public bool IsLeftToSuccessor(KeyBook key) => services.Lago.Read(state =>
        SubscriptionOf(state, key.Period.LagoId) is { NextPlanCode: { } next, TerminatedAt: { } ended }
        && ended > key.Period.From && ended < key.Period.End + Rounding
        && state.Metrics[key.Code].Recurring && state.Plans[next].Charges.Any(charge => charge.MetricCode == key.Code));

    /// <summary>The period of the replaced subscription whose recurring units this key counts again; null for none (T7).</summary>
    public (string LagoId, DateTimeOffset From)? Predecessor(KeyBook key) => services.Lago.Read<(string, DateTimeOffset)?>(state =>
    {
        if (key.IsProjection || !state.Metrics[key.Code].Recurring
            || SubscriptionOf(state, key.Period.LagoId) is not { PreviousPlanCode: not null } next
            || (next.StartedAt - key.Period.From).Duration() > Rounding)
        {
            return null;
        }

        LagoSubscription old = state.Subscriptions.Last(candidate => candidate.ExternalId == next.ExternalId && candidate.TerminatedAt == next.StartedAt);
        return (old.LagoId.ToString(), BillingPeriods.Containing(old, state.Plans[old.PlanCode].Interval, next.StartedAt.AddTicks(-1)).From);
    });

    /// <summary>The last stored amounts of the charges that no final invoice carries (T17).</summary>
    public long PaidInAdvance(KeyBook key)
    {
        HashSet<string> advance = ChargesInAdvance(key);
        return key.LastCharges.Where(charge => advance.Contains(charge.ChargeId)).Sum(charge => charge.AmountMinor);
    }

    /// <summary>Part of it is on no final invoice.</summary>
    public bool HasPayInAdvance(KeyBook key) => ChargesInAdvance(key).Count > 0;

    /// <summary>Of subscriptions that ended under one external id, Lago shows only the last with its plan.</summary>
    public bool IsPlanReadable(PeriodBook period) => services.Lago.Read(state =>
        SubscriptionOf(state, period.LagoId) is { TerminatedAt: null }
        || state.Subscriptions.Last(candidate => candidate.ExternalId == period.ExternalId && candidate.TerminatedAt is not null).LagoId.ToString() == period.LagoId);

    private HashSet<string> ChargesInAdvance(KeyBook key) => services.Lago.Read(state =>
    {
        LagoPlan plan = state.Plans[SubscriptionOf(state, key.Period.LagoId).PlanCode];
        return plan.Charges.Where(charge => charge.PayInAdvance && charge.MetricCode == key.Code)
            .Select(charge => LagoJson.ChargeId(state, plan.Code, charge).ToString()).ToHashSet(StringComparer.Ordinal);
    });

    private static LagoSubscription SubscriptionOf(LagoState state, string lagoId) => state.Subscriptions.First(candidate => candidate.LagoId.ToString() == lagoId);

    private static IEnumerable<LagoFinal> FinalsOf(LagoInvoice invoice) => invoice.Periods
        .Where(row => row.Reason != "subscription_starting")
        .Select(row => new LagoFinal(
            row.Subscription.LagoId.ToString(), row.Subscription.ExternalId, row.Subscription.Customer.ExternalId, row.Period.From, row.Period.End,
            invoice.Fees
                .Where(fee => fee.Subscription == row.Subscription && fee.Usage is not null && fee.TrueUpParentId is null)
                .GroupBy(fee => fee.Usage!.Metric.Code, StringComparer.Ordinal)
                .ToDictionary(ofCode => ofCode.Key, ofCode => ofCode.Sum(fee => fee.AmountCents), StringComparer.Ordinal),
            invoice.Currency, FinalAt(invoice)));

    private static DateTimeOffset FinalAt(LagoInvoice invoice) =>
        invoice.FinalizesOn is { } date && LagoBiller.Finalizing(date) is var at && at > invoice.CreatedAt ? at : invoice.CreatedAt;
}
