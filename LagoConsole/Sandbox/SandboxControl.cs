using LagoConsole.Core.Products;
using LagoConsole.Core.Time;
using LagoConsole.Sandbox.Aws;
using LagoConsole.Sandbox.Azure;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Sandbox.Google;
using LagoConsole.Sandbox.Lago;

namespace LagoConsole.Sandbox;

/// <summary>
/// What the sandbox page's buttons do, and what tests do by code. What is not possible is refused with a sentence
/// for the person who asked (<see cref="SandboxRefusedException"/>).
/// </summary>
public sealed class SandboxControl(SandboxWorld world)
{
    /// <summary>Switches for what goes wrong.</summary>
    public SandboxFaults Faults => world.Faults;

    /// <summary>The one clock's time.</summary>
    public DateTimeOffset Now => world.Clock.GetUtcNow();

    /// <summary>Whether time can be moved: only on a <see cref="ShiftableClock"/>.</summary>
    public bool CanMoveTime => world.Clock is ShiftableClock;

    /// <summary>Everything at a glance.</summary>
    public SandboxSummary Summary()
    {
        (bool grows, IReadOnlyList<SandboxCustomer> customers) = world.Lago.Read(state =>
            (state.Grows, (IReadOnlyList<SandboxCustomer>)[.. state.Customers.Select(customer => Describe(state, customer))]));
        return new SandboxSummary(Now, grows, customers, Agreements(), AzureSubscriptions(), GoogleEntitlements(), [.. BillLines()]);
    }

    /// <summary>Lets time pass at once, for app, jobs and sandbox alike.</summary>
    /// <exception cref="SandboxRefusedException">The app runs on a clock that cannot be moved.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Zero or backwards.</exception>
    public DateTimeOffset MoveForward(TimeSpan by) => world.Clock is ShiftableClock clock
        ? clock.MoveForward(by)
        : throw new SandboxRefusedException("This app runs on the real clock, which cannot be moved.");

    /// <summary>What a newcomer needs to connect to the app at that address.</summary>
    public SandboxCredentials Credentials(Uri app) => new(
        new Uri(app, LagoApi.Root + "/api/v1"),
        SandboxKeys.LagoApiKey,
        new Uri(app, AwsApi.Root),
        SandboxKeys.Aws.AccessKeyId,
        SandboxKeys.Aws.SecretAccessKey,
        Agreements(),
        new Uri(app, AzureApi.Root + "api/"),
        new Uri(app, AzureApi.Root + "login/sandbox/oauth2/v2.0/token"),
        SandboxKeys.AzureApp.ClientId,
        SandboxKeys.AzureApp.ClientSecret,
        AzureSubscriptions(),
        new Uri(app, GoogleApi.Root),
        new Uri(app, GoogleApi.Root + GoogleApi.Token),
        SandboxKeys.GoogleEmail,
        SandboxKeys.GooglePrivateKey,
        GoogleEntitlements());

    /// <summary>Plans to choose from.</summary>
    public IReadOnlyList<LagoPlan> Plans() => world.Lago.Read(state => state.Plans.Values.ToArray());

    /// <summary>Metrics to choose from.</summary>
    public IReadOnlyList<LagoMetric> Metrics() => world.Lago.Read(state => state.Metrics.Values.ToArray());

    /// <summary>Adds a Lago customer.</summary>
    public void AddCustomer(LagoCustomer customer) => world.Lago.Do(now => new LagoCustomerAdded(now, customer));

    /// <summary>Deletes a Lago customer; its subscriptions end.</summary>
    public void DeleteCustomer(string externalId) => world.Lago.Do(now => new LagoCustomerDeleted(now, externalId));

    /// <summary>Adds a subscription, from now or from another time.</summary>
    public void AddSubscription(
        string customerExternalId,
        string externalId,
        string planCode,
        LagoBillingTime billingTime = LagoBillingTime.Calendar,
        DateTimeOffset? startsAt = null,
        bool invoicePast = false) =>
        world.Lago.Do(now => new LagoSubscriptionAdded(now, customerExternalId, externalId, planCode, billingTime, startsAt ?? now, invoicePast));

    /// <summary>Voids a customer's last final invoice; it may be made anew later.</summary>
    public void VoidInvoice(string customerExternalId) => world.Lago.Do(now => new LagoInvoiceVoided(now, customerExternalId));

    /// <summary>Voids a customer's last final invoice, and makes it anew from what is counted by now.</summary>
    /// <param name="customerExternalId">Whose.</param>
    public void RemakeInvoice(string customerExternalId) => world.Lago.Do(now => new LagoInvoiceRemade(now, customerExternalId));

    /// <summary>Ends a subscription now.</summary>
    /// <param name="externalId">Which.</param>
    /// <param name="invoice">False: its last usage is never invoiced.</param>
    public void Terminate(string externalId, bool invoice = true) => world.Lago.Do(now => new LagoSubscriptionTerminated(now, externalId, invoice));

    /// <summary>Moves a subscription to another plan now: a new Lago id, the same external id.</summary>
    public void Upgrade(string externalId, string planCode) => world.Lago.Do(now => new LagoSubscriptionUpgraded(now, externalId, planCode));

    /// <summary>Adds or changes a metric.</summary>
    public void Save(LagoMetric metric) => world.Lago.Do(now => new LagoMetricSaved(now, metric));

    /// <summary>Adds or changes a plan; changed prices hold for the whole open period.</summary>
    public void Save(LagoPlan plan) => world.Lago.Do(now => new LagoPlanSaved(now, plan));

    /// <summary>Adds an API key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="resources">Lago's resource names it may read; null for all.</param>
    public void AddLagoKey(string key, IReadOnlyList<string>? resources = null) => world.Lago.Do(now => new LagoApiKeyAdded(now, key, resources));

    /// <summary>
    /// Sends usage to a subscription now: for a count that many events, for a unique count that many new keys (below
    /// zero: removals), for the others one event of that value, which may be below zero.
    /// </summary>
    /// <exception cref="SandboxRefusedException">Unknown metric, no active subscription, a count below one, or more removals than keys.</exception>
    public void SendUsage(string subscriptionExternalId, string metricCode, decimal units)
    {
        (LagoMetric? metric, bool active) = world.Lago.Read(state => (state.Metrics.GetValueOrDefault(metricCode), state.FindActive(subscriptionExternalId) is not null));
        if (metric is null)
        {
            throw new SandboxRefusedException($"There is no metric \"{metricCode}\".");
        }

        if (!active)
        {
            throw new SandboxRefusedException($"There is no active subscription \"{subscriptionExternalId}\".");
        }

        LagoEvent line = new($"sent-{Guid.NewGuid():N}", subscriptionExternalId, metricCode, Now);
        switch (metric.Aggregation)
        {
            case LagoAggregation.Count when units >= 1:
                Send(line with { Repeats = (int)units });
                break;
            case LagoAggregation.Count:
                throw new SandboxRefusedException("A count cannot fall: send one event or more.");
            case LagoAggregation.UniqueCount:
                SendUniques(line, (int)units);
                break;
            default:
                Send(line with { Value = units });
                break;
        }
    }

    /// <summary>Sends one event as it stands, for instance one that is late.</summary>
    public void Send(LagoEvent line) => world.Lago.Do(now => new LagoEventReceived(now, line));

    /// <summary>Gives a customer a coupon. It lowers its invoices; running totals do not show it.</summary>
    public void GrantCoupon(string customerExternalId, long amountCents) => world.Lago.Do(now => new LagoCouponGranted(now, customerExternalId, "SANDBOX", amountCents));

    /// <summary>Whether usage comes by itself from now on.</summary>
    public void SwitchGrowth(bool grows) => world.Lago.Do(now => new LagoGrowthSwitched(now, grows));

    /// <summary>Adds or changes a listing at AWS.</summary>
    public void Save(AwsProduct product) => world.Aws.Save(product);

    /// <summary>Adds a purchase at AWS.</summary>
    public void Save(AwsAgreement agreement) => world.Aws.Save(agreement);

    /// <summary>Sets a later price of a dimension at AWS.</summary>
    public void Save(AwsPrice price) => world.Aws.Save(price);

    /// <summary>Adds or changes an offer at Azure.</summary>
    public void Save(AzureOffer offer) => world.Azure.Save(offer);

    /// <summary>Adds a purchase at Azure, or changes where it stands.</summary>
    public void Save(AzureSubscription subscription) => world.Azure.Save(subscription);

    /// <summary>Sets a later price of a dimension at Azure.</summary>
    public void Save(AzurePrice price) => world.Azure.Save(price);

    /// <summary>Puts a purchase at Azure where it stands from now on.</summary>
    public void SetAzure(Guid resourceId, AzureSubscriptionStatus status) => world.Azure.Set(resourceId, status);

    /// <summary>Cancels a purchase at Azure at an instant.</summary>
    public void EndAzureSubscription(Guid resourceId, DateTimeOffset at) => world.Azure.End(resourceId, at);

    /// <summary>Adds or changes a service at Google.</summary>
    public void Save(GoogleService service) => world.Google.Save(service);

    /// <summary>Adds a purchase at Google, or changes where it stands.</summary>
    public void Save(GoogleEntitlement entitlement) => world.Google.Save(entitlement);

    /// <summary>Sets a later price of a metric at Google.</summary>
    public void Save(GooglePrice price) => world.Google.Save(price);

    /// <summary>Puts a purchase at Google where it stands from now on.</summary>
    public void SetGoogle(string entitlementId, GoogleEntitlementState state) => world.Google.Set(entitlementId, state);

    /// <summary>Cancels a purchase at Google at an instant.</summary>
    public void EndGoogleEntitlement(string entitlementId, DateTimeOffset at) => world.Google.End(entitlementId, at);

    /// <summary>Something is wrong with a buyer's Google project from now on; null: nothing any more.</summary>
    public void TroubleGoogle(string consumer, GoogleConsumerTrouble? trouble) => world.Google.Trouble(consumer, trouble);

    /// <summary>Ends a purchase at AWS now; an hour is left to report.</summary>
    public void EndAwsAgreement(string licenseArn) => world.Aws.End(licenseArn);

    /// <summary>A registration token as a buyer brings it.</summary>
    public string IssueAwsToken(string licenseArn) => world.Aws.IssueToken(licenseArn);

    /// <summary>What AWS bills.</summary>
    public SandboxAwsBill AwsBill()
    {
        IReadOnlyList<AwsBilledRecord> bill = world.Aws.Bill;
        return new SandboxAwsBill(bill.Sum(record => record.AmountCents), bill);
    }

    /// <summary>What Azure bills.</summary>
    public SandboxAzureBill AzureBill()
    {
        IReadOnlyList<AzureBilledEvent> bill = world.Azure.Bill;
        return new SandboxAzureBill(bill.Sum(taken => taken.AmountCents), bill);
    }

    /// <summary>What Google bills.</summary>
    public SandboxGoogleBill GoogleBill()
    {
        IReadOnlyList<GoogleBilledOperation> bill = world.Google.Bill;
        return new SandboxGoogleBill(bill.Sum(taken => taken.AmountCents), bill, world.Google.Mistakes);
    }

    private void SendUniques(LagoEvent line, int units)
    {
        // Removals take away the keys that came last.
        IReadOnlyList<string> present = world.Lago.Read(state => state.SentKeys(line.SubscriptionExternalId, line.MetricCode));
        if (units < -present.Count)
        {
            throw new SandboxRefusedException($"Only {present.Count} keys were sent that could be removed.");
        }

        IEnumerable<string> keys = units > 0
            ? Enumerable.Range(0, units).Select(_ => $"sent-{Guid.NewGuid():N}")
            : present.Reverse().Take(-units);
        foreach (string key in keys)
        {
            Send(line with { TransactionId = $"sent-{Guid.NewGuid():N}", Key = key, Remove = units < 0 });
        }
    }

    private SandboxAgreement[] Agreements() => world.Aws.Read(state => state.Agreements.Values
        .Select(agreement => (Agreement: agreement, Product: state.Products[agreement.ProductCode]))
        .Select(pair => new SandboxAgreement(
            pair.Agreement.LicenseArn,
            pair.Agreement.CustomerAwsAccountId,
            pair.Product.ProductCode,
            pair.Product.Title,
            pair.Agreement.StartsAt,
            pair.Agreement.EndsAt,
            pair.Product.Dimensions))
        .ToArray());

    private SandboxAzureSubscription[] AzureSubscriptions() => world.Azure.Read(state => state.Subscriptions.Values
        .Select(subscription => new SandboxAzureSubscription(
            subscription.ResourceId,
            subscription.OfferId,
            subscription.PlanId,
            state.Offers[subscription.OfferId].Title,
            subscription.StatusAt(Now).ToString(),
            subscription.StartsAt,
            subscription.EndsAt,
            state.Offers[subscription.OfferId].Plans.First(plan => plan.PlanId == subscription.PlanId).Dimensions))
        .ToArray());

    private SandboxGoogleEntitlement[] GoogleEntitlements() => world.Google.Read(state => state.Entitlements.Values
        .Select(entitlement => new SandboxGoogleEntitlement(
            entitlement.Id,
            entitlement.UsageReportingId,
            entitlement.Service,
            state.Services[entitlement.Service].Title,
            entitlement.StateAt(Now).ToString(),
            entitlement.StartsAt,
            entitlement.EndsAt,
            state.Services[entitlement.Service].Metrics))
        .ToArray());

    private IEnumerable<SandboxBillLine> BillLines() => new[]
        {
            world.Aws.Bill.Select(taken => new SandboxBillLine(Marketplace.Aws, taken.CustomerAwsAccountId, taken.Dimension, 1, taken.Quantity, taken.AmountCents)),
            world.Azure.Bill.Select(taken => new SandboxBillLine(Marketplace.Azure, taken.ResourceId.ToString(), taken.Dimension, 1, taken.Quantity, taken.AmountCents)),
            world.Google.Bill.Select(taken => new SandboxBillLine(Marketplace.Gcp, taken.Consumer, taken.Metric, 1, taken.Quantity, taken.AmountCents)),
        }
        .SelectMany(bill => bill)
        .GroupBy(line => (line.Marketplace, line.Buyer, line.Dimension))
        .Select(lines => new SandboxBillLine(
            lines.Key.Marketplace, lines.Key.Buyer, lines.Key.Dimension, lines.Count(), lines.Sum(line => line.Units), lines.Sum(line => line.Cents)))
        .OrderBy(line => line.Marketplace).ThenBy(line => line.Buyer, StringComparer.Ordinal).ThenBy(line => line.Dimension, StringComparer.Ordinal);

    private static SandboxCustomer Describe(LagoState state, LagoCustomer customer) => new(
        customer.ExternalId,
        customer.Name,
        customer.TimeZone ?? "UTC",
        customer.GracePeriodDays ?? 0,
        state.CouponCentsLeft(customer),
        [.. state.Subscriptions.Where(subscription => subscription.Customer.LagoId == customer.LagoId).Reverse().Select(subscription => Describe(state, subscription))]);

    private static SandboxSubscription Describe(LagoState state, LagoSubscription subscription)
    {
        bool active = subscription.Status == LagoSubscriptionStatus.Active;
        LagoPeriod? period = active ? state.CurrentPeriod(subscription) : null;
        IReadOnlyList<ChargeUsage> usage = period is null ? [] : state.UsageOf(subscription, period);
        return new SandboxSubscription(
            subscription.LagoId,
            subscription.ExternalId,
            subscription.PlanCode,
            LagoText.Snake(subscription.Status),
            state.Plans[subscription.PlanCode].Currency,
            period?.From,
            period?.End,
            [
                .. usage.GroupBy(line => line.Metric.Code, StringComparer.Ordinal)
                    .Select(lines => new SandboxUsage(lines.Key, lines.First().Units, lines.Sum(line => line.AmountCents))),
            ]);
    }
}
