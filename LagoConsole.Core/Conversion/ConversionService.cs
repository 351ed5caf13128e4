using System.Diagnostics;
using LagoConsole.Core.Audit;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using LagoConsole.Core.Security;
using LagoConsole.Core.Time;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Conversion;

/// <summary>Says which metric's money goes to which dimension: one metric, one dimension, per product.</summary>
public sealed class ConversionService(IDbContextFactory<LagoConsoleDbContext> databases, TimeProvider clock)
{
    /// <exception cref="ForbiddenException">Needs <see cref="Role.Operator"/>.</exception>
    public async Task<ProductOutcome> AddAsync(Actor actor, NewConversion input, CancellationToken cancellationToken)
    {
        actor.Require(Role.Operator);
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        return await SaveAsync(db, await AddAsync(db, actor, input, clock.GetUtcNow(), cancellationToken), cancellationToken);
    }

    /// <summary>What already went to the dimension stays there; new money of the metric waits.</summary>
    /// <exception cref="ForbiddenException">Needs <see cref="Role.Operator"/>.</exception>
    public async Task<ProductOutcome> RemoveAsync(Actor actor, Guid conversionId, CancellationToken cancellationToken)
    {
        actor.Require(Role.Operator);
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        return await SaveAsync(db, await RemoveAsync(db, actor, conversionId, clock.GetUtcNow(), cancellationToken), cancellationToken);
    }

    /// <summary><i>Report at period close only</i>, or as it grows (R8). What was billed already stays, and counts.</summary>
    /// <exception cref="ForbiddenException">Needs <see cref="Role.Operator"/>.</exception>
    public async Task<ProductOutcome> SetReportAtCloseOnlyAsync(
        Actor actor, Guid conversionId, bool reportAtCloseOnly, CancellationToken cancellationToken)
    {
        actor.Require(Role.Operator);
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        return await SaveAsync(
            db, await SetReportAtCloseOnlyAsync(db, actor, conversionId, reportAtCloseOnly, clock.GetUtcNow(), cancellationToken), cancellationToken);
    }

    /// <summary>The change, not saved yet.</summary>
    internal static async Task<ProductOutcome> SetReportAtCloseOnlyAsync(
        LagoConsoleDbContext db, Actor actor, Guid conversionId, bool reportAtCloseOnly, DateTimeOffset now, CancellationToken cancellationToken)
    {
        DimensionConversion? conversion = await db.DimensionConversions.SingleOrDefaultAsync(row => row.Id == conversionId, cancellationToken);
        if (conversion is null)
        {
            return new ProductOutcome.ChangedMeanwhile("Somebody else removed this conversion first. There is nothing left to change.");
        }

        Product product = await db.Products.SingleAsync(row => row.Id == conversion.ProductId, cancellationToken);
        if (conversion.ReportAtCloseOnly == reportAtCloseOnly)
        {
            return new ProductOutcome.Saved(product.Id, $"{conversion.MetricCode} is reported {When(reportAtCloseOnly)} already.");
        }

        conversion.ReportAtCloseOnly = reportAtCloseOnly;
        db.Audit(
            now, actor, "Edit conversion", nameof(Product), product.Id,
            $"{product.Name}: {conversion.MetricCode} {When(!reportAtCloseOnly)}", $"{product.Name}: {conversion.MetricCode} {When(reportAtCloseOnly)}");
        Count(db, product);
        return new ProductOutcome.Saved(product.Id, reportAtCloseOnly
            ? $"From now on {conversion.MetricCode} is reported when its period is closed. What was reported of the open period stays, and counts."
            : $"From the next poll on {conversion.MetricCode} is reported as it grows.");
    }

    /// <summary>The change, not saved yet.</summary>
    internal static async Task<ProductOutcome> AddAsync(
        LagoConsoleDbContext db, Actor actor, NewConversion input, DateTimeOffset now, CancellationToken cancellationToken)
    {
        FieldProblems<ProductField> problems = new();
        problems.Add(ProductField.MetricCode, ConversionChecks.MetricCode(input.MetricCode));
        problems.Add(ProductField.Dimension, input.DimensionId is null ? "Choose the dimension that the money goes to." : null);
        if (problems.Any)
        {
            return new ProductOutcome.Refused(problems.All);
        }

        string code = input.MetricCode!;
        Product product = await db.Products.SingleAsync(row => row.Id == input.ProductId, cancellationToken);
        Dimension dimension = await db.Dimensions.SingleAsync(
            row => row.Id == input.DimensionId && row.ProductId == product.Id, cancellationToken);
        string? taken = await db.DimensionConversions
            .Where(other => other.ProductId == product.Id && other.MetricCode == code)
            .Join(db.Dimensions, other => other.DimensionId, row => row.Id, (_, row) => row.Key)
            .SingleOrDefaultAsync(cancellationToken);
        if (taken is not null)
        {
            return new ProductOutcome.Refused(
                ProductField.MetricCode, $"{code} already goes to {taken}. One metric goes to one dimension, or its money would be billed twice: remove that conversion first.");
        }

        CurrencyFit fit = ConversionChecks.Currency(code, dimension.Key, dimension.Currency, await SeenCurrenciesAsync(db, product.Id, code, cancellationToken));
        if (fit is CurrencyFit.Foreign foreign)
        {
            return new ProductOutcome.Refused(ProductField.Dimension, foreign.Sentence);
        }

        DimensionConversion conversion = new()
        {
            Id = NewId.At(now),
            ProductId = product.Id,
            MetricCode = code,
            DimensionId = dimension.Id,
            ReportAtCloseOnly = input.ReportAtCloseOnly,
        };
        db.DimensionConversions.Add(conversion);
        db.Audit(now, actor, "Add conversion", nameof(Product), product.Id, after: $"{product.Name}: {code} → {dimension.Key}, {When(input.ReportAtCloseOnly)}");
        string advice = fit switch
        {
            CurrencyFit.Fits => "",
            CurrencyFit.PartlyForeign partly => " " + partly.Sentence,
            _ => throw new UnreachableException(),
        };
        Count(db, product);
        return new ProductOutcome.Saved(conversion.Id, $"The money of {code} now goes to {dimension.Key}; what waited for this flows on with the next run.{advice}");
    }

    /// <summary>The change, not saved yet.</summary>
    internal static async Task<ProductOutcome> RemoveAsync(
        LagoConsoleDbContext db, Actor actor, Guid conversionId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        DimensionConversion? conversion = await db.DimensionConversions.SingleOrDefaultAsync(row => row.Id == conversionId, cancellationToken);
        if (conversion is null)
        {
            return new ProductOutcome.ChangedMeanwhile("Somebody else removed this conversion first. There is nothing left to do.");
        }

        Product product = await db.Products.SingleAsync(row => row.Id == conversion.ProductId, cancellationToken);
        string dimensionKey = (await db.Dimensions.SingleAsync(row => row.Id == conversion.DimensionId, cancellationToken)).Key;
        db.DimensionConversions.Remove(conversion);
        db.Audit(now, actor, "Remove conversion", nameof(Product), product.Id, before: $"{product.Name}: {conversion.MetricCode} → {dimensionKey}");
        Count(db, product);
        return new ProductOutcome.Saved(product.Id, $"{conversion.MetricCode} no longer goes to {dimensionKey}. What it brought stays there; its new money waits until it has a conversion again.");
    }

    private static string When(bool reportAtCloseOnly) => reportAtCloseOnly ? "at period close only" : "as it grows";

    /// <summary>In which currencies the metric was ever counted for buyers of the product.</summary>
    private static Task<List<string>> SeenCurrenciesAsync(
        LagoConsoleDbContext db, Guid productId, string metricCode, CancellationToken cancellationToken) =>
        (from mark in db.HighWaterMarks
         join period in db.BillingPeriods on mark.PeriodId equals period.Id
         where mark.MetricCode == metricCode
             && db.Entitlements.Any(entitlement => entitlement.ProductId == productId && entitlement.BuyerId == period.BuyerId)
         select mark.Currency).Distinct().ToListAsync(cancellationToken);

    /// <summary>Two people at once cannot pass each other's checks.</summary>
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
}
