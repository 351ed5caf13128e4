using LagoConsole.Core.Buyers;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Persistence.Sqlite;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;
using LagoConsole.Simulation.Engines;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Simulation.Oracles;

/// <summary>What the engines claim at a world's end: their whole books.</summary>
internal sealed record EngineBooks(
    IReadOnlyList<Integration> Integrations, IReadOnlyDictionary<Guid, BillingPeriod> Periods, IReadOnlyList<HighWaterMark> Marks,
    IReadOnlyList<UsageIncrement> Increments, IReadOnlyDictionary<Guid, UsageRecord> Records, IReadOnlyList<RecordLink> Links,
    IReadOnlyDictionary<Guid, Meter> Meters, IReadOnlyDictionary<Guid, Entitlement> Entitlements)
{
    public static EngineBooks Read(WorldDatabase database)
    {
        using LagoConsoleDbContext db = new SqliteLagoConsoleDbContext(
            new DbContextOptionsBuilder<SqliteLagoConsoleDbContext>().UseSqlite(database.ConnectionString).UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking).Options);
        return new EngineBooks(
            db.Integrations.ToList(),
            db.BillingPeriods.ToDictionary(period => period.Id),
            db.HighWaterMarks.ToList(),
            db.UsageIncrements.ToList(),
            db.UsageRecords.ToDictionary(record => record.Id),
            db.RecordLinks.ToList(),
            db.Meters.ToDictionary(meter => meter.Id),
            db.Entitlements.ToDictionary(entitlement => entitlement.Id));
    }

    /// <summary>A purchase's own key at its marketplace.</summary>
    public static string PurchaseOf(Entitlement entitlement) => entitlement.AwsLicenseArn ?? entitlement.AzureResourceId ?? entitlement.GcpUsageReportingId!;

    /// <summary>The key of a mark, as the oracle's auditor names it.</summary>
    public KeyRow KeyOf(HighWaterMark mark)
    {
        BillingPeriod period = Periods[mark.PeriodId];
        return new KeyRow(period.SubscriptionLagoId, period.PeriodStart, period.PeriodEnd, mark.MetricCode, mark.Currency);
    }
}
