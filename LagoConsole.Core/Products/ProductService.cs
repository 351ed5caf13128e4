using System.Globalization;
using LagoConsole.Core.Accounts;
using LagoConsole.Core.Audit;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Money;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Security;
using LagoConsole.Core.Time;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Products;

/// <summary>Enters products, their dimensions and prices. Nothing here is ever taken back: what was billed refers to it.</summary>
public sealed class ProductService(IDbContextFactory<LagoConsoleDbContext> databases, TimeProvider clock)
{
    /// <exception cref="ForbiddenException">Needs <see cref="Role.Operator"/>.</exception>
    public async Task<ProductOutcome> CreateAsync(Actor actor, NewProduct input, CancellationToken cancellationToken)
    {
        actor.Require(Role.Operator);
        FieldProblems<ProductField> problems = new();
        problems.Add(ProductField.Name, ProductChecks.Name(input.Name));
        problems.Add(ProductField.Marketplace, ProductChecks.Marketplace(input.Marketplace));
        foreach ((ProductField field, string? problem) in ProductChecks.Listing(input))
        {
            problems.Add(field, problem);
        }

        if (problems.Any)
        {
            return new ProductOutcome.Refused(problems.All);
        }

        DateTimeOffset now = clock.GetUtcNow();
        Product product = new()
        {
            Id = NewId.At(now),
            Name = input.Name!.Trim(),
            Marketplace = input.Marketplace,
            AwsRegion = Of(Marketplace.Aws, input.AwsRegion),
            AwsProductCode = Of(Marketplace.Aws, input.AwsProductCode),
            AzureOfferId = Of(Marketplace.Azure, input.AzureOfferId),
            AzurePlanId = Of(Marketplace.Azure, input.AzurePlanId),
            GcpServiceName = Of(Marketplace.Gcp, input.GcpServiceName),
            AccountId = input.AccountId,
            CreatedAt = now,
        };
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Products.AnyAsync(other => other.Name == product.Name, cancellationToken))
        {
            return NameTaken(product.Name);
        }

        MarketplaceAccount? account = await db.MarketplaceAccounts.AsNoTracking().SingleOrDefaultAsync(row => row.Id == input.AccountId, cancellationToken);
        if (AccountChoice.Problem(input.AccountId, account, input.Marketplace) is { } foreign)
        {
            return new ProductOutcome.Refused(ProductField.Account, foreign);
        }

        db.Products.Add(product);
        db.Audit(
            now, actor, "Create product", nameof(Product), product.Id,
            after: $"{product.Name}, {product.Marketplace.Label()}, {product.Listing}, reports with {account?.Name ?? AccountChoice.UsualChain}");
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            // Two people at once: the unique index let one of them through.
            await using LagoConsoleDbContext again = await databases.CreateDbContextAsync(cancellationToken);
            if (await again.Products.AnyAsync(other => other.Name == product.Name, cancellationToken))
            {
                return NameTaken(product.Name);
            }

            throw;
        }

        return new ProductOutcome.Saved(product.Id, $"{product.Name} was created. Add its dimensions next: without one, no money can be reported.");

        // What was typed for another marketplace before the choice was changed is not this product's.
        string? Of(Marketplace marketplace, string? text) => marketplace != input.Marketplace || string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }

    /// <summary>Adds a dimension with its first list price, so that no dimension is ever without one.</summary>
    /// <exception cref="ForbiddenException">Needs <see cref="Role.Operator"/>.</exception>
    public async Task<ProductOutcome> AddDimensionAsync(Actor actor, NewDimension input, CancellationToken cancellationToken)
    {
        actor.Require(Role.Operator);
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        Product product = await db.Products.SingleAsync(row => row.Id == input.ProductId, cancellationToken);
        FieldProblems<ProductField> problems = new();
        problems.Add(ProductField.DimensionKey, ProductChecks.DimensionKey(product.Marketplace, input.Key));
        problems.Add(ProductField.DimensionName, ProductChecks.DimensionName(input.Name));
        decimal unitPrice = 0;
        if (ProductChecks.Currency(input.Currency) is { } foreign)
        {
            problems.Add(ProductField.Currency, foreign);
        }
        else if (!ProductChecks.TryReadUnitPrice(input.UnitPrice, input.Currency!, out unitPrice, out string? badPrice))
        {
            problems.Add(ProductField.UnitPrice, badPrice);
        }

        if (problems.Any)
        {
            return new ProductOutcome.Refused(problems.All);
        }

        if (await db.Dimensions.AnyAsync(other => other.ProductId == product.Id && other.Key == input.Key, cancellationToken))
        {
            return new ProductOutcome.Refused(
                ProductField.DimensionKey, $"{product.Name} already has the dimension {input.Key}. Set a new price on it, or type another key.");
        }

        DateTimeOffset now = clock.GetUtcNow();
        Dimension dimension = new()
        {
            Id = NewId.At(now),
            ProductId = product.Id,
            Key = input.Key!,
            Name = input.Name!.Trim(),
            Currency = input.Currency!,
            CreatedAt = now,
        };
        DimensionPrice price = new()
        {
            Id = NewId.At(now),
            DimensionId = dimension.Id,
            UnitPriceMinor = unitPrice,
            EffectiveFrom = PriceStart.Default(now, product.CreatedAt, entitlementStartsAt: null, hasEarlierPrice: false, lastBilledSlot: null),
            CreatedBy = actor.Name,
        };
        db.Dimensions.Add(dimension);
        db.DimensionPrices.Add(price);
        string priceText = MoneyText.Format(unitPrice, dimension.Currency);
        db.Audit(now, actor, "Add dimension", nameof(Dimension), dimension.Id, after: $"{product.Name}: {dimension.Key} ({dimension.Name}), {priceText} a unit");
        Count(db, product);
        return await SaveAsync(
            db, new ProductOutcome.Saved(dimension.Id, $"{dimension.Key} was added at {priceText} a unit. Add a conversion next: it says which Lago metric's money goes here."),
            cancellationToken);
    }

    /// <summary>Sets a list price, or a price of one entitlement (a private offer). Append-only: nothing already billed changes.</summary>
    /// <exception cref="ForbiddenException">Needs <see cref="Role.Operator"/>.</exception>
    public async Task<ProductOutcome> SetPriceAsync(Actor actor, NewPrice input, CancellationToken cancellationToken)
    {
        actor.Require(Role.Operator);
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        return await SaveAsync(db, await SetPriceAsync(db, actor, input, clock.GetUtcNow(), cancellationToken), cancellationToken);
    }

    /// <summary>The change, not saved yet.</summary>
    internal static async Task<ProductOutcome> SetPriceAsync(
        LagoConsoleDbContext db, Actor actor, NewPrice input, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Dimension dimension = await db.Dimensions.SingleAsync(row => row.Id == input.DimensionId, cancellationToken);
        Product product = await db.Products.SingleAsync(row => row.Id == dimension.ProductId, cancellationToken);
        if (!ProductChecks.TryReadUnitPrice(input.UnitPrice, dimension.Currency, out decimal unitPrice, out string? badPrice))
        {
            return new ProductOutcome.Refused(ProductField.UnitPrice, badPrice);
        }

        Entitlement? entitlement = null;
        if (input.EntitlementId is { } entitlementId)
        {
            entitlement = await db.Entitlements.SingleOrDefaultAsync(row => row.Id == entitlementId && row.ProductId == product.Id, cancellationToken);
            if (entitlement is null)
            {
                return new ProductOutcome.Refused(ProductField.Entitlement, $"This entitlement is not one of {product.Name}. Choose another, or leave the field empty for the list price.");
            }
        }

        bool hasEarlierPrice = await db.DimensionPrices.AnyAsync(
            price => price.DimensionId == dimension.Id && price.EntitlementId == input.EntitlementId, cancellationToken);
        DateTimeOffset? lastSlot = await db.Meters
            .Where(meter => meter.DimensionId == dimension.Id && (input.EntitlementId == null || meter.EntitlementId == input.EntitlementId))
            .MaxAsync(meter => meter.LastSlotHour, cancellationToken);
        if (input.EffectiveFrom is { } typed && PriceStart.Problem(typed, now, hasEarlierPrice, lastSlot) is { } tooEarly)
        {
            return new ProductOutcome.Refused(ProductField.EffectiveFrom, tooEarly);
        }

        DateTimeOffset from = input.EffectiveFrom
            ?? PriceStart.Default(now, product.CreatedAt, entitlement?.StartsAt, hasEarlierPrice, lastSlot);
        if (await db.DimensionPrices.AnyAsync(
            price => price.DimensionId == dimension.Id && price.EntitlementId == input.EntitlementId && price.EffectiveFrom == from, cancellationToken))
        {
            return new ProductOutcome.Refused(
                ProductField.EffectiveFrom, "Another price begins at that very moment, and a price is never overwritten. Choose a later one: the later price then wins.");
        }

        DimensionPrice? before = PriceBook.InForce(
            await db.DimensionPrices.AsNoTracking().Where(price => price.DimensionId == dimension.Id).ToListAsync(cancellationToken),
            input.EntitlementId ?? Guid.Empty, from);
        db.DimensionPrices.Add(new DimensionPrice
        {
            Id = NewId.At(now),
            DimensionId = dimension.Id,
            EntitlementId = input.EntitlementId,
            UnitPriceMinor = unitPrice,
            EffectiveFrom = from,
            CreatedBy = actor.Name,
        });
        string priceText = MoneyText.Format(unitPrice, dimension.Currency);
        string fromText = from.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
        db.Audit(
            now, actor, entitlement is null ? "Set price" : "Set entitlement price", nameof(Dimension), dimension.Id,
            before: before is null ? null : MoneyText.Format(before.UnitPriceMinor, dimension.Currency),
            after: $"{product.Name}: {dimension.Key}, {priceText} a unit from {fromText}" + (entitlement is null ? "" : $" for {MarketplaceIdentity.InWords(entitlement.Identity)}"));
        Count(db, product);
        return new ProductOutcome.Saved(dimension.Id, $"{dimension.Key} costs {priceText} a unit in hours that begin at {fromText} or later. What was billed before keeps its price.");
    }

    /// <summary>
    /// Confirms, or takes back, that nothing but this console writes the product's usage. Only then may a duplicate
    /// after an unanswered attempt count as our own record (R13).
    /// </summary>
    /// <exception cref="ForbiddenException">Needs <see cref="Role.Operator"/>.</exception>
    public async Task<ProductOutcome> ConfirmSoleWriterAsync(Actor actor, Guid productId, bool confirmed, CancellationToken cancellationToken)
    {
        actor.Require(Role.Operator);
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        Product product = await db.Products.SingleAsync(row => row.Id == productId, cancellationToken);
        DateTimeOffset now = clock.GetUtcNow();
        string? before = product.SoleWriterConfirmedBy is null ? "not confirmed" : $"confirmed by {product.SoleWriterConfirmedBy}";
        product.SoleWriterConfirmedBy = confirmed ? actor.Name : null;
        product.SoleWriterConfirmedAt = confirmed ? now : null;
        db.Audit(now, actor, confirmed ? "Confirm sole writer" : "Withdraw sole writer", nameof(Product), product.Id, before, confirmed ? "confirmed" : "not confirmed");
        Count(db, product);
        return await SaveAsync(
            db,
            new ProductOutcome.Saved(product.Id, $"{(confirmed ? "Confirmed" : "Withdrawn")}. {SoleWriterText.Meaning(product.Marketplace, confirmed)}"),
            cancellationToken);
    }

    /// <summary>Counts the product's version too: two people who add to one product at once cannot pass each other's checks unseen.</summary>
    private static void Count(LagoConsoleDbContext db, Product product) => db.Entry(product).Property(row => row.Version).IsModified = true;

    private static async Task<ProductOutcome> SaveAsync(LagoConsoleDbContext db, ProductOutcome outcome, CancellationToken cancellationToken)
    {
        try
        {
            if (outcome is ProductOutcome.Saved)
            {
                await db.SaveChangesAsync(cancellationToken);
            }

            return outcome;
        }
        catch (DbUpdateConcurrencyException)
        {
            return ProductOutcome.ChangedMeanwhile.Product;
        }
    }

    private static ProductOutcome.Refused NameTaken(string name) =>
        new(ProductField.Name, $"There is already a product called {name}. Choose another name, or add to that one.");
}
