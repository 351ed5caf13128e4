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
public sealed record GoogleDecision(IReadOnlyList<GoogleVerdict> Verdicts, IReadOnlyList<GoogleBilledOperation> Accepted);

/// <summary>Google Cloud Marketplace as a fold over <see cref="GoogleEntry"/>: services, purchases, and what was reported. Not thread safe.</summary>
public sealed class GoogleState
{
    /// <summary>After a cancellation, how long usage from before it is still taken.</summary>
    private static readonly TimeSpan Flush = TimeSpan.FromHours(1);

    private readonly Dictionary<string, GoogleService> _services = new(StringComparer.Ordinal);
    private readonly Dictionary<string, GoogleEntitlement> _entitlements = new(StringComparer.Ordinal);
    private readonly Dictionary<string, GoogleBilledOperation> _operations = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<GoogleBilledOperation> _bill = [];
    private readonly List<GooglePrice> _prices = [];

    /// <summary>Services by name.</summary>
    public IReadOnlyDictionary<string, GoogleService> Services => _services;

    /// <summary>Purchases by id.</summary>
    public IReadOnlyDictionary<string, GoogleEntitlement> Entitlements => _entitlements;

    /// <summary>Every operation that was taken, oldest first: what the buyers pay.</summary>
    public IReadOnlyList<GoogleBilledOperation> Bill => _bill;

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
            case GoogleOperationsAccepted accepted:
                foreach (GoogleBilledOperation taken in accepted.Operations)
                {
                    _operations.Add(taken.OperationId, taken);
                    _bill.Add(taken);
                }

                break;
            default:
                throw new UnreachableException($"No rule for {entry.GetType().Name}.");
        }
    }

    /// <summary>Why a consumer may not be billed, as Google names it; null when it may.</summary>
    public string? CheckError(string service, string consumer, DateTimeOffset now) => Find(service, consumer) switch
    {
        null => "NOT_FOUND",
        { State: GoogleEntitlementState.Suspended } => "BILLING_DISABLED",
        { EndsAt: { } end } when now >= end + Flush => "SERVICE_NOT_ACTIVATED",
        { State: GoogleEntitlementState.ActivationRequested } => "SERVICE_NOT_ACTIVATED",
        _ => null,
    };

    /// <summary>Decides a report without changing anything. Each operation is judged by itself; an id that was taken before is taken, and counts once.</summary>
    /// <param name="service">Which service.</param>
    /// <param name="operations">As read.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="GoogleRefusedException">The same id came with another content: a caller must never do that.</exception>
    public GoogleDecision Decide(string service, IReadOnlyList<GoogleOperation> operations, DateTimeOffset now)
    {
        List<GoogleVerdict> verdicts = [];
        Dictionary<string, GoogleBilledOperation> taken = new(StringComparer.OrdinalIgnoreCase);
        foreach (GoogleOperation operation in operations)
        {
            verdicts.Add(Judge(service, operation, taken, now));
        }

        return new GoogleDecision(verdicts, [.. taken.Values]);
    }

    private GoogleVerdict Judge(string service, GoogleOperation operation, Dictionary<string, GoogleBilledOperation> taken, DateTimeOffset now)
    {
        if ((_operations.GetValueOrDefault(operation.OperationId) ?? taken.GetValueOrDefault(operation.OperationId)) is { } first)
        {
            return first.Content == operation.Content
                ? new GoogleVerdict(operation, 0, "")
                : throw new GoogleRefusedException(400, "INVALID_ARGUMENT", $"The operation {operation.OperationId} was reported before with another content.");
        }

        if (Find(service, operation.Consumer) is not { } entitlement)
        {
            return new GoogleVerdict(operation, 5, "The consumer was not found.");
        }

        if (_services[service].Metrics.All(metric => $"{service}/{metric.Id}" != operation.MetricName))
        {
            return new GoogleVerdict(operation, 3, $"The metric {operation.MetricName} is not defined by the service.");
        }

        if (operation.Quantity < 0 || operation.EndTime > now || operation.StartTime < HourOf(entitlement.StartsAt))
        {
            return new GoogleVerdict(operation, 3, "The operation's value or times are out of range.");
        }

        if (entitlement.EndsAt is { } end && (now >= end + Flush || operation.EndTime >= end))
        {
            return new GoogleVerdict(operation, 5, "The consumer's entitlement has ended.");
        }

        if (entitlement.State is GoogleEntitlementState.Suspended or GoogleEntitlementState.ActivationRequested)
        {
            return new GoogleVerdict(operation, 7, "The consumer's entitlement is not active.");
        }

        string metricId = operation.MetricName[(service.Length + 1)..];
        taken.Add(operation.OperationId, new GoogleBilledOperation(
            operation.OperationId, service, operation.Consumer, metricId, operation.StartTime, operation.EndTime, operation.Quantity,
            UnitPriceCents(service, operation.Consumer, metricId, operation.EndTime.AddTicks(-1)), operation.Content, now));
        return new GoogleVerdict(operation, 0, "");
    }

    /// <summary>The purchase's own price before the listing's, of each the one that began last; the listing's first price where none has begun.</summary>
    public decimal UnitPriceCents(string service, string consumer, string metricId, DateTimeOffset at) => _prices
        .Where(price => price.Service == service && price.Metric == metricId && price.From <= at && (price.Consumer is null || price.Consumer == consumer))
        .OrderByDescending(price => price.Consumer is not null).ThenByDescending(price => price.From)
        .FirstOrDefault()?.UnitPriceCents
        ?? _services[service].Metrics.First(metric => metric.Id == metricId).UnitPriceCents;

    private GoogleEntitlement? Find(string service, string consumer) =>
        _entitlements.Values.LastOrDefault(entitlement => entitlement.Service == service && entitlement.UsageReportingId == consumer);

    private static DateTimeOffset HourOf(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);
}
