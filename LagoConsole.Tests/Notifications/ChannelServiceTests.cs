using LagoConsole.Core.Audit;
using LagoConsole.Core.Notifications;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Security;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Notifications;

public sealed class ChannelServiceTests : IAsyncLifetime
{
    private readonly NotificationStage _stage = new();
    private HookServer _hook = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _hook = await HookServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _hook.DisposeAsync();
        await _stage.DisposeAsync();
    }

    [Fact]
    public async Task Only_an_administrator_adds_edits_tests_and_deletes()
    {
        Actor actor = new("olga", Role.Operator);
        ChannelInput input = NotificationStage.Webhook(_hook.Address);

        await Assert.ThrowsAsync<ForbiddenException>(() => _stage.Channels.AddAsync(actor, input, Stop));
        await Assert.ThrowsAsync<ForbiddenException>(() => _stage.Channels.EditAsync(actor, new EditChannel(Guid.Empty, 0, input), Stop));
        await Assert.ThrowsAsync<ForbiddenException>(() => _stage.Channels.TestAsync(actor, Guid.Empty, Stop));
        await Assert.ThrowsAsync<ForbiddenException>(() => _stage.Channels.DeleteAsync(actor, Guid.Empty, Stop));
    }

    [Fact]
    public async Task Each_change_is_audited_and_no_secret_or_webhook_path_is_stored_in_the_clear_or_shown()
    {
        Guid id = await _stage.AddAsync(NotificationStage.Webhook(_hook.Address));
        ChannelRow row = Assert.Single(await _stage.Get<NotificationQueries>().ListChannelsAsync(Stop));
        ChannelInput renamed = NotificationStage.Webhook("", "Renamed");
        renamed.Secret = "";
        Assert.IsType<ChannelOutcome.Saved>(await _stage.Channels.EditAsync(NotificationStage.Admin, new EditChannel(id, row.Version, renamed), Stop));
        Assert.IsType<ChannelOutcome.Saved>(await _stage.Channels.TestAsync(NotificationStage.Admin, id, Stop));
        Assert.IsType<ChannelOutcome.Saved>(await _stage.Channels.DeleteAsync(NotificationStage.Admin, id, Stop));

        await using LagoConsoleDbContext db = _stage.Database.CreateDbContext();
        List<AuditEntry> entries = await db.AuditEntries.OrderBy(entry => entry.Id).ToListAsync(Stop);
        Assert.Equal(["Add notification channel", "Edit notification channel", "Test notification channel", "Delete notification channel"], entries.Select(entry => entry.Action));
        Assert.DoesNotContain(entries, entry => $"{entry.Before}{entry.After}".Contains("s3cr3t", StringComparison.Ordinal));
        Assert.DoesNotContain(entries, entry => $"{entry.Before}{entry.After}".Contains(NotificationStage.Key, StringComparison.Ordinal));
        Assert.Equal(new Uri(_hook.Address).Authority, row.Receiver);
        byte[] file = await File.ReadAllBytesAsync(_stage.Database.File, Stop);
        Assert.Equal(-1, file.AsSpan().IndexOf("s3cr3t"u8));
        Assert.Equal(-1, file.AsSpan().IndexOf("0123456789abcdef"u8));
    }

    [Fact]
    public async Task An_empty_secret_and_address_keep_the_present_ones()
    {
        Guid id = await _stage.AddAsync(NotificationStage.Webhook(_hook.Address));
        ChannelInput edit = NotificationStage.Webhook("", "Renamed");
        edit.Secret = "";
        await _stage.Channels.EditAsync(NotificationStage.Admin, new EditChannel(id, 0, edit), Stop);

        Assert.IsType<ChannelOutcome.Saved>(await _stage.Channels.TestAsync(NotificationStage.Admin, id, Stop));

        HookServer.Post post = Assert.Single(_hook.Posts);
        Assert.Equal(WebhookSignature.Of(NotificationStage.Key, 1787227200, post.Body), post.Signature);
    }

    [Fact]
    public async Task A_test_that_is_not_taken_says_why_and_is_not_tried_again()
    {
        Guid id = await _stage.AddAsync(NotificationStage.Webhook(_hook.Address));
        _hook.Status = 404;

        ChannelOutcome.NotTaken outcome = Assert.IsType<ChannelOutcome.NotTaken>(await _stage.Channels.TestAsync(NotificationStage.Admin, id, Stop));

        Assert.Equal("Hook did not take the test. 127.0.0.1 answered 404.", outcome.Sentence);
        Assert.Equal(DeliveryState.Failed, Assert.Single(await _stage.LogAsync()).State);
    }

    [Fact]
    public async Task Two_who_edit_at_once_do_not_overwrite_each_other()
    {
        Guid id = await _stage.AddAsync(NotificationStage.Webhook(_hook.Address));
        Assert.IsType<ChannelOutcome.Saved>(await _stage.Channels.EditAsync(NotificationStage.Admin, new EditChannel(id, 0, NotificationStage.Webhook(_hook.Address, "First")), Stop));

        Assert.IsType<ChannelOutcome.ChangedMeanwhile>(await _stage.Channels.EditAsync(NotificationStage.Admin, new EditChannel(id, 0, NotificationStage.Webhook(_hook.Address, "Second")), Stop));

        Assert.Equal("First", Assert.Single(await _stage.Get<NotificationQueries>().ListChannelsAsync(Stop)).Name);
    }

    [Fact]
    public async Task Switching_off_and_deleting_give_up_what_waits_and_the_log_stays()
    {
        Guid off = await _stage.AddAsync(NotificationStage.Webhook(_hook.Address, "Off"));
        Guid deleted = await _stage.AddAsync(NotificationStage.Webhook(_hook.Address, "Deleted"));
        await _stage.Store.SaveAsync([NotificationStage.Books], Stop);
        ChannelInput edit = NotificationStage.Webhook("", "Off");
        edit.IsOn = false;

        await _stage.Channels.EditAsync(NotificationStage.Admin, new EditChannel(off, 0, edit), Stop);
        await _stage.Channels.DeleteAsync(NotificationStage.Admin, deleted, Stop);
        await _stage.Courier.DeliverDueAsync(Stop);

        Assert.Empty(_hook.Posts);
        Assert.Equal(
            ["The channel was deleted.", "The channel was switched off."],
            (await _stage.LogAsync()).Where(delivery => delivery.State == DeliveryState.Failed).Select(delivery => delivery.LastProblem).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_name_is_taken_once()
    {
        await _stage.AddAsync(NotificationStage.Webhook(_hook.Address));

        ChannelOutcome.Refused refused = Assert.IsType<ChannelOutcome.Refused>(await _stage.Channels.AddAsync(NotificationStage.Admin, NotificationStage.Webhook(_hook.Address), Stop));

        Assert.Equal([ChannelField.Name], refused.Problems.Keys);
    }

    [Theory]
    [InlineData("http://127.0.0.1/hook", "must begin with https://")]
    [InlineData("https://127.0.0.1/hook", "private network")]
    [InlineData("https://169.254.169.254/latest", "private network")]
    [InlineData("https://user@hooks.example/x", "not a web address")]
    [InlineData("ftp://hooks.example/x", "not a web address")]
    public async Task An_address_on_the_inside_or_in_the_clear_is_refused(string address, string sentence)
    {
        await using NotificationStage closed = new(allowed: null);

        ChannelOutcome.Refused refused = Assert.IsType<ChannelOutcome.Refused>(await closed.Channels.AddAsync(NotificationStage.Admin, NotificationStage.Webhook(address), Stop));

        Assert.Contains(sentence, refused.Problems[ChannelField.Address], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mail_server_on_the_inside_or_in_the_clear_is_refused_too()
    {
        await using NotificationStage closed = new(allowed: null);

        ChannelOutcome.Refused refused = Assert.IsType<ChannelOutcome.Refused>(await closed.Channels.AddAsync(NotificationStage.Admin, NotificationStage.Email(2525), Stop));

        Assert.Contains("private network", refused.Problems[ChannelField.SmtpHost], StringComparison.Ordinal);
        Assert.Contains("Choose STARTTLS or TLS.", refused.Problems[ChannelField.SmtpSecurity], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_field_that_is_wrong_is_told_at_once()
    {
        ChannelOutcome.Refused webhook = Assert.IsType<ChannelOutcome.Refused>(await _stage.Channels.AddAsync(
            NotificationStage.Admin, new ChannelInput { Kind = ChannelKind.Webhook, Causes = CauseKinds.None, Secret = "short", Template = "{}" }, Stop));
        ChannelOutcome.Refused email = Assert.IsType<ChannelOutcome.Refused>(await _stage.Channels.AddAsync(
            NotificationStage.Admin, new ChannelInput { Name = "Mail", ConsoleAddress = "https://c.example", SmtpUser = "console", FromAddress = "nobody", ToAddresses = "a@b.example, x", SmtpPort = 0 }, Stop));

        Assert.Equal(
            [ChannelField.Name, ChannelField.Causes, ChannelField.ConsoleAddress, ChannelField.Address, ChannelField.Secret, ChannelField.Template], webhook.Problems.Keys.Order());
        Assert.Equal([ChannelField.Secret, ChannelField.SmtpPort, ChannelField.FromAddress, ChannelField.ToAddresses], email.Problems.Keys.Order());
    }
}
