using LagoConsole.Core.Accounts;
using LagoConsole.Core.Products;
using Microsoft.AspNetCore.DataProtection;
using Xunit;

namespace LagoConsole.Tests.Accounts;

/// <summary>Which credentials a product reports with at the moment of sending.</summary>
public sealed class ProductAccountsTests : IAsyncDisposable
{
    private readonly AccountStage _stage = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_product_without_an_account_reports_with_the_usual_chain_until_one_is_chosen()
    {
        Guid product = await _stage.ProductAsync(Marketplace.Aws, account: null);
        Assert.IsType<AccountAnswer.UsualChain>(await FindAsync(product));

        Guid account = await _stage.AddAsync(AccountStage.AwsKey());
        await _stage.Get<AccountChoices>().ChooseAsync(AccountStage.Operator, product, account, Stop);

        Assert.Equal(account, (await FoundAsync(product)).AccountId); // at once
    }

    [Fact]
    public async Task An_account_is_one_object_for_all_its_products_until_its_credentials_are_replaced()
    {
        Guid account = await _stage.AddAsync(AccountStage.AwsKey());
        Guid one = await _stage.ProductAsync(Marketplace.Aws, account, "One");
        Guid two = await _stage.ProductAsync(Marketplace.Aws, account, "Two");

        AccountCredentials first = await FoundAsync(one);
        Assert.Same(first, await FoundAsync(two));
        _stage.Clock.Now += TimeSpan.FromMinutes(1); // read anew, and the same
        Assert.Same(first, await FoundAsync(one));

        await _stage.Accounts.EditAsync(AccountStage.Admin, await _stage.EditOfAsync(account, AccountStage.AwsKey()), Stop);
        Assert.NotSame(first, await FoundAsync(one));
        Assert.Equal(1, (await FoundAsync(one)).Generation);
    }

    [Fact]
    public async Task Another_node_knows_of_a_rotation_within_half_a_minute()
    {
        Guid account = await _stage.AddAsync(AccountStage.AwsKey());
        Guid product = await _stage.ProductAsync(Marketplace.Aws, account);
        ProductAccounts other = new(_stage.Database, _stage.Get<AccountVault>(), _stage.Clock);
        Assert.Equal(0, Assert.IsType<AccountAnswer.Found>(await other.FindAsync(product, Stop)).Credentials.Generation);
        await _stage.Accounts.EditAsync(AccountStage.Admin, await _stage.EditOfAsync(account, AccountStage.AwsKey()), Stop);

        _stage.Clock.Now += TimeSpan.FromSeconds(29);
        Assert.Equal(0, Assert.IsType<AccountAnswer.Found>(await other.FindAsync(product, Stop)).Credentials.Generation);
        _stage.Clock.Now += TimeSpan.FromSeconds(1);
        Assert.Equal(1, Assert.IsType<AccountAnswer.Found>(await other.FindAsync(product, Stop)).Credentials.Generation);
    }

    [Fact]
    public async Task A_secret_that_cannot_be_decrypted_is_an_answer_that_says_what_to_do()
    {
        Guid account = await _stage.AddAsync(AccountStage.AwsKey());
        Guid product = await _stage.ProductAsync(Marketplace.Aws, account);
        ProductAccounts other = new(_stage.Database, new AccountVault(new EphemeralDataProtectionProvider()), _stage.Clock);

        AccountAnswer.Missing missing = Assert.IsType<AccountAnswer.Missing>(await other.FindAsync(product, Stop));

        Assert.Contains("AWS seller cannot be used, because its stored secret cannot be decrypted", missing.Problem, StringComparison.Ordinal);
        Assert.Contains("enter the secret again", missing.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cipher_of_another_account_opens_nothing()
    {
        AccountVault vault = _stage.Get<AccountVault>();
        Guid account = Guid.NewGuid();
        string cipher = vault.Protect(account, new AccountSecret("secret"));

        Assert.Equal("secret", vault.Unprotect(account, cipher)!.Reveal());
        Assert.Null(vault.Unprotect(Guid.NewGuid(), cipher));
        Assert.Null(vault.Unprotect(account, "no cipher"));
    }

    [Fact]
    public async Task A_database_that_does_not_answer_is_an_answer_too()
    {
        ProductAccounts accounts = _stage.Get<ProductAccounts>();

        Assert.IsType<AccountAnswer.Missing>(await accounts.FindAsync(Guid.NewGuid(), new CancellationToken(canceled: true)));
    }

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    private Task<AccountAnswer> FindAsync(Guid product) => _stage.Get<IProductAccounts>().FindAsync(product, Stop);

    private async Task<AccountCredentials> FoundAsync(Guid product) => Assert.IsType<AccountAnswer.Found>(await FindAsync(product)).Credentials;
}
