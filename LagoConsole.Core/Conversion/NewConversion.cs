namespace LagoConsole.Core.Conversion;

/// <summary>What a person chose: the money of this metric goes to this dimension.</summary>
public sealed class NewConversion
{
    public required Guid ProductId { get; init; }

    /// <summary>Lago's billable metric code, exact case.</summary>
    public string? MetricCode { get; set; }

    public Guid? DimensionId { get; set; }

    /// <inheritdoc cref="DimensionConversion.ReportAtCloseOnly"/>
    public bool ReportAtCloseOnly { get; set; }
}
