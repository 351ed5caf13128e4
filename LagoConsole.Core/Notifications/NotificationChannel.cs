using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LagoConsole.Core.Notifications;

public enum ChannelKind
{
    Email = 1,
    Webhook = 2,
}

/// <summary>How the connection to a mail server is protected.</summary>
public enum SmtpSecurity
{
    /// <summary>Begins in the clear and turns to TLS before anything is said; refused where the server cannot. Usually port 587.</summary>
    StartTls = 1,

    /// <summary>TLS from the first byte. Usually port 465.</summary>
    Tls = 2,

    /// <summary>In the clear: for hosts that configuration allows only.</summary>
    None = 3,
}

/// <summary>Where messages go.</summary>
public sealed class NotificationChannel
{
    public const int MaxNameLength = 100;

    public required Guid Id { get; init; }

    public required ChannelKind Kind { get; init; }

    public required string Name { get; set; }

    /// <summary>Off: nothing is sent, and nothing is kept to be sent later.</summary>
    public bool IsOn { get; set; } = true;

    /// <summary>What it is told of.</summary>
    public required CauseKinds Causes { get; set; }

    /// <summary>Where people reach this console, without a slash at its end: what links in messages begin with.</summary>
    public required string ConsoleAddress { get; set; }

    /// <summary>E-mail: the password, or null where the server asks for none. Webhook: the key of its signatures. Encrypted by <see cref="NotificationVault"/>.</summary>
    public string? SecretCipher { get; set; }

    /// <summary>Webhook: where it is, encrypted, because Slack and Teams take whoever knows it for the sender.</summary>
    public string? AddressCipher { get; set; }

    /// <summary>Webhook: the part of the address that is shown.</summary>
    public string? AddressHost { get; set; }

    /// <summary>Webhook: the body, as <see cref="MessageTemplate"/> reads it.</summary>
    public string? Template { get; set; }

    public string? SmtpHost { get; set; }

    public int? SmtpPort { get; set; }

    public SmtpSecurity? SmtpSecurity { get; set; }

    /// <summary>Null where the server asks for none.</summary>
    public string? SmtpUser { get; set; }

    public string? FromAddress { get; set; }

    /// <summary>One or more, separated by commas.</summary>
    public string? ToAddresses { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Counts changes: two people editing at once cannot overwrite each other unseen.</summary>
    public int Version { get; set; }
}

internal sealed class NotificationChannelConfiguration : IEntityTypeConfiguration<NotificationChannel>
{
    public void Configure(EntityTypeBuilder<NotificationChannel> builder)
    {
        builder.ToTable("NotificationChannels");
        builder.Property(channel => channel.Id).ValueGeneratedNever();
        builder.Property(channel => channel.Kind).HasConversion<string>().HasMaxLength(20);
        builder.Property(channel => channel.Name).HasMaxLength(NotificationChannel.MaxNameLength);
        builder.Property(channel => channel.Causes).HasConversion<string>().HasMaxLength(200);
        builder.Property(channel => channel.ConsoleAddress).HasMaxLength(300);
        builder.Property(channel => channel.SecretCipher).HasMaxLength(2000);
        builder.Property(channel => channel.AddressCipher).HasMaxLength(4000);
        builder.Property(channel => channel.AddressHost).HasMaxLength(300);
        builder.Property(channel => channel.Template).HasMaxLength(MessageTemplate.MaxLength);
        builder.Property(channel => channel.SmtpHost).HasMaxLength(255);
        builder.Property(channel => channel.SmtpSecurity).HasConversion<string>().HasMaxLength(10);
        builder.Property(channel => channel.SmtpUser).HasMaxLength(255);
        builder.Property(channel => channel.FromAddress).HasMaxLength(320);
        builder.Property(channel => channel.ToAddresses).HasMaxLength(2000);
        builder.Property(channel => channel.Version).IsConcurrencyToken();
        builder.HasIndex(channel => channel.Name).IsUnique();
    }
}
