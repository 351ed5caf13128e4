using System.Data;
using LagoConsole.Core.Accounts;
using LagoConsole.Core.Audit;
using LagoConsole.Core.Books;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Conversion;
using LagoConsole.Core.Fulfilment;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Notifications;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reconciliation;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Security;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Storage;

namespace LagoConsole.Core.Persistence;

/// <summary>The one model; each provider derives a context of its own, with its own migrations.</summary>
public abstract class LagoConsoleDbContext(DbContextOptions options) : DbContext(options), IDataProtectionKeyContext
{
    public DbSet<Integration> Integrations => Set<Integration>();

    public DbSet<Buyer> Buyers => Set<Buyer>();

    public DbSet<BuyerLink> BuyerLinks => Set<BuyerLink>();

    public DbSet<Entitlement> Entitlements => Set<Entitlement>();

    public DbSet<BuyerAccount> BuyerAccounts => Set<BuyerAccount>();

    public DbSet<ReceivedNotice> ReceivedNotices => Set<ReceivedNotice>();

    public DbSet<Product> Products => Set<Product>();

    public DbSet<MarketplaceAccount> MarketplaceAccounts => Set<MarketplaceAccount>();

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

    public DbSet<SubscriptionRoute> SubscriptionRoutes => Set<SubscriptionRoute>();

    public DbSet<UsageReading> UsageReadings => Set<UsageReading>();

    public DbSet<RecordReading> RecordReadings => Set<RecordReading>();

    public DbSet<BooksCheck> BooksChecks => Set<BooksCheck>();

    public DbSet<RestoreEpoch> RestoreEpochs => Set<RestoreEpoch>();

    public DbSet<NotificationChannel> NotificationChannels => Set<NotificationChannel>();

    public DbSet<NotificationCause> NotificationCauses => Set<NotificationCause>();

    public DbSet<NotificationDelivery> NotificationDeliveries => Set<NotificationDelivery>();

    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();

    public DbSet<SignInSession> SignInSessions => Set<SignInSession>();

    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    /// <summary>
    /// Each change of a versioned row counts its version up; the update is conditional on the version read. A changed mark makes the
    /// next poll look at its period again (<see cref="BillingPeriod.SettledDigest"/>).
    /// </summary>
    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        List<EntityEntry> changed = [.. ChangeTracker.Entries().Where(entry => entry.State != EntityState.Unchanged)]; // looks for changes
        bool detects = ChangeTracker.AutoDetectChangesEnabled;
        ChangeTracker.AutoDetectChangesEnabled = false; // changes were looked for just now
        try
        {
            await UnsettleAsync(changed, cancellationToken);
            CountVersions();
            int saved = await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
            return saved + await WriteUnseenAsync(cancellationToken); // they refer to what is saved by now
        }
        finally
        {
            ChangeTracker.AutoDetectChangesEnabled = detects;
        }
    }

    /// <summary>The same without waiting. Not refused: the key ring of Data Protection is written through it.</summary>
    public override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        CountVersions();
        return base.SaveChanges(acceptAllChangesOnSuccess);
    }

    /// <summary>
    /// A transaction for money: what it read stays as read until it commits, so that a row it relied on (the integration,
    /// a link) cannot vanish in between. SQLite has one writer at a time and gives this anyway.
    /// </summary>
    internal Task<IDbContextTransaction> BeginMoneyTransactionAsync(CancellationToken cancellationToken) =>
        Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);

    /// <summary>
    /// Adds a row that nobody looks at again through this context, once it is saved: where there are very many, telling what became of
    /// each costs more than writing it. It may still be changed until then. Within a transaction only.
    /// </summary>
    internal virtual void AddUnseen(object row) => Add(row);

    /// <summary>Writes those that EF Core does not know of; returns how many.</summary>
    private protected virtual Task<int> WriteUnseenAsync(CancellationToken cancellationToken) => Task.FromResult(0);

    /// <summary>The transaction of a <see cref="DatabaseView"/>. Ends with this context.</summary>
    internal abstract Task BeginViewAsync(CancellationToken cancellationToken);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(LagoConsoleDbContext).Assembly);
    }

    /// <summary>Whoever changes a mark need not know of it. A poll says what is settled in the save that changes its marks.</summary>
    private async Task UnsettleAsync(IReadOnlyCollection<EntityEntry> changed, CancellationToken cancellationToken)
    {
        HashSet<Guid> periods = [.. changed.Select(entry => entry.Entity).OfType<HighWaterMark>().Select(mark => mark.PeriodId)];
        if (periods.Count == 0)
        {
            return;
        }

        foreach (EntityEntry<BillingPeriod> period in ChangeTracker.Entries<BillingPeriod>().Where(period => periods.Remove(period.Entity.Id)))
        {
            PropertyEntry<BillingPeriod, byte[]?> digest = period.Property(row => row.SettledDigest);
            if (period.State != EntityState.Added && !digest.IsModified)
            {
                digest.CurrentValue = null;
            }
        }

        if (periods.Count > 0)
        {
            await BillingPeriods.Where(period => periods.Contains(period.Id) && period.SettledDigest != null).ExecuteUpdateAsync(
                set => set.SetProperty(period => period.SettledDigest, (byte[]?)null).SetProperty(period => period.Version, period => period.Version + 1), cancellationToken);
        }
    }

    /// <summary>Looks for changes, unless they were looked for.</summary>
    private void CountVersions()
    {
        foreach (EntityEntry entry in ChangeTracker.Entries().Where(entry => entry.State == EntityState.Modified))
        {
            if (entry.Metadata.FindProperty("Version") is { IsConcurrencyToken: true })
            {
                PropertyEntry version = entry.Property("Version");
                version.CurrentValue = (int)version.OriginalValue! + 1;
            }
        }
    }
}
