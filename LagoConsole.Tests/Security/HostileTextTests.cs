using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using AngleSharp.Dom;
using Bunit;
using LagoConsole.Components;
using LagoConsole.Core.Accounts;
using LagoConsole.Core.Audit;
using LagoConsole.Core.Books;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Conversion;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.History;
using LagoConsole.Core.Notifications;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Security;
using LagoConsole.Core.Waiting;
using LagoConsole.Sandbox.Lago;
using LagoConsole.Tests.Accounts;
using LagoConsole.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using TestContext = Xunit.TestContext;

namespace LagoConsole.Tests.Security;

/// <summary>
/// One text that a database, a pattern, an attribute or a browser could take for something to do, in each field that a person or
/// Lago can fill: stored as it came, found by itself alone, counted and billed, and shown as text.
/// </summary>
public sealed class HostileTextTests : MudContext
{
    private const string Evil = "x'); DROP TABLE Buyers;-- %_[ \"><img src=x data-evil onerror=alert(1)>&lt;{{7*7}}";

    private static readonly Actor _evilAdmin = new(Evil, Role.Admin, Evil[..60]);

    private readonly ConsoleWorld _world = new(database: new TestDatabase(migrated: true));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Evil, 1)]
    [InlineData("DROP TABLE", 1)]
    [InlineData("' OR '1'='1", 0)]
    [InlineData("%')", 0)]
    [InlineData("x%alert", 0)] // a sign that LIKE would read
    [InlineData("' UNION SELECT ApiKeyCipher FROM Integrations--", 0)]
    public async Task Is_counted_billed_and_found_as_text(string search, int found)
    {
        Guid[] ids = await LiveAsync();

        Assert.Equal(1_000m, _world.Billed); // 500 calls of two cents
        await _world.AssertBalancedAsync();
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        Assert.Equal(Evil, (await db.Buyers.SingleAsync(buyer => buyer.Id == ids[0], Stop)).Name);
        Assert.Equal([Evil, Evil + "2"], await db.HighWaterMarks.Select(mark => mark.MetricCode).OrderBy(code => code).ToListAsync(Stop));
        Assert.Equal(
            [found, found, found, found, 2 * found, found, found],
            [
                (await _world.Get<BuyerQueries>().ListAsync(search, 0, 10, Stop)).Total,
                (await _world.Get<ProductQueries>().ListAsync(search, 0, 10, Stop)).Rows.Count,
                (await _world.Get<RecordQueries>().ListAsync(new RecordFilter(search), 0, 10, Stop)).Count,
                (await _world.Get<RecordQueries>().AddUpAsync(new RecordFilter(search), Stop)).Count,
                (await _world.Get<UsageQueries>().ListAsync(new UsageFilter(search), 0, 10, Stop)).Rows.Count,
                (await _world.Get<WaitingQueries>().ListAsync(new WaitingFilter(Buyer: search), 0, 10, Stop)).Rows.Count,
                (await new AuditQueries(_world.Database).ListAsync(new AuditFilter(search, "Create product"), 0, 10, Stop)).Total,
            ]);
    }

    [Fact]
    public async Task Is_text_on_every_page()
    {
        Guid[] ids = await LiveAsync();
        await using (LagoConsoleDbContext db = _world.Database.CreateDbContext())
        {
            // What a Lago and a marketplace answer, and what people note.
            await db.Integrations.ExecuteUpdateAsync(change => change.SetProperty(row => row.Name, Evil).SetProperty(row => row.StatusDetail, Evil), Stop);
            await db.UsageRecords.ExecuteUpdateAsync(
                change => change.SetProperty(row => row.ErrorCode, Evil).SetProperty(row => row.ErrorMessage, Evil).SetProperty(row => row.DecisionNote, Evil), Stop);
            await db.Attempts.ExecuteUpdateAsync(
                change => change.SetProperty(row => row.Request, Evil).SetProperty(row => row.Response, Evil).SetProperty(row => row.RequestId, Evil), Stop);
        }

        string folder = Directory.CreateTempSubdirectory("lagoconsole-test-").FullName;
        File.Copy(_world.Database.Backup(), Path.Combine(folder, "lagoconsole.db"));
        await using (ConsoleFactory console = new("Testing", ("Database:DataFolder", folder), ("Lago:AllowedHosts:0", "127.0.0.1")))
        {
            await using AsyncServiceScope scope = console.Services.CreateAsyncScope();
            await TypeMoreAsync(scope.ServiceProvider);
            SignIn(Evil);
            Services.AddFallbackServiceProvider(scope.ServiceProvider);
            List<string> shows = [];
            foreach ((string route, Type page) in Pages())
            {
                Dictionary<string, object> parameters = page.GetProperty("Id") is not { } id ? [] : new Dictionary<string, object>(StringComparer.Ordinal)
                {
                    ["Id"] = id.PropertyType == typeof(string) ? "none" : IdOf(route, ids),
                };
                Services.GetRequiredService<NavigationManager>().NavigateTo(route.Replace("{Id:guid}", IdOf(route, ids).ToString(), StringComparison.Ordinal));
                Show<DynamicComponent>(shown => shown.Add(one => one.Type, page).Add(one => one.Parameters, parameters));
                IRenderedComponent<IComponent> seen = Page!;
                await WaitAsync(
                    () => seen.FindAll("[role=progressbar], .overview-room, #adding-up").Count == 0 && !seen.Markup.Contains("Reading the ", StringComparison.Ordinal), $"{route} to be read");

                Assert.Empty(seen.FindAll("[data-evil], [onerror], script"));
                Assert.DoesNotContain(seen.FindAll("[href]"), link => link.GetAttribute("href")!.Contains("script:", StringComparison.OrdinalIgnoreCase));
                if (string.Concat(seen.Nodes.Select(node => node.TextContent)).Contains("<img src=x data-evil onerror=alert(1)>", StringComparison.Ordinal))
                {
                    shows.Add(route);
                }
            }

            string[] withTexts =
            [
                "/", "/audit", "/buyers", "/buyers/{Id:guid}", "/explain/records/{Id:guid}", "/explain/usage/{Id:guid}", "/integrations", "/jobs", "/notifications",
                "/products", "/products/{Id:guid}", "/records", "/records/groups/{Id:guid}", "/records/{Id:guid}", "/settings", "/usage", "/usage/{Id:guid}", "/waiting",
            ];
            Assert.Empty(withTexts.Except(shows, StringComparer.Ordinal)); // a page that shows none of it proves nothing
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void No_page_writes_markup_that_is_not_its_own()
    {
        using PEReader file = new(File.OpenRead(typeof(App).Assembly.Location));
        MetadataReader metadata = file.GetMetadataReader();
        string[] used = [.. metadata.TypeReferences.Select(handle => metadata.GetTypeReference(handle)).Select(type => metadata.GetString(type.Name))];

        Assert.Contains("RenderTreeBuilder", used); // or the search finds nothing
        Assert.DoesNotContain("MarkupString", used);
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        await _world.DisposeAsync();
    }

    /// <summary>Those around signing in know nothing but what is typed there.</summary>
    private static IEnumerable<(string Route, Type Page)> Pages() => typeof(App).Assembly.GetTypes()
        .Where(page => page.Namespace?.EndsWith(".SignIn", StringComparison.Ordinal) == false)
        .SelectMany(page => page.GetCustomAttributes<RouteAttribute>().Select(route => (Route: route.Template, Page: page)))
        .OrderBy(page => page.Route, StringComparer.Ordinal);

    private static Guid IdOf(string route, Guid[] ids) => route.Split('/') switch
    {
        [_, "buyers", ..] => ids[0],
        [_, "products", ..] => ids[1],
        [_, "records", "groups", ..] => ids[3],
        [_, "usage", ..] or [_, "explain", "usage", ..] => ids[4],
        _ => ids[2], // a record
    };

    /// <summary>One hour of a buyer, of whom everything has this name; some of its usage waits, because nobody converts it.</summary>
    /// <returns>Buyer, product, record, group and high-water mark.</returns>
    private async Task<Guid[]> LiveAsync()
    {
        LagoCharge charge = new() { Code = Evil, MetricCode = Evil, Model = LagoChargeModel.Standard, Amount = 0.02m };
        _world.Sandbox.Save(new LagoMetric(Evil, Evil, LagoAggregation.Count));
        _world.Sandbox.Save(new LagoMetric(Evil + "2", Evil, LagoAggregation.Count));
        _world.Sandbox.Save(new LagoPlan(Evil, Evil, "USD", 0, LagoInterval.Monthly, PayInAdvance: false, [charge, charge with { Code = Evil + "2", MetricCode = Evil + "2" }]));
        _world.Sandbox.AddCustomer(new LagoCustomer(Evil, Evil));
        _world.Sandbox.AddSubscription(Evil, Evil, Evil, startsAt: new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero));
        Guid integration = await _world.ConnectAsync();
        Guid product = Assert.IsType<ProductOutcome.Saved>(await _world.Get<ProductService>().CreateAsync(_evilAdmin, new NewProduct { Name = Evil, AwsRegion = "us-east-1" }, Stop)).Id;
        Guid dimension = Assert.IsType<ProductOutcome.Saved>(await _world.Get<ProductService>().AddDimensionAsync(
            _evilAdmin, new NewDimension { ProductId = product, Key = "usage_fee", Name = Evil, UnitPrice = "0.01" }, Stop)).Id;
        Assert.IsType<ProductOutcome.Saved>(await _world.Get<ConversionService>().AddAsync(
            _evilAdmin, new NewConversion { ProductId = product, MetricCode = Evil, DimensionId = dimension }, Stop));
        Guid buyer = await _world.BuyerAsync(product, name: Evil);
        await _world.LinkAsync(buyer, integration, customer: Evil);
        await _world.TurnOnAsync(integration);
        _world.Use(500, metric: Evil, subscription: Evil);
        _world.Use(300, metric: Evil + "2", subscription: Evil);
        await _world.NextHourAsync(integration);
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        return
        [
            buyer, product, (await db.UsageRecords.SingleAsync(Stop)).Id, (await db.UsageRecordGroups.SingleAsync(Stop)).Id,
            (await db.HighWaterMarks.SingleAsync(row => row.MetricCode == Evil, Stop)).Id,
        ];
    }

    /// <summary>What is no part of that hour.</summary>
    private static async Task TypeMoreAsync(IServiceProvider console)
    {
        AccountInput account = AccountStage.AwsKey(Evil);
        Assert.IsType<AccountOutcome.Saved>(await console.GetRequiredService<AccountService>().AddAsync(_evilAdmin, account, Stop));
        ChannelInput channel = new()
        {
            Name = Evil,
            ConsoleAddress = "https://console.vendor.example",
            SmtpHost = "127.0.0.1",
            SmtpUser = Evil,
            Secret = Evil,
            FromAddress = "console@vendor.example",
            ToAddresses = "finance@vendor.example",
        };
        Assert.IsType<ChannelOutcome.Saved>(await console.GetRequiredService<ChannelService>().AddAsync(_evilAdmin, channel, Stop));
        Assert.IsType<PauseOutcome.Paused>(await console.GetRequiredService<JobControl>().PauseAsync(_evilAdmin, MaintenanceJob.Key, Evil, Stop));
        await console.GetRequiredService<SignInSessions>().BeginAsync(Evil, Role.Viewer, Evil[..60], TimeProvider.System.GetUtcNow().AddHours(1), Stop);
    }
}
