namespace LagoConsole.Sandbox.Lago;

/// <summary>Lago's resources as it sends them: organization, customers, coupons, metrics, plans, subscriptions, events.</summary>
internal static class LagoJson
{
    public static object Organization(LagoState state)
    {
        LagoOpened organization = state.Organization!;
        return new
        {
            LagoId = state.IdOf("organization", "1"),
            organization.Name,
            Slug = "sandbox-vendor",
            DefaultCurrency = "USD",
            CreatedAt = LagoText.Seconds(organization.At),
            WebhookUrl = "",
            WebhookUrls = Array.Empty<string>(),
            Country = "US",
            AddressLine1 = (string?)null,
            AddressLine2 = (string?)null,
            State = (string?)null,
            Zipcode = (string?)null,
            Email = "billing@vendor.example",
            City = (string?)null,
            LegalName = (string?)null,
            LegalNumber = (string?)null,
            Timezone = "UTC",
            NetPaymentTerm = 0,
            EmailSettings = Array.Empty<string>(),
            DocumentNumbering = "per_customer",
            DocumentNumberPrefix = "SAN-0001",
            TaxIdentificationNumber = (string?)null,
            FinalizeZeroAmountInvoice = true,
            BillingConfiguration = new { InvoiceFooter = (string?)null, InvoiceGracePeriod = 0, DocumentLocale = "en" },
            EventsStore = "postgres",
        };
    }

    public static object Customer(LagoCustomer customer) => new
    {
        customer.LagoId,
        BillingEntityCode = "default",
        customer.ExternalId,
        AccountType = "customer",
        customer.Name,
        Firstname = (string?)null,
        Lastname = (string?)null,
        CustomerType = (string?)null,
        customer.SequentialId,
        Slug = $"SAN-0001-{customer.SequentialId:000}",
        CreatedAt = LagoText.Seconds(customer.CreatedAt),
        UpdatedAt = LagoText.Seconds(customer.CreatedAt),
        customer.Country,
        AddressLine1 = (string?)null,
        AddressLine2 = (string?)null,
        State = (string?)null,
        Zipcode = (string?)null,
        customer.Email,
        City = (string?)null,
        Url = (string?)null,
        Phone = (string?)null,
        LogoUrl = (string?)null,
        LegalName = customer.Name,
        LegalNumber = (string?)null,
        customer.Currency,
        TaxIdentificationNumber = (string?)null,
        Timezone = customer.TimeZone,
        ApplicableTimezone = customer.TimeZone ?? "UTC",
        NetPaymentTerm = (int?)null,
        FinalizeZeroAmountInvoice = "inherit",
        SkipInvoiceCustomSections = false,
        BillingConfiguration = new { InvoiceGracePeriod = customer.GracePeriodDays, DocumentLocale = "en" },
        Metadata = Array.Empty<object>(),
        Taxes = Array.Empty<object>(),
        IntegrationCustomers = Array.Empty<object>(),
        ApplicableInvoiceCustomSections = Array.Empty<object>(),
        ErrorDetails = Array.Empty<object>(),
    };

    public static object AppliedCoupon(LagoState state, LagoAppliedCoupon coupon) => new
    {
        coupon.LagoId,
        LagoCouponId = state.IdOf("coupon", coupon.Code),
        CouponCode = coupon.Code,
        CouponName = coupon.Code,
        LagoCustomerId = coupon.Customer.LagoId,
        ExternalCustomerId = coupon.Customer.ExternalId,
        Status = StatusOf(coupon),
        coupon.AmountCents,
        AmountCentsRemaining = coupon.LeftCents,
        AmountCurrency = coupon.Customer.Currency ?? "USD",
        PercentageRate = (string?)null,
        Frequency = "once",
        FrequencyDuration = (int?)null,
        FrequencyDurationRemaining = (int?)null,
        ExpirationAt = (string?)null,
        CreatedAt = LagoText.Seconds(coupon.GrantedAt),
        TerminatedAt = (string?)null,
        Credits = Array.Empty<object>(),
    };

    public static string StatusOf(LagoAppliedCoupon coupon) => coupon.LeftCents > 0 ? "active" : "terminated";

    public static object Metric(LagoState state, LagoMetric metric) => new
    {
        LagoId = state.IdOf("metric", metric.Code),
        metric.Name,
        metric.Code,
        Description = (string?)null,
        AggregationType = LagoText.Aggregation(metric.Aggregation),
        WeightedInterval = metric.Aggregation == LagoAggregation.WeightedSum ? "seconds" : null,
        metric.Recurring,
        RoundingFunction = (string?)null,
        RoundingPrecision = (int?)null,
        Expression = (string?)null,
        CreatedAt = LagoText.Seconds(state.Organization!.At),
        FieldName = FieldOf(metric),
        Filters = Array.Empty<object>(),
        ActiveSubscriptionsCount = 0,
        DraftInvoicesCount = 0,
        PlansCount = 0,
    };

    public static string? FieldOf(LagoMetric metric) => metric.Aggregation switch
    {
        LagoAggregation.Count => null,
        LagoAggregation.UniqueCount => "key",
        _ => "value",
    };

    public static object Subscription(LagoState state, LagoSubscription subscription) => Fields(state, subscription);

    public static object SubscriptionWithPlan(LagoState state, LagoSubscription subscription)
    {
        Dictionary<string, object?> fields = Fields(state, subscription);
        fields["plan"] = Plan(state, state.Plans[subscription.PlanCode]);
        return fields;
    }

    public static object Event(LagoState state, LagoEvent line) => new
    {
        LagoId = state.IdOf("event", line.SubscriptionExternalId + "\n" + line.TransactionId),
        line.TransactionId,
        LagoCustomerId = (Guid?)null,
        Code = line.MetricCode,
        Timestamp = LagoText.Milliseconds(line.Timestamp),
        LagoSubscriptionId = (Guid?)null,
        ExternalSubscriptionId = line.SubscriptionExternalId,
        CreatedAt = LagoText.Seconds(state.Now),
    };

    private static object Plan(LagoState state, LagoPlan plan) => new
    {
        LagoId = state.IdOf("plan", plan.Code),
        plan.Name,
        InvoiceDisplayName = (string?)null,
        CreatedAt = LagoText.Seconds(state.Organization!.At),
        plan.Code,
        Interval = LagoText.Snake(plan.Interval),
        Description = (string?)null,
        plan.AmountCents,
        AmountCurrency = plan.Currency,
        TrialPeriod = 0.0m,
        plan.PayInAdvance,
        BillChargesMonthly = (bool?)null,
        MinimumCommitment = (object?)null,
        Charges = plan.Charges.Select(charge => Charge(state, plan, charge)).ToArray(),
        Taxes = Array.Empty<object>(),
        UsageThresholds = Array.Empty<object>(),
        Entitlements = Array.Empty<object>(),
    };

    private static object Charge(LagoState state, LagoPlan plan, LagoCharge charge) => new
    {
        LagoId = ChargeId(state, plan.Code, charge),
        LagoBillableMetricId = state.IdOf("metric", charge.MetricCode),
        BillableMetricCode = charge.MetricCode,
        charge.Code,
        charge.InvoiceDisplayName,
        CreatedAt = LagoText.Seconds(state.Organization!.At),
        ChargeModel = LagoText.Snake(charge.Model),
        Invoiceable = true,
        RegroupPaidFees = (string?)null,
        charge.PayInAdvance,
        Prorated = false,
        charge.MinAmountCents,
        Properties = Properties(charge),
        Filters = Array.Empty<object>(),
        Taxes = Array.Empty<object>(),
    };

    public static Guid ChargeId(LagoState state, string planCode, LagoCharge charge) => state.IdOf("charge", planCode + "\n" + charge.Code);

    private static object Properties(LagoCharge charge) => charge.Model switch
    {
        LagoChargeModel.Standard => new { Amount = LagoText.Amount(charge.Amount) },
        LagoChargeModel.Package => new { Amount = LagoText.Amount(charge.Amount), charge.FreeUnits, charge.PackageSize },
        LagoChargeModel.Percentage => new { Rate = LagoText.Amount(charge.Rate), FixedAmount = LagoText.Amount(charge.FixedAmount) },
        LagoChargeModel.Graduated => new { GraduatedRanges = Ranges(charge.Tiers) },
        LagoChargeModel.Volume => new { VolumeRanges = Ranges(charge.Tiers) },
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static object[] Ranges(IReadOnlyList<LagoTier> tiers) =>
    [
        .. tiers.Select((tier, i) => new
        {
            FromValue = i == 0 ? 0 : tiers[i - 1].UpTo + 1,
            ToValue = tier.UpTo,
            FlatAmount = LagoText.Amount(tier.Flat),
            PerUnitAmount = LagoText.Amount(tier.PerUnit),
        }),
    ];

    private static Dictionary<string, object?> Fields(LagoState state, LagoSubscription subscription)
    {
        LagoPlan plan = state.Plans[subscription.PlanCode];

        // For a terminated one Lago computes the period as of now: it can end before it begins, and means nothing.
        LagoPeriod? period = subscription.Status == LagoSubscriptionStatus.Pending ? null : state.CurrentPeriod(subscription);
        return new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["lago_id"] = subscription.LagoId,
            ["external_id"] = subscription.ExternalId,
            ["lago_customer_id"] = subscription.Customer.LagoId,
            ["external_customer_id"] = subscription.Customer.ExternalId,
            ["name"] = null,
            ["plan_code"] = plan.Code,
            ["plan_amount_cents"] = plan.AmountCents,
            ["plan_amount_currency"] = plan.Currency,
            ["status"] = LagoText.Snake(subscription.Status),
            ["billing_time"] = LagoText.Snake(subscription.BillingTime),
            ["subscription_at"] = LagoText.Seconds(subscription.SubscriptionAt),
            ["started_at"] = subscription.Status == LagoSubscriptionStatus.Pending ? null : LagoText.Milliseconds(subscription.StartedAt),
            ["trial_ended_at"] = null,
            ["ending_at"] = null,
            ["terminated_at"] = LagoText.Seconds(subscription.TerminatedAt),
            ["canceled_at"] = null,
            ["created_at"] = LagoText.Seconds(subscription.CreatedAt),
            ["previous_plan_code"] = subscription.PreviousPlanCode,
            ["next_plan_code"] = subscription.NextPlanCode,
            ["downgrade_plan_date"] = null,
            ["current_billing_period_started_at"] = LagoText.Seconds(period?.From),
            ["current_billing_period_ending_at"] = LagoText.Seconds(period?.ToInclusive),
            ["on_termination_credit_note"] = plan.PayInAdvance ? "credit" : null,
            ["on_termination_invoice"] = subscription.InvoiceOnTermination ? "generate" : "skip",
            ["progressive_billing_disabled"] = false,
            ["consolidate_invoice"] = true,
            ["purchase_order_number"] = null,
            ["activated_at"] = subscription.Status == LagoSubscriptionStatus.Pending ? null : LagoText.Seconds(subscription.StartedAt),
            ["payment_method"] = new { PaymentMethodType = "provider", PaymentMethodId = (string?)null },
            ["activation_rules"] = Array.Empty<object>(),
        };
    }
}
