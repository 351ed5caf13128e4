using LagoConsole.Core.Buyers;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Books;

/// <summary>As many balanced keys and records as a test asks for: each record bills 2 units at 7 cents, of an increment of its own.</summary>
internal static class ManyBooks
{
    /// <param name="database">Has an entitlement, a dimension and a billing period, which all of it is hung on.</param>
    /// <param name="keys">Each has a meter of its own.</param>
    /// <param name="records">Of each key.</param>
    public static async Task AddAsync(TestDatabase database, int keys, int records)
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        DateTimeOffset start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (int key = 0; key < keys; key++)
        {
            await using LagoConsoleDbContext db = database.CreateDbContext();
            db.ChangeTracker.AutoDetectChangesEnabled = false;
            BillingPeriod period = await db.BillingPeriods.AsNoTracking().FirstAsync(stop);
            Entitlement entitlement = await db.Entitlements.AsNoTracking().FirstAsync(stop);
            Dimension dimension = await db.Dimensions.AsNoTracking().FirstAsync(stop);
            HighWaterMark mark = new()
            {
                Id = Guid.NewGuid(),
                PeriodId = period.Id,
                MetricCode = $"metric-{key}",
                Currency = "USD",
                BaselineMinor = 0,
                FirstSeenAt = start,
                AmountMinor = 14L * records,
                LastTotalMinor = 14L * records,
                LastTotalAt = start,
                LastCharges = [],
            };
            Meter meter = new()
            {
                Id = Guid.NewGuid(),
                EntitlementId = entitlement.Id,
                DimensionId = dimension.Id,
                Marketplace = entitlement.Marketplace,
                Identity = entitlement.Identity,
                DimensionKey = $"dimension-{key}",
                Currency = "USD",
                AccruedMinor = 14m * records,
                AllocatedMinor = 14m * records,
                IncrementCount = records,
                LastSlotHour = start.AddHours(records),
            };
            db.AddRange(mark, meter);
            for (int number = 0; number < records; number++)
            {
                UsageIncrement increment = new()
                {
                    Id = Guid.NewGuid(),
                    MarkId = mark.Id,
                    IntegrationId = period.IntegrationId,
                    BuyerId = period.BuyerId,
                    MetricCode = mark.MetricCode,
                    Currency = "USD",
                    FromMinor = 14L * number,
                    ToMinor = 14L * (number + 1),
                    AmountMinor = 14,
                    SeenAt = start.AddHours(number),
                    Source = SnapshotSource.Poll,
                    OpenMinor = 0,
                    IsOpen = false,
                    MeterId = meter.Id,
                    MeterSequence = number + 1,
                };
                string payload = $$"""{"Quantity":2,"Hour":{{number}}}""";
                UsageRecord record = new()
                {
                    Id = Guid.NewGuid(),
                    MeterId = meter.Id,
                    EntitlementId = entitlement.Id,
                    IntegrationId = period.IntegrationId,
                    Marketplace = entitlement.Marketplace,
                    DimensionKey = meter.DimensionKey,
                    SlotHour = start.AddHours(number),
                    Timestamp = start.AddHours(number),
                    Quantity = 2,
                    UnitPriceMinor = 7,
                    Currency = "USD",
                    BatchKey = "batch",
                    Payload = payload,
                    PayloadSha256 = AllocationStore.Sha256(payload),
                    RemainderBeforeMinor = 0,
                    OpenBeforeMinor = 14,
                    RemainderAfterMinor = 0,
                    CreatedAt = start.AddHours(number),
                    Deadline = start.AddHours(number + 24),
                    State = UsageRecordState.Accepted,
                };
                db.AddRange(
                    increment, record,
                    new RecordLink { RecordId = record.Id, IncrementId = increment.Id, AmountMinor = 14 },
                    new Attempt
                    {
                        Id = Guid.NewGuid(),
                        RecordId = record.Id,
                        Number = 1,
                        CallId = Guid.NewGuid(),
                        StartedAt = record.CreatedAt,
                        EndedAt = record.CreatedAt,
                        Verdict = nameof(MeteringReceipt.Accepted),
                    });
            }

            await db.SaveChangesAsync(stop);
        }
    }
}
