using LagoConsole.Core.Held;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Waiting;
using LagoConsole.Simulation.Engines;
using LagoConsole.Simulation.Oracles;
using LagoConsole.Simulation.Threads;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Simulation.Scripts;

/// <summary>
/// What the person decides over money that waits, is held, or may have been billed. Their word goes into the ledger when it is
/// committed, and only if the page's amounts still stood.
/// </summary>
internal sealed class Judgement(World world, Refusals refusals, Dice dice)
{
    /// <summary>Decides over everything that is held, as the pages show it.</summary>
    public async Task DecideHoldsAsync(Engine engine, Flow flow)
    {
        (IReadOnlyList<HeldKey> keys, _) = await engine.Get<HeldMoney>().ListAsync(new HeldFilter(), 0, 100, CancellationToken.None);
        foreach (HeldKey held in keys.Where(key => key.Reason is not (HoldReason.Upgrade or HoldReason.Overlap))) // those end by themselves
        {
            await DecideAsync(engine, flow, held);
        }
    }

    /// <summary>Resolves some of what waits, with the buttons that the page offers for its reason.</summary>
    public async Task DecideWaitingAsync(Engine engine, Flow flow)
    {
        WaitingList list = await engine.Get<WaitingQueries>().ListAsync(new WaitingFilter(), 0, 20, CancellationToken.None);
        foreach (WaitingRow row in list.Rows.Where(_ => dice.OnceIn(2)))
        {
            WaitingRemedy[] here = [.. row.Remedies.Where(remedy => remedy is WaitingRemedy.Send or WaitingRemedy.Route or WaitingRemedy.ReportIt or WaitingRemedy.WriteOff)];
            if (here.Length > 0)
            {
                await DecideAsync(engine, flow, row, dice.Of(here));
            }
        }
    }

    /// <summary>Looks each record up that nobody but a person can settle, and settles it by what the marketplace really holds.</summary>
    public async Task SettleRecordsAsync(Engine engine)
    {
        List<UsageRecord> open;
        await using (LagoConsoleDbContext db = await Forms.DbAsync(engine))
        {
            open = await db.UsageRecords.AsNoTracking()
                .Where(record => record.State == UsageRecordState.Unresolved || record.State == UsageRecordState.Conflict || record.State == UsageRecordState.Blocked)
                .OrderBy(record => record.Id).ToListAsync();
        }

        foreach (UsageRecord record in open)
        {
            bool billed = IsBilled(record);
            SettleRecord decision = new(record.Id, record.Version, billed, "Looked up at the marketplace.");
            await engine.Get<RecordDecisions>().SettleAsync(Person.Ada, decision, CancellationToken.None);
            world.Story.Tell("settled records", $"the person settled a record that was {record.State} as {(billed ? "billed" : "not billed")}");
        }
    }

    private async Task DecideAsync(Engine engine, Flow flow, WaitingRow row, WaitingRemedy remedy)
    {
        WaitingDecision decision = new(row.Key, row.Stamp);
        WaitingDecisions decisions = engine.Get<WaitingDecisions>();
        if (world.Oracle.Keys.FirstOrDefault(key => IsOf(key, row.MetricCode, row.Currency, row.SubscriptionExternalId, row.PeriodStart)) is not { } key)
        {
            return;
        }

        flow.Deed = step =>
        {
            if (step == MoneySteps.Decision)
            {
                if (remedy == WaitingRemedy.WriteOff && !refusals.IsWrittenOff(key, row.Minor))
                {
                    return; // what the page showed was no longer so, and nothing was changed
                }

                key.Waived += remedy == WaitingRemedy.WriteOff ? row.Minor : 0;
                key.SaidToReport += remedy == WaitingRemedy.ReportIt ? row.Minor : 0;
                world.Story.Tell("decisions over waiting money", $"{remedy}: {row.Minor} of {key.Name} that waited ({row.Key.Reason})");
            }
        };
        await (remedy switch
        {
            WaitingRemedy.Send => decisions.SendAsync(Person.Ada, decision, dice.Of(row.Targets).EntitlementId, CancellationToken.None),
            WaitingRemedy.Route => decisions.RouteAsync(Person.Ada, decision, dice.Of(row.Targets).EntitlementId, CancellationToken.None),
            WaitingRemedy.ReportIt => decisions.ReportAsync(Person.Ada, decision, CancellationToken.None),
            _ => decisions.WriteOffAsync(Person.Ada, decision, "Not worth it.", CancellationToken.None),
        });
        flow.Deed = null;
    }

    private bool IsBilled(UsageRecord record) => world.Oracle.FindRecord(record.Id) is { } made && world.Oracle.IsBilled(made);

    private async Task DecideAsync(Engine engine, Flow flow, HeldKey held)
    {
        if (world.Oracle.Keys.FirstOrDefault(key => IsOf(key, held.MetricCode, held.Currency, held.SubscriptionExternalId, held.PeriodStart)) is not { } key)
        {
            return;
        }

        bool isRestored = held.Reason == HoldReason.Restored;
        decimal billed = isRestored ? world.Oracle.BilledByLostRecords(key) : 0;
        long entered = (long)decimal.Ceiling(billed);
        long seen = held.Amounts.IsLeftToClose ? held.MarkMinor : held.SeenMinor; // the rest is for the close to tell
        long upTo = isRestored ? seen : dice.Below(3) switch
        {
            0 => held.MarkMinor,
            1 => seen,
            _ => held.MarkMinor + (held.HeldMinor * dice.Below(100) / 100),
        };

        // Where more was billed than the books and Lago have now, the key goes on from what was billed.
        decimal beyond = Math.Max(0, entered - held.OpenMinor - (upTo - held.MarkMinor));
        long goesOnFrom = upTo + (isRestored ? (long)decimal.Ceiling(beyond) : 0);
        decimal booked = goesOnFrom > upTo ? held.OpenMinor + goesOnFrom - held.MarkMinor : entered;
        flow.Deed = step =>
        {
            if (step == MoneySteps.Decision && refusals.IsDecided(key, goesOnFrom, held.RefusedMinor + seen - upTo))
            {
                key.Decide(upTo, seen, goesOnFrom);
                key.BilledBefore += booked;
                key.RoundedUp += Math.Max(0, booked - billed);
                if (key.Period.Integration != world.Oracle.Integration)
                {
                    refusals.SayToReport(decided => decided == key, isDeleted: true); // the switch of what was deleted holds nothing
                }

                flow.Deed = null;
                world.Story.Tell("decided holds", $"the person bills {key.Name} up to {upTo} of {held.SeenMinor} ({held.Reason}), {entered} billed since the backup");
            }
        };
        await engine.Get<HeldMoney>().DecideAsync(Person.Ada, new HoldDecision(held.MarkId, held.Stamp, entered, upTo, "Asked the buyer."), CancellationToken.None);
        flow.Deed = null;
    }

    private static bool IsOf(KeyBook key, string code, string currency, string subscription, DateTimeOffset periodStart) =>
        key.Code == code && key.Currency == currency && key.Period.ExternalId == subscription && (key.Period.From - periodStart).Duration() < TimeSpan.FromSeconds(2);
}
