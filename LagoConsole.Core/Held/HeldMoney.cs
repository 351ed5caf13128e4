using System.Globalization;
using LagoConsole.Core.Audit;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Money;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Scheduling;
using LagoConsole.Core.Security;
using LagoConsole.Core.Waiting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace LagoConsole.Core.Held;

/// <summary>Lists keys whose growth is held, and carries out what a person decides over one (R8, R15, R20, T30).</summary>
public sealed class HeldMoney(
    IDbContextFactory<LagoConsoleDbContext> contexts, ScheduleSync schedule, IOptions<ReportingOptions> options, TimeProvider clock)
{
    /// <summary>Longest note, in characters.</summary>
    public const int MaxNoteLength = 2000;

    /// <summary>One page of held keys, the largest amount first.</summary>
    public async Task<(IReadOnlyList<HeldKey> Keys, int Count)> ListAsync(
        HeldFilter filter, int skip, int take, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        IQueryable<HighWaterMark> held = db.HighWaterMarks.AsNoTracking().Where(mark => mark.Hold != null);
        held = filter.Reason is { } reason ? held.Where(mark => mark.Hold == reason) : held;
        if (SearchText.Pattern(filter.Buyer) is { } pattern)
        {
            held = held.Where(mark => db.BillingPeriods.Any(period => period.Id == mark.PeriodId
                && db.Buyers.Any(buyer => buyer.Id == period.BuyerId && EF.Functions.Like(buyer.Name, pattern, SearchText.Escape))));
        }

        List<HighWaterMark> marks = await held
            .OrderByDescending(mark => mark.HeldMinor).ThenBy(mark => mark.HeldSince).ThenBy(mark => mark.Id)
            .Skip(skip).Take(take).ToListAsync(cancellationToken);
        return (await DescribeAsync(db, marks, cancellationToken), await held.CountAsync(cancellationToken));
    }

    /// <summary>One held key; null when nothing of it is held.</summary>
    public async Task<HeldKey?> FindAsync(Guid markId, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        List<HighWaterMark> marks = await db.HighWaterMarks.AsNoTracking()
            .Where(mark => mark.Id == markId && mark.Hold != null).ToListAsync(cancellationToken);
        return (await DescribeAsync(db, marks, cancellationToken)).SingleOrDefault();
    }

    /// <summary>Ends a hold as the person says; their amounts become one increment, one refusal, one baseline or one booking.</summary>
    /// <exception cref="ForbiddenException">Needs <see cref="Role.Admin"/>.</exception>
    public async Task<HoldOutcome> DecideAsync(Actor actor, HoldDecision decision, CancellationToken cancellationToken)
    {
        actor.Require(Role.Admin);
        string note = decision.Note?.Trim() ?? "";
        if (note.Length is 0 or > MaxNoteLength)
        {
            return new HoldOutcome.Refused(note.Length == 0
                ? "Say how you know: whoever checks the books later has nothing else to go by."
                : $"At most {MaxNoteLength} characters.");
        }

        HoldOutcome outcome = await MoneyTransaction.RunAsync(
            contexts, db => DecideAsync(db, actor, decision, note, cancellationToken), cancellationToken, MoneySteps.Decision);
        if (outcome is HoldOutcome.Decided)
        {
            await schedule.RequestReportAsync(CancellationToken.None);
        }

        return outcome;
    }

    private async Task<HoldOutcome> DecideAsync(
        LagoConsoleDbContext db, Actor actor, HoldDecision decision, string note, CancellationToken cancellationToken)
    {
        HighWaterMark? mark = await db.HighWaterMarks.SingleOrDefaultAsync(
            candidate => candidate.Id == decision.MarkId && candidate.Hold != null, cancellationToken);
        if (mark is null)
        {
            return new HoldOutcome.ChangedMeanwhile("Nothing of this key is held any more: it was decided, or Lago took it back. Nothing was changed.");
        }

        List<UsageIncrement> open = await OpenOf(db, mark.Id).OrderBy(increment => increment.FromMinor).ToListAsync(cancellationToken);
        decimal openMinor = open.Sum(increment => increment.OpenMinor);
        BillingPeriod period = await db.BillingPeriods.SingleAsync(candidate => candidate.Id == mark.PeriodId, cancellationToken);
        bool isAtCloseOnly = IsAtCloseOnly(mark, period, await RoutingTable.LoadAsync(db, period.BuyerId, cancellationToken));
        if (StampOf(mark, openMinor, isAtCloseOnly) != decision.Stamp)
        {
            return new HoldOutcome.ChangedMeanwhile("The amounts changed while you were deciding. Nothing was changed: look at them again.");
        }

        (HoldVerdict? verdict, string? problem) = HoldRule.Decide(
            HeldAmounts.Of(mark, openMinor, isAtCloseOnly), decision.BilledAlreadyMinor, decision.UpToMinor);
        if (verdict is null)
        {
            return new HoldOutcome.Refused(problem!);
        }

        DateTimeOffset now = clock.GetUtcNow();
        string before = Describe(mark, openMinor);
        HoldReason reason = mark.Hold!.Value;
        if (verdict.BaselineMinor != mark.BaselineMinor)
        {
            mark.BaselineMinor = verdict.BaselineMinor;
            mark.AmountMinor = verdict.BaselineMinor;
            mark.BaselineOrigin = BaselineOrigin.Decided;
        }

        GrowthBook book = new(db, period.IntegrationId, period.BuyerId, now);
        if (verdict.NewMarkMinor > mark.AmountMinor)
        {
            open.Add(book.Add(mark, verdict.NewMarkMinor, now, SnapshotSource.Decision));
        }

        // The switch of a deleted integration can neither hold the money nor ever let it go: the person's word does.
        bool isConnected = await db.Integrations.AnyAsync(integration => integration.Id == period.IntegrationId, cancellationToken);
        mark.RefusedMinor = verdict.RefusedMinor;
        mark.HighestTotalMinor = mark.LastTotalMinor;
        mark.GivenUpToMinor = 0; // this word is the later one
        mark.LeftToClose = isAtCloseOnly;
        KeyHold.End(mark);
        decimal left = verdict.BilledBeforeMinor;
        foreach (UsageIncrement increment in open)
        {
            decimal booked = Math.Min(left, increment.OpenMinor);
            left -= booked;
            MeterBook.BookBilledBeforeRestore(increment, booked);
            if (increment.IsOpen)
            {
                increment.ReportRegardless |= !isConnected;
                await book.FlowAsync(increment, period.SubscriptionLagoId, cancellationToken);
            }
        }

        db.Audit(now, actor, "Decide held usage", nameof(HighWaterMark), mark.Id, before, Describe(mark, 0), note);
        return new HoldOutcome.Decided(Sentence(mark, reason, verdict, open));
    }

    private static IQueryable<UsageIncrement> OpenOf(LagoConsoleDbContext db, Guid markId) => db.UsageIncrements
        .Where(increment => increment.MarkId == markId && increment.IsOpen && increment.WaitReason == WaitReason.Restored);

    private async Task<IReadOnlyList<HeldKey>> DescribeAsync(LagoConsoleDbContext db, List<HighWaterMark> marks, CancellationToken cancellationToken)
    {
        List<Guid> periodIds = [.. marks.Select(mark => mark.PeriodId).Distinct()];
        Dictionary<Guid, BillingPeriod> periods = await db.BillingPeriods.AsNoTracking().Where(period => periodIds.Contains(period.Id))
            .ToDictionaryAsync(period => period.Id, cancellationToken);
        List<Guid> buyerIds = [.. periods.Values.Select(period => period.BuyerId).Distinct()];
        Dictionary<Guid, string> names = await db.Buyers.Where(buyer => buyerIds.Contains(buyer.Id))
            .ToDictionaryAsync(buyer => buyer.Id, buyer => buyer.Name, cancellationToken);
        Purchases purchases = await Purchases.LoadAsync(db, db.Buyers.Where(buyer => buyerIds.Contains(buyer.Id)).Select(buyer => buyer.Id), cancellationToken);
        IReadOnlyDictionary<Guid, RoutingTable> routes = await RoutingTable.LoadAsync(db, buyerIds, cancellationToken);
        List<HeldKey> keys = [];
        foreach (HighWaterMark mark in marks)
        {
            BillingPeriod period = periods[mark.PeriodId];
            bool isAtCloseOnly = IsAtCloseOnly(mark, period, routes[period.BuyerId]);
            List<decimal> open = await OpenOf(db, mark.Id).Select(increment => increment.OpenMinor).ToListAsync(cancellationToken);
            decimal openMinor = open.Sum(); // in code: SQLite would add decimals as floating point (R1)
            DateTimeOffset? passedUntil = mark.Hold switch
            {
                HoldReason.NoFinal => period.PeriodEnd,
                HoldReason.EntitlementEnding => purchases.EndWithin(period, mark.MetricCode, mark.Currency),
                _ => null,
            };
            long? offer = passedUntil is { } until
                ? Math.Max(mark.AmountMinor, ElapsedShare.Of(mark.LastTotalMinor, period.PeriodStart, period.OwnEnd ?? period.PeriodEnd, until) - mark.RefusedMinor)
                : null;
            keys.Add(new HeldKey(
                mark.Id, period.BuyerId, names.GetValueOrDefault(period.BuyerId, "?"), period.SubscriptionExternalId, period.PeriodStart, period.PeriodEnd,
                mark.MetricCode, mark.Currency, mark.Hold!.Value, mark.HeldSince ?? mark.LastTotalAt,
                purchases.DeadlineOf(period.BuyerId, mark.MetricCode, mark.Currency, options.Value.DeadlineMargin),
                mark.BaselineMinor, mark.AmountMinor, mark.HeldMinor, mark.RefusedMinor, mark.LastTotalMinor, openMinor, offer, StampOf(mark, openMinor, isAtCloseOnly))
            {
                IsAtCloseOnly = isAtCloseOnly,
            });
        }

        return keys;
    }

    /// <summary>What is held of it is for its close to tell: a decision now would bill or refuse a projection (R8).</summary>
    private static bool IsAtCloseOnly(HighWaterMark mark, BillingPeriod period, RoutingTable routes) =>
        period.State != BillingPeriodState.Closed && (mark.ReportAtCloseOnly || routes.IsAtCloseOnly(mark.MetricCode));

    private static string StampOf(HighWaterMark mark, decimal openMinor, bool isAtCloseOnly) => string.Create(
        CultureInfo.InvariantCulture,
        $"{mark.Hold} {mark.BaselineMinor} {mark.AmountMinor} {mark.HeldMinor} {mark.RefusedMinor} {mark.LastTotalMinor} {openMinor:0.######}{(isAtCloseOnly ? " close" : "")}");

    private static string Describe(HighWaterMark mark, decimal openMinor) =>
        $"mark {MoneyText.Format(mark.AmountMinor, mark.Currency)}, held {MoneyText.Format(mark.HeldMinor, mark.Currency)}"
        + (openMinor > 0 ? $", waiting {MoneyText.Format(openMinor, mark.Currency)}" : "")
        + (mark.RefusedMinor > 0 ? $", refused {MoneyText.Format(mark.RefusedMinor, mark.Currency)}" : "");

    private static string Sentence(HighWaterMark mark, HoldReason reason, HoldVerdict verdict, List<UsageIncrement> increments)
    {
        decimal flows = increments.Sum(increment => increment.OpenMinor);
        string refused = verdict.RefusedMinor > 0
            ? $" {MoneyText.Format(verdict.RefusedMinor, mark.Currency)} stays refused: later totals count that much less, until Lago has fallen by as much."
            : "";
        string booked = reason == HoldReason.Restored && verdict.BilledBeforeMinor > 0
            ? $" {MoneyText.Format(verdict.BilledBeforeMinor, mark.Currency)} is booked as billed before the restore."
            : "";
        return $"{MoneyText.Format(flows, mark.Currency)} of {mark.MetricCode} flows on.{booked}{refused}";
    }
}
