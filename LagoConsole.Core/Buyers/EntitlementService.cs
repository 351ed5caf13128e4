using System.Diagnostics;
using System.Globalization;
using LagoConsole.Core.Audit;
using LagoConsole.Core.Conversion;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Security;
using LagoConsole.Core.Time;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Buyers;

/// <summary>Enters purchases and edits their lives. The identity of a purchase never changes: records were billed to it.</summary>
public sealed class EntitlementService(IDbContextFactory<LagoConsoleDbContext> databases, TimeProvider clock)
{
    /// <exception cref="ForbiddenException">Needs <see cref="Role.Operator"/>.</exception>
    public async Task<BuyerOutcome> CreateAsync(Actor actor, NewEntitlement input, CancellationToken cancellationToken)
    {
        actor.Require(Role.Operator);
        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset startsAt = input.StartsAt ?? ReportingWindow.FloorToHour(now);
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        Product? product = await db.Products.AsNoTracking().SingleOrDefaultAsync(row => row.Id == input.ProductId, cancellationToken);

        FieldProblems<BuyerField> problems = new();
        problems.Add(BuyerField.Product, product is null ? "Choose the product that was bought." : null);
        foreach ((BuyerField field, string? problem) in product is null ? [] : EntitlementChecks.Identity(input, product))
        {
            problems.Add(field, problem);
        }

        foreach ((BuyerField field, string problem) in EntitlementChecks.Life(input.State, startsAt, input.EndsAt, now, firstBilledSlot: null))
        {
            problems.Add(field, problem);
        }

        if (problems.Any)
        {
            return new BuyerOutcome.Refused(problems.All);
        }

        Entitlement entitlement = Make(input, product!, startsAt, now);
        if (await FindOwnerAsync(db, entitlement.Identity, cancellationToken) is { } taken)
        {
            return Taken(taken, entitlement, input.BuyerId);
        }

        Buyer buyer = await db.Buyers.AsNoTracking().SingleAsync(row => row.Id == input.BuyerId, cancellationToken);
        db.Entitlements.Add(entitlement);
        AuditCreated(db, actor, entitlement, buyer.Name, product!, origin: null);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            // Two people at once: the unique index let one of them through.
            await using LagoConsoleDbContext again = await databases.CreateDbContextAsync(cancellationToken);
            if (await FindOwnerAsync(again, entitlement.Identity, cancellationToken) is { } other)
            {
                return Taken(other, entitlement, input.BuyerId);
            }

            throw;
        }

        await MoneyTransaction.RunAsync(
            databases,
            async money =>
            {
                await PurchaseEnd.LiftAsync(money, input.BuyerId, cancellationToken);
                return true;
            },
            cancellationToken);
        return new BuyerOutcome.Saved(entitlement.Id, $"The purchase of {product!.Name} was entered as {entitlement.State.Label()}, from {Utc(startsAt)}. {Meaning(entitlement.State)}");
    }

    /// <exception cref="ForbiddenException">Needs <see cref="Role.Operator"/>.</exception>
    public async Task<BuyerOutcome> EditAsync(Actor actor, EditEntitlement input, CancellationToken cancellationToken)
    {
        actor.Require(Role.Operator);
        if (input.OpenMoney == OpenMoneyChoice.WriteOff)
        {
            actor.Require(Role.Admin);
        }

        return await MoneyTransaction.RunAsync(databases, db => EditAsync(db, actor, input, cancellationToken), cancellationToken);
    }

    /// <summary>What the edit would come to now. Nothing is stored.</summary>
    internal Task<BuyerOutcome> ForeseeEditAsync(Actor actor, EditEntitlement input, CancellationToken cancellationToken) =>
        MoneyTransaction.RehearseAsync(databases, db => EditAsync(db, actor, input, cancellationToken), cancellationToken);

    private async Task<BuyerOutcome> EditAsync(LagoConsoleDbContext db, Actor actor, EditEntitlement input, CancellationToken cancellationToken)
    {
        Entitlement entitlement = await db.Entitlements.SingleAsync(row => row.Id == input.Id, cancellationToken);
        if (entitlement.Version != input.SeenVersion)
        {
            return Overtaken;
        }

        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset? firstBilled = await db.UsageRecords
            .Where(record => record.EntitlementId == entitlement.Id && record.State != UsageRecordState.Void)
            .MinAsync(record => (DateTimeOffset?)record.SlotHour, cancellationToken);
        FieldProblems<BuyerField> problems = new();
        foreach ((BuyerField field, string problem) in EntitlementChecks.Life(input.State, input.StartsAt, input.EndsAt, now, firstBilled))
        {
            problems.Add(field, problem);
        }

        string? typedPlan = entitlement.Marketplace == Marketplace.Azure ? input.AzurePlanId : null;
        problems.Add(BuyerField.AzurePlanId, EntitlementChecks.AzurePlanId(typedPlan));
        if (problems.Any)
        {
            return new BuyerOutcome.Refused(problems.All);
        }

        string before = Describe(entitlement);
        bool endChanges = entitlement.EndsAt != input.EndsAt;
        string? plan = typedPlan is null
            ? entitlement.AzurePlanId
            : Entitlement.OwnAzurePlan(await db.Products.AsNoTracking().SingleAsync(row => row.Id == entitlement.ProductId, cancellationToken), typedPlan);
        bool planChanges = entitlement.AzurePlanId != plan;
        entitlement.AzurePlanId = plan;
        entitlement.State = input.State;
        entitlement.StartsAt = input.StartsAt!.Value;
        entitlement.EndsAt = input.EndsAt;
        if (!db.ChangeTracker.HasChanges())
        {
            return new BuyerOutcome.Saved(entitlement.Id, "Nothing was different.");
        }

        if (endChanges
            && await PurchaseEnd.SetAsync(db, entitlement, input.OpenMoney, input.SeenOpenMoney, now, cancellationToken, input.NobodyAnswers) is { Count: > 0 } undecided)
        {
            db.ChangeTracker.Clear();
            return new BuyerOutcome.AsksAboutMoney(undecided);
        }

        db.Audit(
            now, actor, "Edit entitlement", nameof(Entitlement), entitlement.Id, before, Describe(entitlement),
            input.OpenMoney is { } choice ? $"open money: {choice}" : input.Origin);
        return new BuyerOutcome.Saved(
            entitlement.Id,
            $"The purchase is now {entitlement.State.Label()}. {Meaning(entitlement.State)}"
                + (planChanges ? $" Its next record names the plan {plan ?? "of the product"}; those that are made keep theirs." : ""));
    }

    /// <summary>Whose purchase it is; null when there is none of this id.</summary>
    internal async Task<Guid?> BuyerOfAsync(Guid id, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Entitlements.Where(row => row.Id == id).Select(row => (Guid?)row.BuyerId).SingleOrDefaultAsync(cancellationToken);
    }

    private static BuyerOutcome.ChangedMeanwhile Overtaken { get; } =
        new("This purchase was changed while you were editing. Nothing was saved; look at it again and repeat your change.");

    /// <summary>The purchase that the input describes, its checks passed.</summary>
    internal static Entitlement Make(NewEntitlement input, Product product, DateTimeOffset startsAt, DateTimeOffset now)
    {
        string? accountId = Of(Marketplace.Aws, input.AwsAccountId);
        string? licenseArn = Of(Marketplace.Aws, input.AwsLicenseArn);
        string? resourceId = Of(Marketplace.Azure, input.AzureResourceId)?.ToLowerInvariant();
        string? usageReportingId = Of(Marketplace.Gcp, input.GcpUsageReportingId);
        return new Entitlement
        {
            Id = NewId.At(now),
            BuyerId = input.BuyerId,
            ProductId = product.Id,
            Marketplace = product.Marketplace,
            Identity = product.Marketplace switch
            {
                Marketplace.Aws => MarketplaceIdentity.Aws(product.AwsRegion!, accountId!, licenseArn, product.AwsProductCode),
                Marketplace.Azure => MarketplaceIdentity.Azure(resourceId!),
                Marketplace.Gcp => MarketplaceIdentity.Google(product.GcpServiceName!, usageReportingId!),
                _ => throw new UnreachableException($"No such marketplace: {product.Marketplace}."),
            },
            AwsAccountId = accountId,
            AwsLicenseArn = licenseArn,
            AzureResourceId = resourceId,
            AzurePlanId = Entitlement.OwnAzurePlan(product, Of(Marketplace.Azure, input.AzurePlanId)),
            GcpUsageReportingId = usageReportingId,
            State = input.State,
            StartsAt = startsAt,
            EndsAt = input.EndsAt,
            DrainedAt = input.EndsAt is { } end && FinalFlush.Closes(end, MarketplaceRules.For(product.Marketplace)) <= now ? now : null, // over: no money finds it
            CreatedAt = now,
        };

        // What was typed for another product before the choice was changed is not this purchase's.
        string? Of(Marketplace marketplace, string? text) => marketplace != product.Marketplace || string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }

    /// <param name="origin">Where it comes from; null where a person typed it.</param>
    internal static void AuditCreated(LagoConsoleDbContext db, Actor actor, Entitlement entitlement, string buyerName, Product product, string? origin) => db.Audit(
        entitlement.CreatedAt, actor, "Create entitlement", nameof(Entitlement), entitlement.Id,
        after: $"{buyerName}, {product.Name}, {MarketplaceIdentity.InWords(entitlement.Identity)}: {Describe(entitlement)}", note: origin);

    private static Task<Buyer?> FindOwnerAsync(LagoConsoleDbContext db, string identity, CancellationToken cancellationToken) =>
        db.Entitlements.AsNoTracking()
            .Where(other => other.Identity == identity)
            .Join(db.Buyers, other => other.BuyerId, buyer => buyer.Id, (_, buyer) => buyer)
            .SingleOrDefaultAsync(cancellationToken);

    /// <summary>The refusal of a purchase that is entered already, at the field that names it.</summary>
    internal static BuyerOutcome.Refused Taken(Buyer owner, Entitlement wanted, Guid? buyerId)
    {
        string who = owner.Id == buyerId ? "This buyer already has this purchase" : $"{owner.Name} already has this purchase";
        BuyerField field = IdentityField(wanted);
        (string what, string typed) = field switch
        {
            BuyerField.AzureResourceId => ("subscription", "ID"),
            BuyerField.GcpUsageReportingId => ("usage reporting ID and service", "ID"),
            BuyerField.AwsAccountId => ("AWS account and product code", "account ID"),
            _ => ("licence and AWS account", "ARN"),
        };
        return new(field, $"{who}: the same {what}. The same usage would be billed twice. Edit that entitlement, or check the {typed}.");
    }

    /// <summary>The field that tells the purchase from others.</summary>
    internal static BuyerField IdentityField(Entitlement wanted) => wanted switch
    {
        { AzureResourceId: not null } => BuyerField.AzureResourceId,
        { GcpUsageReportingId: not null } => BuyerField.GcpUsageReportingId,
        { AwsLicenseArn: null } => BuyerField.AwsAccountId,
        _ => BuyerField.AwsLicenseArn,
    };

    /// <summary>What the state does to the money (R6, R18).</summary>
    private static string Meaning(EntitlementState state) => state switch
    {
        EntitlementState.PendingStart => "Its money waits until it is ACTIVE.",
        EntitlementState.Active => "Money that waited for this flows on with the next run.",
        EntitlementState.Suspended => "Its money waits until it is ACTIVE again; nothing is lost.",
        EntitlementState.PendingCancel => "Usage is reported until its end, in one last record shortly after it; what cannot be reported by then waits for your decision.",
        EntitlementState.Cancelled => "What was used before its end still goes into one last record while the marketplace takes it; the rest waits for your decision.",
        _ => throw new UnreachableException($"No such state: {state}."),
    };

    /// <summary>All of a purchase that can change, for people.</summary>
    internal static string Describe(Entitlement entitlement) => Describe(entitlement.State, entitlement.StartsAt, entitlement.EndsAt, entitlement.AzurePlanId);

    /// <param name="ownPlan">Azure: null for the product's.</param>
    internal static string Describe(EntitlementState state, DateTimeOffset startsAt, DateTimeOffset? endsAt, string? ownPlan) =>
        $"{state.Label()}, from {Utc(startsAt)}" + (endsAt is { } end ? $" to {Utc(end)}" : "") + (ownPlan is null ? "" : $", plan {ownPlan}");

    private static string Utc(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
