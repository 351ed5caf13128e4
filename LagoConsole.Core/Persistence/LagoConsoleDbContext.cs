using LagoConsole.Core.Audit;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Conversion;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Persistence;

/// <summary>The one model; each provider derives a context of its own, with its own migrations.</summary>
public abstract class LagoConsoleDbContext(DbContextOptions options) : DbContext(options), IDataProtectionKeyContext
{
    public DbSet<Integration> Integrations => Set<Integration>();

    public DbSet<Buyer> Buyers => Set<Buyer>();

    public DbSet<BuyerLink> BuyerLinks => Set<BuyerLink>();

    public DbSet<Entitlement> Entitlements => Set<Entitlement>();

    public DbSet<Product> Products => Set<Product>();

    public DbSet<Dimension> Dimensions => Set<Dimension>();

    public DbSet<DimensionPrice> DimensionPrices => Set<DimensionPrice>();

    public DbSet<DimensionConversion> DimensionConversions => Set<DimensionConversion>();

    public DbSet<BillingPeriod> BillingPeriods => Set<BillingPeriod>();

    public DbSet<UsageSnapshot> UsageSnapshots => Set<UsageSnapshot>();

    public DbSet<HighWaterMark> HighWaterMarks => Set<HighWaterMark>();

    public DbSet<UsageIncrement> UsageIncrements => Set<UsageIncrement>();

    public DbSet<Meter> Meters => Set<Meter>();

    public DbSet<UsageRecord> UsageRecords => Set<UsageRecord>();

    public DbSet<RecordLink> RecordLinks => Set<RecordLink>();

    public DbSet<UsageRecordGroup> UsageRecordGroups => Set<UsageRecordGroup>();

    public DbSet<Attempt> Attempts => Set<Attempt>();

    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();

    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(LagoConsoleDbContext).Assembly);
    }
}
