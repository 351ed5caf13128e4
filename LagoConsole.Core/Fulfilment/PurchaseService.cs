using System.Globalization;
using LagoConsole.Core.Audit;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Conversion;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Security;
using LagoConsole.Core.Time;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Fulfilment;

/// <summary>What a person said of a purchase that is entered by its token. All of it may be missing: then the marketplace's word decides.</summary>
/// <param name="ProductId">What was bought.</param>
/// <param name="BuyerId">Who bought it.</param>
/// <param name="BuyerName">How a new buyer is called.</param>
/// <param name="BuyerEmail">How a new buyer is reached.</param>
public sealed record PurchaseHints(Guid? ProductId = null, Guid? BuyerId = null, string? BuyerName = null, string? BuyerEmail = null)
{
    public static PurchaseHints None { get; } = new();
}

/// <summary>
/// Makes buyers and entitlements follow what marketplaces say. Reading the same twice changes nothing twice. An end goes the way of a
/// person's <i>Cancelled at</i> (R18).
/// </summary>
public sealed class PurchaseService(IDbContextFactory<LagoConsoleDbContext> databases, EntitlementLife lives, TimeProvider clock)
{
    /// <summary>How often a purchase is looked at again that somebody else is changing.</summary>
    private const int Tries = 3;

    /// <param name="cause">Where it was read, for the audit log.</param>
    /// <exception cref="ForbiddenException">Needs <see cref="Role.Operator"/>.</exception>
    public async Task<PurchaseOutcome> ApplyAsync(
        Actor actor, PurchaseReading reading, PurchaseHints hints, string cause, CancellationToken cancellationToken)
    {
        actor.Require(Role.Operator);
        for (int attempt = 1; attempt <= Tries; attempt++)
        {
            Step step = await MoneyTransaction.RunAsync(databases, db => EnterAsync(db, actor, reading, hints, cause, cancellationToken), cancellationToken);
            if ((step.Outcome ?? await FollowAsync(actor, step.Known!, step.Plan, reading, cause, cancellationToken)) is { } outcome)
            {
                return outcome;
            }
        }

        return new PurchaseOutcome.NeedsPerson { Sentence = "The purchase was changed again and again meanwhile. Nothing was stored: try again." };
    }

    /// <summary>Finds the purchase, or enters it. What is learned of one that is there is kept: its id, its buyer's account and e-mail.</summary>
    private async Task<Step> EnterAsync(
        LagoConsoleDbContext db, Actor actor, PurchaseReading reading, PurchaseHints hints, string cause, CancellationToken cancellationToken)
    {
        if (await FindAsync(db, reading, cancellationToken) is not var (known, product))
        {
            return new Step(
                reading.State == EntitlementState.Cancelled
                    ? await UnknownEndAsync(db, reading, cancellationToken)
                    : await CreateAsync(db, actor, reading, hints, cause, cancellationToken),
                Known: null, Plan: null);
        }

        if (known.PurchaseId is null || known.Marketplace == Marketplace.Aws)
        {
            known.PurchaseId = reading.PurchaseId ?? known.PurchaseId;
        }

        Buyer buyer = await db.Buyers.SingleAsync(row => row.Id == known.BuyerId, cancellationToken);
        if (buyer.Email is null && BuyerChecks.Email(reading.BuyerEmail) is null && reading.BuyerEmail is not null)
        {
            buyer.Email = reading.BuyerEmail;
            db.Audit(clock.GetUtcNow(), actor, "Edit buyer", nameof(Buyer), buyer.Id, buyer.Name, $"{buyer.Name}, {buyer.Email}", cause);
        }

        if (reading.AccountId is not null && await AccountAsync(db, reading, cancellationToken) is null)
        {
            AddAccount(db, reading, buyer.Id, clock.GetUtcNow());
        }

        await db.SaveChangesAsync(cancellationToken); // its version is what the next step must still find
        return new Step(Outcome: null, known, known.AzurePlanOf(product));
    }

    /// <summary>Null where somebody else was faster: it is looked at again.</summary>
    private async Task<PurchaseOutcome?> FollowAsync(
        Actor actor, Entitlement known, string? plan, PurchaseReading reading, string cause, CancellationToken cancellationToken)
    {
        switch (PurchaseRules.Decide(known, plan, reading, clock.GetUtcNow()))
        {
            case PurchaseChange.Nothing nothing:
                return new PurchaseOutcome.Unchanged { Sentence = nothing.Sentence, BuyerId = known.BuyerId };
            case PurchaseChange.AskPerson ask:
                return new PurchaseOutcome.NeedsPerson { Sentence = ask.Sentence, BuyerId = known.BuyerId };
            case PurchaseChange.Set set:
                BuyerOutcome saved = await lives.EditAsync(
                    actor,
                    new EditEntitlement
                    {
                        Id = known.Id,
                        SeenVersion = known.Version,
                        State = set.State,
                        StartsAt = set.StartsAt,
                        EndsAt = set.EndsAt,
                        AzurePlanId = set.AzurePlanId,
                        Origin = cause,
                        NobodyAnswers = true,
                    },
                    cancellationToken);
                return saved switch
                {
                    BuyerOutcome.Saved done => new PurchaseOutcome.Changed { Sentence = done.Sentence, BuyerId = known.BuyerId },
                    BuyerOutcome.Refused refused => new PurchaseOutcome.NeedsPerson
                    {
                        Sentence = $"The marketplace says {set.State.Label()}, which the console cannot store by itself: {string.Join(' ', refused.Problems.Values)}",
                        BuyerId = known.BuyerId,
                    },
                    BuyerOutcome.ChangedMeanwhile => null,
                    _ => throw new System.Diagnostics.UnreachableException($"Nobody is asked: {saved}."),
                };
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static async Task<(Entitlement Entitlement, Product Product)?> FindAsync(LagoConsoleDbContext db, PurchaseReading reading, CancellationToken cancellationToken)
    {
        var candidates = await db.Entitlements
            .Where(row => row.Marketplace == reading.Marketplace
                && ((row.PurchaseId != null && row.PurchaseId == reading.PurchaseId)
                    || (row.AwsAccountId != null && row.AwsAccountId == reading.AwsAccountId)
                    || (row.AzureResourceId != null && row.AzureResourceId == reading.PurchaseId)
                    || (row.GcpUsageReportingId != null && row.GcpUsageReportingId == reading.GcpUsageReportingId)))
            .Join(db.Products, row => row.ProductId, product => product.Id, (row, product) => new { Entitlement = row, Product = product })
            .OrderBy(row => row.Entitlement.CreatedAt)
            .ToListAsync(cancellationToken);
        var found = candidates.Find(row => row.Entitlement.PurchaseId == reading.PurchaseId && PurchaseRules.IsOf(row.Entitlement, row.Product, reading))
            ?? candidates.Find(row => PurchaseRules.IsOf(row.Entitlement, row.Product, reading))
            ?? candidates.Find(row => PurchaseRules.IsLegacyOf(row.Entitlement, row.Product, reading));
        return found is null ? null : (found.Entitlement, found.Product);
    }

    /// <summary>AWS ends an agreement by its id alone, which the console may never have heard.</summary>
    private static async Task<PurchaseOutcome> UnknownEndAsync(LagoConsoleDbContext db, PurchaseReading reading, CancellationToken cancellationToken)
    {
        Guid? buyer = reading is { Marketplace: Marketplace.Aws, AwsLicenseArn: null }
            ? await db.Entitlements
                .Where(row => row.Marketplace == Marketplace.Aws && row.AwsAccountId == reading.AwsAccountId && row.PurchaseId == null && row.State != EntitlementState.Cancelled)
                .Select(row => (Guid?)row.BuyerId).FirstOrDefaultAsync(cancellationToken)
            : null;
        return buyer is null
            ? new PurchaseOutcome.Unchanged { Sentence = "The console does not have this purchase, and it has ended: nothing is to be reported for it." }
            : new PurchaseOutcome.NeedsPerson
            {
                Sentence = $"An agreement of AWS account {reading.AwsAccountId} has ended, and AWS does not say which licence it had. "
                    + "If it is a purchase of this buyer, enter Cancelled at: AWS takes its last usage for one hour.",
                BuyerId = buyer,
            };
    }

    private async Task<PurchaseOutcome> CreateAsync(
        LagoConsoleDbContext db, Actor actor, PurchaseReading reading, PurchaseHints hints, string cause, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        List<Product> products = await db.Products.AsNoTracking().Where(row => row.Marketplace == reading.Marketplace).ToListAsync(cancellationToken);
        Product? product = hints.ProductId is { } chosen
            ? products.Find(row => row.Id == chosen)
            : products.Find(row => PurchaseRules.Sells(row, reading) && row.AzurePlanId is not null && row.AzurePlanId == reading.AzurePlanId)
                ?? (products.FindAll(row => PurchaseRules.Sells(row, reading)) is [var only] ? only : null);
        if (product is null)
        {
            return Person($"What was bought is {reading.Listing} of {reading.Marketplace.Label()}, and the console has no such product, or several. Enter it under Products, then try again.");
        }

        if (hints.ProductId is not null && !PurchaseRules.Sells(product, reading) && !(product.Marketplace == Marketplace.Aws && product.AwsProductCode is null))
        {
            return Person($"What was bought is {reading.Listing}, and {product.Name} is {product.Listing}. Choose the product that was bought.");
        }

        EntitlementState state = reading.State == EntitlementState.PendingCancel && !(reading.EndsAt > now) ? EntitlementState.Active : reading.State;
        DateTimeOffset? endsAt = state == EntitlementState.PendingCancel ? reading.EndsAt : null;
        DateTimeOffset startsAt = reading.StartsAt < now ? reading.StartsAt.Value : ReportingWindow.FloorToHour(now);
        string[] problems =
        [
            .. EntitlementChecks.Identity(Bought(reading, product, Guid.Empty, state, endsAt), product).Select(check => check.Problem).OfType<string>(),
            .. EntitlementChecks.Life(state, startsAt, endsAt, now, firstBilledSlot: null).Values,
        ];
        if (problems.Length > 0)
        {
            return Person($"The marketplace's purchase cannot be entered: {string.Join(' ', problems)}");
        }

        Guid? owner = reading.AccountId is null ? null : (await AccountAsync(db, reading, cancellationToken))?.BuyerId ?? await OwnerAsync(db, reading, cancellationToken);
        if (hints.BuyerId is { } named && owner is { } other && named != other)
        {
            return Person($"{reading.BuyerName} is known as another buyer. Choose that one, or leave the buyer to the marketplace.", other);
        }

        Buyer? buyer = (hints.BuyerId ?? owner) is { } id ? await db.Buyers.SingleAsync(row => row.Id == id, cancellationToken) : null;
        bool isNew = buyer is null;
        if (buyer is null)
        {
            string? email = hints.BuyerEmail ?? reading.BuyerEmail;
            buyer = new Buyer
            {
                Id = NewId.At(now),
                Name = hints.BuyerName ?? (reading.BuyerName is { Length: > 200 } tooLong ? tooLong[..200] : reading.BuyerName),
                Email = BuyerChecks.Email(email) is null ? email : null,
                CreatedAt = now,
            };
            db.Buyers.Add(buyer);
            db.Audit(now, actor, "Create buyer", nameof(Buyer), buyer.Id, after: buyer.Email is null ? buyer.Name : $"{buyer.Name}, {buyer.Email}", note: cause);
        }

        if (reading.AccountId is not null && await AccountAsync(db, reading, cancellationToken) is null)
        {
            AddAccount(db, reading, buyer.Id, now);
        }

        Entitlement entitlement = EntitlementService.Make(Bought(reading, product, buyer.Id, state, endsAt), product, startsAt, now);
        entitlement.PurchaseId = reading.PurchaseId;
        db.Entitlements.Add(entitlement);
        EntitlementService.AuditCreated(db, actor, entitlement, buyer.Name, product, cause);
        await db.SaveChangesAsync(cancellationToken);
        await PurchaseEnd.LiftAsync(db, buyer.Id, cancellationToken);
        return new PurchaseOutcome.Entered
        {
            Sentence = $"{product.Name} of {buyer.Name} was entered as {entitlement.State.Label()}, from {Utc(startsAt)}."
                + (isNew ? " Put the Lago Customer ID on the new buyer: nothing is billed before." : ""),
            BuyerId = buyer.Id,
        };
    }

    private static NewEntitlement Bought(PurchaseReading reading, Product product, Guid buyerId, EntitlementState state, DateTimeOffset? endsAt) => new()
    {
        BuyerId = buyerId,
        ProductId = product.Id,
        AwsAccountId = reading.AwsAccountId,
        AwsLicenseArn = reading.AwsLicenseArn,
        AzureResourceId = reading.PurchaseId,
        AzurePlanId = reading.AzurePlanId,
        GcpUsageReportingId = reading.GcpUsageReportingId,
        State = state,
        EndsAt = endsAt,
    };

    private static Task<BuyerAccount?> AccountAsync(LagoConsoleDbContext db, PurchaseReading reading, CancellationToken cancellationToken) =>
        db.BuyerAccounts.SingleOrDefaultAsync(row => row.Marketplace == reading.Marketplace && row.AccountId == reading.AccountId, cancellationToken);

    /// <summary>Purchases of AWS that were entered by hand name their buyer's account too.</summary>
    private static async Task<Guid?> OwnerAsync(LagoConsoleDbContext db, PurchaseReading reading, CancellationToken cancellationToken) =>
        reading.Marketplace == Marketplace.Aws && await db.Entitlements
            .Where(row => row.Marketplace == Marketplace.Aws && row.AwsAccountId == reading.AwsAccountId)
            .Select(row => row.BuyerId).Distinct().ToListAsync(cancellationToken) is [var only]
            ? only
            : null;

    private static void AddAccount(LagoConsoleDbContext db, PurchaseReading reading, Guid buyerId, DateTimeOffset now) => db.BuyerAccounts.Add(new BuyerAccount
    {
        Id = NewId.At(now),
        BuyerId = buyerId,
        Marketplace = reading.Marketplace,
        AccountId = reading.AccountId!,
    });

    private static PurchaseOutcome.NeedsPerson Person(string sentence, Guid? buyerId = null) => new() { Sentence = sentence, BuyerId = buyerId };

    private static string Utc(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <param name="Outcome">Final, or null where the purchase is there and follows.</param>
    /// <param name="Plan">Azure: the plan that its records name.</param>
    private sealed record Step(PurchaseOutcome? Outcome, Entitlement? Known, string? Plan);
}
