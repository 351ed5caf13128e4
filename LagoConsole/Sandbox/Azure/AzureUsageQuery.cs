using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace LagoConsole.Sandbox.Azure;

/// <summary>What <c>GET usageEvents</c> asks for: whole days, from the first on and before the second; what is null does not matter.</summary>
internal sealed record AzureUsageQuery(
    DateTimeOffset From, DateTimeOffset Until, string? OfferId, string? PlanId, string? Dimension, Guid? AzureSubscriptionId, string? ReconStatus)
{
    /// <summary>What the schema has, and what its documentation adds.</summary>
    private static readonly string[] Statuses = ["Submitted", "Accepted", "Rejected", "Mismatch", "TestHeaders", "DryRun"];

    /// <returns>The query, or the parameter that is missing or not of its kind.</returns>
    public static (AzureUsageQuery? Query, string Problem) Read(IReadOnlyDictionary<string, StringValues> sent)
    {
        DateTimeOffset? from = Instant(Text("usageStartDate"));
        DateTimeOffset? until = Text("UsageEndDate") is { } end ? Instant(end) : DateTimeOffset.MaxValue;
        Guid? subscription = Text("azureSubscriptionId") is { } id && Guid.TryParse(id, out Guid parsed) ? parsed : null;
        return (from, until, Text("azureSubscriptionId"), Text("reconStatus")) switch
        {
            (null, _, _, _) => (null, "usageStartDate"),
            (_, null, _, _) => (null, "UsageEndDate"),
            (_, _, { }, _) when subscription is null => (null, "azureSubscriptionId"),
            (_, _, _, { } status) when !Statuses.Contains(status, StringComparer.Ordinal) => (null, "reconStatus"),
            ({ } first, { } last, _, var status) => (
                new AzureUsageQuery(AzureWindow.DayOf(first), last, Text("offerId"), Text("planId"), Text("dimension"), subscription, status), ""),
        };

        string? Text(string name) => sent.TryGetValue(name, out StringValues value) ? value.ToString() : null;
    }

    /// <summary>Whether an event counts in an answer to it. Everything that is billed here is <c>Accepted</c>.</summary>
    public bool Matches(AzureBilledEvent taken, AzureSubscription subscription)
    {
        DateTimeOffset day = AzureWindow.DayOf(taken.EffectiveStartTime);
        return day >= From && day < Until
            && (OfferId ?? taken.OfferId) == taken.OfferId
            && (PlanId ?? taken.PlanId) == taken.PlanId
            && (Dimension ?? taken.Dimension) == taken.Dimension
            && (AzureSubscriptionId ?? subscription.AzureSubscriptionId) == subscription.AzureSubscriptionId
            && ReconStatus is null or "Accepted";
    }

    private static DateTimeOffset? Instant(string? text) => DateTimeOffset.TryParse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset instant) ? instant : null;
}
