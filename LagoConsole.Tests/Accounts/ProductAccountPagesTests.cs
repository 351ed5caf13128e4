using Bunit;
using LagoConsole.Components.Products;
using LagoConsole.Core.Accounts;
using LagoConsole.Core.Conversion;
using LagoConsole.Core.DryRun;
using LagoConsole.Core.Products;
using LagoConsole.Core.Security;
using LagoConsole.Tests.Integrations;
using LagoConsole.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using Xunit;
using TestContext = Xunit.TestContext;

namespace LagoConsole.Tests.Accounts;

/// <summary>Where a product's account is chosen.</summary>
public sealed class ProductAccountPagesTests : MudContext
{
    private readonly ConsoleWorld _world = new();

    public ProductAccountPagesTests() => Services
        .AddSingleton(_world.Get<ProductQueries>())
        .AddSingleton(_world.Get<ProductService>())
        .AddSingleton(_world.Get<ConversionService>())
        .AddSingleton(_world.Get<SourceMetrics>())
        .AddSingleton(_world.Get<AccountQueries>())
        .AddSingleton(_world.Get<AccountChoices>())
        .AddSingleton(_world.Get<DryRunService>());

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_operator_chooses_the_account_on_the_products_page()
    {
        SignIn(role: Role.Operator);
        Guid account = await AddAsync(AccountStage.AwsKey());
        await AddAsync(AccountStage.AzureSecret());
        Guid product = await _world.ProductAsync();
        IRenderedComponent<ProductPage> page = Show<ProductPage>(parameters => parameters.Add(shown => shown.Id, product));
        page.WaitForAssertion(() => Assert.Contains("the usual chain", page.Markup, StringComparison.Ordinal));

        await PressAsync("Choose account");
        Assert.DoesNotContain("Partner Center app", Dialogs.Markup, StringComparison.Ordinal); // of another marketplace
        await Dialogs.ChooseRadioAsync("AWS seller");
        await PressAsync("Save");
        await HandledAsync();

        page.WaitForAssertion(() => Assert.Contains("Usage is reported with <b>AWS seller</b>", page.Markup, StringComparison.Ordinal));
        Assert.Equal(account, (await _world.Get<ProductQueries>().FindAsync(product, Stop))!.AccountId);
    }

    [Fact]
    public async Task A_viewer_sees_the_account_and_cannot_change_it()
    {
        SignIn(role: Role.Viewer);
        Guid product = await _world.ProductAsync();
        IRenderedComponent<ProductPage> page = Show<ProductPage>(parameters => parameters.Add(shown => shown.Id, product));
        page.WaitForAssertion(() => Assert.Contains("the usual chain", page.Markup, StringComparison.Ordinal));

        Assert.Throws<InvalidOperationException>(() => Find("Choose account"));
    }

    [Fact]
    public async Task A_new_product_asks_for_an_account_only_where_its_marketplace_has_one()
    {
        AccountChoice azure = new(Guid.NewGuid(), "Partner Center app", Marketplace.Azure, AccountStatus.Verified);
        NewProduct? seen = null;
        await OpenAsync(new DialogParameters<NewProductDialog>
        {
            { form => form.Accounts, (IReadOnlyList<AccountChoice>)[azure] },
            {
                form => form.Save,
                input =>
                {
                    seen = input;
                    return Task.FromResult<ProductOutcome>(new ProductOutcome.Saved(Guid.NewGuid(), "Created."));
                }
            },
        });
        Assert.Empty(Dialogs.FindComponents<MudSelect<Guid?>>());

        await ChooseAsync<Marketplace>(Marketplace.Azure);
        await ChooseAsync<Guid?>(azure.Id);
        await ChooseAsync<Marketplace>(Marketplace.Aws); // and back: the account is none of AWS's
        await PressAsync("Create");

        Assert.Null(seen!.AccountId);

        Task ChooseAsync<T>(T value) => Dialogs.InvokeAsync(() => Dialogs.FindComponent<MudSelect<T>>().Instance.ValueChanged.InvokeAsync(value));
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        await _world.DisposeAsync();
    }

    private async Task<Guid> AddAsync(AccountInput input) =>
        Assert.IsType<AccountOutcome.Saved>(await _world.Get<AccountService>().AddAsync(ConsoleWorld.Admin, input, Stop)).Id;
}
