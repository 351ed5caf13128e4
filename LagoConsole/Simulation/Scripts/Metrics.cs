using LagoConsole.Sandbox.Lago;

namespace LagoConsole.Simulation.Scripts;

/// <summary>What the world's Lago counts, and what it charges for it.</summary>
internal static class Metrics
{
    public static IReadOnlyList<LagoMetric> All { get; } =
    [
        new("calls", "Calls", LagoAggregation.Count),
        new("gb", "Gigabytes", LagoAggregation.Sum),
        new("level", "Level", LagoAggregation.Latest),
        new("peak", "Peak", LagoAggregation.Max),
        new("seats", "Seats", LagoAggregation.UniqueCount, Recurring: true),
        new("disk", "Disk", LagoAggregation.WeightedSum),
    ];

    public static LagoMetric Of(string code) => All.First(metric => metric.Code == code);

    /// <summary>A charge on a metric: a few cents to a few hundred for what one event brings.</summary>
    public static LagoCharge Charge(Dice dice, string metric, string code) => metric switch
    {
        "calls" when dice.OnceIn(3) => new LagoCharge
        {
            Code = code,
            MetricCode = metric,
            Model = LagoChargeModel.Volume,
            Tiers = [new(2_000, 0.25m, 0), new(20_000, 0.20m, 0), new(UpTo: null, 0.12m, 0)],
        },
        "calls" when dice.OnceIn(3) => new LagoCharge
        {
            Code = code,
            MetricCode = metric,
            Model = LagoChargeModel.Package,
            Amount = dice.Between(1, 9),
            PackageSize = 50,
            FreeUnits = 100,
        },
        "gb" when dice.OnceIn(3) => new LagoCharge
        {
            Code = code,
            MetricCode = metric,
            Model = LagoChargeModel.Graduated,
            Tiers = [new(100, 1.37m, 0), new(UpTo: null, 0.83m, 5)],
        },
        "seats" => new LagoCharge { Code = code, MetricCode = metric, Model = LagoChargeModel.Standard, Amount = dice.Between(3, 40) },
        "disk" => new LagoCharge { Code = code, MetricCode = metric, Model = LagoChargeModel.Standard, Amount = dice.Between(10, 60) },
        "level" or "peak" => new LagoCharge { Code = code, MetricCode = metric, Model = LagoChargeModel.Standard, Amount = 0.37m },
        _ => new LagoCharge { Code = code, MetricCode = metric, Model = LagoChargeModel.Standard, Amount = dice.Between(5, 120) / 100m, PayInAdvance = dice.OnceIn(6) },
    };
}
