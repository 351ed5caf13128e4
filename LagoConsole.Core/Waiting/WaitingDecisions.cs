using LagoConsole.Core.Audit;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Conversion;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Money;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Scheduling;
using LagoConsole.Core.Security;
using LagoConsole.Core.Time;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Waiting;

/// <summary>
/// Carries out what a person decides over waiting money (R6, R18). Each decision holds for the amounts that the person saw, is
/// one transaction with its audit entry, and lets what it frees flow on at once.
/// </summary>
public sealed class WaitingDecisions(IDbContextFactory<LagoConsoleDbContext> contexts, ScheduleSync schedule, TimeProvider clock)
{
    /// <summary>Longest reason for a write-off, in characters.</summary>
    public const int MaxReasonLength = 2000;

    /// <summary><i>Route</i>: the Lago subscription is billed on this entitlement from now on, what waits of it included.</summary>
    /// <exception cref="ForbiddenException">Needs <see cref="Role.Operator"/>.</exception>
    public Task<WaitingOutcome> RouteAsync(Actor actor, WaitingDecision decision, Guid entitlementId, CancellationToken cancellationToken) =>
        DecideAsync(
            actor, WaitingRemedy.Route, decision, note: null,
            async (db, money) =>
            {
                if (await FindTargetAsync(db, money, entitlementId, cancellationToken) is not { } target)
                {
                    return NoTarget;
                }

                string? before = await ReplaceRouteAsync(db, actor, money, target, cancellationToken);
                db.Audit(
                    money.Now, actor, "Route subscription", nameof(SubscriptionRoute), money.Period.SubscriptionLagoId,
                    before, $"{money.Period.SubscriptionExternalId} → {target.ProductName}, {MarketplaceIdentity.InWords(target.Identity)}");
                return null;
            },
            cancellationToken);

    /// <summary><i>Send</i>: this money, and no other, goes to this entitlement of the buyer, one that starts later included.</summary>
    /// <exception cref="ForbiddenException">Needs <see cref="Role.Operator"/>.</exception>
    public Task<WaitingOutcome> SendAsync(Actor actor, WaitingDecision decision, Guid entitlementId, CancellationToken cancellationToken) =>
        DecideAsync(
            actor, WaitingRemedy.Send, decision, note: null,
            async (db, money) =>
            {
                if (await FindTargetAsync(db, money, entitlementId, cancellationToken) is not { } target)
                {
                    return NoTarget;
                }

                money.Increments.ForEach(increment => increment.RoutedEntitlementId = target.EntitlementId);
                db.Audit(
                    money.Now, actor, "Send waiting money", nameof(HighWaterMark), decision.Key.MarkId,
                    money.Describe(), $"{target.ProductName}, {MarketplaceIdentity.InWords(target.Identity)}");
                return null;
            },
            cancellationToken);

    /// <summary><i>Report it</i>: money found while auto report was off, or after its link was removed, is reported all the same.</summary>
    /// <exception cref="ForbiddenException">Needs <see cref="Role.Operator"/>.</exception>
    public Task<WaitingOutcome> ReportAsync(Actor actor, WaitingDecision decision, CancellationToken cancellationToken) =>
        DecideAsync(
            actor, WaitingRemedy.ReportIt, decision, note: null,
            async (db, money) =>
            {
                await OpenMoneyStore.DecideAsync(db, money.Increments, OpenMoneyChoice.Report, money.Now, cancellationToken);
                db.Audit(
                    money.Now, actor, "Report waiting money", nameof(HighWaterMark), decision.Key.MarkId, money.Describe(), "reported all the same");
                return null;
            },
            cancellationToken);

    /// <summary><i>Write off</i>: the money is given up for good.</summary>
    /// <param name="reason">Obligatory; 1 to <see cref="MaxReasonLength"/> characters.</param>
    /// <exception cref="ForbiddenException">Needs <see cref="Role.Admin"/>.</exception>
    public Task<WaitingOutcome> WriteOffAsync(Actor actor, WaitingDecision decision, string? reason, CancellationToken cancellationToken)
    {
        actor.Require(WaitingRemedy.WriteOff.Role());
        string note = reason?.Trim() ?? "";
        return note.Length is 0 or > MaxReasonLength
            ? Task.FromResult<WaitingOutcome>(new WaitingOutcome.Refused(note.Length == 0
                ? "Say why: whoever checks the books later has nothing else to go by."
                : $"At most {MaxReasonLength} characters."))
            : DecideAsync(
                actor, WaitingRemedy.WriteOff, decision, note,
                async (db, money) =>
                {
                    string before = money.Describe();
                    await OpenMoneyStore.DecideAsync(db, money.Increments, OpenMoneyChoice.WriteOff, money.Now, cancellationToken);
                    db.Audit(money.Now, actor, "Write off waiting money", nameof(HighWaterMark), decision.Key.MarkId, before, "given up", note);
                    return new WaitingOutcome.Decided($"{before} is written off: it is never billed.");
                },
                cancellationToken);
    }

    /// <summary><i>Remove route</i>: where several entitlements fit, what the subscription uses waits for a choice again.</summary>
    /// <exception cref="ForbiddenException">Needs <see cref="Role.Operator"/>.</exception>
    public async Task<WaitingOutcome> RemoveRouteAsync(Actor actor, Guid routeId, CancellationToken cancellationToken)
    {
        actor.Require(WaitingRemedy.Route.Role());
        WaitingOutcome outcome = await MoneyTransaction.RunAsync<WaitingOutcome>(
            contexts,
            async db =>
            {
                if (await db.SubscriptionRoutes.SingleOrDefaultAsync(route => route.Id == routeId, cancellationToken) is not { } route)
                {
                    return new WaitingOutcome.ChangedMeanwhile("Somebody else removed this route first. There is nothing left to remove.");
                }

                string identity = await db.Entitlements.Where(entitlement => entitlement.Id == route.EntitlementId)
                    .Select(entitlement => entitlement.Identity).SingleAsync(cancellationToken);
                db.SubscriptionRoutes.Remove(route);
                db.Audit(clock.GetUtcNow(), actor, "Remove route", nameof(SubscriptionRoute), route.SubscriptionLagoId, before: MarketplaceIdentity.InWords(identity));
                return new WaitingOutcome.Decided("The route is removed. What was billed by it stays; what the subscription uses from now on waits where several entitlements fit.");
            },
            cancellationToken);
        await schedule.RequestReportAsync(CancellationToken.None); // what waited because the routed entitlement rests may fit another
        return outcome;
    }

    private static WaitingOutcome.Refused NoTarget { get; } = new(
        "This entitlement does not take the money: it is not the buyer's, is not active, or its product does not convert the metric in this currency. "
        + "Nothing was changed.");

    /// <param name="carryOut">Changes rows and audits. Returns null where the money then flows on, else the outcome.</param>
    private async Task<WaitingOutcome> DecideAsync(
        Actor actor, WaitingRemedy remedy, WaitingDecision decision, string? note,
        Func<LagoConsoleDbContext, SeenMoney, Task<WaitingOutcome?>> carryOut, CancellationToken cancellationToken)
    {
        actor.Require(remedy.Role());
        if (!WaitingRemedies.Of(decision.Key.Reason).Contains(remedy))
        {
            return new WaitingOutcome.Refused(
                $"{remedy.Label()} does not resolve money that waits for this reason: {decision.Key.Reason.Label()}. Nothing was changed.");
        }

        WaitingOutcome outcome = await MoneyTransaction.RunAsync(
            contexts,
            async db =>
            {
                if (await FindAsync(db, decision, cancellationToken) is not { } money)
                {
                    return new WaitingOutcome.ChangedMeanwhile("The amounts changed while you were deciding. Nothing was changed: look at them again.");
                }

                if (await carryOut(db, money) is { } done)
                {
                    return done;
                }

                // The switch of a deleted integration can neither hold the money nor ever let it go: the person's word does.
                Dictionary<Guid, bool> reports = await db.Integrations
                    .ToDictionaryAsync(integration => integration.Id, integration => integration.AutoReport, cancellationToken);
                money.Increments.ForEach(increment => increment.ReportRegardless |= !reports.ContainsKey(increment.IntegrationId));
                await db.SaveChangesAsync(cancellationToken); // what flows on is asked of the database
                await WaitingMoney.FlowOnAsync(db, decision.Key.BuyerId, money.Now, cancellationToken);
                return new WaitingOutcome.Decided(WhereItIs(money, reports));
            },
            cancellationToken,
            MoneySteps.Decision);
        if (outcome is WaitingOutcome.Decided)
        {
            await schedule.RequestReportAsync(CancellationToken.None);
        }

        return outcome;
    }

    /// <summary>Null when it is not what the person saw.</summary>
    private async Task<SeenMoney?> FindAsync(LagoConsoleDbContext db, WaitingDecision decision, CancellationToken cancellationToken)
    {
        WaitingKey key = decision.Key;
        List<UsageIncrement> increments = await WaitingQueries.Waiting(db)
            .Where(increment => increment.BuyerId == key.BuyerId && increment.MarkId == key.MarkId && increment.WaitReason == key.Reason)
            .OrderBy(increment => increment.FromMinor).ToListAsync(cancellationToken);
        WaitingSum sum = new();
        increments.ForEach(increment => sum.Add(increment.OpenMinor, increment.WaitingSince ?? increment.SeenAt, increment.SeenAt));
        if (increments.Count == 0 || sum.Stamp != decision.Stamp)
        {
            return null;
        }

        BillingPeriod period = await db.HighWaterMarks.Where(mark => mark.Id == key.MarkId)
            .Join(db.BillingPeriods, mark => mark.PeriodId, row => row.Id, (mark, row) => row).SingleAsync(cancellationToken);
        return new SeenMoney(increments, period, key.Reason, sum.Minor, clock.GetUtcNow());
    }

    private static async Task<WaitingTarget?> FindTargetAsync(
        LagoConsoleDbContext db, SeenMoney money, Guid entitlementId, CancellationToken cancellationToken)
    {
        UsageIncrement first = money.Increments[0];
        Purchases purchases = await Purchases.LoadAsync(
            db, db.Buyers.Where(buyer => buyer.Id == first.BuyerId).Select(buyer => buyer.Id), cancellationToken);
        return purchases.TargetsOf(first.BuyerId, first.MetricCode, first.Currency).FirstOrDefault(target => target.EntitlementId == entitlementId);
    }

    /// <summary>A subscription has one route to a product: another one to the same product goes. Returns what it was, for the audit log.</summary>
    private static async Task<string?> ReplaceRouteAsync(
        LagoConsoleDbContext db, Actor actor, SeenMoney money, WaitingTarget target, CancellationToken cancellationToken)
    {
        var known = await db.SubscriptionRoutes
            .Where(route => route.SubscriptionLagoId == money.Period.SubscriptionLagoId)
            .Join(db.Entitlements, route => route.EntitlementId, entitlement => entitlement.Id, (route, entitlement) => new { Route = route, entitlement.ProductId, entitlement.Identity })
            .Where(row => row.ProductId == target.ProductId)
            .ToListAsync(cancellationToken);
        db.SubscriptionRoutes.RemoveRange(known.Where(row => row.Route.EntitlementId != target.EntitlementId).Select(row => row.Route));
        if (known.TrueForAll(row => row.Route.EntitlementId != target.EntitlementId))
        {
            db.SubscriptionRoutes.Add(new SubscriptionRoute
            {
                Id = NewId.At(money.Now),
                BuyerId = money.Increments[0].BuyerId,
                SubscriptionLagoId = money.Period.SubscriptionLagoId,
                EntitlementId = target.EntitlementId,
                CreatedAt = money.Now,
                CreatedBy = actor.Name,
            });
        }

        return known.Count == 0 ? null : string.Join(", ", known.Select(row => $"{money.Period.SubscriptionExternalId} → {MarketplaceIdentity.InWords(row.Identity)}"));
    }

    /// <param name="reports">Per integration, whether auto report is on.</param>
    private static string WhereItIs(SeenMoney money, Dictionary<Guid, bool> reports)
    {
        List<string> sentences = [.. money.Increments.Where(increment => increment.MeterId is not null)
            .GroupBy(increment => increment.ReportRegardless || reports[increment.IntegrationId])
            .Select(part => $"{MoneyText.Format(part.Sum(increment => increment.OpenMinor), money.Currency)} of {money.MetricCode} flows on: "
                + (part.Key ? "it is reported like what grows now, as soon as it is worth a whole unit." : "it is reported once Enable Auto Report Usage is on."))];
        sentences.AddRange(money.Increments.Where(increment => increment.WaitReason is not null)
            .GroupBy(increment => increment.WaitReason!.Value)
            .Select(rest => $"{MoneyText.Format(rest.Sum(increment => increment.OpenMinor), money.Currency)} of {money.MetricCode} still waits. {rest.Key.Sentence()}"));
        return string.Join(' ', sentences);
    }

    /// <summary>Waiting money as the person saw it: tracked.</summary>
    private sealed record SeenMoney(List<UsageIncrement> Increments, BillingPeriod Period, WaitReason Reason, decimal Minor, DateTimeOffset Now)
    {
        public string Currency => Increments[0].Currency;

        public string MetricCode => Increments[0].MetricCode;

        public string Describe() =>
            $"{MoneyText.Format(Minor, Currency)} of {MetricCode}, {Period.SubscriptionExternalId}, {Period.PeriodStart:yyyy-MM-dd} to {Period.PeriodEnd:yyyy-MM-dd} ({Reason.Label()})";
    }
}
