using LagoConsole.Core.DryRun;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;

namespace LagoConsole.Tests.DryRun;

/// <summary>What dry runs can come to, for pages and sentences.</summary>
internal static class DryRunSamples
{
    public static readonly DateTimeOffset Noon = new(2026, 8, 20, 12, 0, 0, TimeSpan.Zero);
    public static readonly Guid Acme = Guid.NewGuid();
    public static readonly Guid Product = Guid.NewGuid();
    public static readonly Guid Mark = Guid.NewGuid();

    public static readonly DryRunWindow Hour = new("Harbour", BillingMode.AmountHourly, Noon.AddHours(1), Noon.AddHours(2), Noon.AddMinutes(125));

    /// <summary>1.50 USD open at 0.40 USD a unit: 3 units for 1.20 USD.</summary>
    public static readonly DryRunRecord Record = new(
        Acme, "Acme", Guid.NewGuid(), "Vendor Platform", Marketplace.Aws, "usage_fee", Noon.AddMinutes(125), Noon.AddHours(1), Noon.AddHours(1),
        Quantity: 3, UnitPriceMinor: 40, "USD", RemainderBeforeMinor: 10, OpenBeforeMinor: 150, RemainderAfterMinor: 30, "{\"Quantity\":3}", "ab12",
        [
            new DryRunPart("api_calls", "acme-prod", Noon.AddDays(-19), Noon.AddDays(12), Noon.AddHours(-1), SnapshotSource.Poll, IsNew: false, 0, 50, 50, 10, Mark),
            new DryRunPart("storage_gb", "acme-prod", Noon.AddDays(-19), Noon.AddDays(12), Noon.AddMinutes(125), SnapshotSource.Poll, IsNew: true, 0, 140, 140, 110, null),
        ]);

    public static readonly DryRunStay NoConversion = Stay(200, new StayReason.Waits(WaitReason.NoConversion), "seats");
    public static readonly DryRunStay Remainder = Stay(30, new StayReason.OnMeter(AllocationWait.LessThanOneUnit), "usage_fee", subscription: null);

    public static readonly DryRunResult Result = new(Noon, [Hour], [Record], [NoConversion, Remainder], []);

    /// <summary>Comes to <see cref="Result"/>, whatever is tried.</summary>
    public static RunDry RunAsync { get; } = (_, _, _, _) => Task.FromResult<DryRunOutcome>(new DryRunOutcome.Ready(Result));

    public static DryRunStay Stay(decimal amountMinor, StayReason reason, string source = "api_calls", string? subscription = "acme-prod", string currency = "USD") =>
        new(Acme, "Acme", source, subscription, currency, amountMinor, reason, Mark, Product);
}
