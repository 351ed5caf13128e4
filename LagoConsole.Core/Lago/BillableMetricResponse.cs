namespace LagoConsole.Core.Lago;

/// <summary>Root of one page of billable metrics.</summary>
public sealed record BillableMetricsRoot : ILagoPage<BillableMetricResponse>
{
    public required IReadOnlyList<BillableMetricResponse> BillableMetrics { get; init; }

    public required PageMetaResponse Meta { get; init; }

    IReadOnlyList<BillableMetricResponse> ILagoPage<BillableMetricResponse>.Rows => BillableMetrics;
}

/// <summary>What Lago meters: the source dimension of a conversion.</summary>
public sealed record BillableMetricResponse
{
    public required string LagoId { get; init; }

    /// <summary>Case-sensitive; can be used again after the metric was deleted.</summary>
    public required string Code { get; init; }

    public string? Name { get; init; }

    public string? Description { get; init; }

    /// <summary>Such as <c>sum_agg</c>; new values come with new servers.</summary>
    public string? AggregationType { get; init; }

    /// <summary>Carries its units into the next period, and over an upgrade (T7). Null if the server does not send it.</summary>
    public bool? Recurring { get; init; }
}
