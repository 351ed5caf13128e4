using System.Diagnostics;
using System.Globalization;

namespace LagoConsole.Sandbox.Lago;

/// <summary>
/// Lago, as a fold over <see cref="LagoEntry"/>: the same entries give the same organization, usage, invoices and
/// ids. Time passes by <see cref="Advance"/>, which does what Lago's hourly jobs would have done. Not thread safe.
/// </summary>
public sealed class LagoState
{
    private readonly LagoUsageBook _usage = new();
    private readonly LagoCoupons _coupons = new();
    private readonly Dictionary<string, LagoMetric> _metrics = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LagoPlan> _plans = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LagoApiKeyAdded> _keys = new(StringComparer.Ordinal);
    private readonly List<LagoCustomer> _customers = [];
    private readonly List<LagoSubscription> _subscriptions = [];
    private readonly List<LagoInvoice> _invoices = [];
    private int _customersEver;
    private int _subscriptionsEver;
    private DateTimeOffset? _nextDue;

    /// <summary>The organization; null before the first entry.</summary>
    public LagoOpened? Organization { get; private set; }

    /// <summary>Up to where time has passed.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>Whether usage comes by itself.</summary>
    public bool Grows => _usage.Grows;

    /// <summary>Metrics by code.</summary>
    public IReadOnlyDictionary<string, LagoMetric> Metrics => _metrics;

    /// <summary>Plans by code.</summary>
    public IReadOnlyDictionary<string, LagoPlan> Plans => _plans;

    /// <summary>Keys that open the API.</summary>
    public IReadOnlyDictionary<string, LagoApiKeyAdded> ApiKeys => _keys;

    /// <summary>Customers that are not deleted, oldest first.</summary>
    public IReadOnlyList<LagoCustomer> Customers => _customers;

    /// <summary>All subscriptions ever, oldest first.</summary>
    public IReadOnlyList<LagoSubscription> Subscriptions => _subscriptions;

    /// <summary>All invoices, drafts too, oldest first.</summary>
    public IReadOnlyList<LagoInvoice> Invoices => _invoices;

    /// <summary>A customer that is not deleted, or null.</summary>
    public LagoCustomer? FindCustomer(string externalId) => _customers.Find(customer => customer.ExternalId == externalId);

    /// <summary>The active subscription of that external id, or null.</summary>
    public LagoSubscription? FindActive(string externalId) =>
        _subscriptions.Find(subscription => subscription.ExternalId == externalId && subscription.Status == LagoSubscriptionStatus.Active);

    /// <summary>A made-up UUID that is always the same for the same thing.</summary>
    public Guid IdOf(string kind, string key) => StableHash.Id(Organization?.Seed ?? 0, kind, key);

    /// <summary>All coupons that were ever granted, oldest first.</summary>
    public IReadOnlyList<LagoAppliedCoupon> Coupons => _coupons.Granted;

    /// <summary>What is left of a customer's coupons, minor units.</summary>
    public long CouponCentsLeft(LagoCustomer customer) => _coupons.LeftCents(customer);

    /// <summary>Keys of a unique count that were sent to a subscription and not removed, in the order they came.</summary>
    public IReadOnlyList<string> SentKeys(string externalId, string metricCode) => _usage.SentKeys(externalId, metricCode);

    /// <summary>The period of an active subscription that contains now.</summary>
    public LagoPeriod CurrentPeriod(LagoSubscription subscription) =>
        BillingPeriods.Containing(subscription, _plans[subscription.PlanCode].Interval, Now);

    /// <summary>What a subscription's charges come to in a period, as of now.</summary>
    public IReadOnlyList<ChargeUsage> UsageOf(LagoSubscription subscription, LagoPeriod period) =>
        UsageOf(subscription, period, Now);

    /// <summary>Lets time pass: starts what is pending, bills periods that ended, finalizes drafts, each at its own moment.</summary>
    public void Advance(DateTimeOffset now)
    {
        if (now < Now)
        {
            return; // the machine's clock was set back a little: Lago's time stands still until it has caught up
        }

        while ((_nextDue ??= NextDue()) <= now)
        {
            DateTimeOffset due = _nextDue.Value;
            Now = due > Now ? due : Now;
            _nextDue = null;
            RunDue(due);
        }

        Now = now;
    }

    /// <summary>Whether an entry is possible now.</summary>
    /// <exception cref="SandboxRefusedException">It is not, and why.</exception>
    public void Check(LagoEntry entry)
    {
        switch (entry)
        {
            case LagoOpened when Organization is not null:
                throw new SandboxRefusedException("The organization exists already.");
            case LagoPlanSaved saved:
                foreach (LagoCharge charge in saved.Plan.Charges)
                {
                    Demand(_metrics.ContainsKey(charge.MetricCode), $"The plan prices the metric \"{charge.MetricCode}\", which does not exist.");
                }

                _ = LagoCurrency.MinorPerMajor(saved.Plan.Currency);
                break;
            case LagoCustomerAdded added:
                Demand(added.Customer.ExternalId.Trim().Length > 0, "A customer needs an external id.");
                Demand(FindCustomer(added.Customer.ExternalId) is null, $"A customer \"{added.Customer.ExternalId}\" exists already.");
                Demand(added.Customer.TimeZone is null || TimeZoneInfo.TryFindSystemTimeZoneById(added.Customer.TimeZone, out _),
                    $"\"{added.Customer.TimeZone}\" is not a time zone such as Europe/Paris.");
                break;
            case LagoCustomerDeleted deleted:
                DemandCustomer(deleted.ExternalId);
                break;
            case LagoSubscriptionAdded added:
                DemandCustomer(added.CustomerExternalId);
                DemandPlan(added.PlanCode);
                Demand(added.ExternalId.Trim().Length > 0, "A subscription needs an external id.");
                Demand(FindActive(added.ExternalId) is null, $"A subscription \"{added.ExternalId}\" is active already.");
                break;
            case LagoSubscriptionUpgraded upgraded:
                DemandActive(upgraded.ExternalId);
                DemandPlan(upgraded.PlanCode);
                break;
            case LagoSubscriptionTerminated terminated:
                DemandActive(terminated.ExternalId);
                break;
            case LagoInvoiceVoided voided:
                DemandCustomer(voided.CustomerExternalId);
                Demand(LastFinal(voided.CustomerExternalId) is { IsVoided: false }, "No final invoice is there to be voided.");
                break;
            case LagoInvoiceRemade remade:
                DemandCustomer(remade.CustomerExternalId);
                Demand(LastFinal(remade.CustomerExternalId) is not null, "No final invoice is there to be made anew.");
                break;
            case LagoEventReceived received:
                Demand(received.Event.TransactionId.Length > 0, "An event needs a transaction id.");
                Demand(!_usage.Knows(received.Event), $"The event \"{received.Event.TransactionId}\" was taken already.");
                Demand(received.Event.Repeats > 0, "An event stands for one event or more.");
                break;
            case LagoCouponGranted granted:
                DemandCustomer(granted.CustomerExternalId);
                Demand(granted.AmountCents > 0, "A coupon is worth more than nothing.");
                break;
            default:
                break;
        }
    }

    /// <summary>Lets time pass to the entry and applies it. It must have been checked.</summary>
    public void Apply(LagoEntry entry)
    {
        Advance(entry.At);
        switch (entry)
        {
            case LagoOpened opened:
                Organization = opened;
                _usage.Seed = opened.Seed;
                _usage.SwitchGrowth(opened.At, opened.Grows);
                break;
            case LagoApiKeyAdded added:
                _keys[added.Key] = added;
                break;
            case LagoMetricSaved saved:
                _metrics[saved.Metric.Code] = saved.Metric;
                break;
            case LagoPlanSaved saved:
                _plans[saved.Plan.Code] = saved.Plan;
                break;
            case LagoCustomerAdded added:
                _customersEver++;
                _customers.Add(added.Customer with
                {
                    LagoId = IdOf("customer", _customersEver.ToString(CultureInfo.InvariantCulture)),
                    CreatedAt = entry.At,
                    SequentialId = _customersEver,
                });
                break;
            case LagoCustomerDeleted deleted:
                Delete(FindCustomer(deleted.ExternalId)!);
                break;
            case LagoSubscriptionAdded added:
                Start(added);
                break;
            case LagoSubscriptionUpgraded upgraded:
                Upgrade(FindActive(upgraded.ExternalId)!, _plans[upgraded.PlanCode]);
                break;
            case LagoSubscriptionTerminated terminated:
                Terminate(FindActive(terminated.ExternalId)!, terminated.Invoice);
                break;
            case LagoInvoiceVoided voided:
                LastFinal(voided.CustomerExternalId)!.IsVoided = true;
                break;
            case LagoInvoiceRemade remade:
                LagoInvoice former = LastFinal(remade.CustomerExternalId)!;
                former.IsVoided = true;
                Issue(_plans[former.Periods[0].Subscription.PlanCode], Now, [.. former.Periods], grace: 0);
                break;
            case LagoEventReceived received:
                _usage.Add(received.Event);
                break;
            case LagoCouponGranted granted:
                _coupons.Grant(new LagoAppliedCoupon
                {
                    LagoId = IdOf("applied-coupon", (_coupons.Granted.Count + 1).ToString(CultureInfo.InvariantCulture)),
                    Customer = FindCustomer(granted.CustomerExternalId)!,
                    Code = granted.Code,
                    AmountCents = granted.AmountCents,
                    GrantedAt = granted.At,
                    LeftCents = granted.AmountCents,
                });
                break;
            case LagoGrowthSwitched switched:
                _usage.SwitchGrowth(switched.At, switched.Grows);
                break;
            default:
                throw new UnreachableException($"No rule for {entry.GetType().Name}.");
        }

        _nextDue = null;
        Advance(Now); // what the entry made due, for instance the invoices of a past that came with it
    }

    private static void Demand(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new SandboxRefusedException(otherwise);
        }
    }

    private void DemandCustomer(string externalId) =>
        Demand(FindCustomer(externalId) is not null, $"There is no customer \"{externalId}\".");

    private void DemandPlan(string code) => Demand(_plans.ContainsKey(code), $"There is no plan \"{code}\".");

    private void DemandActive(string externalId) =>
        Demand(FindActive(externalId) is not null, $"There is no active subscription \"{externalId}\".");

    private void Start(LagoSubscriptionAdded added)
    {
        LagoSubscription subscription = Create(
            FindCustomer(added.CustomerExternalId)!, added.ExternalId, added.PlanCode, added.BillingTime, added.StartsAt, added.StartsAt, previousPlan: null);
        subscription.Status = LagoSubscriptionStatus.Pending;
        if (added.StartsAt > Now)
        {
            return;
        }

        Activate(subscription);
        if (!added.InvoicePast)
        {
            subscription.BilledUntil = CurrentPeriod(subscription).From;
        }
    }

    private LagoSubscription Create(
        LagoCustomer customer,
        string externalId,
        string planCode,
        LagoBillingTime billingTime,
        DateTimeOffset subscriptionAt,
        DateTimeOffset startsAt,
        string? previousPlan)
    {
        _subscriptionsEver++;
        LagoSubscription subscription = new()
        {
            LagoId = IdOf("subscription", _subscriptionsEver.ToString(CultureInfo.InvariantCulture)),
            ExternalId = externalId,
            Customer = customer,
            PlanCode = planCode,
            BillingTime = billingTime,
            SubscriptionAt = subscriptionAt,
            StartedAt = startsAt,
            CreatedAt = Now,
            PreviousPlanCode = previousPlan,
            BilledUntil = startsAt,
        };
        _subscriptions.Add(subscription);
        return subscription;
    }

    private void Activate(LagoSubscription subscription)
    {
        subscription.Status = LagoSubscriptionStatus.Active;
        LagoPlan plan = _plans[subscription.PlanCode];
        if (plan.PayInAdvance)
        {
            Issue(plan, subscription.StartedAt, [Opening(subscription)]);
        }
    }

    private void Upgrade(LagoSubscription old, LagoPlan plan)
    {
        BillEndedPeriods(old);
        LagoPlan oldPlan = _plans[old.PlanCode];
        LagoPeriod last = End(old);
        old.NextPlanCode = plan.Code;
        LagoSubscription next = Create(old.Customer, old.ExternalId, plan.Code, old.BillingTime, old.SubscriptionAt, Now, oldPlan.Code);
        next.Status = LagoSubscriptionStatus.Active;

        // One invoice ends the old plan and, if the new one is paid in advance, opens it: two elements of past usage.
        List<LagoInvoicePeriod> periods = [new(old, last, "subscription_terminating")];
        if (plan.PayInAdvance)
        {
            periods.Add(Opening(next));
        }

        Issue(oldPlan, Now, periods);
    }

    private void Terminate(LagoSubscription subscription, bool invoice)
    {
        BillEndedPeriods(subscription);
        LagoPeriod last = End(subscription);
        subscription.InvoiceOnTermination = invoice;
        if (invoice)
        {
            Issue(_plans[subscription.PlanCode], Now, [new(subscription, last, "subscription_terminating")]);
        }
    }

    private LagoInvoice? LastFinal(string customerExternalId) =>
        _invoices.LastOrDefault(invoice => invoice.Customer.ExternalId == customerExternalId && invoice.IsFinal);

    private LagoPeriod End(LagoSubscription subscription)
    {
        LagoPeriod last = CurrentPeriod(subscription) with { End = Now };
        subscription.TerminatedAt = Now;
        subscription.Status = LagoSubscriptionStatus.Terminated;
        return last;
    }

    private void Delete(LagoCustomer customer)
    {
        foreach (LagoSubscription subscription in _subscriptions.Where(subscription => subscription.Customer == customer))
        {
            if (subscription.Status == LagoSubscriptionStatus.Active)
            {
                Terminate(subscription, invoice: true);
            }

            subscription.Status = LagoSubscriptionStatus.Terminated;
        }

        _customers.Remove(customer);
    }

    // Between local midnight and the biller's run a period has ended but has no invoice yet; an end in between bills it.
    private void BillEndedPeriods(LagoSubscription subscription)
    {
        while (OpenPeriod(subscription) is { } period && period.End <= Now)
        {
            BillPeriod(subscription, period, Now);
        }
    }

    private LagoPeriod OpenPeriod(LagoSubscription subscription) =>
        BillingPeriods.Containing(subscription, _plans[subscription.PlanCode].Interval, subscription.BilledUntil);

    private void BillPeriod(LagoSubscription subscription, LagoPeriod period, DateTimeOffset at)
    {
        subscription.BilledUntil = period.End;
        Issue(_plans[subscription.PlanCode], at, [new(subscription, period, "subscription_periodic")]);
    }

    private static LagoInvoicePeriod Opening(LagoSubscription subscription) =>
        new(subscription, new LagoPeriod(subscription.StartedAt, subscription.StartedAt, FullDays: 1), "subscription_starting");

    private void Issue(LagoPlan plan, DateTimeOffset at, List<LagoInvoicePeriod> periods) =>
        Issue(plan, at, periods, periods[0].Subscription.Customer.GracePeriodDays ?? 0);

    private void Issue(LagoPlan plan, DateTimeOffset at, List<LagoInvoicePeriod> periods, int grace)
    {
        LagoCustomer customer = periods[0].Subscription.Customer;
        DateOnly today = BillingPeriods.LocalDay(at, customer.Zone);
        LagoInvoice invoice = new()
        {
            LagoId = IdOf("invoice", (_invoices.Count + 1).ToString(CultureInfo.InvariantCulture)),
            SequentialId = _invoices.Count(other => other.Customer.LagoId == customer.LagoId) + 1,
            Customer = customer,
            Currency = plan.Currency,
            CreatedAt = at,
            IssuingDate = today.AddDays(grace),
            Periods = periods,
            FinalizesOn = grace == 0 ? null : today.AddDays(grace),
            IsFinal = grace == 0,
        };
        _invoices.Add(invoice);
        Compute(invoice, at);
    }

    private void Compute(LagoInvoice invoice, DateTimeOffset asOf)
    {
        invoice.Fees = [.. invoice.Periods.SelectMany(row => FeesOf(invoice, row, asOf))];
        _coupons.ApplyTo(invoice);
    }

    private IEnumerable<LagoFee> FeesOf(LagoInvoice invoice, LagoInvoicePeriod row, DateTimeOffset asOf)
    {
        Guid Id(string line) => IdOf("fee", $"{invoice.LagoId}:{row.Subscription.LagoId}:{line}");
        LagoPlan plan = _plans[row.Subscription.PlanCode];
        TimeZoneInfo zone = row.Subscription.Customer.Zone;
        bool ends = row.Reason == "subscription_terminating";

        // In arrears the fee is for the period that ended; in advance for the one that begins, and an end has none.
        LagoPeriod? paid = !plan.PayInAdvance ? row.Period
            : ends ? null
            : BillingPeriods.Containing(row.Subscription, plan.Interval, row.Period.End);
        long fee = paid is null ? 0 : LagoBiller.SubscriptionFee(plan, paid, zone);
        if (fee > 0)
        {
            yield return new LagoFee(Id("subscription"), row.Subscription, Usage: null, fee, Units: 1);
        }

        if (row.Period.End == row.Period.From)
        {
            yield break;
        }

        foreach (LagoFee charged in LagoBiller.ChargeFees(row.Subscription, row.Period, Arrears(row, asOf), Id))
        {
            yield return charged;
        }
    }

    // A recurring metric that the next plan prices too is left to it, in full.
    private IEnumerable<ChargeUsage> Arrears(LagoInvoicePeriod row, DateTimeOffset asOf)
    {
        HashSet<string> carried = row.Subscription.NextPlanCode is { } next
            ? [.. _plans[next].Charges.Select(charge => charge.MetricCode)]
            : [];
        return UsageOf(row.Subscription, row.Period, asOf)
            .Where(line => !(line.Metric.Recurring && carried.Contains(line.Metric.Code)));
    }

    private List<ChargeUsage> UsageOf(LagoSubscription subscription, LagoPeriod period, DateTimeOffset asOf)
    {
        (DateTimeOffset From, DateTimeOffset Until)[] lives =
        [
            .. _subscriptions
                .Where(other => other.ExternalId == subscription.ExternalId && other.Status != LagoSubscriptionStatus.Pending)
                .OrderBy(other => other.StartedAt)
                .Select(other => (other.StartedAt, other.TerminatedAt ?? DateTimeOffset.MaxValue)),
        ];
        return _usage.Of(_plans[subscription.PlanCode], _metrics, period, WithoutOverlap(lives), subscription.ExternalId, asOf);
    }

    // A subscription that was made anew, back-dated into the life of its predecessor, sees that usage once.
    private static List<(DateTimeOffset From, DateTimeOffset Until)> WithoutOverlap((DateTimeOffset From, DateTimeOffset Until)[] lives)
    {
        List<(DateTimeOffset From, DateTimeOffset Until)> apart = [];
        DateTimeOffset covered = DateTimeOffset.MinValue;
        foreach ((DateTimeOffset from, DateTimeOffset until) in lives)
        {
            DateTimeOffset start = from > covered ? from : covered;
            if (start < until)
            {
                apart.Add((start, until));
                covered = until;
            }
        }

        return apart;
    }

    private DateTimeOffset NextDue()
    {
        DateTimeOffset next = DateTimeOffset.MaxValue;
        foreach (LagoSubscription subscription in _subscriptions)
        {
            DateTimeOffset due = DueOf(subscription);
            next = due < next ? due : next;
        }

        foreach (LagoInvoice draft in _invoices.Where(invoice => !invoice.IsFinal))
        {
            DateTimeOffset due = LagoBiller.Finalizing(draft.FinalizesOn!.Value);
            next = due < next ? due : next;
        }

        return next;
    }

    private DateTimeOffset DueOf(LagoSubscription subscription) => subscription.Status switch
    {
        LagoSubscriptionStatus.Pending => subscription.StartedAt,
        LagoSubscriptionStatus.Active => LagoBiller.NextBilling(OpenPeriod(subscription).End),
        _ => DateTimeOffset.MaxValue,
    };

    private void RunDue(DateTimeOffset due)
    {
        foreach (LagoSubscription subscription in _subscriptions.Where(subscription => DueOf(subscription) <= due).ToArray())
        {
            if (subscription.Status == LagoSubscriptionStatus.Pending)
            {
                Activate(subscription);
            }
            else
            {
                BillPeriod(subscription, OpenPeriod(subscription), due);
            }
        }

        foreach (LagoInvoice draft in _invoices.Where(invoice => !invoice.IsFinal && LagoBiller.Finalizing(invoice.FinalizesOn!.Value) <= due).ToArray())
        {
            draft.IsFinal = true;
            Compute(draft, due); // the draft's sums were not live; now late events are in
        }
    }
}
