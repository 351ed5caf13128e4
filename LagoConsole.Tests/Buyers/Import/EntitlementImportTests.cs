using System.Globalization;
using System.Text;
using LagoConsole.Core.Audit;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Buyers.Import;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using LagoConsole.Core.Security;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Buyers.Import;

/// <summary>Previews and imports on real books. It is 2026-08-20, 13:50 UTC.</summary>
public sealed class EntitlementImportTests : IAsyncDisposable
{
    private const string Header = "buyer name,buyer e-mail,product name,AWS account ID,license ARN,state,starts at,ends at";
    private static readonly Actor Olga = new("olga", Role.Operator);
    private readonly ConsoleWorld _world = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_preview_says_of_each_line_what_it_will_do_and_stores_nothing()
    {
        Guid product = await _world.ProductAsync();
        Guid acme = await _world.BuyerAsync(product); // ACTIVE since 2026-08-01
        await _world.EntitleAsync(acme, product, licence: Arn(1));
        int audited = (await AuditAsync()).Count;

        ImportPreview preview = await PreviewAsync(
            $"Globex,ap@globex.example,Vendor Platform,111111111111,{Arn(2)},ACTIVE,2026-08-10,",
            $"Globex,,Vendor Platform,111111111111,{Arn(3)},pending_start,2026-09-01 09:30Z,",
            $"Acme Corporation,,Vendor Platform,222222222222,{Arn(4)},,,",
            $"Acme Corporation,,Vendor Platform,222222222222,{ConsoleWorld.Licence},ACTIVE,2026-08-01T00:00Z,",
            $"Acme Corporation,,Vendor Platform,222222222222,{Arn(1)},PENDING_CANCEL,,2026-08-31T12:00:00Z",
            $"Initech,,Vendor Platform,333333333333,{Arn(5)},CANCELLED,2026-01-01,2026-06-30T22:00+02:00");

        Assert.Equal(
            [
                "2 NewBuyer: Creates the buyer (ap@globex.example) and enters its purchase: ACTIVE, from 2026-08-10 00:00 UTC.",
                "3 NewBuyer: Creates the buyer (ap@globex.example) and enters its purchase: PENDING_START, from 2026-09-01 09:30 UTC.",
                "4 NewPurchase: Enters the purchase: ACTIVE, from 2026-08-20 13:00 UTC.",
                "5 Unchanged: Stored as the line says.",
                "6 Change: ACTIVE, from 2026-08-01 00:00 UTC becomes PENDING_CANCEL, from 2026-08-01 00:00 UTC to 2026-08-31 12:00 UTC.",
                "7 NewBuyer: Creates the buyer and enters its purchase: CANCELLED, from 2026-01-01 00:00 UTC to 2026-06-30 20:00 UTC.",
            ],
            preview.Lines.Select(Text));
        Assert.Equal((2, 4, 1, 1, 0), (preview.NewBuyers, preview.NewPurchases, preview.Changed, preview.Unchanged, preview.Errors));
        Assert.Equal(audited, (await AuditAsync()).Count);
        Assert.Equal(2, (await EntitlementsAsync()).Count);
    }

    [Theory]
    [InlineData(",,Vendor Platform,111111111111,{arn},,,", "[Name] Type the buyer's name.")]
    [InlineData("Globex,globex,Vendor Platform,111111111111,{arn},,,", "[Email] That is not an e-mail address.")]
    [InlineData("Globex,,,111111111111,{arn},,,", "[Product] Type the product's name")]
    [InlineData("Globex,,vendor platform,111111111111,{arn},,,", "[Product] There is no product “vendor platform”.")]
    [InlineData("Globex,,Vendor Platform,22222222222,{arn},,,", "[AwsAccountId] An AWS account ID has 12 digits; this one has 11.")]
    [InlineData("Globex,,Vendor Platform,2.22222E+11,{arn},,,", "[AwsAccountId]")]
    [InlineData("Globex,,Vendor Platform,111111111111,arn:aws:x,,,", "[AwsLicenseArn]")]
    [InlineData("Globex,,Vendor Platform,111111111111,,,,", "Only a product with a legacy product code can do without one.")]
    [InlineData("Globex,,Vendor Platform (Azure Marketplace),111111111111,,,,", "[AwsAccountId] Vendor Platform (Azure Marketplace) is listed at Azure Marketplace, which has no such thing.")]
    [InlineData("Globex,,Vendor Platform,111111111111,{arn},RUNNING,,", "[State] “RUNNING” is not a state. Type one of PENDING_START, ACTIVE")]
    [InlineData("Globex,,Vendor Platform,111111111111,{arn},,01.08.2026,", "[StartsAt] “01.08.2026” is not a moment")]
    [InlineData("Globex,,Vendor Platform,111111111111,{arn},ACTIVE,2026-09-01,", "[StartsAt] A purchase that starts later is PENDING_START.")]
    [InlineData("Globex,,Vendor Platform,111111111111,{arn},CANCELLED,2026-08-01,", "[EndsAt] Type when it was cancelled")]
    [InlineData("Globex,,Vendor Platform,111111111111,{arn},CANCELLED,2026-08-01,2026-07-01", "[EndsAt] The end must be later than the start.")]
    [InlineData("Globex,,Vendor Platform,111111111111,{arn},ACTIVE,2026-08-01,2026-08-02", "[EndsAt] An end that has passed makes it CANCELLED.")]
    [InlineData("Globex,Vendor Platform,111111111111,{arn},,,", "[] This line has 7 fields and the header 8")]
    [InlineData("Globex,,\"Vendor\" Platform,111111111111,{arn},,,", "[] Text follows a closing quote.")]
    [InlineData("Globex,,Vendor Platform,222222222222,{acme},,,", "[AwsLicenseArn] Acme Corporation already has this purchase")]
    [InlineData("Initech,,Vendor Platform,222222222222,{acme},,,", "[AwsLicenseArn] Acme Corporation already has this purchase")]
    [InlineData("Acme Corporation,,Second Platform,222222222222,{acme},,,", "[Product] This purchase is entered as one of Vendor Platform")]
    [InlineData("Acme Corporation,,Vendor Platform,222222222222,{acme},CANCELLED,,", "[EndsAt] Type when it was cancelled")]
    [InlineData("Twin,,Vendor Platform,111111111111,{arn},,,", "[Name] 2 buyers have this name. Add the e-mail address of the one that is meant.")]
    [InlineData("Twin,third@twin.example,Vendor Platform,111111111111,{arn},,,", "[Email] None of the 2 buyers of this name has this e-mail address.")]
    [InlineData("Acme Corporation,ap@acme.example,Vendor Platform,111111111111,{arn},,,", "[Email] The buyer of this name has no e-mail address in the console.")]
    public async Task A_line_that_cannot_be_imported_says_why_at_its_field(string line, string expected)
    {
        Guid product = await _world.ProductAsync();
        await _world.ProductAsync(Marketplace.Azure);
        await _world.Get<ProductService>().CreateAsync(ConsoleWorld.Admin, new NewProduct { Name = "Second Platform", AwsRegion = "us-east-1" }, Stop);
        await _world.BuyerAsync(product);
        await _world.BuyerAsync(null, name: "Initech");
        await TwinsAsync();

        ImportPreview preview = await PreviewAsync(line.Replace("{arn}", Arn(1), StringComparison.Ordinal).Replace("{acme}", ConsoleWorld.Licence, StringComparison.Ordinal));

        Assert.Contains(expected, Text(Assert.Single(preview.Lines)), StringComparison.Ordinal);
        Assert.Equal(1, preview.Errors);
    }

    [Fact]
    public async Task Of_two_buyers_of_one_name_the_one_with_the_e_mail_address_is_meant_and_an_entered_purchase_needs_none()
    {
        Guid product = await _world.ProductAsync();
        (_, Guid second) = await TwinsAsync();
        await _world.EntitleAsync(second, product, licence: Arn(1));

        ImportPreview preview = await PreviewAsync(
            $"Twin,SECOND@twin.example,Vendor Platform,111111111111,{Arn(2)},,,",
            $"Twin,,Vendor Platform,{ConsoleWorld.Account},{Arn(1)},,,");

        Assert.Equal(new ImportStep.NewPurchase(second, "Twin"), preview.Lines[0].Step);
        Assert.IsType<ImportStep.Unchanged>(preview.Lines[1].Step);
    }

    [Fact]
    public async Task Lines_of_one_file_that_contradict_each_other_are_refused()
    {
        await _world.ProductAsync();

        ImportPreview preview = await PreviewAsync(
            $"Globex,,Vendor Platform,111111111111,{Arn(1)},ACTIVE,,",
            $"Globex,,Vendor Platform,111111111111,{Arn(1)},SUSPENDED,,",
            $"Initech,a@initech.example,Vendor Platform,111111111111,{Arn(2)},,,",
            $"Initech,b@initech.example,Vendor Platform,111111111111,{Arn(3)},,,");

        Assert.Equal(
            [
                "2 [AwsLicenseArn] Line 3 is the same purchase. Keep one of the two.",
                "3 [AwsLicenseArn] Line 2 is the same purchase. Keep one of the two.",
                "4 NewBuyer: Creates the buyer (a@initech.example) and enters its purchase: ACTIVE, from 2026-08-20 13:00 UTC.",
                "5 [Email] Line 4 gives this new buyer the e-mail address a@initech.example. Use one of the two, or enter two buyers of one name by hand first.",
            ],
            preview.Lines.Select(Text));
    }

    [Fact]
    public async Task A_thousand_lines_are_imported_and_importing_them_again_changes_nothing()
    {
        await _world.ProductAsync();
        string[] lines = [.. Enumerable.Range(0, 1_000).Select(number =>
            $"Buyer {number % 400},{(number < 400 ? "" : $"ap{number % 400}@buyer.example")},Vendor Platform,111111111111,{Arn(number)},ACTIVE,2026-08-01,")];
        Reported progress = new();

        ImportResult first = await _world.Get<EntitlementImport>().ImportAsync(Olga, await PreviewAsync(lines), leaveOutErrors: false, progress, Stop);
        List<AuditEntry> audited = await AuditAsync();
        ImportPreview again = await PreviewAsync(lines);
        ImportResult second = await ImportAsync(again);

        Assert.Equal((400, 1_000, 0, 0, 0), (first.NewBuyers, first.NewPurchases, first.Changed, first.Unchanged, first.Failures.Count));
        Assert.Equal(Enumerable.Range(1, 1_000), progress.All);
        Assert.Equal((1_000, 0), (again.Unchanged, again.Errors));
        Assert.Equal((0, 0, 0, 1_000, 0), (second.NewBuyers, second.NewPurchases, second.Changed, second.Unchanged, second.Failures.Count));
        Assert.Equal(1_000, (await EntitlementsAsync()).Count);
        Assert.Equal(audited.Count, (await AuditAsync()).Count);
        Assert.Equal(1_000, audited.Count(entry => entry.Action == "Create entitlement"));
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        Assert.Equal("ap7@buyer.example", (await db.Buyers.SingleAsync(buyer => buyer.Name == "Buyer 7", Stop)).Email); // line 9 has none; line 409 gives it
    }

    [Fact]
    public async Task Each_purchase_is_audited_with_its_file_and_line()
    {
        await _world.ProductAsync();

        await ImportAsync(await PreviewAsync($"Globex,,Vendor Platform,111111111111,{Arn(1)},ACTIVE,2026-08-01,"));

        AuditEntry entry = (await AuditAsync())[^1];
        Assert.Equal(("olga", "Create entitlement", "Imported from buyers.csv, line 2."), (entry.Actor, entry.Action, entry.Note));
        Assert.EndsWith("ACTIVE, from 2026-08-01 00:00 UTC", entry.After, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_people_who_import_one_file_at_once_enter_each_purchase_and_each_buyer_once()
    {
        await _world.ProductAsync();
        string[] lines = [.. Enumerable.Range(0, 600).Select(number => $"Buyer {number % 100},,Vendor Platform,111111111111,{Arn(number)},ACTIVE,2026-08-01,")];
        (ImportPreview mine, ImportPreview theirs) = (await PreviewAsync(lines), await PreviewAsync(lines));

        ImportResult[] results = await Task.WhenAll(Task.Run(() => ImportAsync(mine), Stop), Task.Run(() => ImportAsync(theirs), Stop));

        Assert.Equal((100, 600, 600), (results.Sum(result => result.NewBuyers), results.Sum(result => result.NewPurchases), results.Sum(result => result.Unchanged)));
        Assert.All(results, result => Assert.Empty(result.Failures));
        Assert.Equal(600, (await EntitlementsAsync()).Count);
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        Assert.Equal(100, await db.Buyers.CountAsync(Stop));
    }

    [Fact]
    public async Task What_was_changed_since_the_preview_is_left_alone_and_the_other_lines_are_imported()
    {
        Guid product = await _world.ProductAsync();
        Guid acme = await _world.BuyerAsync(product);
        Guid initech = await _world.BuyerAsync(null, name: "Initech");
        ImportPreview preview = await PreviewAsync(
            $"Acme Corporation,,Vendor Platform,222222222222,{ConsoleWorld.Licence},SUSPENDED,,",
            $"Globex,,Vendor Platform,{ConsoleWorld.Account},{Arn(1)},,,",
            $"Initech,,Vendor Platform,111111111111,{Arn(2)},,,",
            $"Umbrella,,Vendor Platform,111111111111,{Arn(3)},,,");
        Entitlement entered = Assert.Single(await EntitlementsAsync());
        Assert.IsType<BuyerOutcome.Saved>(await _world.Get<EntitlementLife>().EditAsync(
            Olga, new EditEntitlement { Id = entered.Id, SeenVersion = entered.Version, State = EntitlementState.Active, StartsAt = _world.Now.AddDays(-3), EndsAt = null }, Stop));
        await _world.EntitleAsync(acme, product, licence: Arn(1));
        BuyerDetail renamed = (await _world.Get<BuyerQueries>().FindAsync(initech, Stop))!;
        await _world.Get<BuyerService>().EditAsync(Olga, new EditBuyer { Id = initech, SeenVersion = renamed.Version, Name = "Initech Corporation" }, Stop);

        ImportResult result = await ImportAsync(preview);

        Assert.Equal(
            [
                $"2 [] {ImportRules.Meanwhile}",
                "3 [AwsLicenseArn] Acme Corporation already has this purchase: the same licence and AWS account. The same usage would be billed twice. Edit that entitlement, or check the ARN.",
                $"4 [] {ImportRules.Meanwhile}",
            ],
            result.Failures.Select(Text));
        Assert.Equal((1, 1, 0), (result.NewBuyers, result.NewPurchases, result.Changed));
    }

    [Fact]
    public async Task Lines_with_errors_are_left_out_only_where_a_person_says_so()
    {
        await _world.ProductAsync();
        ImportPreview preview = await PreviewAsync(
            $"Globex,,Vendor Platform,111111111111,{Arn(1)},,,",
            $"Globex,,Nothing,111111111111,{Arn(2)},,,");

        await Assert.ThrowsAsync<ArgumentException>(() => _world.Get<EntitlementImport>().ImportAsync(Olga, preview, leaveOutErrors: false, progress: null, Stop));
        Assert.Empty(await EntitlementsAsync());

        ImportResult result = await _world.Get<EntitlementImport>().ImportAsync(Olga, preview, leaveOutErrors: true, progress: null, Stop);
        Assert.Equal((1, 1), (result.NewPurchases, result.LeftOut));
        Assert.Single(await EntitlementsAsync());
    }

    [Theory]
    [InlineData("2026-08-20T12:55Z", true)] // AWS takes usage of it until 13:55; it is 13:50
    [InlineData("2026-08-20T12:45Z", false)]
    public async Task R18_A_purchase_that_is_over_when_it_is_imported_takes_no_money(string endsAt, bool takesMoney)
    {
        await _world.ProductAsync();

        await ImportAsync(await PreviewAsync($"Globex,,Vendor Platform,111111111111,{Arn(1)},CANCELLED,2026-01-01,{endsAt}"));

        Assert.Equal(takesMoney, Assert.Single(await EntitlementsAsync()).TakesMoney);
    }

    [Fact]
    public async Task R18_An_imported_end_polls_once_more_and_bills_what_was_used_before_it()
    {
        await _world.SetUpAsync();
        _world.Use(100); // 2.00 USD
        _world.MoveTo(new DateTimeOffset(2026, 8, 20, 15, 5, 0, TimeSpan.Zero)); // without a poll since; the hour 14 is free, the hour 15 is kept for the last record
        ImportPreview preview = await PreviewAsync($"Acme Corporation,,Vendor Platform,222222222222,{ConsoleWorld.Licence},CANCELLED,,2026-08-20T15:02Z");

        ImportResult result = await ImportAsync(preview);
        await _world.ReportAsync();

        Assert.Equal((1, 0), (result.Changed, result.Failures.Count));
        Assert.Equal(200, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task R18_An_end_that_would_ask_about_open_money_is_not_imported()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100);
        _world.MoveTo(_world.Now.AddHours(1));
        await _world.PollAsync(integration);
        await _world.TurnOffAsync(integration);

        ImportPreview preview = await PreviewAsync($"Acme Corporation,,Vendor Platform,222222222222,{ConsoleWorld.Licence},CANCELLED,,2026-08-20T14:00Z");

        Assert.Equal(
            "2 [EndsAt] 2.00 USD of api_calls on this purchase would not be reported in time, because auto report is off. "
                + "End it on its buyer's page: its open money needs a decision.",
            Text(Assert.Single(preview.Lines)));
        Assert.Null(Assert.Single(await EntitlementsAsync()).EndsAt);
    }

    [Fact]
    public async Task R6_Money_that_waited_for_a_purchase_flows_on_once_it_is_imported()
    {
        Guid integration = await _world.ConnectAsync();
        await _world.ProductAsync();
        Guid buyer = await _world.BuyerAsync(null);
        await _world.LinkAsync(buyer, integration);
        await _world.TurnOnAsync(integration);
        _world.Use(100);
        await _world.NextHourAsync(integration);
        Assert.Equal(0, _world.Billed);

        await ImportAsync(await PreviewAsync($"Acme Corporation,,Vendor Platform,222222222222,{ConsoleWorld.Licence},ACTIVE,2026-08-01,"));
        await _world.NextHourAsync(integration);

        Assert.Equal(200, _world.Billed);
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_start_cannot_move_behind_an_hour_that_was_billed()
    {
        (Guid integration, _, _) = await _world.SetUpAsync();
        _world.Use(100);
        await _world.NextHourAsync(integration); // 13:00 is billed

        ImportPreview preview = await PreviewAsync($"Acme Corporation,,Vendor Platform,222222222222,{ConsoleWorld.Licence},,2026-08-20T14:00Z,");

        Assert.Contains("[StartsAt] Usage of 2026-08-20 13:00 UTC was already reported", Text(Assert.Single(preview.Lines)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Purchases_at_Azure_and_Google_are_imported_and_a_plan_is_changed_and_given_back()
    {
        await _world.ProductAsync(Marketplace.Azure);
        await _world.ProductAsync(Marketplace.Gcp);
        const string header = "buyer name,product name,Azure subscription ID,Azure plan,Google usage reporting ID\n";
        string azure = $"Globex,Vendor Platform (Azure Marketplace),{ConsoleWorld.AzureResource.ToString().ToUpperInvariant()},";

        await ImportAsync(await PreviewTextAsync($"{header}{azure}gold,\nInitech,Vendor Platform (Google Cloud Marketplace),,,{ConsoleWorld.GoogleConsumer}"));
        Assert.Equal(
            [$"Azure|{ConsoleWorld.AzureResource} ", $"Gcp|{ConsoleWorld.GoogleServiceName}|{ConsoleWorld.GoogleConsumer} "],
            (await EntitlementsAsync()).Select(entitlement => $"{entitlement.Identity} {entitlement.AzurePlanId}"));

        ImportPreview change = await PreviewTextAsync($"{header}{azure}silver,");
        Assert.Equal("2 Change: ACTIVE, from 2026-08-20 13:00 UTC becomes ACTIVE, from 2026-08-20 13:00 UTC, plan silver.", Text(change.Lines[0]));
        await ImportAsync(change);
        Assert.Equal("silver", (await EntitlementsAsync())[0].AzurePlanId);
        Assert.IsType<ImportStep.Unchanged>((await PreviewTextAsync($"{header}{azure},")).Lines[0].Step); // an empty cell changes nothing

        await ImportAsync(await PreviewTextAsync($"{header}{azure}gold,"));
        Assert.Null((await EntitlementsAsync())[0].AzurePlanId); // the product's
        Assert.Contains("[AzurePlanId]", Text((await PreviewTextAsync($"{header}{azure}Gold plan,")).Lines[0]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_viewer_imports_nothing_and_sees_no_preview()
    {
        Actor vera = new("vera", Role.Viewer);
        await _world.ProductAsync();
        ImportPreview preview = await PreviewAsync($"Globex,,Vendor Platform,111111111111,{Arn(1)},,,");

        await Assert.ThrowsAsync<ForbiddenException>(() => _world.Get<EntitlementImport>().PreviewAsync(vera, "f", Encoding.UTF8.GetBytes(Header), Stop));
        await Assert.ThrowsAsync<ForbiddenException>(() => _world.Get<EntitlementImport>().ImportAsync(vera, preview, leaveOutErrors: false, progress: null, Stop));
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private static string Arn(int number) => string.Create(CultureInfo.InvariantCulture, $"arn:aws:license-manager::111111111111:license:l-{number:x32}");

    private static string Text(PlannedLine line) => line.Step is ImportStep.Refused refused
        ? $"{line.Line.Number} {string.Join(' ', refused.Problems.Select(problem => $"[{problem.Field}] {problem.Sentence}"))}"
        : $"{line.Line.Number} {line.Step.GetType().Name}: {line.Sentence}";

    private Task<ImportPreview> PreviewAsync(params string[] lines) => PreviewTextAsync($"{Header}\n{string.Join('\n', lines)}\n");

    private async Task<ImportPreview> PreviewTextAsync(string text) => Assert.IsType<ImportPreviewOutcome.Ready>(
        await _world.Get<EntitlementImport>().PreviewAsync(Olga, "buyers.csv", Encoding.UTF8.GetBytes(text), Stop)).Preview;

    private Task<ImportResult> ImportAsync(ImportPreview preview) =>
        _world.Get<EntitlementImport>().ImportAsync(Olga, preview, leaveOutErrors: false, progress: null, Stop);

    private async Task<(Guid First, Guid Second)> TwinsAsync()
    {
        return (await CreateAsync("first@twin.example"), await CreateAsync("second@twin.example"));

        async Task<Guid> CreateAsync(string email) =>
            Assert.IsType<BuyerOutcome.Saved>(await _world.Get<BuyerService>().CreateAsync(Olga, new NewBuyer { Name = "Twin", Email = email }, Stop)).Id;
    }

    private async Task<List<Entitlement>> EntitlementsAsync()
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        return await db.Entitlements.AsNoTracking().OrderBy(entitlement => entitlement.CreatedAt).ThenBy(entitlement => entitlement.Identity).ToListAsync(Stop);
    }

    private async Task<List<AuditEntry>> AuditAsync()
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        return await db.AuditEntries.AsNoTracking().OrderBy(entry => entry.Id).ToListAsync(Stop);
    }

    /// <summary>At once, in the order in which it is told.</summary>
    private sealed class Reported : IProgress<int>
    {
        public List<int> All { get; } = [];

        public void Report(int value) => All.Add(value);
    }
}
