using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Support;

/// <summary>Holds the whole database against the identities of R14, from the rows alone.</summary>
public static class BooksOracle
{
    public static async Task AssertBalancedAsync(LagoConsoleDbContext db)
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        List<HighWaterMark> marks = await db.HighWaterMarks.AsNoTracking().ToListAsync(stop);
        List<UsageIncrement> increments = await db.UsageIncrements.AsNoTracking().ToListAsync(stop);
        List<UsageRecord> records = await db.UsageRecords.AsNoTracking().ToListAsync(stop);
        List<RecordLink> links = await db.RecordLinks.AsNoTracking().ToListAsync(stop);
        List<Meter> meters = await db.Meters.AsNoTracking().ToListAsync(stop);
        List<Attempt> attempts = await db.Attempts.AsNoTracking().ToListAsync(stop);
        HashSet<Guid> voided = [.. records.Where(record => record.State == UsageRecordState.Void).Select(record => record.Id)];
        ILookup<Guid, RecordLink> byIncrement = links.Where(link => !voided.Contains(link.RecordId)).ToLookup(link => link.IncrementId);
        ILookup<Guid, RecordLink> byRecord = links.ToLookup(link => link.RecordId);

        foreach (HighWaterMark mark in marks)
        {
            long sum = increments.Where(increment => increment.MarkId == mark.Id).Sum(increment => increment.AmountMinor);
            Assert.True(mark.AmountMinor - mark.BaselineMinor == sum, $"R14 a: mark {mark.MetricCode} {mark.AmountMinor} − {mark.BaselineMinor} ≠ {sum}");
        }

        foreach (UsageIncrement increment in increments)
        {
            decimal onRecords = byIncrement[increment.Id].Sum(link => link.AmountMinor);
            Assert.True(
                increment.AmountMinor == onRecords + increment.OpenMinor + increment.WaivedMinor + increment.BilledBeforeRestoreMinor,
                $"R14 b: increment {increment.AmountMinor} ≠ {onRecords} on records + {increment.OpenMinor} open + {increment.WaivedMinor} waived + {increment.BilledBeforeRestoreMinor} billed before restore");
            Assert.Equal(increment.OpenMinor > 0, increment.IsOpen);
            Assert.True(increment.OpenMinor >= 0 && increment.WaivedMinor >= 0 && increment.AmountMinor > 0);
            Assert.True(
                !increment.IsOpen || increment.MeterId is not null || increment.WaitReason is not null,
                "R6: open money is on a meter, or waits with a reason");
        }

        foreach (UsageRecord record in records)
        {
            decimal sum = byRecord[record.Id].Sum(link => link.AmountMinor);
            Assert.True(record.AmountMinor == sum, $"R14 c: {record.Quantity} × {record.UnitPriceMinor} ≠ {sum}");
            Assert.Equal(AllocationStore.Sha256(record.Payload), record.PayloadSha256);
            Assert.True(
                record.State != UsageRecordState.Accepted || record.DecidedBy is not null
                    || attempts.Exists(attempt => attempt.RecordId == record.Id && attempt.Verdict is "Accepted" or "AlreadyAccepted"),
                "R14 e: an accepted record has the attempt or the decision that says so");
        }

        foreach (Meter meter in meters)
        {
            List<UsageIncrement> own = [.. increments.Where(increment => increment.MeterId == meter.Id)];
            Assert.Equal(own.Sum(increment => increment.OpenMinor), meter.OpenMinor);
            Assert.Equal(
                records.Where(record => record.MeterId == meter.Id && record.State != UsageRecordState.Void).Sum(record => record.AmountMinor),
                meter.AllocatedMinor);
        }
    }

    public static async Task AssertBalancedAsync(this ConsoleWorld world)
    {
        await using LagoConsoleDbContext db = world.Database.CreateDbContext();
        await AssertBalancedAsync(db);
    }
}
