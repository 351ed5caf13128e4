using LagoConsole.Core.Accounts;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Tests.Support;
using Xunit;

namespace LagoConsole.Tests.Accounts;

/// <summary>The main job with accounts: what is sent is signed with the product's own, and a rotation in the middle loses and doubles nothing.</summary>
public sealed class AccountScenarioTests : IAsyncDisposable
{
    private readonly ConsoleWorld _world = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Marketplace.Aws)]
    [InlineData(Marketplace.Azure)]
    [InlineData(Marketplace.Gcp)]
    public async Task Records_are_sent_with_the_account_of_their_product(Marketplace marketplace)
    {
        (Guid integration, Guid product) = await SetUpAsync(marketplace);
        await ChooseAsync(product, await AddAsync(Right(marketplace)));
        _world.Use(100); // 2.00 USD
        await _world.NextHourAsync(integration);

        Assert.Equal(200, _world.BilledAt(marketplace));
        await _world.AssertBalancedAsync();
    }

    [Theory]
    [InlineData(Marketplace.Aws)]
    [InlineData(Marketplace.Azure)]
    [InlineData(Marketplace.Gcp)]
    public async Task With_an_account_that_does_not_work_nothing_is_billed_until_another_is_chosen(Marketplace marketplace)
    {
        (Guid integration, Guid product) = await SetUpAsync(marketplace);
        await ChooseAsync(product, await AddAsync(Wrong(marketplace)));
        _world.Use(100);
        await _world.NextHourAsync(integration);
        Assert.Equal(0, _world.BilledAt(marketplace));
        UsageRecord waiting = Assert.Single(await _world.RecordsAsync());
        Assert.NotEqual(UsageRecordState.Accepted, waiting.State);

        await ChooseAsync(product, account: null);
        if (waiting.State == UsageRecordState.Blocked)
        {
            await _world.Get<RecordDecisions>().SendAgainAsync(ConsoleWorld.Admin, waiting.Id, waiting.Version, Stop);
        }

        await _world.NextHourAsync(integration);

        Assert.Equal(200, _world.BilledAt(marketplace));
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_rotation_while_records_are_sent_loses_and_doubles_nothing()
    {
        (Guid integration, Guid product) = await SetUpAsync(Marketplace.Azure);
        Guid account = await AddAsync(Right(Marketplace.Azure));
        await ChooseAsync(product, account);
        for (int hour = 1; hour <= 3; hour++)
        {
            _world.Use(100);
            _world.MoveTo(_world.Now.AddHours(1));
            await _world.PollAsync(integration);
            AccountRow row = (await _world.Get<AccountQueries>().FindAsync(account, Stop))!;
            Task<AccountOutcome> rotation = _world.Get<AccountService>().EditAsync(
                ConsoleWorld.Admin, new EditAccount { Id = account, SeenVersion = row.Version, Input = Right(Marketplace.Azure) }, Stop);
            await Task.WhenAll(rotation, _world.ReportAsync());
            Assert.IsType<AccountOutcome.Saved>(await rotation);
            Assert.Equal(hour * 200, _world.BilledAt(Marketplace.Azure));
        }

        Assert.All(await _world.RecordsAsync(), record => Assert.Equal(UsageRecordState.Accepted, record.State));
        await _world.AssertBalancedAsync();
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private static AccountInput Right(Marketplace marketplace) => marketplace switch
    {
        Marketplace.Aws => AccountStage.AwsKey(),
        Marketplace.Azure => AccountStage.AzureSecret(),
        _ => AccountStage.GoogleKey(),
    };

    private static AccountInput Wrong(Marketplace marketplace) => marketplace switch
    {
        Marketplace.Aws => AccountStage.AwsKey(keyId: "AKIDUNKNOWN"),
        Marketplace.Azure => AccountStage.AzureSecret(secret: "mistyped-secret"),
        _ => AccountStage.GoogleKey(privateKey: AccountStage.OtherPrivateKey()),
    };

    private async Task<(Guid Integration, Guid Product)> SetUpAsync(Marketplace marketplace)
    {
        Guid integration = await _world.ConnectAsync();
        Guid product = await _world.ProductAsync(marketplace);
        await _world.LinkAsync(await _world.BuyerAsync(product), integration);
        await _world.TurnOnAsync(integration);
        return (integration, product);
    }

    private async Task<Guid> AddAsync(AccountInput input) =>
        Assert.IsType<AccountOutcome.Saved>(await _world.Get<AccountService>().AddAsync(ConsoleWorld.Admin, input, Stop)).Id;

    private async Task ChooseAsync(Guid product, Guid? account) =>
        Assert.IsType<AccountOutcome.Saved>(await _world.Get<AccountChoices>().ChooseAsync(ConsoleWorld.Admin, product, account, Stop));
}
