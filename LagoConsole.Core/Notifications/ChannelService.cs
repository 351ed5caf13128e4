using System.Diagnostics;
using System.Globalization;
using LagoConsole.Core.Audit;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Security;
using LagoConsole.Core.Time;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Notifications;

/// <summary><i>Add</i>, <i>Edit</i>, <i>Test</i> and <i>Delete</i> of channels. For administrators.</summary>
public sealed class ChannelService(
    IDbContextFactory<LagoConsoleDbContext> contexts, TypedChannel typed, NotificationVault vault, NotificationCourier courier, KeyErasure erasure, TimeProvider clock)
{
    /// <exception cref="ForbiddenException">The actor is not an administrator.</exception>
    public async Task<ChannelOutcome> AddAsync(Actor actor, ChannelInput input, CancellationToken cancellationToken)
    {
        actor.Require(Role.Admin);
        if (await typed.ProblemsAsync(input, present: null, cancellationToken) is { Count: > 0 } problems)
        {
            return new ChannelOutcome.Refused(problems);
        }

        return await MoneyTransaction.RunAsync<ChannelOutcome>(
            contexts,
            async db =>
            {
                DateTimeOffset now = clock.GetUtcNow();
                NotificationChannel channel = new()
                {
                    Id = NewId.At(now),
                    Kind = input.Kind,
                    Name = input.Name!.Trim(),
                    Causes = input.Causes,
                    ConsoleAddress = "",
                    CreatedAt = now,
                };
                if (await IsTakenAsync(db, channel, cancellationToken))
                {
                    return NameTaken(channel.Name);
                }

                Fill(channel, input);
                db.NotificationChannels.Add(channel);
                db.Audit(now, actor, "Add notification channel", "NotificationChannel", channel.Id, after: Summary(channel));
                return new ChannelOutcome.Saved(channel.Id, $"{channel.Name} is added. Press Test next: it hears of what is open within five minutes.");
            },
            cancellationToken);
    }

    /// <summary>An empty secret or address keeps the present one. Off: what waits to be sent is given up.</summary>
    /// <exception cref="ForbiddenException">The actor is not an administrator.</exception>
    public async Task<ChannelOutcome> EditAsync(Actor actor, EditChannel edit, CancellationToken cancellationToken)
    {
        actor.Require(Role.Admin);
        if (await FindAsync(edit.Id, cancellationToken) is not { } present)
        {
            return ChannelOutcome.ChangedMeanwhile.Gone;
        }

        edit.Input.Kind = present.Kind;
        if (await typed.ProblemsAsync(edit.Input, present, cancellationToken) is { Count: > 0 } problems)
        {
            return new ChannelOutcome.Refused(problems);
        }

        ChannelOutcome outcome = await MoneyTransaction.RunAsync<ChannelOutcome>(
            contexts,
            async db =>
            {
                if (await db.NotificationChannels.SingleOrDefaultAsync(row => row.Id == edit.Id, cancellationToken) is not { } channel)
                {
                    return ChannelOutcome.ChangedMeanwhile.Gone;
                }

                if (channel.Version != edit.SeenVersion)
                {
                    return new ChannelOutcome.ChangedMeanwhile(
                        $"Somebody else changed {channel.Name} while you were editing it. Nothing of yours was saved: close this, look at it, and edit again.");
                }

                DateTimeOffset now = clock.GetUtcNow();
                string before = Summary(channel);
                channel.Name = edit.Input.Name!.Trim();
                if (await IsTakenAsync(db, channel, cancellationToken))
                {
                    db.ChangeTracker.Clear();
                    return NameTaken(edit.Input.Name.Trim());
                }

                channel.Causes = edit.Input.Causes;
                Fill(channel, edit.Input);
                if (!channel.IsOn)
                {
                    await GiveUpAsync(db, channel.Id, "The channel was switched off.", cancellationToken);
                }

                db.Audit(now, actor, "Edit notification channel", "NotificationChannel", channel.Id, before, Summary(channel));
                return new ChannelOutcome.Saved(channel.Id, channel.IsOn ? $"{channel.Name} is saved." : $"{channel.Name} is saved and off: it hears of nothing.");
            },
            cancellationToken);
        return await EraseAsync(outcome);
    }

    /// <summary>Deletes the channel with its secrets, for good. Its messages stay in the log; those that wait are given up.</summary>
    /// <exception cref="ForbiddenException">The actor is not an administrator.</exception>
    public async Task<ChannelOutcome> DeleteAsync(Actor actor, Guid id, CancellationToken cancellationToken)
    {
        actor.Require(Role.Admin);
        ChannelOutcome outcome = await MoneyTransaction.RunAsync<ChannelOutcome>(
            contexts,
            async db =>
            {
                if (await db.NotificationChannels.SingleOrDefaultAsync(row => row.Id == id, cancellationToken) is not { } channel)
                {
                    return ChannelOutcome.ChangedMeanwhile.Gone;
                }

                db.NotificationChannels.Remove(channel);
                await GiveUpAsync(db, id, "The channel was deleted.", cancellationToken);
                db.Audit(clock.GetUtcNow(), actor, "Delete notification channel", "NotificationChannel", id, before: Summary(channel));
                return new ChannelOutcome.Saved(id, $"{channel.Name} is deleted, and its secrets with it.");
            },
            cancellationToken);
        return await EraseAsync(outcome);
    }

    /// <summary>Sends a message about nothing, now, also while the channel is off; stored and logged like every other.</summary>
    /// <exception cref="ForbiddenException">The actor is not an administrator.</exception>
    public async Task<ChannelOutcome> TestAsync(Actor actor, Guid id, CancellationToken cancellationToken)
    {
        actor.Require(Role.Admin);
        if (await FindAsync(id, cancellationToken) is not { } channel)
        {
            return ChannelOutcome.ChangedMeanwhile.Gone;
        }

        DateTimeOffset now = clock.GetUtcNow();
        NotificationDelivery delivery = new()
        {
            Id = NewId.At(now),
            ChannelId = id,
            ChannelName = channel.Name,
            CauseId = null,
            Event = MessageEvent.Test,
            Grade = 1,
            Title = "Test",
            Text = "This is a test of the channel. Nothing happened, and nothing is to be done.",
            Link = "/notifications",
            CreatedAt = now,
            NextAttemptAt = now,
        };
        await using (LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            db.NotificationDeliveries.Add(delivery);
            db.Audit(now, actor, "Test notification channel", "NotificationChannel", id);
            await db.SaveChangesAsync(cancellationToken);
        }

        return await courier.AttemptAsync(channel, delivery, cancellationToken) is { } problem
            ? new ChannelOutcome.NotTaken($"{channel.Name} did not take the test. {problem}")
            : new ChannelOutcome.Saved(id, $"{channel.Name} took the test. Look whether it arrived.");
    }

    private static Task<int> GiveUpAsync(LagoConsoleDbContext db, Guid channelId, string why, CancellationToken cancellationToken) => db.NotificationDeliveries
        .Where(delivery => delivery.ChannelId == channelId && delivery.State == DeliveryState.Pending)
        .ExecuteUpdateAsync(set => set.SetProperty(delivery => delivery.State, DeliveryState.Failed).SetProperty(delivery => delivery.LastProblem, why), cancellationToken);

    private static Task<bool> IsTakenAsync(LagoConsoleDbContext db, NotificationChannel channel, CancellationToken cancellationToken) =>
        db.NotificationChannels.AnyAsync(other => other.Name == channel.Name && other.Id != channel.Id, cancellationToken);

    private static ChannelOutcome.Refused NameTaken(string name) => new(
        new Dictionary<ChannelField, string> { [ChannelField.Name] = $"There is already a channel called {name}. Choose another name." });

    /// <summary>For the audit log: everything but secrets and a webhook's path.</summary>
    private static string Summary(NotificationChannel channel)
    {
        string where = channel.Kind switch
        {
            ChannelKind.Webhook => $"webhook at {channel.AddressHost}",
            ChannelKind.Email => string.Create(CultureInfo.InvariantCulture, $"e-mail from {channel.FromAddress} to {channel.ToAddresses} by {channel.SmtpHost}:{channel.SmtpPort}, {channel.SmtpSecurity}, user {channel.SmtpUser ?? "none"}"),
            _ => throw new UnreachableException(),
        };
        return $"{channel.Name}, {where}, {(channel.IsOn ? "on" : "off")}, told of {channel.Causes}, links to {channel.ConsoleAddress}";
    }

    private void Fill(NotificationChannel channel, ChannelInput input)
    {
        channel.IsOn = input.IsOn;
        channel.ConsoleAddress = input.ConsoleAddress!.Trim().TrimEnd('/');
        if (channel.Kind == ChannelKind.Webhook)
        {
            channel.Template = input.Template;
            if (TypedChannel.WebAddress(input.Address, int.MaxValue) is { } address)
            {
                channel.AddressCipher = vault.Addresses.Protect(channel.Id, address.AbsoluteUri);
                channel.AddressHost = address.Authority;
            }
        }
        else
        {
            channel.SmtpHost = input.SmtpHost!.Trim();
            channel.SmtpPort = input.SmtpPort;
            channel.SmtpSecurity = input.SmtpSecurity;
            channel.SmtpUser = string.IsNullOrWhiteSpace(input.SmtpUser) ? null : input.SmtpUser.Trim();
            channel.FromAddress = input.FromAddress!.Trim();
            channel.ToAddresses = input.ToAddresses!.Trim();
            channel.SecretCipher = channel.SmtpUser is null ? null : channel.SecretCipher; // a password without a user is nobody's
        }

        if (!string.IsNullOrEmpty(input.Secret))
        {
            channel.SecretCipher = vault.Secrets.Protect(channel.Id, input.Secret);
        }
    }

    /// <summary>The former secret's copies in the database's files; where they are in use, the next checkpoint does it.</summary>
    private async Task<ChannelOutcome> EraseAsync(ChannelOutcome outcome)
    {
        if (outcome is ChannelOutcome.Saved)
        {
            await erasure.EraseAsync(CancellationToken.None);
        }

        return outcome;
    }

    private async Task<NotificationChannel?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.NotificationChannels.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
    }
}
