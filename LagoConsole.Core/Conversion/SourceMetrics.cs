using System.Diagnostics;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Conversion;

/// <summary>A billable metric of a connected Lago: what a conversion's money comes from.</summary>
/// <param name="AggregationType">Lago's name of it, such as <c>sum_agg</c>; null if the server does not send one.</param>
public sealed record SourceMetric(string Code, string? Name, string? AggregationType, string IntegrationName);

/// <summary>What the connected Lagos offer.</summary>
/// <param name="Metrics">By code; one code can come from several integrations.</param>
/// <param name="Problems">A sentence for each integration that could not be asked: its metrics are missing from the list.</param>
public sealed record SourceMetricList(IReadOnlyList<SourceMetric> Metrics, IReadOnlyList<string> Problems)
{
    /// <summary>Codes that were lately seen with a volume price. What a metric costs is on charges, not on the metric itself.</summary>
    public IReadOnlySet<string> VolumePriced { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Why the money of a code is better reported at period close only, or null. A choice, where <see cref="WarningFor"/> is none.</summary>
    public string? AdviceFor(string? code) => code is not null && VolumePriced.Contains(code) ? ConversionChecks.VolumeAdvice : null;

    /// <summary>
    /// The projection warning for a code (R8), or null: also for a code that is not in the list, of which nothing is
    /// known. Two organizations may use one code for two metrics: one of them is enough.
    /// </summary>
    public string? WarningFor(string? code) => Metrics
        .Where(metric => metric.Code == code)
        .Select(metric => ConversionChecks.ProjectionWarning(metric.AggregationType))
        .FirstOrDefault(warning => warning is not null);
}

/// <summary>Asks every verified integration for its billable metrics, for pickers.</summary>
public sealed class SourceMetrics(IDbContextFactory<LagoConsoleDbContext> databases, IntegrationConnections connections)
{
    /// <summary>As many keys tell which metrics have a volume price: enough for every plan in use, and few to read.</summary>
    private const int KeysLookedAt = 500;

    public async Task<SourceMetricList> ListAsync(CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        List<Integration> integrations = await db.Integrations.AsNoTracking()
            .Where(integration => integration.Status == IntegrationStatus.Verified)
            .OrderBy(integration => integration.Name).ToListAsync(cancellationToken);
        List<SourceMetric> metrics = [];
        List<string> problems = [];
        foreach (Integration integration in integrations)
        {
            switch (await AskAsync(integration, cancellationToken))
            {
                case Answer.Listed listed:
                    metrics.AddRange(listed.Metrics.Select(metric => new SourceMetric(metric.Code, metric.Name, metric.AggregationType, integration.Name)));
                    break;
                case Answer.Missing missing:
                    problems.Add($"The metrics of {integration.Name} are not listed: {missing.Sentence} You can type a code instead.");
                    break;
                default:
                    throw new UnreachableException();
            }
        }

        var seen = await db.HighWaterMarks.AsNoTracking()
            .OrderByDescending(mark => mark.LastTotalAt).Take(KeysLookedAt)
            .Select(mark => new { mark.MetricCode, mark.LastCharges }).ToListAsync(cancellationToken);
        return new SourceMetricList([.. metrics.OrderBy(metric => metric.Code, StringComparer.Ordinal)], problems)
        {
            VolumePriced = seen.Where(key => ConversionChecks.HasVolumePrice(key.LastCharges)).Select(key => key.MetricCode).ToHashSet(StringComparer.Ordinal),
        };
    }

    private async Task<Answer> AskAsync(Integration integration, CancellationToken cancellationToken)
    {
        LagoConnection connection = connections.Open(integration);
        if (connection is not LagoConnection.Opened opened)
        {
            return new Answer.Missing(((LagoConnection.Unavailable)connection).Sentence);
        }

        return await opened.Client.ListBillableMetricsAsync(cancellationToken) switch
        {
            LagoAnswer<IReadOnlyList<BillableMetricResponse>>.Ok ok => new Answer.Listed(ok.Value),
            LagoAnswer<IReadOnlyList<BillableMetricResponse>>.Failed failed => new Answer.Missing(failed.Failure.Sentence),
            _ => throw new UnreachableException(),
        };
    }

    private abstract record Answer
    {
        public sealed record Listed(IReadOnlyList<BillableMetricResponse> Metrics) : Answer;

        public sealed record Missing(string Sentence) : Answer;
    }
}
