using LagoConsole.Core.Notifications;
using Xunit;

namespace LagoConsole.Tests.Notifications;

/// <summary>Against a mail server on a real socket.</summary>
public sealed class EmailSenderTests : IAsyncDisposable
{
    private readonly NotificationStage _stage = new();
    private readonly MailServer _server = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _server.Dispose();
        await _stage.DisposeAsync();
    }

    [Fact]
    public async Task A_message_goes_to_every_recipient_signed_in_with_its_id_and_link()
    {
        await _stage.AddAsync(NotificationStage.Email(_server.Port));
        await _stage.Store.SaveAsync([NotificationStage.Books], Stop);

        Assert.Equal(new CourierOutcome(1, 0), await _stage.Courier.DeliverDueAsync(Stop));

        NotificationDelivery delivery = Assert.Single(await _stage.LogAsync());
        string mail = Assert.Single(_server.Mails);
        Assert.Equal(["ada@vendor.example", "finance@vendor.example"], _server.Recipients);
        Assert.Equal(["console:mail-pa55word"], _server.SignIns);
        Assert.Contains("Subject: [LagoConsole] Books do not balance", mail, StringComparison.Ordinal);
        Assert.Contains($"Message-Id: <{delivery.Id:N}@vendor.example>", mail, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("The books do not balance.", mail, StringComparison.Ordinal);
        Assert.Contains("https://console.example/books", mail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_is_a_sentence_in_the_log_and_the_message_waits()
    {
        await _stage.AddAsync(NotificationStage.Email(_server.Port));
        _server.Refuses = true;
        await _stage.Store.SaveAsync([NotificationStage.Books], Stop);

        await _stage.Courier.DeliverDueAsync(Stop);

        NotificationDelivery delivery = Assert.Single(await _stage.LogAsync());
        Assert.Equal(DeliveryState.Pending, delivery.State);
        Assert.StartsWith("127.0.0.1 refused the message: 550", delivery.LastProblem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_gone_is_a_sentence_too()
    {
        await _stage.AddAsync(NotificationStage.Email(_server.Port));
        _server.Dispose();
        await _stage.Store.SaveAsync([NotificationStage.Books], Stop);

        await _stage.Courier.DeliverDueAsync(Stop);

        Assert.Equal("127.0.0.1 could not be reached, or broke off.", Assert.Single(await _stage.LogAsync()).LastProblem);
    }
}
