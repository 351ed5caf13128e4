using Bunit;
using LagoConsole.Components.Products;
using LagoConsole.Core.Accounts;
using LagoConsole.Core.Conversion;
using LagoConsole.Core.DryRun;
using LagoConsole.Core.Products;
using LagoConsole.Core.Security;
using LagoConsole.Sandbox.Lago;
using LagoConsole.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using TestContext = Xunit.TestContext;

namespace LagoConsole.Tests.Products;

/// <summary>The pages on the real services, with the sandbox's Lago behind them.</summary>
public sealed class ProductPagesTests : MudContext
{
    private readonly ConsoleWorld _world = new();

    public ProductPagesTests() => Services
        .AddSingleton(_world.Get<ProductQueries>())
        .AddSingleton(_world.Get<ProductService>())
        .AddSingleton(_world.Get<ConversionService>())
        .AddSingleton(_world.Get<SourceMetrics>())
        .AddSingleton(_world.Get<AccountQueries>())
        .AddSingleton(_world.Get<AccountChoices>())
        .AddSingleton(_world.Get<DryRunService>());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_product_is_entered_from_the_list()
    {
        SignIn(role: Role.Operator);
        IRenderedComponent<ProductsPage> page = Show<ProductsPage>();
        await WaitAsync(() => page.Markup.Contains("No product yet.", StringComparison.Ordinal), "the empty list");

        await PressAsync("New product");
        await TypeAsync("Name", "Acme API");
        await PressAsync("Create");
        await HandledAsync();

        ProductRow row = Assert.Single((await _world.Get<ProductQueries>().ListAsync(null, 0, 20, Token)).Rows);
        Assert.EndsWith($"/products/{row.Id}", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dimension_conversion_and_price_are_entered_from_the_page_and_its_sentence_follows()
    {
        SignIn(role: Role.Operator);
        await _world.ConnectAsync();
        Guid id = ((ProductOutcome.Saved)await _world.Get<ProductService>().CreateAsync(
            ConsoleWorld.Admin, new NewProduct { Name = "Acme API", AwsRegion = "us-east-1" }, Token)).Id;
        IRenderedComponent<ProductPage> page = await ShowAsync(id);
        Assert.Contains("No dimension yet.", page.Markup, StringComparison.Ordinal);

        await PressAsync("Add dimension");
        await TypeAsync("Dimension key", "requests");
        await TypeAsync("Name", "Requests");
        await TypeAsync("Unit price", "0.01");
        await PressAsync("Add");
        await HandledAsync();
        Assert.Contains("100.00 USD in Lago becomes 10,000 units, billed 10,000 × 0.01 USD.", page.Markup, StringComparison.Ordinal);

        await PressAsync("Add conversion");
        await TypeAsync("Lago metric", "api_calls");
        await PressAsync("Add");
        await HandledAsync();
        Assert.Contains("<code>api_calls</code>", page.Markup, StringComparison.Ordinal);

        await PressAsync("Set price of requests");
        await TypeAsync("Unit price in USD", "1");
        await PressAsync("Set price");
        await HandledAsync();
        Assert.Contains("100.00 USD in Lago becomes 100 units, billed 100 × 1.00 USD.", page.Markup, StringComparison.Ordinal);

        await PressAsync("2 prices of requests: history");
        Assert.Equal(2, page.FindAll(".price-history").Count);
    }

    [Fact]
    public async Task A_conversion_of_a_weighted_sum_carries_its_warning()
    {
        SignIn();
        await _world.ConnectAsync();

        IRenderedComponent<ProductPage> page = await ShowAsync(await _world.ProductAsync("0.01", "disk_level"));

        await WaitAsync(() => page.Markup.Contains("projection of the whole period", StringComparison.Ordinal), "Lago's metrics");
    }

    [Fact]
    public async Task R8_A_conversion_is_switched_to_period_close_on_the_page()
    {
        SignIn(role: Role.Operator);
        Guid id = await _world.ProductAsync();
        await ShowAsync(id);

        Task switched = Field("Report api_calls at period close only").ChangeAsync(true);
        await WaitAsync(() => Dialogs.Markup.Contains("reported when its period is closed, not as it grows", StringComparison.Ordinal), "the question");
        await PressAsync("Change");
        await switched;

        await WaitAsync(() => Snackbars.Markup.Contains("is reported when its period is closed", StringComparison.Ordinal), "the answer");
        Assert.True(Assert.Single((await _world.Get<ProductQueries>().FindAsync(id, Token))!.Conversions).ReportAtCloseOnly);
    }

    [Fact]
    public async Task R8_A_switch_that_is_not_confirmed_goes_back()
    {
        SignIn(role: Role.Operator);
        Guid id = await _world.ProductAsync();
        await ShowAsync(id);

        Task switched = Field("Report api_calls at period close only").ChangeAsync(true);
        await WaitAsync(() => Dialogs.Markup.Contains("reported when its period is closed, not as it grows", StringComparison.Ordinal), "the question");
        await PressAsync("Cancel");
        await switched;

        Assert.False(Assert.Single((await _world.Get<ProductQueries>().FindAsync(id, Token))!.Conversions).ReportAtCloseOnly);
        Assert.False(Field("Report api_calls at period close only").HasAttribute("checked"));
    }

    [Fact]
    public async Task A_price_and_a_conversion_are_tried_on_the_books_before_they_are_saved()
    {
        SignIn(role: Role.Operator);
        (Guid integration, _, Guid product) = await _world.SetUpAsync(metrics: ["storage_gb"]);
        _world.Use(100); // 2.00 USD without a conversion
        _world.Use(1, "storage_gb"); // 0.50 USD
        IRenderedComponent<ProductPage> page = await ShowAsync(product);

        await PressAsync("Add conversion");
        await TypeAsync("Lago metric", "api_calls");
        await PressAsync("Dry run");
        await WaitAsync(() => Dialogs.Markup.Contains("would send 1 record for 2.50 USD.", StringComparison.Ordinal), "the dry run");
        Assert.Contains("As things are now, it would send 1 record for 0.50 USD; 2.00 USD would wait: no conversion.", Dialogs.Markup, StringComparison.Ordinal);
        await PressAsync("Cancel");
        await HandledAsync();

        await PressAsync("Remove conversion of storage_gb");
        await PressAsync("Dry run");
        await WaitAsync(() => Dialogs.Markup.Contains("would send nothing; 2.50 USD would wait: no conversion.", StringComparison.Ordinal), "the dry run");
        await PressAsync("Cancel");
        await HandledAsync();

        await PressAsync("Set price of usage_fee");
        await TypeAsync("Unit price in USD", "nothing");
        await PressAsync("Dry run");
        await WaitAsync(() => Dialogs.Markup.Contains("This would not be saved", StringComparison.Ordinal), "the refusal");
        await PressAsync("Cancel");
        await HandledAsync();

        Assert.Single((await _world.Get<ProductQueries>().FindAsync(product, Token))!.Conversions);
        Assert.DoesNotContain("<code>api_calls</code>", page.Markup, StringComparison.Ordinal);
        Assert.NotEqual(Guid.Empty, integration);
    }

    [Fact]
    public async Task A_metric_seen_with_a_volume_price_is_advised_to_be_reported_at_period_close()
    {
        _world.Sandbox.AddCustomer(new LagoCustomer("cus_vol", "Volume Ltd"));
        _world.Sandbox.AddSubscription("cus_vol", "vol-1", "volume");
        Guid integration = await _world.ConnectAsync();
        await _world.LinkAsync(await _world.BuyerAsync(product: null), integration, customer: "cus_vol");

        SourceMetricList list = await _world.Get<SourceMetrics>().ListAsync(Token);

        Assert.Equal(ConversionChecks.VolumeAdvice, list.AdviceFor("api_calls"));
        Assert.Null(list.AdviceFor("storage_gb"));
    }

    [Fact]
    public async Task A_conversion_is_removed_after_what_goes_and_what_stays_was_said()
    {
        SignIn(role: Role.Operator);
        Guid id = await _world.ProductAsync();
        IRenderedComponent<ProductPage> page = await ShowAsync(id);

        await PressAsync("Remove conversion of api_calls");
        Assert.Contains("What it brought to the dimension stays there", Dialogs.Markup, StringComparison.Ordinal);
        await PressAsync("Remove");
        await HandledAsync();

        Assert.Empty((await _world.Get<ProductQueries>().FindAsync(id, Token))!.Conversions);
        Assert.Contains("No conversion yet.", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sole_writer_is_confirmed_from_the_page()
    {
        SignIn("olga@vendor.example", Role.Operator);
        IRenderedComponent<ProductPage> page = await ShowAsync(await _world.ProductAsync());

        await PressAsync("Confirm sole writer");
        await Dialogs.FindAll("button").Single(button => button.TextContent.Trim() == "Confirm sole writer").ClickAsync();
        await HandledAsync();

        Assert.Contains("olga@vendor.example confirmed at", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_viewer_can_only_open_the_price_history()
    {
        SignIn(role: Role.Viewer);

        IRenderedComponent<ProductPage> page = await ShowAsync(await _world.ProductAsync());

        Assert.Equal("1 price of usage_fee: history", Assert.Single(page.FindAll("button")).GetAttribute("aria-label"));
    }

    [Fact]
    public async Task A_product_that_does_not_exist_is_said()
    {
        SignIn();

        IRenderedComponent<ProductPage> page = Show<ProductPage>(parameters => parameters.Add(shown => shown.Id, Guid.NewGuid()));

        await WaitAsync(() => page.Markup.Contains("There is no such product.", StringComparison.Ordinal), "the answer");
    }

    [Fact]
    public async Task The_metrics_of_verified_integrations_are_offered()
    {
        await _world.ConnectAsync();

        SourceMetricList list = await _world.Get<SourceMetrics>().ListAsync(Token);

        Assert.Equal(["api_calls", "disk_level", "storage_gb"], list.Metrics.Select(metric => metric.Code));
        Assert.Empty(list.Problems);
        Assert.NotNull(list.WarningFor("disk_level"));
        Assert.Null(list.WarningFor("api_calls"));
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        await _world.DisposeAsync();
    }

    private async Task<IRenderedComponent<ProductPage>> ShowAsync(Guid product)
    {
        IRenderedComponent<ProductPage> page = Show<ProductPage>(parameters => parameters.Add(shown => shown.Id, product));
        await WaitAsync(() => page.Markup.Contains("dimensions-title", StringComparison.Ordinal), "the product");
        return page;
    }
}
