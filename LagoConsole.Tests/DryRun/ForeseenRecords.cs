using System.Globalization;
using LagoConsole.Core.DryRun;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Security;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.DryRun;

/// <summary>Holds what a dry run foresees against what the real run then does.</summary>
internal static class ForeseenRecords
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A dry run that leaves the database as it was, row by row.</summary>
    public static async Task<DryRunOutcome> TryAsync(this ConsoleWorld world, DryRunScope scope, ProposedChange? change = null, Actor? actor = null)
    {
        string before = DatabaseContent.Of(world.Database);
        DryRunOutcome outcome = await new DryRunSession(world.Get<DryRunService>(), actor ?? ConsoleWorld.Admin, scope)
            .RunAsync(change, lookAgain: false, _ => { }, Stop);
        Assert.Equal(before, DatabaseContent.Of(world.Database));
        return outcome;
    }

    public static async Task<DryRunResult> ForeseeAsync(this ConsoleWorld world, DryRunScope scope, ProposedChange? change = null)
    {
        DryRunResult result = Assert.IsType<DryRunOutcome.Ready>(await world.TryAsync(scope, change)).Result;
        Assert.Empty(result.Problems);
        foreach (DryRunRecord record in result.Records)
        {
            Assert.Equal(record.AmountMinor, record.Parts.Sum(part => part.LinkedMinor)); // R11
            Assert.Equal(record.OpenBeforeMinor, record.AmountMinor + record.RemainderAfterMinor); // R10
        }

        return result;
    }

    /// <summary>The records that were really made since, to the byte: payload, quantity, price, remainders and links.</summary>
    public static async Task AssertHappenedAsync(this ConsoleWorld world, DryRunResult foreseen, DateTimeOffset since)
    {
        await using LagoConsoleDbContext db = world.Database.CreateDbContext();
        List<UsageRecord> made = await db.UsageRecords.AsNoTracking().Where(record => record.CreatedAt >= since).ToListAsync(Stop);
        List<RecordLink> links = await db.RecordLinks.AsNoTracking().ToListAsync(Stop);
        Dictionary<Guid, UsageIncrement> increments = await db.UsageIncrements.AsNoTracking().ToDictionaryAsync(increment => increment.Id, Stop);
        Assert.Equal(
            made.Select(record => Line(
                record.EntitlementId, record.SlotHour, record.Timestamp, record.Quantity, record.UnitPriceMinor, record.Currency,
                record.RemainderBeforeMinor, record.OpenBeforeMinor, record.RemainderAfterMinor, record.Payload, record.PayloadSha256,
                links.Where(link => link.RecordId == record.Id)
                    .Select(link => (Increment: increments[link.IncrementId], link.AmountMinor)).OrderBy(link => link.Increment.MeterSequence)
                    .Select(link => (link.Increment.MetricCode, link.Increment.FromMinor, link.Increment.ToMinor, link.AmountMinor)))).Order(StringComparer.Ordinal),
            foreseen.Records.Select(record => Line(
                record.EntitlementId, record.SlotHour, record.Timestamp, record.Quantity, record.UnitPriceMinor, record.Currency,
                record.RemainderBeforeMinor, record.OpenBeforeMinor, record.RemainderAfterMinor, record.Payload, record.PayloadSha256,
                record.Parts.Select(part => (part.MetricCode, part.FromMinor, part.ToMinor, part.LinkedMinor)))).Order(StringComparer.Ordinal));
        Assert.Equal(made.Sum(record => record.AmountMinor), foreseen.Records.Sum(record => record.AmountMinor));
    }

    /// <summary>What stays, as <c>source: amount, reason</c>.</summary>
    public static IEnumerable<string> Stayed(this DryRunResult result) => result.Stays
        .Select(stay => $"{stay.Source}: {stay.AmountMinor:0.######}, {stay.Reason.Label()}").Order(StringComparer.Ordinal);

    private static string Line(
        Guid entitlement, DateTimeOffset slot, DateTimeOffset timestamp, long quantity, decimal price, string currency,
        decimal remainderBefore, decimal open, decimal remainderAfter, string payload, string sha256,
        IEnumerable<(string Metric, long From, long To, decimal Linked)> parts) => string.Create(
        CultureInfo.InvariantCulture,
        $"{entitlement} {slot:O} {timestamp:O} {quantity} × {price:0.######} {currency}, {remainderBefore:0.######} before, {open:0.######} open, "
        + $"{remainderAfter:0.######} after, {payload} {sha256}: {string.Join(", ", parts.Select(part => $"{part.Metric} {part.From}–{part.To}: {part.Linked:0.######}"))}");
}
