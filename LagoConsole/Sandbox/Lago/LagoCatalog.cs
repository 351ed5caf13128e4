using System.Text.Json.Serialization;

namespace LagoConsole.Sandbox.Lago;

/// <summary>How Lago makes units out of events.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LagoAggregation>))]
public enum LagoAggregation
{
    /// <summary>Number of events.</summary>
    Count,

    /// <summary>Sum of values; negative values lower it.</summary>
    Sum,

    /// <summary>Largest value.</summary>
    Max,

    /// <summary>Last value by timestamp.</summary>
    Latest,

    /// <summary>Distinct keys added and not removed.</summary>
    UniqueCount,

    /// <summary>Level weighted by how long it stands, projected to the period's end.</summary>
    WeightedSum,
}

/// <summary>How Lago makes money out of units.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LagoChargeModel>))]
public enum LagoChargeModel
{
    /// <summary>Units times a price.</summary>
    Standard,

    /// <summary>Each tier's units at its own price.</summary>
    Graduated,

    /// <summary>A price per started package.</summary>
    Package,

    /// <summary>A share of the value, and a fixed amount an event.</summary>
    Percentage,

    /// <summary>All units at the price of the tier reached: more units can cost less.</summary>
    Volume,
}

/// <summary>How long a plan's period is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LagoInterval>))]
public enum LagoInterval
{
    /// <summary>A week.</summary>
    Weekly,

    /// <summary>A month.</summary>
    Monthly,
}

/// <summary>What is counted.</summary>
/// <param name="Code">Case-sensitive key.</param>
/// <param name="Name">Shown to people; usage is listed in its order.</param>
/// <param name="Aggregation">How events become units.</param>
/// <param name="Recurring">Units are carried over into the next period.</param>
public sealed record LagoMetric(string Code, string Name, LagoAggregation Aggregation, bool Recurring = false);

/// <summary>A step of a graduated or volume price.</summary>
/// <param name="UpTo">Last unit of the tier, included; null for the open last tier.</param>
/// <param name="PerUnit">Price of a unit, major units.</param>
/// <param name="Flat">Price of entering the tier, major units.</param>
public sealed record LagoTier(decimal? UpTo, decimal PerUnit, decimal Flat);

/// <summary>A price on a metric. Amounts in major units, as Lago keeps them.</summary>
public sealed record LagoCharge
{
    /// <summary>Key of the charge within its plan.</summary>
    public required string Code { get; init; }

    /// <summary>The metric it prices; several charges may price one.</summary>
    public required string MetricCode { get; init; }

    /// <summary>Which of the following prices counts.</summary>
    public required LagoChargeModel Model { get; init; }

    /// <summary>Standard: price of a unit. Package: price of a started package.</summary>
    public decimal Amount { get; init; }

    /// <summary>Package: units in one; at least 1.</summary>
    public decimal PackageSize { get; init; } = 1;

    /// <summary>Package: units without charge.</summary>
    public decimal FreeUnits { get; init; }

    /// <summary>Percentage: per cent of the units.</summary>
    public decimal Rate { get; init; }

    /// <summary>Percentage: amount for each event.</summary>
    public decimal FixedAmount { get; init; }

    /// <summary>Graduated and volume: tiers in order.</summary>
    public IReadOnlyList<LagoTier> Tiers { get; init; } = [];

    /// <summary>Minor units. What the charge's fees fall short of it is added to the invoice as a true-up.</summary>
    public long MinAmountCents { get; init; }

    /// <summary>Billed per event, so in current usage but not on the period's invoice.</summary>
    public bool PayInAdvance { get; init; }

    /// <summary>Shown on the invoice; null for the metric's name.</summary>
    public string? InvoiceDisplayName { get; init; }
}

/// <summary>What a subscription costs.</summary>
/// <param name="Code">Key.</param>
/// <param name="Name">Shown to people.</param>
/// <param name="Currency">ISO code: <c>USD</c>, <c>EUR</c> or <c>JPY</c>.</param>
/// <param name="AmountCents">Subscription fee of a full period, minor units; never part of usage.</param>
/// <param name="Interval">Length of a period.</param>
/// <param name="PayInAdvance">The fee is billed at the period's start.</param>
/// <param name="Charges">Prices of usage.</param>
public sealed record LagoPlan(
    string Code, string Name, string Currency, long AmountCents, LagoInterval Interval, bool PayInAdvance, IReadOnlyList<LagoCharge> Charges);
