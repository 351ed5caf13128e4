namespace LagoConsole.Sandbox;

/// <summary>The sandbox at a glance, for its page.</summary>
/// <param name="Now">The one clock's time.</param>
/// <param name="Grows">Whether usage comes by itself.</param>
/// <param name="Customers">Lago's customers.</param>
/// <param name="Agreements">AWS's purchases.</param>
/// <param name="AwsRecords">Records AWS has taken.</param>
/// <param name="AwsBilledCents">What AWS bills in all, US cents.</param>
public sealed record SandboxSummary(
    DateTimeOffset Now,
    bool Grows,
    IReadOnlyList<SandboxCustomer> Customers,
    IReadOnlyList<SandboxAgreement> Agreements,
    int AwsRecords,
    decimal AwsBilledCents);

/// <summary>A customer of the sandbox's Lago.</summary>
/// <param name="ExternalId">The id to link a buyer to.</param>
/// <param name="Name">Shown to people.</param>
/// <param name="TimeZone">Whose midnight ends its periods.</param>
/// <param name="GracePeriodDays">Days its invoices stay drafts.</param>
/// <param name="CouponCentsLeft">What is left of its coupons.</param>
/// <param name="Subscriptions">All it ever had, newest first.</param>
public sealed record SandboxCustomer(
    string ExternalId, string Name, string TimeZone, int GracePeriodDays, long CouponCentsLeft, IReadOnlyList<SandboxSubscription> Subscriptions);

/// <summary>A subscription of the sandbox's Lago.</summary>
/// <param name="LagoId">Its identity.</param>
/// <param name="ExternalId">Events name it.</param>
/// <param name="PlanCode">Its plan.</param>
/// <param name="Status">active, pending or terminated.</param>
/// <param name="Currency">Of its plan.</param>
/// <param name="PeriodFrom">Start of the running period; null unless active.</param>
/// <param name="PeriodEnd">First instant after it; null unless active.</param>
/// <param name="Usage">The running period so far; empty unless active.</param>
public sealed record SandboxSubscription(
    Guid LagoId,
    string ExternalId,
    string PlanCode,
    string Status,
    string Currency,
    DateTimeOffset? PeriodFrom,
    DateTimeOffset? PeriodEnd,
    IReadOnlyList<SandboxUsage> Usage);

/// <summary>What a metric comes to, over all charges on it.</summary>
/// <param name="MetricCode">The metric.</param>
/// <param name="Units">Aggregated units.</param>
/// <param name="AmountCents">Minor units of the plan's currency.</param>
public sealed record SandboxUsage(string MetricCode, decimal Units, long AmountCents);

/// <summary>A purchase at the sandbox's AWS.</summary>
/// <param name="LicenseArn">The licence to report against.</param>
/// <param name="CustomerAwsAccountId">The buyer's account.</param>
/// <param name="ProductCode">The product.</param>
/// <param name="ProductTitle">Shown to people.</param>
/// <param name="StartsAt">Its start.</param>
/// <param name="EndsAt">Its end; null while it runs.</param>
/// <param name="Dimensions">What it bills: key and US cents a unit.</param>
public sealed record SandboxAgreement(
    string LicenseArn,
    string CustomerAwsAccountId,
    string ProductCode,
    string ProductTitle,
    DateTimeOffset StartsAt,
    DateTimeOffset? EndsAt,
    IReadOnlyList<Aws.AwsDimension> Dimensions);

/// <summary>What a newcomer needs to connect.</summary>
/// <param name="LagoApiUrl">Base address of Lago's API.</param>
/// <param name="LagoApiKey">Its key.</param>
/// <param name="AwsEndpoint">AWS's address; a region and a slash follow.</param>
/// <param name="AwsAccessKeyId">Public part of the seller's key.</param>
/// <param name="AwsSecretAccessKey">Secret part: made up, opens nothing else.</param>
/// <param name="Agreements">Purchases to report against.</param>
public sealed record SandboxCredentials(
    Uri LagoApiUrl, string LagoApiKey, Uri AwsEndpoint, string AwsAccessKeyId, string AwsSecretAccessKey, IReadOnlyList<SandboxAgreement> Agreements);

/// <summary>AWS's bill: every record it took, and its sum.</summary>
/// <param name="TotalCents">US cents.</param>
/// <param name="Records">Oldest first.</param>
public sealed record SandboxAwsBill(decimal TotalCents, IReadOnlyList<Aws.AwsBilledRecord> Records);
