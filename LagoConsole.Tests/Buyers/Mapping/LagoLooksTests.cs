using LagoConsole.Core.Buyers;
using LagoConsole.Core.Buyers.Mapping;
using LagoConsole.Core.Money;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Security;
using LagoConsole.Sandbox;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Sandbox.Lago;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Buyers.Mapping;

/// <summary>Looks at the sandbox's Lago: the customers cus_acme and globex.example/eu, two cents an API call.</summary>
public sealed class LagoLooksTests : IAsyncDisposable
{
    private static readonly Actor Olga = new("olga", Role.Operator);
    private readonly ConsoleWorld _world = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private LagoLooks Looks => _world.Get<LagoLooks>();

    [Fact]
    public async Task The_money_of_customers_without_a_buyer_is_what_Lago_shows_of_their_running_periods()
    {
        Guid integration = await _world.ConnectAsync();
        _world.Use(100);
        _world.Use(3, "storage_gb"); // 1.50
        _world.Use(50, subscription: "globex-1");
        List<string> steps = [];

        DateTimeOffset before = _world.Now;

        LagoLook look = await LookAsync(integration, new Steps(steps));

        Assert.InRange(look.AskedAt, before, _world.Now);
        Assert.Equal(("olga", 2, 2, 0), (look.AskedBy, look.Customers.Count, look.Periods.Count, look.Unread));
        LookReport report = (await Looks.FindAsync(integration, Stop))!;
        Assert.Equal([new CurrencyAmount("USD", 450)], report.UnbilledTotal);
        Assert.Equal([("cus_acme", 350m), ("globex.example/eu", 100m)], report.Unbilled.Select(customer => (customer.Customer.LagoCustomerId, customer.Unbilled[0].Minor)));
        Assert.Contains("customers 2/2", steps);
        Assert.Contains("running periods 2/2", steps);
    }

    [Fact]
    public async Task A_customer_that_gets_its_buyer_leaves_the_warning_without_another_look()
    {
        Guid integration = await _world.ConnectAsync();
        _world.Use(100);
        _world.Use(50, subscription: "globex-1");
        await LookAsync(integration);

        await _world.LinkAsync(await _world.BuyerAsync(null), integration);

        LookReport report = (await Looks.FindAsync(integration, Stop))!;
        Assert.Equal(1, report.Linked);
        Assert.Equal("globex.example/eu", Assert.Single(report.Unbilled).Customer.LagoCustomerId);
        Assert.Equal([new CurrencyAmount("USD", 100)], report.UnbilledTotal);
    }

    [Fact]
    public async Task What_was_counted_before_a_link_was_removed_is_not_unbilled()
    {
        (Guid integration, Guid buyer, _) = await _world.SetUpAsync();
        _world.Use(100);
        await _world.NextHourAsync(integration);
        Assert.IsType<LinkSaveOutcome.Saved>(await _world.Get<BuyerLinkService>().RemoveAsync(ConsoleWorld.Admin, buyer, OpenMoneyChoice.Report, [], Stop));
        _world.Use(7);

        await LookAsync(integration);

        UnbilledCustomer acme = Assert.Single((await Looks.FindAsync(integration, Stop))!.Unbilled);
        Assert.Equal((214, 14), (acme.Counted[0].Minor, acme.Unbilled[0].Minor));
    }

    [Fact]
    public async Task Buyers_without_a_customer_are_suggested_by_id_email_and_name()
    {
        Guid integration = await _world.ConnectAsync();
        Guid product = await _world.ProductAsync();
        Guid acme = await _world.BuyerAsync(product); // AWS account 222222222222
        await _world.BuyerAsync(null, name: "globex");
        _world.Sandbox.AddCustomer(new LagoCustomer(ConsoleWorld.Account, "Another name"));
        await LookAsync(integration);

        LinkMatches matches = (await Looks.FindAsync(integration, Stop))!.Matches;

        Assert.Equal(
            [(Likeness.Id, acme, ConsoleWorld.Account)],
            matches.Suggestions.Where(suggestion => suggestion.By == Likeness.Id).Select(suggestion => (suggestion.By, suggestion.Buyer.Id, suggestion.Customer.LagoCustomerId)));
        Assert.Equal("globex.example/eu", Assert.Single(matches.Suggestions, suggestion => suggestion.By == Likeness.Name).Customer.LagoCustomerId);
    }

    [Fact]
    public async Task Periods_that_could_not_be_read_are_counted_and_the_sum_says_at_least()
    {
        Guid integration = await _world.ConnectAsync();
        _world.Sandbox.AddLagoKey(SandboxKeys.LagoApiKey, ["customer", "subscription", "billable_metric", "organization"]); // no customer_usage

        LagoLook look = await LookAsync(integration);

        Assert.Equal((2, 0, "The API key lacks the read permission for customer_usage."), (look.Unread, look.Periods.Count, look.Problem));
    }

    [Fact]
    public async Task A_look_that_fails_or_is_stopped_leaves_the_earlier_one()
    {
        Guid integration = await _world.ConnectAsync();
        LagoLook first = await LookAsync(integration);
        _world.MoveTo(_world.Now.AddHours(1));
        using CancellationTokenSource stopped = new();
        await stopped.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Looks.LookAsync(Olga, integration, progress: null, stopped.Token));
        _world.Sandbox.Faults.Always(SandboxService.Lago, FaultKind.Unauthorized);
        LookOutcome failed = await Looks.LookAsync(Olga, integration, progress: null, Stop);

        Assert.Equal("Lago rejected the API key.", Assert.IsType<LookOutcome.Failed>(failed).Sentence);
        Assert.Equal(first.AskedAt, (await Looks.FindAsync(integration, Stop))!.Look.AskedAt);
    }

    [Fact]
    public async Task What_was_seen_of_an_integration_goes_with_it()
    {
        Guid integration = await _world.ConnectAsync();
        await LookAsync(integration);
        await using (LagoConsoleDbContext db = _world.Database.CreateDbContext())
        {
            await db.Integrations.Where(row => row.Id == integration).ExecuteDeleteAsync(Stop);
        }

        Assert.Null(await Looks.FindAsync(integration, Stop));
    }

    [Fact]
    public async Task A_viewer_asks_Lago_nothing() => await Assert.ThrowsAsync<ForbiddenException>(
        () => Looks.LookAsync(new Actor("vera", Role.Viewer), Guid.NewGuid(), progress: null, Stop));

    [Fact]
    public async Task Two_buyers_on_one_customer_are_found_where_one_customer_has_two_external_ids()
    {
        Guid integration = await _world.ConnectAsync();
        await _world.LinkAsync(await _world.BuyerAsync(null), integration);
        Guid globex = await _world.BuyerAsync(null, name: "Globex");
        await _world.LinkAsync(globex, integration, customer: "globex.example/eu");
        Assert.Empty(await _world.Get<MappingQueries>().SharedAsync(Stop));
        await using (LagoConsoleDbContext db = _world.Database.CreateDbContext())
        {
            string acme = await db.BuyerLinks.Where(link => link.BuyerId != globex).Select(link => link.CustomerLagoId).SingleAsync(Stop);
            await db.BuyerLinks.Where(link => link.BuyerId == globex).ExecuteUpdateAsync(set => set.SetProperty(link => link.CustomerLagoId, acme), Stop);
        }

        SharedCustomer shared = Assert.Single(await _world.Get<MappingQueries>().SharedAsync(Stop));

        Assert.Equal([("Acme Corporation", "cus_acme"), ("Globex", "globex.example/eu")], shared.Buyers.Select(buyer => (buyer.Name, buyer.LagoCustomerId)));
    }

    [Fact]
    public async Task Buyers_whose_purchase_takes_usage_and_that_have_no_customer_are_counted()
    {
        Guid integration = await _world.ConnectAsync();
        Guid buyer = await _world.BuyerAsync(await _world.ProductAsync());
        await _world.BuyerAsync(null, name: "Globex"); // bought nothing
        Assert.Equal(1, await _world.Get<MappingQueries>().CountUnlinkedAsync(Stop));

        await _world.LinkAsync(buyer, integration);

        Assert.Equal(0, await _world.Get<MappingQueries>().CountUnlinkedAsync(Stop));
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private async Task<LagoLook> LookAsync(Guid integration, IProgress<LookProgress>? progress = null) =>
        Assert.IsType<LookOutcome.Seen>(await Looks.LookAsync(Olga, integration, progress, Stop)).Look;

    private sealed class Steps(List<string> steps) : IProgress<LookProgress>
    {
        public void Report(LookProgress value)
        {
            lock (steps)
            {
                steps.Add($"{value.What} {value.Done}/{value.Total}");
            }
        }
    }
}
