using System.Diagnostics;

namespace LagoConsole.Sandbox.Google;

/// <summary>What became of one operation of a report.</summary>
/// <param name="Operation">The caller's operation.</param>
/// <param name="Code">Google's canonical code of what is wrong with it; 0 where it was taken.</param>
/// <param name="Message">A sentence; empty where it was taken.</param>
public sealed record GoogleVerdict(GoogleOperation Operation, int Code, string Message);

/// <summary>A report decided: the verdicts, and what is to be written down before they are told.</summary>
/// <param name="Verdicts">In the caller's order.</param>
/// <param name="Accepted">Newly taken operations; may be none.</param>
/// <param name="Mistakes">What the caller must never have sent; to be none.</param>
public sealed record GoogleDecision(
    IReadOnlyList<GoogleVerdict> Verdicts, IReadOnlyList<GoogleBilledOperation> Accepted, IReadOnlyList<GoogleMistake> Mistakes);

/// <summary>Google Cloud Marketplace as a fold over <see cref="GoogleEntry"/>: services, purchases, and what was reported. Not thread safe.</summary>
public sealed class GoogleState
{
    // Google's canonical codes.
    private const int InvalidArgument = 3;
    private const int NotFound = 5;
    private const int PermissionDenied = 7;
    private const int Unavailable = 14;

    private readonly Dictionary<string, GoogleService> _services = new(StringComparer.Ordinal);
    private readonly Dictionary<string, GoogleEntitlement> _entitlements = new(StringComparer.Ordinal);
    private readonly Dictionary<string, GoogleConsumerTrouble> _troubles = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Service, string OperationId), GoogleBilledOperation> _operations = [];
    private readonly List<GoogleBilledOperation> _bill = [];
    private readonly List<GooglePrice> _prices = [];
    private readonly List<GoogleMistake> _mistakes = [];

    /// <summary>Services by name.</summary>
    public IReadOnlyDictionary<string, GoogleService> Services => _services;

    /// <summary>Purchases by id.</summary>
    public IReadOnlyDictionary<string, GoogleEntitlement> Entitlements => _entitlements;

    /// <summary>Every operation that was taken, oldest first: what the buyers pay.</summary>
    public IReadOnlyList<GoogleBilledOperation> Bill => _bill;

    /// <summary>What callers did and must never do, oldest first.</summary>
    public IReadOnlyList<GoogleMistake> Mistakes => _mistakes;

    /// <summary>Applies an entry.</summary>
    public void Apply(GoogleEntry entry)
    {
        switch (entry)
        {
            case GoogleServiceSaved saved:
                _services[saved.Service.Name] = saved.Service;
                break;
            case GoogleEntitlementSaved saved:
                _entitlements[saved.Entitlement.Id] = saved.Entitlement;
                break;
            case GooglePriceSet set:
                _prices.Add(set.Price);
                break;
            case GoogleTroubleSet { Trouble: { } trouble } set:
                _troubles[set.Consumer] = trouble;
                break;
            case GoogleTroubleSet over:
                _troubles.Remove(over.Consumer);
                break;
            case GoogleOperationsAccepted accepted:
                foreach (GoogleBilledOperation taken in accepted.Operations)
                {
                    _operations.Add((taken.Service, taken.OperationId), taken);
                    _bill.Add(taken);
                }

                break;
            case GoogleMistakeMade made:
                _mistakes.Add(made.Mistake);
                break;
            default:
                throw new UnreachableException($"No rule for {entry.GetType().Name}.");
        }
    }

    /// <summary>Why a consumer may not be billed, as Google names it; null when it may.</summary>
    public string? CheckError(string service, string consumer, DateTimeOffset now)
    {
        if (Find(service, consumer, now) is not { } entitlement)
        {
            return "NOT_FOUND";
        }

        if (_troubles.TryGetValue(consumer, out GoogleConsumerTrouble trouble))
        {
            return trouble switch
            {
                GoogleConsumerTrouble.ServiceNotActivated => "SERVICE_NOT_ACTIVATED",
                GoogleConsumerTrouble.BillingDisabled => "BILLING_DISABLED",
                GoogleConsumerTrouble.ProjectDeleted => "PROJECT_DELETED",
                GoogleConsumerTrouble.ServiceStatusUnavailable => "SERVICE_STATUS_UNAVAILABLE",
                GoogleConsumerTrouble.BillingStatusUnavailable => "BILLING_STATUS_UNAVAILABLE",
                _ => throw new UnreachableException(),
            };
        }

        return entitlement switch
        {
            { State: GoogleEntitlementState.Suspended } => "BILLING_DISABLED",
            { State: GoogleEntitlementState.ActivationRequested } => "SERVICE_NOT_ACTIVATED",
            { EndsAt: { } end } when now >= end + GoogleWindow.Flush => "SERVICE_NOT_ACTIVATED",
            _ => null,
        };
    }

    /// <summary>
    /// Decides a report without changing anything. Each operation is judged by itself; an id that was taken before is taken, and
    /// counts once. Another content under such an id is a mistake of the caller, and refused.
    /// </summary>
    /// <param name="service">Which service.</param>
    /// <param name="operations">As read.</param>
    /// <param name="leftUnprocessed">How many, from the end, Google fails on by itself (a fault).</param>
    /// <param name="now">The time.</param>
    public GoogleDecision Decide(string service, IReadOnlyList<GoogleOperation> operations, int leftUnprocessed, DateTimeOffset now)
    {
        Dictionary<string, GoogleBilledOperation> taken = new(StringComparer.Ordinal);
        List<GoogleMistake> mistakes = [];
        List<GoogleVerdict> verdicts = [];
        int processed = Math.Max(operations.Count - leftUnprocessed, 0);
        foreach (GoogleOperation operation in operations.Take(processed))
        {
            if ((_operations.GetValueOrDefault((service, operation.OperationId)) ?? taken.GetValueOrDefault(operation.OperationId)) is { } first)
            {
                verdicts.Add(Again(operation, first, mistakes, now));
                continue;
            }

            GoogleVerdict verdict = Judge(service, operation, now);
            verdicts.Add(verdict);
            if (verdict.Code == 0)
            {
                taken.Add(operation.OperationId, Bills(service, operation, now));
            }
        }

        verdicts.AddRange(operations.Skip(processed).Select(operation => new GoogleVerdict(operation, Unavailable, "The service is currently unavailable.")));
        return new GoogleDecision(verdicts, [.. taken.Values], mistakes);
    }

    /// <summary>The purchase's own price before the listing's, of each the one that began last; the listing's first price where none has begun.</summary>
    public decimal UnitPriceCents(string service, string consumer, string metricId, DateTimeOffset at) => _prices
        .Where(price => price.Service == service && price.Metric == metricId && price.From <= at && (price.Consumer is null || price.Consumer == consumer))
        .OrderByDescending(price => price.Consumer is not null).ThenByDescending(price => price.From)
        .FirstOrDefault()?.UnitPriceCents
        ?? _services[service].Metrics.First(metric => metric.Id == metricId).UnitPriceCents;

    private static GoogleVerdict Again(GoogleOperation operation, GoogleBilledOperation first, List<GoogleMistake> mistakes, DateTimeOffset now)
    {
        if (first.Content == operation.Content)
        {
            return new GoogleVerdict(operation, 0, "");
        }

        mistakes.Add(new GoogleMistake(now, first.Service, operation.OperationId, first.Content, operation.Content));
        return new GoogleVerdict(operation, InvalidArgument, $"The operation {operation.OperationId} was reported before with another content.");
    }

    private GoogleVerdict Judge(string service, GoogleOperation operation, DateTimeOffset now)
    {
        if (Find(service, operation.Consumer, operation.StartTime) is not { } entitlement)
        {
            return Refused(NotFound, "The consumer was not found.");
        }

        if (_services[service].Metrics.All(metric => $"{service}/{metric.Id}" != operation.MetricName))
        {
            return Refused(InvalidArgument, $"The metric {operation.MetricName} is not defined by the service.");
        }

        if (operation.Quantity < 0)
        {
            return Refused(InvalidArgument, "The value of a metric that counts must not be negative.");
        }

        if (!GoogleWindow.Takes(operation.StartTime, operation.EndTime, now) || operation.StartTime < GoogleWindow.HourOf(entitlement.StartsAt))
        {
            return Refused(InvalidArgument, "The operation's times are out of range.");
        }

        if (entitlement.EndsAt is { } end && (now >= end + GoogleWindow.Flush || operation.EndTime >= end))
        {
            return Refused(NotFound, "The consumer's entitlement has ended.");
        }

        if (entitlement.State is GoogleEntitlementState.Suspended or GoogleEntitlementState.ActivationRequested)
        {
            return Refused(PermissionDenied, "The consumer's entitlement is not active.");
        }

        GoogleConsumerTrouble? trouble = _troubles.TryGetValue(operation.Consumer, out GoogleConsumerTrouble known) ? known : null;
        return trouble switch
        {
            GoogleConsumerTrouble.ProjectDeleted => Refused(NotFound, "The consumer's project was deleted."),
            GoogleConsumerTrouble.BillingDisabled => Refused(PermissionDenied, "The consumer's project has no billing."),
            GoogleConsumerTrouble.ServiceNotActivated => Refused(PermissionDenied, "The consumer has not activated the service."),
            _ => new GoogleVerdict(operation, 0, ""),
        };

        GoogleVerdict Refused(int code, string message) => new(operation, code, message);
    }

    private GoogleBilledOperation Bills(string service, GoogleOperation operation, DateTimeOffset now)
    {
        string metricId = operation.MetricName[(service.Length + 1)..];
        return new GoogleBilledOperation(
            operation.OperationId, service, operation.Consumer, metricId, operation.StartTime, operation.EndTime, operation.Quantity,
            UnitPriceCents(service, operation.Consumer, metricId, operation.EndTime.AddTicks(-1)), operation.Content, now);
    }

    /// <summary>A buyer that bought again reports for the same consumer: the purchase that ran then, or the newest.</summary>
    private GoogleEntitlement? Find(string service, string consumer, DateTimeOffset at)
    {
        GoogleEntitlement[] bought =
        [
            .. _entitlements.Values.Where(entitlement => entitlement.Service == service && entitlement.UsageReportingId == consumer)
                .OrderByDescending(entitlement => entitlement.StartsAt),
        ];
        return bought.FirstOrDefault(entitlement => GoogleWindow.HourOf(entitlement.StartsAt) <= at) ?? bought.FirstOrDefault();
    }
}
