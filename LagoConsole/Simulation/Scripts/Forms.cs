using System.Globalization;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Conversion;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Simulation.Engines;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Simulation.Scripts;

/// <summary>The console's forms as a person fills them in: each is submitted with what was seen of it.</summary>
internal static class Forms
{
    public static async Task EnterPurchaseAsync(Engine engine, PurchaseRole purchase)
    {
        NewEntitlement form = new() { BuyerId = purchase.Buyer.Id, ProductId = purchase.Buyer.Product.Id, StartsAt = purchase.StartsAt };
        purchase.Market.FillIn(form, purchase);
        purchase.EntitlementId = Saved(await engine.Get<EntitlementService>().CreateAsync(Person.Ada, form, CancellationToken.None));
    }

    public static async Task EditIntegrationAsync(Engine engine, Integration seen, Action<EditIntegration> change)
    {
        EditIntegration edit = new() { Id = seen.Id, SeenSettings = IntegrationSettings.Stamp(seen), BillingMode = seen.BillingMode };
        change(edit);
        await engine.Get<IntegrationService>().EditAsync(Person.Ada, edit, CancellationToken.None);
    }

    public static async Task<BuyerOutcome> EditPurchaseAsync(
        Engine engine, PurchaseRole purchase, EntitlementState state, DateTimeOffset? endsAt, OpenMoneyChoice? choice, IReadOnlyList<OpenMoneyLine>? shown = null)
    {
        Entitlement seen;
        await using (LagoConsoleDbContext db = await DbAsync(engine))
        {
            seen = await db.Entitlements.AsNoTracking().SingleAsync(row => row.Id == purchase.EntitlementId);
        }

        return await engine.Get<EntitlementLife>().EditAsync(
            Person.Ada,
            new EditEntitlement { Id = seen.Id, SeenVersion = seen.Version, State = state, StartsAt = seen.StartsAt, EndsAt = endsAt, OpenMoney = choice, SeenOpenMoney = shown ?? [] },
            CancellationToken.None);
    }

    public static async Task EnterProductAsync(Engine engine, ProductRole product, bool soleWriter)
    {
        NewProduct form = new() { Name = product.Name };
        product.Market.FillIn(form, product);
        product.Id = Saved(await engine.Get<ProductService>().CreateAsync(Person.Ada, form, CancellationToken.None));
        foreach ((string key, decimal unitPriceMinor) in product.Dimensions)
        {
            product.DimensionIds[key] = Saved(await engine.Get<ProductService>().AddDimensionAsync(
                Person.Ada,
                new NewDimension
                {
                    ProductId = product.Id,
                    Key = key,
                    Name = key,
                    Currency = Script.Currency,
                    UnitPrice = (unitPriceMinor / 100).ToString(CultureInfo.InvariantCulture),
                },
                CancellationToken.None));
        }

        foreach ((string metric, string dimension) in product.Conversions)
        {
            Saved(await engine.Get<ConversionService>().AddAsync(
                Person.Ada, new NewConversion { ProductId = product.Id, MetricCode = metric, DimensionId = product.DimensionIds[dimension] }, CancellationToken.None));
        }

        if (soleWriter)
        {
            Saved(await engine.Get<ProductService>().ConfirmSoleWriterAsync(Person.Ada, product.Id, confirmed: true, CancellationToken.None));
        }
    }

    public static Task<LagoConsoleDbContext> DbAsync(Engine engine) => engine.Get<IDbContextFactory<LagoConsoleDbContext>>().CreateDbContextAsync();

    public static Guid Saved(ProductOutcome outcome) => outcome is ProductOutcome.Saved saved ? saved.Id : throw new InvalidOperationException(outcome.ToString());

    public static Guid Saved(BuyerOutcome outcome) => outcome is BuyerOutcome.Saved saved ? saved.Id : throw new InvalidOperationException(outcome.ToString());
}
