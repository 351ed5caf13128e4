using LagoConsole.Core.Products;

namespace LagoConsole.Sandbox;

/// <summary>The sandbox at a glance, for its page.</summary>
/// <param name="Now">The one clock's time.</param>
/// <param name="Grows">Whether usage comes by itself.</param>
/// <param name="Customers">Lago's customers.</param>
/// <param name="Agreements">AWS's purchases.</param>
/// <param name="AzureSubscriptions">Azure's purchases.</param>
/// <param name="GoogleEntitlements">Google's purchases.</param>
/// <param name="Bill">What each buyer is billed, by marketplace, buyer and dimension.</param>
public sealed record SandboxSummary(
    DateTimeOffset Now,
    bool Grows,
    IReadOnlyList<SandboxCustomer> Customers,
    IReadOnlyList<SandboxAgreement> Agreements,
    IReadOnlyList<SandboxAzureSubscription> AzureSubscriptions,
    IReadOnlyList<SandboxGoogleEntitlement> GoogleEntitlements,
    IReadOnlyList<SandboxBillLine> Bill);

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

/// <summary>A purchase at the sandbox's Azure.</summary>
/// <param name="ResourceId">The subscription to report against.</param>
/// <param name="OfferId">The offer.</param>
/// <param name="PlanId">The plan.</param>
/// <param name="OfferTitle">Shown to people.</param>
/// <param name="Status">Where it stands now.</param>
/// <param name="StartsAt">Its start.</param>
/// <param name="EndsAt">Its end; null while it runs.</param>
/// <param name="Dimensions">What it bills: key and US cents a unit.</param>
public sealed record SandboxAzureSubscription(
    Guid ResourceId,
    string OfferId,
    string PlanId,
    string OfferTitle,
    string Status,
    DateTimeOffset StartsAt,
    DateTimeOffset? EndsAt,
    IReadOnlyList<Azure.AzureDimension> Dimensions);

/// <summary>A purchase at the sandbox's Google.</summary>
/// <param name="Id">Its id at the procurement service.</param>
/// <param name="UsageReportingId">The consumer to report for.</param>
/// <param name="Service">The service.</param>
/// <param name="ServiceTitle">Shown to people.</param>
/// <param name="State">Where it stands now.</param>
/// <param name="StartsAt">Its start.</param>
/// <param name="EndsAt">Its end; null while it runs.</param>
/// <param name="Metrics">What it bills: id and US cents a unit.</param>
public sealed record SandboxGoogleEntitlement(
    string Id,
    string UsageReportingId,
    string Service,
    string ServiceTitle,
    string State,
    DateTimeOffset StartsAt,
    DateTimeOffset? EndsAt,
    IReadOnlyList<Google.GoogleMetric> Metrics);

/// <summary>What one buyer is billed for one dimension.</summary>
/// <param name="Marketplace">By whom.</param>
/// <param name="Buyer">The AWS account, the Azure subscription, or the Google consumer.</param>
/// <param name="Dimension">Or metric.</param>
/// <param name="Records">How many were taken.</param>
/// <param name="Units">Their sum.</param>
/// <param name="Cents">US cents, each record at its own price.</param>
public sealed record SandboxBillLine(Marketplace Marketplace, string Buyer, string Dimension, int Records, decimal Units, decimal Cents);

/// <summary>What a newcomer needs to connect.</summary>
/// <param name="LagoApiUrl">Base address of Lago's API.</param>
/// <param name="LagoApiKey">Its key.</param>
/// <param name="AwsEndpoint">AWS's address; a region and a slash follow.</param>
/// <param name="AwsAccessKeyId">Public part of the seller's key.</param>
/// <param name="AwsSecretAccessKey">Secret part: made up, opens nothing else.</param>
/// <param name="Agreements">AWS's purchases to report against.</param>
/// <param name="AzureEndpoint">Azure's address, ending in <c>/api/</c>.</param>
/// <param name="AzureTokenEndpoint">Where its login gives tokens (version 2).</param>
/// <param name="AzureClientId">The app that the offers name.</param>
/// <param name="AzureClientSecret">Its secret: made up, opens nothing else.</param>
/// <param name="AzureSubscriptions">Azure's purchases to report against.</param>
/// <param name="GoogleEndpoint">Service Control's address; <c>v1/services/…</c> stands below it.</param>
/// <param name="GoogleTokenEndpoint">Where tokens are given for signed assertions.</param>
/// <param name="GoogleServiceAccount">The account that may report.</param>
/// <param name="GooglePrivateKey">Its key, PKCS#8 in PEM: made by this process, opens nothing else.</param>
/// <param name="GoogleEntitlements">Google's purchases to report against.</param>
public sealed record SandboxCredentials(
    Uri LagoApiUrl,
    string LagoApiKey,
    Uri AwsEndpoint,
    string AwsAccessKeyId,
    string AwsSecretAccessKey,
    IReadOnlyList<SandboxAgreement> Agreements,
    Uri AzureEndpoint,
    Uri AzureTokenEndpoint,
    string AzureClientId,
    string AzureClientSecret,
    IReadOnlyList<SandboxAzureSubscription> AzureSubscriptions,
    Uri GoogleEndpoint,
    Uri GoogleTokenEndpoint,
    string GoogleServiceAccount,
    string GooglePrivateKey,
    IReadOnlyList<SandboxGoogleEntitlement> GoogleEntitlements);

/// <summary>AWS's bill: every record it took, and its sum.</summary>
/// <param name="TotalCents">US cents.</param>
/// <param name="Records">Oldest first.</param>
public sealed record SandboxAwsBill(decimal TotalCents, IReadOnlyList<Aws.AwsBilledRecord> Records);

/// <summary>Azure's bill: every event it took, and its sum.</summary>
/// <param name="TotalCents">US cents.</param>
/// <param name="Events">Oldest first.</param>
public sealed record SandboxAzureBill(decimal TotalCents, IReadOnlyList<Azure.AzureBilledEvent> Events);

/// <summary>Google's bill: every operation it took, and its sum.</summary>
/// <param name="TotalCents">US cents.</param>
/// <param name="Operations">Oldest first.</param>
/// <param name="Mistakes">What callers did and must never do; to be none.</param>
public sealed record SandboxGoogleBill(
    decimal TotalCents, IReadOnlyList<Google.GoogleBilledOperation> Operations, IReadOnlyList<Google.GoogleMistake> Mistakes);
