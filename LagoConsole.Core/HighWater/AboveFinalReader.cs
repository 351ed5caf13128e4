using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.HighWater;

/// <summary>A key that ended below its mark.</summary>
/// <param name="AboveMinor">What was billed above Lago's final total (R19).</param>
/// <param name="WentOn">
/// Its units were carried to the subscription that an upgrade made (T7): they are not on this invoice because they are on the
/// next one, and nothing is billed above a final.
/// </param>
internal sealed record EndedKey(Guid MarkId, string Currency, decimal AboveMinor, bool WentOn);

/// <summary>Finds what was billed above Lago's final totals (R19).</summary>
internal static class AboveFinalReader
{
    /// <summary>Keys closed by an invoice that shows less than their mark.</summary>
    public static IQueryable<HighWaterMark> Candidates(LagoConsoleDbContext db) =>
        from mark in db.HighWaterMarks.AsNoTracking().WhereBelowMark()
        join period in db.BillingPeriods on mark.PeriodId equals period.Id
        where period.State == BillingPeriodState.Closed && period.FinalInvoiceLagoId != null
            && mark.LastTotalMinor < mark.AmountMinor && mark.BaselineMinor < mark.AmountMinor
        select mark;

    public static async Task<IReadOnlyList<EndedKey>> ReadAsync(
        LagoConsoleDbContext db, IQueryable<HighWaterMark> candidates, CancellationToken cancellationToken)
    {
        var keys = await candidates
            .Join(db.BillingPeriods.AsNoTracking(), mark => mark.PeriodId, period => period.Id, (mark, period) => new { Mark = mark, Period = period })
            .ToListAsync(cancellationToken);
        if (keys.Count == 0)
        {
            return [];
        }

        ILookup<Guid, CountedRise> rises = (await candidates
            .Join(db.UsageIncrements.AsNoTracking(), mark => mark.Id, increment => increment.MarkId, (mark, increment) => new { mark.LastTotalMinor, Increment = increment })
            .Where(row => row.Increment.ToMinor > row.LastTotalMinor)
            .Select(row => new
            {
                row.Increment.MarkId,
                row.Increment.FromMinor,
                row.Increment.ToMinor,
                row.Increment.WaivedMinor,
                row.Increment.OpenMinor,
                Waits = row.Increment.MeterId == null,
            })
            .ToListAsync(cancellationToken))
            .ToLookup(row => row.MarkId, row => new CountedRise(row.FromMinor, row.ToMinor, row.WaivedMinor + (row.Waits ? row.OpenMinor : 0)));
        var carried = (await (
            from ended in candidates
            join its in db.BillingPeriods on ended.PeriodId equals its.Id
            join period in db.BillingPeriods on new { its.LagoCustomerId, its.SubscriptionExternalId } equals new { period.LagoCustomerId, period.SubscriptionExternalId }
            join mark in db.HighWaterMarks on new { PeriodId = period.Id, ended.MetricCode, ended.Currency } equals new { mark.PeriodId, mark.MetricCode, mark.Currency }
            where mark.BaselineOrigin == BaselineOrigin.Carried
            select new { mark.MetricCode, mark.Currency, period.SubscriptionExternalId, period.LagoCustomerId, period.PeriodStart, period.PeriodEnd })
            .Distinct().ToListAsync(cancellationToken))
            .ToLookup(later => (later.LagoCustomerId, later.SubscriptionExternalId, later.MetricCode, later.Currency));
        return
        [
            .. keys.Select(key =>
            {
                bool wentOn = carried[(key.Period.LagoCustomerId, key.Period.SubscriptionExternalId, key.Mark.MetricCode, key.Mark.Currency)].Any(later =>
                    PeriodSuccession.Of(key.Period, later.PeriodStart, later.PeriodEnd, isUpgrade: true) == Succession.Upgrade);
                return new EndedKey(
                    key.Mark.Id, key.Mark.Currency, wentOn ? 0 : AboveFinal.Of(key.Mark.LastTotalMinor, rises[key.Mark.Id]), wentOn);
            }),
        ];
    }
}
