using System.Text;
using LagoConsole.Core.Audit;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Scheduling;
using LagoConsole.Core.Security;
using LagoConsole.Tests.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Quartz;
using Xunit;

namespace LagoConsole.Tests.Integrations;

public sealed class IntegrationDeletionTests : IAsyncDisposable
{
    private static readonly Actor Admin = new("ada", Role.Admin);

    private readonly TestDatabase _database = new();
    private readonly FakeTimeProvider _clock = new(IntegrationBooks.Noon);
    private readonly IntegrationDeletion _deletion;

    private readonly ServiceProvider _schedule;

    public IntegrationDeletionTests()
    {
        _schedule = InMemorySchedule.For(_database, _clock);
        _deletion = new IntegrationDeletion(
            _database, new KeyErasure(_database, _clock), _schedule.GetRequiredService<ScheduleSync>(), _clock);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _schedule.DisposeAsync();
        _database.Dispose();
    }

    [Fact]
    public async Task The_preview_lists_unreported_money_by_buyer_metric_and_currency()
    {
        Guid id = await SeedAsync();

        DeletePreview preview = (await _deletion.PreviewAsync(Admin, id, Token))!;

        Assert.Equal(
            [
                // 10.00 waits for a conversion.
                ("Acme", "emails", 1000m, 0m, 0m),
                // 50.00 grew: 20.00 accepted, 12.00 under way, 18.00 still open. A void record gave its money back.
                ("Acme", "seats", 0m, 1800m, 1200m),
                // 7.50 on the meter, none of it on a record.
                ("Bolt", "seats", 0m, 750m, 0m),
            ],
            preview.Money.Select(line => (line.BuyerName, line.MetricCode, line.WaitingMinor, line.OnMetersMinor, line.OnRecordsMinor)));
        Assert.Equal((2, 3, 3, 3, 3), (preview.BuyerLinks, preview.Snapshots, preview.Increments, preview.Records, preview.UnclosedPeriods));
        Assert.True(preview.HasOpenMoney);
    }

    [Fact]
    public async Task Deleting_takes_key_links_and_snapshots_and_leaves_marks_increments_records_and_buyers()
    {
        Guid id = await SeedAsync();

        await DeleteAsync(id, OpenMoneyChoice.WriteOff);

        await using LagoConsoleDbContext db = _database.CreateDbContext();
        Assert.Equal(["Other"], await db.Integrations.Select(row => row.Name).ToListAsync(Token));
        Assert.Equal(["other-1"], await db.BuyerLinks.Select(row => row.LagoCustomerId).ToListAsync(Token));
        Assert.Equal(1, await db.UsageSnapshots.CountAsync(Token)); // the other integration's
        Assert.Equal(3, await db.Buyers.CountAsync(Token));
        Assert.Equal(4, await db.HighWaterMarks.CountAsync(Token));
        Assert.Equal(4, await db.BillingPeriods.CountAsync(Token));
        Assert.Equal(4, await db.UsageIncrements.CountAsync(Token));
        Assert.Equal(3, await db.UsageRecords.CountAsync(Token));
        Assert.Equal(3, await db.RecordLinks.CountAsync(Token));
    }

    [Fact]
    public async Task Writing_off_waives_all_open_money_and_the_meters_stay_the_sum_of_their_increments()
    {
        Guid id = await SeedAsync();

        await DeleteAsync(id, OpenMoneyChoice.WriteOff);

        await using LagoConsoleDbContext db = _database.CreateDbContext();
        List<UsageIncrement> increments = await db.UsageIncrements.Where(row => row.IntegrationId == id).ToListAsync(Token);
        Assert.Equal([1000m, 1800m, 750m], increments.OrderBy(row => row.MetricCode, StringComparer.Ordinal).ThenByDescending(row => row.AmountMinor).Select(row => row.WaivedMinor));
        Assert.All(increments, row =>
        {
            Assert.Equal((0m, false, null), (row.OpenMinor, row.IsOpen, row.WaitReason));
        });
        await AssertMetersBalanceAsync(db);
        Assert.All(await db.Meters.ToListAsync(Token), meter => Assert.Equal(0, meter.OpenMinor));
    }

    [Fact]
    public async Task Writing_off_leaves_the_money_of_other_integrations_alone()
    {
        Guid id = await SeedAsync();

        await DeleteAsync(id, OpenMoneyChoice.WriteOff);

        await using LagoConsoleDbContext db = _database.CreateDbContext();
        UsageIncrement other = await db.UsageIncrements.SingleAsync(row => row.IntegrationId != id, Token);
        Assert.Equal((400m, 0m, true), (other.OpenMinor, other.WaivedMinor, other.IsOpen));
    }

    [Fact]
    public async Task Report_it_keeps_the_money_open_and_lets_it_flow_without_its_integration()
    {
        Guid id = await SeedAsync();

        await DeleteAsync(id, OpenMoneyChoice.Report);

        await using LagoConsoleDbContext db = _database.CreateDbContext();
        List<UsageIncrement> open = await db.UsageIncrements.Where(row => row.IntegrationId == id && row.IsOpen).ToListAsync(Token);
        Assert.Equal(3550m, open.Sum(row => row.OpenMinor)); // 10.00 + 18.00 + 7.50
        Assert.All(open, row => Assert.True(row.ReportRegardless));
        Assert.All(open.Where(row => row.MeterId is not null), row => Assert.NotNull(row.GroupId)); // released: the next run allocates it
        Assert.Equal(WaitReason.NoConversion, open.Single(row => row.MetricCode == "emails").WaitReason);
        await AssertMetersBalanceAsync(db);
    }

    [Theory]
    [InlineData(OpenMoneyChoice.WriteOff, "Write off usage")]
    [InlineData(OpenMoneyChoice.Report, "Report usage of a deleted integration")]
    public async Task The_audit_log_names_who_decided_what_on_how_much(OpenMoneyChoice choice, string action)
    {
        Guid id = await SeedAsync();

        await DeleteAsync(id, choice);

        await using LagoConsoleDbContext db = _database.CreateDbContext();
        List<AuditEntry> entries = await db.AuditEntries.OrderBy(entry => entry.Id).ToListAsync(Token);
        Assert.Equal(
            ["Acme, emails: 10.00 USD", "Acme, seats: 18.00 USD", "Bolt, seats: 7.50 USD"],
            entries.Where(entry => entry.Action == action).Select(entry => entry.After!).Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
        Assert.Contains(entries, entry => entry.Action == "Delete integration" && entry.Actor == "ada" && entry.SubjectId == id.ToString());
        Assert.All(entries, entry => Assert.Equal("ada", entry.Actor));
    }

    [Fact]
    public async Task Open_money_without_a_choice_deletes_nothing()
    {
        Guid id = await SeedAsync();

        DeleteOutcome outcome = await TryDeleteAsync(id, choice: null);

        Assert.IsType<DeleteOutcome.ChangedMeanwhile>(outcome);
        await AssertStillThereAsync(id);
    }

    [Fact]
    public async Task Money_that_arrives_after_the_preview_deletes_nothing_and_shows_the_new_amounts()
    {
        Guid id = await SeedAsync();
        DeletePreview seen = (await _deletion.PreviewAsync(Admin, id, Token))!;
        await using (LagoConsoleDbContext db = _database.CreateDbContext())
        {
            UsageIncrement waiting = await db.UsageIncrements.SingleAsync(row => row.MetricCode == "emails", Token);
            waiting.OpenMinor += 1;
            await db.SaveChangesAsync(Token);
        }

        DeleteOutcome outcome = await _deletion.DeleteAsync(
            Admin, new DeleteIntegration(id, seen.Stamp, OpenMoneyChoice.WriteOff, "Vendor"), Token);

        DeleteOutcome.ChangedMeanwhile changed = Assert.IsType<DeleteOutcome.ChangedMeanwhile>(outcome);
        Assert.Equal(1001m, changed.Preview.Money.Single(line => line.MetricCode == "emails").WaitingMinor);
        await AssertStillThereAsync(id);
    }

    [Fact]
    public async Task Another_name_than_the_integrations_deletes_nothing()
    {
        Guid id = await SeedAsync();

        DeleteOutcome outcome = await TryDeleteAsync(id, OpenMoneyChoice.WriteOff, typedName: "vendor");

        Assert.Equal("Type Vendor exactly as shown. Nothing was deleted.", Assert.IsType<DeleteOutcome.NameDiffers>(outcome).Sentence);
        await AssertStillThereAsync(id);
    }

    [Fact]
    public async Task The_second_of_two_people_is_told_that_it_is_gone()
    {
        Guid id = await SeedAsync();
        DeletePreview seen = (await _deletion.PreviewAsync(Admin, id, Token))!;
        await DeleteAsync(id, OpenMoneyChoice.WriteOff);

        DeleteOutcome second = await _deletion.DeleteAsync(
            Admin, new DeleteIntegration(id, seen.Stamp, OpenMoneyChoice.WriteOff, "Vendor"), Token);

        Assert.IsType<DeleteOutcome.Gone>(second);
        Assert.Null(await _deletion.PreviewAsync(Admin, id, Token));
    }

    [Theory]
    [InlineData(Role.None)]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Operator)]
    public async Task Only_an_administrator_deletes(Role role)
    {
        Guid id = await SeedAsync();
        Actor actor = new("olga", role);

        await Assert.ThrowsAsync<ForbiddenException>(() => _deletion.PreviewAsync(actor, id, Token));
        await Assert.ThrowsAsync<ForbiddenException>(
            () => _deletion.DeleteAsync(actor, new DeleteIntegration(id, "", OpenMoneyChoice.WriteOff, "Vendor"), Token));
        await AssertStillThereAsync(id);
    }

    [Fact]
    public async Task The_schedule_of_a_deleted_integration_goes_with_it()
    {
        Guid id = await SeedAsync();
        await _schedule.GetRequiredService<ScheduleSync>().RequestAsync(Token);
        IScheduler scheduler = await _schedule.GetRequiredService<ISchedulerFactory>().GetScheduler(Token);
        Assert.True(await scheduler.Exists(PollUsageJob.KeyOf(id), Token));

        await DeleteAsync(id, OpenMoneyChoice.WriteOff);

        Assert.False(await scheduler.Exists(PollUsageJob.KeyOf(id), Token));
        Assert.Single(
            (await scheduler.QueryJobs(new JobQuery { Take = 100 }, Token)).Items,
            job => job.Key.Group == PollUsageJob.Group); // the other integration's
    }

    [Fact]
    public async Task No_byte_of_a_deleted_key_stays_in_the_database_files()
    {
        const string key = "a6f1d4b0-93f5-4b7e-8d7a-2f6d5c1b7f3a";
        ApiKeyVault vault = new(new EphemeralDataProtectionProvider());
        List<string> ciphers = [];
        List<Guid> ids = [];
        await using (LagoConsoleDbContext db = _database.CreateDbContext())
        {
            // Enough rows that pages split and move: a moved row must not leave a copy behind either.
            IntegrationBooks books = new(db);
            for (int number = 0; number < 15; number++)
            {
                Integration integration = books.AddIntegration($"Vendor {number}");
                integration.ApiKeyCipher = vault.Protect(integration.Id, LagoApiKey.Parse(key));
                ciphers.Add(integration.ApiKeyCipher);
                ids.Add(integration.Id);
                await db.SaveChangesAsync(Token);
            }
        }

        Assert.All(ciphers, cipher => Assert.True(FilesContain(cipher))); // or the test would prove nothing
        foreach (Guid id in ids)
        {
            Assert.IsType<DeleteOutcome.Deleted>(await TryDeleteAsync(id, choice: null, typedName: await NameOfAsync(id)));
        }

        Assert.All(ciphers, cipher => Assert.False(FilesContain(cipher)));
        Assert.All(ciphers, cipher => Assert.False(FilesContain(cipher[20..80]))); // nor a piece of one
        Assert.False(FilesContain(key));
    }

    private bool FilesContain(string text)
    {
        byte[] needle = Encoding.UTF8.GetBytes(text);
        foreach (string path in Directory.GetFiles(Path.GetDirectoryName(_database.File)!))
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] content = new byte[stream.Length];
            stream.ReadExactly(content);
            if (content.AsSpan().IndexOf(needle) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    private async Task<Guid> SeedAsync()
    {
        await using LagoConsoleDbContext db = _database.CreateDbContext();
        IntegrationBooks books = new(db);
        Integration integration = books.AddIntegration("Vendor");
        Integration other = books.AddIntegration("Other");
        Buyer acme = books.AddBuyer("Acme", integration, "acme-1");
        Buyer bolt = books.AddBuyer("Bolt", integration, "bolt-1");
        Buyer otherBuyer = books.AddBuyer("Zeta", other, "other-1");
        Meter acmeSeats = books.AddMeter(acme, "seats");
        Meter boltSeats = books.AddMeter(bolt, "seats");

        UsageIncrement seats = books.AddIncrement(integration, acme, "seats", 5000, acmeSeats);
        books.AddRecord(acmeSeats, seats, 2000, UsageRecordState.Accepted);
        books.AddRecord(acmeSeats, seats, 1200, UsageRecordState.Retry);
        books.AddRecord(acmeSeats, seats, 900, UsageRecordState.Void);
        books.AddIncrement(integration, acme, "emails", 1000, meter: null, WaitReason.NoConversion);
        books.AddIncrement(integration, bolt, "seats", 750, boltSeats);
        books.AddIncrement(other, otherBuyer, "seats", 400, meter: null, WaitReason.NoEntitlement);
        await db.SaveChangesAsync(Token);
        return integration.Id;
    }

    private async Task DeleteAsync(Guid id, OpenMoneyChoice choice) =>
        Assert.IsType<DeleteOutcome.Deleted>(await TryDeleteAsync(id, choice));

    private async Task<DeleteOutcome> TryDeleteAsync(Guid id, OpenMoneyChoice? choice, string typedName = "Vendor")
    {
        DeletePreview preview = (await _deletion.PreviewAsync(Admin, id, Token))!;
        return await _deletion.DeleteAsync(Admin, new DeleteIntegration(id, preview.Stamp, choice, typedName), Token);
    }

    private async Task<string> NameOfAsync(Guid id)
    {
        await using LagoConsoleDbContext db = _database.CreateDbContext();
        return await db.Integrations.Where(row => row.Id == id).Select(row => row.Name).SingleAsync(Token);
    }

    private async Task AssertStillThereAsync(Guid id)
    {
        await using LagoConsoleDbContext db = _database.CreateDbContext();
        Assert.True(await db.Integrations.AnyAsync(row => row.Id == id, Token));
        Assert.Equal(2, await db.BuyerLinks.CountAsync(link => link.IntegrationId == id, Token));
        Assert.Equal(0, await db.AuditEntries.CountAsync(Token));
    }

    private static async Task AssertMetersBalanceAsync(LagoConsoleDbContext db)
    {
        foreach (Meter meter in await db.Meters.ToListAsync(Token))
        {
            List<UsageIncrement> increments = await db.UsageIncrements.Where(row => row.MeterId == meter.Id).ToListAsync(Token);
            Assert.Equal(meter.OpenMinor, increments.Sum(row => row.OpenMinor));
            Assert.Equal(meter.WaivedMinor, increments.Sum(row => row.WaivedMinor));
        }
    }
}
