using LagoConsole.Core.Audit;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Waiting;
using LagoConsole.Tests.Support;
using Xunit;

namespace LagoConsole.Tests.Exports;

/// <summary>What an export reads is what the pages of its table show together.</summary>
public sealed class StreamTests : IAsyncDisposable
{
    private readonly ConsoleWorld _world = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task The_rows_of_a_filter_are_the_rows_of_its_pages()
    {
        (Guid integration, Guid buyer, _) = await _world.SetUpAsync(metrics: ["api_calls"]);
        _world.Use(100);
        _world.Use(4, "storage_gb"); // waits: no conversion
        await _world.NextHourAsync(integration);
        _world.Use(50);
        await _world.NextHourAsync(integration);
        await _world.BuyerAsync(product: null, name: "Globex");

        RecordQueries records = _world.Get<RecordQueries>();
        foreach (RecordFilter filter in (RecordFilter[])[new(), new(Search: "acme"), new(State: UsageRecordState.Accepted), new(NeedsPerson: true), new(From: _world.Now.AddHours(-2)), new(Until: _world.Now.AddDays(-1))])
        {
            IReadOnlyList<RecordRow> page = await records.ListAsync(filter, 0, 100, Stop);
            Assert.Equal(page.OrderBy(row => row.Id), (await records.StreamAsync(filter, Stop).ToListAsync(Stop)).OrderBy(row => row.Id));
        }

        Assert.True(await records.StreamAsync(new RecordFilter(), Stop).CountAsync(Stop) > 1);
        foreach (GroupFilter filter in (GroupFilter[])[new(), new(Status: UsageRecordGroupStatus.Reported), new(Status: UsageRecordGroupStatus.ReportFailed)])
        {
            GroupList page = await records.ListGroupsAsync(filter, 0, 100, Stop);
            Assert.Equal(page.Rows.OrderBy(row => row.Id), (await records.StreamGroupsAsync(filter, Stop).ToListAsync(Stop)).OrderBy(row => row.Id));
        }

        UsageQueries usage = _world.Get<UsageQueries>();
        foreach (UsageFilter filter in Enum.GetValues<UsageView>().Select(view => new UsageFilter(View: view)).Append(new UsageFilter("acme")).Append(new UsageFilter("storage")))
        {
            UsageKeyList page = await usage.ListAsync(filter, 0, 100, Stop);
            Assert.Equal(page.Rows.OrderBy(row => row.MarkId), (await usage.StreamAsync(filter, Stop).ToListAsync(Stop)).OrderBy(row => row.MarkId));
        }

        WaitingQueries waiting = _world.Get<WaitingQueries>();
        foreach (WaitingFilter filter in (WaitingFilter[])[new(), new(Order: WaitingOrder.Deadline), new(Reason: WaitReason.NoConversion), new(Reason: WaitReason.ForeignCurrency), new(Buyer: "nobody")])
        {
            WaitingList page = await waiting.ListAsync(filter, 0, 100, Stop);
            Assert.Equal(page.Rows.Select(row => (row.Key, row.Minor)), await waiting.StreamAsync(filter, Stop).Select(row => (row.Key, row.Minor)).ToListAsync(Stop));
        }

        Assert.Equal([buyer], await waiting.StreamAsync(new WaitingFilter(), Stop).Select(row => row.Key.BuyerId).Distinct().ToListAsync(Stop));
        BuyerQueries buyers = _world.Get<BuyerQueries>();
        Assert.Equal(["Acme Corporation", "Globex"], await buyers.StreamAsync(null, unlinkedOnly: false, Stop).Select(row => row.Name).Order().ToListAsync(Stop));
        Assert.Equal(["Globex"], await buyers.StreamAsync(null, unlinkedOnly: true, Stop).Select(row => row.Name).ToListAsync(Stop));
        Assert.Equal(["Acme Corporation"], await buyers.StreamAsync("cus_acme", unlinkedOnly: false, Stop).Select(row => row.Name).ToListAsync(Stop));
    }

    [Fact]
    public async Task A_list_of_many_parts_has_every_row_once_in_the_order_of_its_keys()
    {
        const int Entries = (2 * RowParts.Size) + 203;
        await using (LagoConsoleDbContext db = _world.Database.CreateDbContext())
        {
            db.AuditEntries.AddRange(Enumerable.Range(0, Entries).Select(number => new AuditEntry
            {
                At = _world.Now,
                Actor = number % 2 == 0 ? "ada" : "eve",
                Action = "Edit buyer",
                SubjectType = "Buyer",
                SubjectId = "1",
            }));
            await db.SaveChangesAsync(Stop);
        }

        AuditQueries audit = new(_world.Database);
        List<long> all = await audit.StreamAsync(new AuditFilter(), Stop).Select(entry => entry.Id).ToListAsync(Stop);

        Assert.Equal(Entries, all.Count);
        Assert.Equal(all.Distinct().OrderDescending(), all);
        Assert.Equal(Entries / 2, await audit.StreamAsync(new AuditFilter(Search: "EVE"), Stop).CountAsync(Stop));
    }
}
