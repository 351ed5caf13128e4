using LagoConsole.Core.Audit;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Security;
using LagoConsole.Tests.Support;
using Xunit;

namespace LagoConsole.Tests.Audit;

public sealed class AuditQueriesTests : IDisposable
{
    private static readonly DateTimeOffset _day = new(2026, 11, 26, 0, 0, 0, TimeSpan.Zero);

    private readonly TestDatabase _database = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private AuditQueries Queries => new(_database);

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task Pages_come_newest_first_with_the_count_of_all()
    {
        await WriteAsync();

        AuditList first = await Queries.ListAsync(new AuditFilter(), skip: 0, take: 2, Stop);
        AuditList last = await Queries.ListAsync(new AuditFilter(), skip: 2, take: 2, Stop);

        Assert.Equal(["Pause job", "Edit buyer"], first.Rows.Select(entry => entry.Action));
        Assert.Equal(["Connect integration"], last.Rows.Select(entry => entry.Action));
        Assert.Equal((3, 3), (first.Total, last.Total));
    }

    [Theory]
    [InlineData("ADA", 2)] // who
    [InlineData("edit", 1)] // what
    [InlineData("Job", 1)] // the kind of subject
    [InlineData("polls/", 1)] // its id
    [InlineData("holiday", 1)] // the note
    [InlineData("before-name", 0)] // not what it was
    [InlineData("%", 0)]
    [InlineData("' OR 1=1 --", 0)]
    public async Task Search_looks_at_who_what_subject_and_note(string text, int found)
    {
        await WriteAsync();

        Assert.Equal(found, (await Queries.ListAsync(new AuditFilter(Search: text), 0, 10, Stop)).Total);
    }

    [Fact]
    public async Task Filters_by_action_and_by_time_which_excludes_its_end()
    {
        await WriteAsync();

        Assert.Equal(["Edit buyer"], await ActionsAsync(new AuditFilter(Action: "Edit buyer")));
        Assert.Empty(await ActionsAsync(new AuditFilter(Action: "Edit")));
        Assert.Equal(["Pause job", "Edit buyer"], await ActionsAsync(new AuditFilter(From: _day.AddHours(1))));
        Assert.Equal(["Connect integration"], await ActionsAsync(new AuditFilter(Until: _day.AddHours(1))));
        Assert.Equal(["Connect integration", "Edit buyer", "Pause job"], await Queries.ListActionsAsync(Stop));
    }

    private async Task<IEnumerable<string>> ActionsAsync(AuditFilter filter) => (await Queries.ListAsync(filter, 0, 10, Stop)).Rows.Select(entry => entry.Action);

    private async Task WriteAsync()
    {
        await using LagoConsoleDbContext db = _database.CreateDbContext();
        db.Audit(_day, new Actor("ada", Role.Admin), "Connect integration", "Integration", Guid.NewGuid());
        db.Audit(_day.AddHours(1), new Actor("Ada", Role.Admin), "Edit buyer", "Buyer", Guid.NewGuid(), before: "before-name", after: "after-name");
        db.Audit(_day.AddHours(2), new Actor("olga", Role.Operator), "Pause job", "Job", "polls/7", note: "A holiday.");
        await db.SaveChangesAsync(Stop);
    }
}
