using Bunit;
using LagoConsole.Components.Reports;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Security;
using LagoConsole.Tests.Integrations;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using TestContext = Xunit.TestContext;

namespace LagoConsole.Tests.Reporting;

/// <summary>The record page's buttons, by their labels: what they ask, what they do, and who may press them.</summary>
public sealed class RecordActionsTests : MudContext
{
    private readonly TestDatabase _database = new();
    private UsageRecord _record = null!;

    public RecordActionsTests()
    {
        Services.AddSingleton<IDbContextFactory<LagoConsoleDbContext>>(_database);
        Services.AddSingleton<TimeProvider>(new TestClock(ReportBooks.At(14)));
        Services.AddOptions<ReportingOptions>();
        Services.AddInMemorySchedule();
        Services.AddSingleton<RecordQueries>();
        Services.AddSingleton<RecordDecisions>();
    }

    [Fact]
    public async Task Settle_as_not_billed_names_record_money_and_consequence_asks_how_and_shows_who_decided()
    {
        IRenderedComponent<RecordPage> page = await ShowAsync(UsageRecordState.Unresolved);

        await PressAsync("Settle as not billed");
        string question = Dialogs.Find(".mud-dialog").TextContent;
        Assert.Contains("Acme Corp, Vendor Platform", question, StringComparison.Ordinal);
        Assert.Contains("2 × usage_fee", question, StringComparison.Ordinal);
        Assert.Contains("2.00 USD are open again and go into the record of a later hour.", question, StringComparison.Ordinal);
        Assert.Contains("the buyer pays twice", question, StringComparison.Ordinal);

        await PressAsync("Settle as not billed"); // the dialog's, without a note
        Assert.Contains("Say how you know", Dialogs.Find(".mud-dialog").TextContent, StringComparison.Ordinal);
        Assert.Equal(UsageRecordState.Unresolved, await StateAsync());

        await TypeAsync("How you know", "CloudTrail has no event of that hour.");
        await PressAsync("Settle as not billed");
        await HandledAsync();

        Assert.Equal(UsageRecordState.Void, await StateAsync());
        await WaitAsync(() => page.FindAll("#record-decision").Count == 1, "the decision");
        string decision = page.Find("#record-decision").TextContent;
        Assert.Contains("Settle as not billed, was UNRESOLVED", decision, StringComparison.Ordinal);
        Assert.Contains("ada@vendor.example", decision, StringComparison.Ordinal);
        Assert.Contains("2026-08-20 14:0", decision, StringComparison.Ordinal);
        Assert.Contains("CloudTrail has no event of that hour.", decision, StringComparison.Ordinal);
        Assert.Contains("Settled as not billed by a person.", page.Find("#record-state").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("#record-actions"));
        Assert.Contains("counts as not billed", Snackbars.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settle_as_billed_says_that_the_money_is_never_reported_again()
    {
        IRenderedComponent<RecordPage> page = await ShowAsync(UsageRecordState.Conflict);

        await PressAsync("Settle as billed");
        Assert.Contains("2.00 USD count as billed by AWS Marketplace and are never reported again.", Dialogs.Markup, StringComparison.Ordinal);
        await TypeAsync("How you know", "AWS's report of the day has it.");
        await PressAsync("Settle as billed");
        await HandledAsync();

        Assert.Equal(UsageRecordState.Accepted, await StateAsync());
        await WaitAsync(() => page.Markup.Contains("Settled as billed by a person", StringComparison.Ordinal), "the explanation");
    }

    [Fact]
    public async Task Cancel_decides_nothing()
    {
        await ShowAsync(UsageRecordState.Unresolved);

        await PressAsync("Settle as billed");
        await TypeAsync("How you know", "Not so sure.");
        await PressAsync("Cancel");
        await HandledAsync();

        Assert.Equal(UsageRecordState.Unresolved, await StateAsync());
    }

    [Fact]
    public async Task A_blocked_record_is_sent_again_after_a_question()
    {
        IRenderedComponent<RecordPage> page = await ShowAsync(UsageRecordState.Blocked, Role.Operator);
        Assert.Contains("press Send again", page.Find("#record-state").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain(page.FindAll("button"), button => button.TextContent.Trim() == "Settle as billed");

        await PressAsync("Send again");
        Assert.Contains("The identical record is sent", Dialogs.Markup, StringComparison.Ordinal);
        await PressAsync("Send again");
        await HandledAsync();

        Assert.Equal(UsageRecordState.Retry, await StateAsync());
        await WaitAsync(() => page.FindAll("#record-actions").Count == 0, "the buttons to go");
    }

    [Fact]
    public async Task Who_may_not_settle_sees_why_not()
    {
        IRenderedComponent<RecordPage> page = await ShowAsync(UsageRecordState.Blocked, Role.Operator);

        Assert.True(page.FindAll("#record-actions button").Single(button => button.TextContent.Trim() == "Settle as not billed").HasAttribute("disabled"));
        Assert.Contains("Settling a record needs the role Admin.", page.Find("#record-actions-hint").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_viewer_can_press_nothing_and_is_told_which_role_it_needs()
    {
        IRenderedComponent<RecordPage> page = await ShowAsync(UsageRecordState.Blocked, Role.Viewer);

        Assert.All(page.FindAll("#record-actions button"), button => Assert.True(button.HasAttribute("disabled")));
        Assert.Contains("needs the role Operator", page.Find("#record-actions-hint").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_decision_on_a_record_that_changed_meanwhile_is_refused_with_a_sentence()
    {
        await ShowAsync(UsageRecordState.Unresolved);
        await PressAsync("Settle as not billed");
        await using (LagoConsoleDbContext db = _database.CreateDbContext())
        {
            (await db.UsageRecords.SingleAsync(record => record.Id == _record.Id, TestContext.Current.CancellationToken)).State = UsageRecordState.Accepted;
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        await TypeAsync("How you know", "It was not there this morning.");
        await PressAsync("Settle as not billed");
        await HandledAsync();

        Assert.Equal(UsageRecordState.Accepted, await StateAsync());
        Assert.Contains("it is ACCEPTED now", Snackbars.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_duplicate_leads_to_Confirm_sole_writer_and_no_other_unresolved_record_does()
    {
        IRenderedComponent<RecordPage> page = await ShowAsync(UsageRecordState.Unresolved, errorCode: MeterLedger.DuplicateRecord);
        Assert.StartsWith("/products/", page.Find("#sole-writer-hint a").GetAttribute("href"), StringComparison.Ordinal);

        await using (LagoConsoleDbContext db = _database.CreateDbContext())
        {
            await db.UsageRecords.ExecuteUpdateAsync(set => set.SetProperty(record => record.ErrorCode, "DeadlinePassed"), TestContext.Current.CancellationToken);
        }

        page = Show<RecordPage>(parameters => parameters.Add(shown => shown.Id, _record.Id));
        await WaitAsync(() => page.FindAll("#record-actions").Count == 1, "the buttons");
        Assert.Empty(page.FindAll("#sole-writer-hint"));
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        _database.Dispose();
    }

    /// <summary>Two units of one dollar, from 200 cents that were left of the first increment's growth.</summary>
    private async Task<IRenderedComponent<RecordPage>> ShowAsync(UsageRecordState state, Role role = Role.Admin, string? errorCode = null)
    {
        SignIn(role: role);
        ReportBooks.Write(_database, (books, _) =>
        {
            _record = books.Record(7, 2, 0, 200, 0, state, (books.First, 200));
            _record.ErrorCode = errorCode;
        });
        IRenderedComponent<RecordPage> page = Show<RecordPage>(parameters => parameters.Add(shown => shown.Id, _record.Id));
        await WaitAsync(() => page.FindAll("#record-actions").Count == 1, "the buttons");
        return page;
    }

    private async Task<UsageRecordState> StateAsync()
    {
        await using LagoConsoleDbContext db = _database.CreateDbContext();
        return await db.UsageRecords.Where(record => record.Id == _record.Id).Select(record => record.State).SingleAsync(TestContext.Current.CancellationToken);
    }
}
