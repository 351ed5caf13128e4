using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Reporting;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Explain;

/// <summary>Reads the whole way of an amount, from either end.</summary>
public sealed class ExplainQueries(IDbContextFactory<LagoConsoleDbContext> contexts, UsageQueries usage, RecordQueries records)
{
    /// <summary>From a key to the records that bill it; null when there is no key of this id.</summary>
    public async Task<ExplainedKey?> FindKeyAsync(Guid markId, CancellationToken cancellationToken)
    {
        if (await usage.FindKeyAsync(markId, cancellationToken) is not { } key)
        {
            return null;
        }

        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        var period = await (
            from mark in db.HighWaterMarks
            join lived in db.BillingPeriods on mark.PeriodId equals lived.Id
            where mark.Id == markId
            select new { lived.Id, lived.FinalInvoiceLagoId, lived.ClosedAt, lived.CloseDetail }).SingleAsync(cancellationToken);
        List<UsageIncrement> increments = await db.UsageIncrements.AsNoTracking()
            .Where(increment => increment.MarkId == markId).OrderBy(increment => increment.FromMinor).ToListAsync(cancellationToken);
        var looks = await db.UsageSnapshots.AsNoTracking()
            .Where(look => look.PeriodId == period.Id && look.MetricCode == key.MetricCode && look.Currency == key.Currency)
            .OrderBy(look => look.TakenAt).ThenBy(look => look.Id)
            .Select(look => new { look.TakenAt, look.TotalMinor }).ToListAsync(cancellationToken);
        ILookup<Guid, ExplainedPart> parts = (await (
            from link in db.RecordLinks.AsNoTracking()
            join increment in db.UsageIncrements on link.IncrementId equals increment.Id
            join record in db.UsageRecords on link.RecordId equals record.Id
            where increment.MarkId == markId
            orderby record.SlotHour
            select new
            {
                link.IncrementId,
                Part = new ExplainedPart(
                    record.Id, record.SlotHour, record.DimensionKey, record.Quantity, record.UnitPriceMinor, record.State, record.OutcomeAssumed, link.AmountMinor),
            })
            .ToListAsync(cancellationToken)).ToLookup(row => row.IncrementId, row => row.Part);
        return new ExplainedKey(
            key, period.FinalInvoiceLagoId, period.ClosedAt, period.CloseDetail,
            [.. increments.Select(increment => new ExplainedGrowth(
                increment.Id, increment.SeenAt, increment.Source,
                looks.LastOrDefault(look => look.TakenAt <= increment.SeenAt)?.TotalMinor, // a total that did not change is not stored again
                increment.FromMinor, increment.ToMinor, increment.AmountMinor, increment.WaivedMinor, increment.BilledBeforeRestoreMinor,
                increment.OpenMinor, increment.MeterId is not null, increment.WaitReason, [.. parts[increment.Id]]))]);
    }

    /// <summary>From a record to what Lago showed, and back to everything else that its usage became; null when there is no record of this id.</summary>
    public async Task<RecordStory?> FindRecordAsync(Guid recordId, CancellationToken cancellationToken)
    {
        if (await records.FindAsync(recordId, cancellationToken) is not { } detail)
        {
            return null;
        }

        List<ExplainedKey> keys = [];
        foreach (Guid mark in detail.Parts.Select(part => part.MarkId).Distinct())
        {
            keys.Add((await FindKeyAsync(mark, cancellationToken))!);
        }

        return new RecordStory(detail, keys);
    }
}
