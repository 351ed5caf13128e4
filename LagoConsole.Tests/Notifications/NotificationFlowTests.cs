using System.Text.Json;
using LagoConsole.Core.Notifications;
using LagoConsole.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LagoConsole.Tests.Notifications;

/// <summary>From a cause to a receiver on a real socket, and what stands in between.</summary>
public sealed class NotificationFlowTests : IAsyncLifetime
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
    public async Task One_cause_is_one_signed_message_quiet_while_it_lasts_and_one_when_it_is_over()
    {
        await _stage.AddAsync(NotificationStage.Webhook(_hook.Address));

        await RunAsync(NotificationStage.Books);
        await RunAsync(NotificationStage.Books);
        await RunAsync(NotificationStage.Books with { Text = "Still." });
        HookServer.Post opened = Assert.Single(_hook.Posts);
        await RunAsync();
        await RunAsync();

        Assert.Equal(2, _hook.Posts.Length);
        using JsonDocument first = JsonDocument.Parse(opened.Body);
        Assert.Equal("Books do not balance", first.RootElement.GetProperty("title").GetString());
        Assert.Equal("https://console.example/books", first.RootElement.GetProperty("link").GetString());
        Assert.Equal("/hooks/s3cr3t-path", opened.Path);
        Assert.Equal("1787227200", opened.Timestamp); // 2026-08-20 12:00 UTC
        Assert.Equal(WebhookSignature.Of(NotificationStage.Key, 1787227200, opened.Body), opened.Signature);
        Assert.Contains("This is over", _hook.Posts[1].Body, StringComparison.Ordinal);
        Assert.NotEqual(opened.MessageId, _hook.Posts[1].MessageId);

        await RunAsync(NotificationStage.Books); // the same again, later, is another cause
        Assert.Equal(3, _hook.Posts.Length);
    }

    [Fact]
    public async Task A_restart_between_store_and_send_neither_loses_a_message_nor_makes_another()
    {
        await _stage.AddAsync(NotificationStage.Webhook(_hook.Address));
        await _stage.Store.SaveAsync([NotificationStage.Books], Stop);

        await using ServiceProvider anew = _stage.Start();
        await anew.GetRequiredService<NotificationStore>().SaveAsync([NotificationStage.Books], Stop);
        await anew.GetRequiredService<NotificationCourier>().DeliverDueAsync(Stop);

        NotificationDelivery stored = Assert.Single(await _stage.LogAsync());
        Assert.Equal(stored.Id.ToString(), Assert.Single(_hook.Posts).MessageId);
        Assert.Equal(DeliveryState.Delivered, stored.State);
    }

    [Fact]
    public async Task A_death_between_send_and_settle_repeats_the_message_under_its_id()
    {
        Guid id = await _stage.AddAsync(NotificationStage.Webhook(_hook.Address));
        await _stage.Store.SaveAsync([NotificationStage.Books], Stop);
        NotificationDelivery claimed = Assert.Single(await _stage.LogAsync());
        Assert.True(await _stage.Store.ClaimAsync(claimed, Stop)); // sent by a node that dies before it settles
        Assert.False(await _stage.Store.ClaimAsync(claimed, Stop));

        await _stage.Courier.DeliverDueAsync(Stop);
        Assert.Empty(_hook.Posts); // the node may live
        _stage.Clock.Now += TimeSpan.FromMinutes(2);
        await _stage.Courier.DeliverDueAsync(Stop);

        Assert.Equal(claimed.Id.ToString(), Assert.Single(_hook.Posts).MessageId);
        Assert.Equal((id, 2, DeliveryState.Delivered), Outcome(Assert.Single(await _stage.LogAsync())));
    }

    [Fact]
    public async Task A_refused_message_rests_longer_each_time_and_is_given_up_after_a_day()
    {
        Guid id = await _stage.AddAsync(NotificationStage.Webhook(_hook.Address));
        _hook.Status = 500;
        await RunAsync(NotificationStage.Books);
        await RunAsync(NotificationStage.Books);
        Assert.Single(_hook.Posts);
        NotificationDelivery waiting = Assert.Single(await _stage.LogAsync());
        Assert.Equal("127.0.0.1 answered 500.", waiting.LastProblem);
        Assert.Equal(NotificationStage.Noon.AddMinutes(1), waiting.NextAttemptAt);

        _stage.Clock.Now += TimeSpan.FromMinutes(1);
        await RunAsync(NotificationStage.Books);
        _stage.Clock.Now += TimeSpan.FromHours(24);
        await RunAsync(NotificationStage.Books);

        Assert.Equal(3, _hook.Posts.Length);
        Assert.Single(_hook.Posts.Select(post => post.MessageId).Distinct());
        Assert.Equal((id, 3, DeliveryState.Failed), Outcome(Assert.Single(await _stage.LogAsync())));
    }

    [Fact]
    public async Task What_is_over_is_told_after_what_it_was_also_to_a_receiver_that_was_away()
    {
        await _stage.AddAsync(NotificationStage.Webhook(_hook.Address));
        _hook.Status = 503;
        await RunAsync(NotificationStage.Books);
        _stage.Clock.Now += TimeSpan.FromSeconds(1);
        await RunAsync();
        Assert.Single(_hook.Posts); // the second waits behind the first

        _hook.Status = 204;
        _stage.Clock.Now += TimeSpan.FromMinutes(1);
        await RunAsync();

        Assert.Equal(["opened", "opened", "over"], _hook.Posts.Select(post => JsonDocument.Parse(post.Body).RootElement.GetProperty("event").GetString()));
    }

    [Fact]
    public async Task A_slow_or_failing_channel_does_not_hold_the_others()
    {
        await using HookServer slow = await HookServer.StartAsync();
        slow.Status = 0;
        await using HookServer failing = await HookServer.StartAsync();
        failing.Status = 500;
        await _stage.AddAsync(NotificationStage.Webhook(slow.Address, "A slow one"));
        await _stage.AddAsync(NotificationStage.Webhook(failing.Address, "A failing one"));
        await _stage.AddAsync(NotificationStage.Webhook(_hook.Address, "A good one"));

        long began = TimeProvider.System.GetTimestamp();
        await _stage.Store.SaveAsync([NotificationStage.Books, NotificationStage.Books with { Key = "more" }], Stop);
        CourierOutcome outcome = await _stage.Courier.DeliverDueAsync(Stop);

        Assert.Equal(new CourierOutcome(Delivered: 2, NotTaken: 2), outcome);
        Assert.Equal(2, _hook.Posts.Length);
        Assert.Single(slow.Posts); // its second waits for the next run
        Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(20));
        Assert.Contains(await _stage.LogAsync(), delivery => delivery.LastProblem == "127.0.0.1 did not answer in time. It may have taken the message.");
    }

    [Fact]
    public async Task What_is_open_before_a_channel_is_there_is_told_to_it()
    {
        await RunAsync(NotificationStage.Books);
        await _stage.AddAsync(NotificationStage.Webhook(_hook.Address));

        await RunAsync(NotificationStage.Books);

        Assert.Single(_hook.Posts);
    }

    [Fact]
    public async Task Old_messages_go_and_what_is_told_of_an_open_cause_stays()
    {
        await _stage.AddAsync(NotificationStage.Webhook(_hook.Address));
        await RunAsync(NotificationStage.Books, NotificationStage.Books with { Key = "ends" });
        await RunAsync(NotificationStage.Books);
        _stage.Clock.Now += NotificationStore.Retention + TimeSpan.FromSeconds(1);

        await _stage.Store.ForgetAsync(Stop);

        await using LagoConsoleDbContext db = _stage.Database.CreateDbContext();
        Assert.Equal("books", (await db.NotificationCauses.SingleAsync(Stop)).Key);
        Assert.Equal(MessageEvent.Opened, (await db.NotificationDeliveries.SingleAsync(Stop)).Event);
        await RunAsync(NotificationStage.Books);
        Assert.Equal(3, _hook.Posts.Length); // not told anew
    }

    private static (Guid, int, DeliveryState) Outcome(NotificationDelivery delivery) => (delivery.ChannelId, delivery.AttemptCount, delivery.State);

    private async Task RunAsync(params Cause[] present)
    {
        await _stage.Store.SaveAsync(present, Stop);
        await _stage.Courier.DeliverDueAsync(Stop);
    }
}
