using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Reporting.Limits;

/// <summary>Tells records apart by the lane that they travel in.</summary>
internal static class LaneQueries
{
    public static IQueryable<UsageRecord> Within(this IQueryable<UsageRecord> records, MarketplaceLane lane)
    {
        string keys = $"{lane.Prefix}%";
        return records.Where(record => EF.Functions.Like(record.BatchKey, keys));
    }

    public static IQueryable<UsageRecord> Outside(this IQueryable<UsageRecord> records, IEnumerable<MarketplaceLane> lanes) =>
        lanes.Aggregate(records, (left, lane) =>
        {
            string keys = $"{lane.Prefix}%";
            return left.Where(record => !EF.Functions.Like(record.BatchKey, keys));
        });
}
