using LagoConsole.Core.Notifications;
using Xunit;

namespace LagoConsole.Tests.Notifications;

public sealed class NotificationPlanTests
{
    private static readonly DateTimeOffset _noon = new(2026, 8, 20, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_is_not_stored_open_has_opened_and_what_is_not_present_any_more_is_over()
    {
        NotificationCause lasts = Stored("books");
        NotificationCause ended = Stored("run:system/report");

        CauseChanges changes = NotificationPlan.Compare([Present("books"), Present("secret:1")], [lasts, ended]);

        Assert.Equal("secret:1", Assert.Single(changes.Opened).Key);
        Assert.Same(ended, Assert.Single(changes.Over));
        Assert.Empty(changes.Worse);
    }

    [Fact]
    public void A_higher_grade_is_worse_and_a_lower_one_is_quiet()
    {
        Assert.Equal(3, Assert.Single(NotificationPlan.Compare([Present("secret:1", grade: 3)], [Stored("secret:1", grade: 2)]).Worse).Now.Grade);
        Assert.Empty(NotificationPlan.Compare([Present("secret:1", grade: 2)], [Stored("secret:1", grade: 3)]).Worse);
    }

    [Fact]
    public void One_cause_is_one_message_to_each_channel_that_takes_its_kind()
    {
        NotificationCause cause = Stored("books");
        NotificationChannel all = Channel();
        NotificationChannel records = Channel(CauseKinds.RecordRefused | CauseKinds.MoneyAtRisk);
        NotificationChannel off = Channel();
        off.IsOn = false;

        IReadOnlyList<Told> messages = NotificationPlan.Missing([cause], [all, records, off], []);

        Assert.Equal([new Told(all.Id, cause.Id, MessageEvent.Opened, 1)], messages);
    }

    [Fact]
    public void It_is_quiet_while_the_cause_lasts()
    {
        NotificationCause cause = Stored("books");
        NotificationChannel channel = Channel();

        Assert.Empty(NotificationPlan.Missing([cause], [channel], [new Told(channel.Id, cause.Id, MessageEvent.Opened, 1)]));
    }

    [Fact]
    public void What_grows_worse_is_told_once_more()
    {
        NotificationCause cause = Stored("secret:1", grade: 3);
        NotificationChannel channel = Channel();
        Told opened = new(channel.Id, cause.Id, MessageEvent.Opened, 2);
        Told worse = new(channel.Id, cause.Id, MessageEvent.Worse, 3);

        Assert.Equal([worse], NotificationPlan.Missing([cause], [channel], [opened]));
        Assert.Empty(NotificationPlan.Missing([cause], [channel], [opened, worse]));
    }

    [Fact]
    public void A_message_says_when_it_is_over_to_those_who_heard_of_it_and_once()
    {
        NotificationCause cause = Stored("books");
        cause.OverAt = _noon.AddHours(1);
        NotificationChannel heard = Channel();
        NotificationChannel isNew = Channel();
        Told opened = new(heard.Id, cause.Id, MessageEvent.Opened, 1);
        Told over = new(heard.Id, cause.Id, MessageEvent.Over, 1);

        Assert.Equal([over], NotificationPlan.Missing([cause], [heard, isNew], [opened]));
        Assert.Empty(NotificationPlan.Missing([cause], [heard, isNew], [opened, over]));
    }

    [Fact]
    public void A_channel_that_is_new_hears_of_what_is_open()
    {
        NotificationCause cause = Stored("books");
        NotificationChannel heard = Channel();
        NotificationChannel isNew = Channel();

        Assert.Equal(
            [new Told(isNew.Id, cause.Id, MessageEvent.Opened, 1)],
            NotificationPlan.Missing([cause], [heard, isNew], [new Told(heard.Id, cause.Id, MessageEvent.Opened, 1)]));
    }

    private static Cause Present(string key, int grade = 1) => new(key, CauseKinds.BooksNotBalanced, "Text.", "/books", grade);

    private static NotificationCause Stored(string key, int grade = 1) => new()
    {
        Id = Guid.NewGuid(),
        Key = key,
        Kind = CauseKinds.BooksNotBalanced,
        Text = "Text.",
        Link = "/books",
        Grade = grade,
        OpenedAt = _noon,
    };

    private static NotificationChannel Channel(CauseKinds causes = CauseKinds.All) => new()
    {
        Id = Guid.NewGuid(),
        Kind = ChannelKind.Webhook,
        Name = "Hook",
        Causes = causes,
        ConsoleAddress = "https://console.example",
        CreatedAt = _noon,
    };
}
