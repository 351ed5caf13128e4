using Bunit;
using LagoConsole.Components.Products;
using LagoConsole.Core.Conversion;
using LagoConsole.Core.Products;
using LagoConsole.Tests.DryRun;
using LagoConsole.Tests.Support;
using MudBlazor;
using Xunit;

namespace LagoConsole.Tests.Products;

public sealed class ProductDialogsTests : MudContext
{
    private static readonly DimensionDetail Requests = new(
        Guid.NewGuid(), "requests", "Requests", "USD", 1m,
        [new PriceRow(Guid.NewGuid(), 1m, new(2026, 3, 9, 12, 0, 0, TimeSpan.Zero), "olga", null, null, PriceStanding.InForce)]);

    private static readonly EntitlementChoice Globex = new(Guid.NewGuid(), "Globex", "Aws|us-east-1|arn|123456789012", new(2026, 3, 10, 10, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_new_product_that_is_refused_stays_open_with_the_sentence_at_its_field()
    {
        IDialogReference dialog = await OpenAsync(new DialogParameters<NewProductDialog>
        {
            { form => form.Save, _ => Task.FromResult<ProductOutcome>(new ProductOutcome.Refused(ProductField.Name, "There is already a product called Acme API.")) },
        });
        await TypeAsync("Name", "Acme API");

        await PressAsync("Create");

        Assert.Contains("already a product called Acme API", Dialogs.Markup, StringComparison.Ordinal);
        Assert.Equal("Acme API", Field("Name").GetAttribute("value"));
        Assert.False(dialog.Result.IsCompleted);
    }

    [Fact]
    public async Task A_new_product_hands_over_what_was_typed_and_closes()
    {
        NewProduct? seen = null;
        ProductOutcome.Saved saved = new(Guid.NewGuid(), "Created.");
        IDialogReference dialog = await OpenAsync(new DialogParameters<NewProductDialog>
        {
            { form => form.Save, input =>
            {
                seen = input;
                return Task.FromResult<ProductOutcome>(saved);
            } },
        });
        await TypeAsync("Name", "Acme API");
        await TypeAsync("Product code", "8f2k4mzq9x1a");

        await PressAsync("Create");

        Assert.Same(saved, (await dialog.Result)!.Data);
        Assert.Equal(("Acme API", Marketplace.Aws, "us-east-1", "8f2k4mzq9x1a"), (seen!.Name, seen.Marketplace, seen.AwsRegion, seen.AwsProductCode));
    }

    [Theory]
    [InlineData(Marketplace.Azure, "Offer ID", "Plan ID")]
    [InlineData(Marketplace.Gcp, "Service name", null)]
    public async Task A_new_product_asks_for_what_its_marketplace_knows_it_by(Marketplace marketplace, string first, string? second)
    {
        NewProduct? seen = null;
        await OpenAsync(new DialogParameters<NewProductDialog>
        {
            { form => form.Save, input =>
            {
                seen = input;
                return Task.FromResult<ProductOutcome>(new ProductOutcome.Saved(Guid.NewGuid(), "Created."));
            } },
        });
        await Dialogs.InvokeAsync(() => Dialogs.FindComponent<MudSelect<Marketplace>>().Instance.ValueChanged.InvokeAsync(marketplace));
        Assert.DoesNotContain("AWS region", Dialogs.Markup, StringComparison.Ordinal);

        await TypeAsync(first, "first");
        if (second is not null)
        {
            await TypeAsync(second, "second");
        }

        await PressAsync("Create");

        Assert.Equal(
            (marketplace, marketplace == Marketplace.Azure ? "first" : null, second is null ? null : "second", marketplace == Marketplace.Gcp ? "first" : null),
            (seen!.Marketplace, seen.AzureOfferId, seen.AzurePlanId, seen.GcpServiceName));
    }

    [Fact]
    public async Task A_new_dimension_shows_what_a_hundred_becomes_while_its_price_is_typed()
    {
        await OpenAsync(AddDimension(_ => throw new InvalidOperationException("Nothing was added yet.")));
        Assert.DoesNotContain("in Lago becomes", Dialogs.Markup, StringComparison.Ordinal);

        await TypeAsync("Unit price", "3");
        Assert.Contains("100.00 USD in Lago becomes 33 units, billed 33 × 3.00 USD = 99.00 USD; 1.00 USD stays as money", Dialogs.Markup, StringComparison.Ordinal);

        await TypeAsync("Unit price", "0");
        Assert.DoesNotContain("in Lago becomes", Dialogs.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_price_of_zero_is_said_at_the_field_and_nothing_typed_is_lost()
    {
        IDialogReference dialog = await OpenAsync(AddDimension(
            _ => Task.FromResult<ProductOutcome>(new ProductOutcome.Refused(ProductField.UnitPrice, "A price of zero would turn any amount into endless units."))));
        await TypeAsync("Dimension key", "requests");
        await TypeAsync("Unit price", "0");

        await PressAsync("Add");

        Assert.Contains("A price of zero would turn", Dialogs.Markup, StringComparison.Ordinal);
        Assert.Equal(("requests", "0"), (Field("Dimension key").GetAttribute("value"), Field("Unit price").GetAttribute("value")));
        Assert.False(dialog.Result.IsCompleted);
    }

    [Fact]
    public async Task A_foreign_currency_is_said_at_its_field()
    {
        await OpenAsync(AddDimension(input => Task.FromResult<ProductOutcome>(
            new ProductOutcome.Refused(ProductField.Currency, ProductChecks.Currency(input.Currency)!))));
        await TypeAsync("Currency", "BTC");

        await PressAsync("Add");

        Assert.Contains("BTC is not a currency that Lago counts in", Dialogs.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_price_is_set_for_everybody_and_from_now_unless_told_otherwise()
    {
        NewPrice? seen = null;
        IDialogReference dialog = await OpenAsync(SetPrice(input =>
        {
            seen = input;
            return Task.FromResult<ProductOutcome>(new ProductOutcome.Saved(Requests.Id, "Set."));
        }));
        Assert.Contains("The list price is now 0.01 USD", Dialogs.Markup, StringComparison.Ordinal);

        await TypeAsync("Unit price in USD", "0.02");
        Assert.Contains("100.00 USD in Lago becomes 5,000 units, billed 5,000 × 0.02 USD.", Dialogs.Markup, StringComparison.Ordinal);
        await PressAsync("Set price");

        Assert.False((await dialog.Result)!.Canceled);
        Assert.Equal((Requests.Id, null, "0.02", null), (seen!.DimensionId, seen.EntitlementId, seen.UnitPrice, seen.EffectiveFrom));
    }

    [Fact]
    public async Task A_price_is_set_for_the_entitlement_that_was_picked_and_for_everybody_once_the_field_is_emptied()
    {
        List<Guid?> seen = [];
        await OpenAsync(SetPrice(input =>
        {
            seen.Add(input.EntitlementId);
            return Task.FromResult<ProductOutcome>(new ProductOutcome.Refused(ProductField.UnitPrice, "Not yet."));
        }));
        await PickGlobexAsync();
        Assert.StartsWith("Globex · AWS account 123456789012", Field("For").GetAttribute("value"), StringComparison.Ordinal);
        Assert.Contains("Empty: from the entitlement's start", Dialogs.Markup, StringComparison.Ordinal);

        await PressAsync("Set price");
        await TypeAsync("For", "");
        await PressAsync("Set price");

        Assert.Equal([Globex.Id, null], seen);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // what was picked before is not meant any more
    public async Task A_name_that_was_typed_and_not_picked_never_sets_the_list_price(bool pickedBefore)
    {
        IDialogReference dialog = await OpenAsync(SetPrice(_ => throw new InvalidOperationException("Nothing may be saved.")));
        if (pickedBefore)
        {
            await PickGlobexAsync();
        }

        await TypeAsync("For", "Initech");
        await PressAsync("Set price");

        Assert.Contains("Pick the entitlement from the list, or empty this field to set the list price.", Dialogs.Markup, StringComparison.Ordinal);
        Assert.Equal("Initech", Field("For").GetAttribute("value"));
        Assert.False(dialog.Result.IsCompleted);
    }

    [Fact]
    public async Task A_typed_moment_is_UTC_and_a_refused_one_is_said_at_the_field()
    {
        NewPrice? seen = null;
        await OpenAsync(SetPrice(input =>
        {
            seen = input;
            return Task.FromResult<ProductOutcome>(new ProductOutcome.Refused(ProductField.EffectiveFrom, "A price cannot begin in the past."));
        }));
        await TypeAsync("Effective from (UTC)", "2026-03-10T11:00");

        await PressAsync("Set price");

        Assert.Equal(new DateTimeOffset(2026, 3, 10, 11, 0, 0, TimeSpan.Zero), seen!.EffectiveFrom);
        Assert.Contains("A price cannot begin in the past.", Dialogs.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_weighted_sum_is_warned_of_when_its_code_is_chosen()
    {
        await OpenAsync(AddConversion(_ => throw new InvalidOperationException("Nothing was added yet.")));
        await TypeAsync("Lago metric", "api_calls");
        Assert.DoesNotContain("projection", Dialogs.Markup, StringComparison.Ordinal);

        await TypeAsync("Lago metric", "seat_hours");

        Assert.Contains("its running total in Lago is a projection", Dialogs.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task R8_A_projection_is_reported_at_period_close_whatever_is_chosen()
    {
        await OpenAsync(AddConversion(_ => throw new InvalidOperationException("Nothing was added yet.")));

        await TypeAsync("Lago metric", "seat_hours");

        Assert.True(Field("Report at period close only").HasAttribute("disabled"));
        Assert.True(Field("Report at period close only").HasAttribute("checked"));
        Assert.Contains("Always so for this metric", Dialogs.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task R8_Reporting_at_period_close_is_advised_for_volume_prices_and_left_to_the_person()
    {
        NewConversion? seen = null;
        await OpenAsync(AddConversion(input =>
        {
            seen = input;
            return Task.FromResult<ProductOutcome>(new ProductOutcome.Saved(Guid.NewGuid(), "Added."));
        }));
        await TypeAsync("Lago metric", "api_calls");
        Assert.Contains("Lago prices this metric by volume", Dialogs.Markup, StringComparison.Ordinal);
        Assert.False(Field("Report at period close only").HasAttribute("checked"));

        await Field("Report at period close only").ChangeAsync(true);
        await PressAsync("Add");

        Assert.True(seen!.ReportAtCloseOnly);
    }

    [Fact]
    public async Task A_code_that_no_Lago_listed_can_be_typed_and_the_only_dimension_is_chosen()
    {
        NewConversion? seen = null;
        IDialogReference dialog = await OpenAsync(AddConversion(input =>
        {
            seen = input;
            return Task.FromResult<ProductOutcome>(new ProductOutcome.Saved(Guid.NewGuid(), "Added."));
        }));
        Assert.Contains("The metrics of EU are not listed", Dialogs.Markup, StringComparison.Ordinal);
        await TypeAsync("Lago metric", "storage.gb/month");

        await PressAsync("Add");

        Assert.False((await dialog.Result)!.Canceled);
        Assert.Equal(("storage.gb/month", Requests.Id), (seen!.MetricCode, seen.DimensionId));
    }

    [Fact]
    public async Task A_metric_that_goes_elsewhere_already_is_said_at_its_field()
    {
        await OpenAsync(AddConversion(_ => Task.FromResult<ProductOutcome>(
            new ProductOutcome.Refused(ProductField.MetricCode, "api_calls already goes to requests."))));

        await PressAsync("Add");

        Assert.Contains("api_calls already goes to requests.", Dialogs.Markup, StringComparison.Ordinal);
    }

    private static DialogParameters<AddDimensionDialog> AddDimension(Func<NewDimension, Task<ProductOutcome>> save) => new()
    {
        { form => form.ProductId, Guid.NewGuid() },
        { form => form.Marketplace, Marketplace.Aws },
        { form => form.Save, save },
    };

    private async Task PickGlobexAsync()
    {
        await TypeAsync("For", "glob");
        await WaitAsync(() => Popovers.FindAll(".mud-list-item").Count == 1, "the entitlements found");
        await Popovers.Find(".mud-list-item").ClickAsync();
    }

    private static DialogParameters<SetPriceDialog> SetPrice(Func<NewPrice, Task<ProductOutcome>> save) => new()
    {
        { form => form.Dimension, Requests },
        { form => form.Marketplace, Marketplace.Aws },
        { form => form.Search, (text, _) => Task.FromResult<IReadOnlyList<EntitlementChoice>>(
            Globex.BuyerName.Contains(text ?? "", StringComparison.OrdinalIgnoreCase) ? [Globex] : []) },
        { form => form.DryRun, DryRunSamples.RunAsync },
        { form => form.Save, save },
    };

    private static DialogParameters<AddConversionDialog> AddConversion(Func<NewConversion, Task<ProductOutcome>> save) => new()
    {
        { form => form.ProductId, Guid.NewGuid() },
        { form => form.Marketplace, Marketplace.Aws },
        { form => form.Dimensions, (IReadOnlyList<DimensionDetail>)[Requests] },
        { form => form.Metrics, new SourceMetricList(
            [new SourceMetric("api_calls", "API calls", "sum_agg", "US"), new SourceMetric("seat_hours", "Seat hours", "weighted_sum_agg", "US")],
            ["The metrics of EU are not listed: Lago could not be reached."]) { VolumePriced = new HashSet<string>(StringComparer.Ordinal) { "api_calls" } } },
        { form => form.DryRun, DryRunSamples.RunAsync },
        { form => form.Save, save },
    };
}
