using Bunit;
using LagoConsole.Components.Books;
using LagoConsole.Core.Books;
using LagoConsole.Core.Held;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Security;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LagoConsole.Tests.Books;

/// <summary>The page over real books: 2.00 USD at 7 cents a unit are billed as 1.96, and 4 cents stay.</summary>
public sealed class BooksPageTests : MudContext, IAsyncLifetime
{
    private readonly ConsoleWorld _world = new();
    private readonly BrokenDatabase _database;
    private Guid _integration;

    public BooksPageTests()
    {
        _database = new BrokenDatabase(_world.Database);
        BooksAuditor auditor = new(_database, _world.Clock);
        Services.AddSingleton(new BooksQueries(_database, _world.Clock));
        Services.AddSingleton(new BooksChecks(_database, auditor, _world.Clock));
        Services.AddSingleton(_world.Get<RestoredBooks>());
    }

    private static CancellationToken Stop => Xunit.TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (_integration, _, _) = await _world.SetUpAsync(unitPrice: "0.07");
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        await _world.DisposeAsync();
    }

    [Fact]
    public void Before_the_first_check_it_says_so_and_where_nothing_was_counted_that_too()
    {
        SignIn(role: Role.Viewer);

        IRenderedComponent<BooksPage> page = Open();

        Assert.Contains("have not been checked yet", page.Find("#books-answer").TextContent);
        Assert.Contains("Nothing was counted yet", page.Find("#no-sums").TextContent);
        Assert.Empty(page.FindAll("#books-checks"));
    }

    [Fact]
    public async Task Check_now_answers_first_that_the_books_balance_and_the_sums_add_up()
    {
        await UseAsync(100);
        SignIn(role: Role.Operator);
        IRenderedComponent<BooksPage> page = Open();

        await PressAsync("Check now");

        Assert.StartsWith("The books balance, as of 2026-08-20 14:05 UTC: every cent that was counted is accounted for, in 3 keys, 1 increment, 1 meter, 1 record.", Words(page.Find("#books-answer")));
        Assert.Equal(
            ["2.00 USD", "1.96 USD", "0.04 USD", "2.00 USD"],
            page.FindAll("#sums-USD td").Select(Words));
        Assert.Contains("Exactly what was counted.", page.Find("#sums-USD").TextContent);
        Assert.Contains("Balanced", Assert.Single(page.FindAll("#books-checks tbody tr")).TextContent);
        Assert.Contains("The books balance.", Snackbars.Markup);
        Assert.Empty(page.FindAll("#books-progress"));
    }

    [Fact]
    public async Task A_failure_is_shown_with_its_difference_and_a_link_to_what_it_is_of()
    {
        await UseAsync(100);
        Guid key;
        Guid record;
        await using (LagoConsoleDbContext db = _world.Database.CreateDbContext())
        {
            await db.HighWaterMarks.Where(mark => mark.MetricCode == "api_calls")
                .ExecuteUpdateAsync(set => set.SetProperty(mark => mark.AmountMinor, mark => mark.AmountMinor + 50), Stop);
            await db.Meters.ExecuteUpdateAsync(set => set.SetProperty(meter => meter.AccruedMinor, 205m), Stop);
            await db.UsageRecords.ExecuteUpdateAsync(set => set.SetProperty(row => row.RemainderAfterMinor, 5m), Stop);
            key = (await db.HighWaterMarks.SingleAsync(mark => mark.MetricCode == "api_calls", Stop)).Id;
            record = (await db.UsageRecords.SingleAsync(Stop)).Id;
        }

        SignIn(role: Role.Operator);
        IRenderedComponent<BooksPage> page = Open();
        await PressAsync("Check now");

        Assert.StartsWith("The books do not balance, as of 2026-08-20 14:05 UTC: 3 failures in 3 keys", Words(page.Find("#books-answer")));
        AngleSharp.Dom.IElement[] failures = [.. page.FindAll(".books-failures li")];
        Assert.Equal(3, failures.Length);
        Assert.Contains("Acme Corporation, acme-prod, api_calls", failures[0].TextContent);
        Assert.Contains("expected 2.00 USD, found 2.50 USD, difference 0.50 USD.", failures[0].TextContent);
        Guid buyer = (await _world.Database.CreateDbContext().Buyers.SingleAsync(Stop)).Id;
        Assert.Equal([$"/usage/{key}", $"/buyers/{buyer}", $"/records/{record}"], failures.Select(failure => failure.QuerySelector("a")!.GetAttribute("href")));
        Assert.Contains("3 failures", page.Find("#books-checks tbody tr").TextContent);
    }

    [Fact]
    public async Task Sums_that_do_not_add_up_are_not_passed_over()
    {
        await UseAsync(100);
        await using (LagoConsoleDbContext db = _world.Database.CreateDbContext())
        {
            await db.UsageIncrements.ExecuteUpdateAsync(set => set.SetProperty(row => row.OpenMinor, 3m), Stop);
        }

        SignIn(role: Role.Viewer);
        IRenderedComponent<BooksPage> page = Open();

        Assert.Contains("Not what was counted: -0.01 USD differ.", page.Find("#sums-USD").TextContent);
    }

    [Fact]
    public async Task A_viewer_looks_and_neither_checks_nor_declares()
    {
        SignIn(role: Role.Viewer);
        Open();

        InvalidOperationException refused = await Assert.ThrowsAsync<InvalidOperationException>(() => PressAsync("Check now"));
        Assert.Contains("\"Check now\" (disabled)", refused.Message);
        await Assert.ThrowsAsync<InvalidOperationException>(() => PressAsync("Declare restored"));
        await Assert.ThrowsAsync<ForbiddenException>(() =>
            Services.GetRequiredService<BooksChecks>().CheckNowAsync(new Actor("vera", Role.Viewer), progress: null, Stop));
    }

    [Fact]
    public async Task R20_Declare_restored_asks_which_backup_it_was_holds_and_says_what()
    {
        await UseAsync(100);
        SignIn("ada@vendor.example", Role.Admin);
        IRenderedComponent<BooksPage> page = Open();

        await PressAsync("Declare restored");
        Assert.Contains("Look up at the marketplace what was billed since the backup", Dialogs.Markup);
        await Dialogs.Find("#restore-submit").ClickAsync();
        Assert.Contains("Say which backup it was", Dialogs.Markup);
        await TypeAsync("Which backup, and why", "Backup of Aug 20, 06:00; the disk failed");
        await Dialogs.Find("#restore-submit").ClickAsync();
        await HandledAsync();

        Assert.Contains("declared restored by ada@vendor.example, 2026-08-20 14:05 UTC: “Backup of Aug 20, 06:00; the disk failed”.", Words(page.Find("#books-restored")));
        Assert.Contains("Held: 3 keys, and the open money of 1 increment. Sent again: 0 records.", Snackbars.Markup);
        Assert.Contains("waiting: restored", page.Find("#sums-USD").TextContent);
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        Assert.Equal(WaitReason.Restored, (await db.UsageIncrements.SingleAsync(Stop)).WaitReason);
    }

    [Fact]
    public async Task Books_that_cannot_be_read_are_not_shown_as_empty()
    {
        SignIn(role: Role.Operator);
        _database.IsBroken = true;
        IRenderedComponent<BooksPage> page = Open();
        Assert.Contains("The books could not be read", page.Markup);
        Assert.Empty(page.FindAll("#books-answer"));
        Assert.Empty(page.FindAll("#no-sums"));

        _database.IsBroken = false;
        await PressAsync("Try again");
        Assert.NotEmpty(page.FindAll("#books-answer"));
        Assert.NotEmpty(page.FindAll("#no-sums"));

        _database.IsBroken = true;
        await PressAsync("Check now");
        Assert.Contains("The check broke off", Snackbars.Markup);
    }

    [Fact]
    public async Task Sums_that_cannot_be_read_are_said_so_beside_what_could_be()
    {
        await UseAsync(100);
        SignIn(role: Role.Viewer);
        _database.Left = 2; // for the view of the rest of the page
        IRenderedComponent<BooksPage> page = Open();
        Assert.Contains("The sums could not be read", page.Markup);
        Assert.NotEmpty(page.FindAll("#books-answer"));

        _database.IsBroken = false;
        await PressAsync("Try again");

        Assert.Contains("Exactly what was counted.", page.Find("#sums-USD").TextContent);
    }

    /// <summary>The sums come after the rest of the page.</summary>
    private IRenderedComponent<BooksPage> Open()
    {
        IRenderedComponent<BooksPage> page = Show<BooksPage>();
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("#no-sums, [id^=sums-]:not(#sums-title), [role=alert]")));
        return page;
    }

    private async Task UseAsync(decimal units)
    {
        _world.Use(units);
        await _world.NextHourAsync(_integration);
    }

    private static string Words(AngleSharp.Dom.IElement element) =>
        string.Join(' ', element.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private sealed class BrokenDatabase(TestDatabase inner) : IDbContextFactory<LagoConsoleDbContext>
    {
        public bool IsBroken
        {
            get => Left == 0;
            set => Left = value ? 0 : int.MaxValue;
        }

        /// <summary>So many contexts are made before it breaks; a view takes two.</summary>
        public int Left { get; set; } = int.MaxValue;

        public LagoConsoleDbContext CreateDbContext() => Left-- <= 0 ? throw new InvalidOperationException("The disk is gone.") : inner.CreateDbContext();
    }
}
