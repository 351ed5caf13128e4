namespace LagoConsole.Core.Notifications;

/// <summary>What a person typed about a channel. Fields of the other kind are not read.</summary>
public sealed class ChannelInput
{
    public ChannelKind Kind { get; set; } = ChannelKind.Email;

    public string? Name { get; set; }

    public bool IsOn { get; set; } = true;

    public CauseKinds Causes { get; set; } = CauseKinds.All;

    /// <summary>Where people reach this console.</summary>
    public string? ConsoleAddress { get; set; }

    /// <summary>Of a webhook. Empty keeps the present one.</summary>
    public string? Address { get; set; }

    /// <summary>Password or signing key. Empty keeps the present one.</summary>
    public string? Secret { get; set; }

    public string? Template { get; set; } = MessageTemplate.Plain;

    public string? SmtpHost { get; set; }

    public int? SmtpPort { get; set; } = 587;

    public SmtpSecurity SmtpSecurity { get; set; } = SmtpSecurity.StartTls;

    public string? SmtpUser { get; set; }

    public string? FromAddress { get; set; }

    public string? ToAddresses { get; set; }
}

/// <param name="SeenVersion">The version that the person saw.</param>
public sealed record EditChannel(Guid Id, int SeenVersion, ChannelInput Input);

/// <summary>A field of the form.</summary>
public enum ChannelField
{
    Name = 1,
    Causes = 2,
    ConsoleAddress = 3,
    Address = 4,
    Secret = 5,
    Template = 6,
    SmtpHost = 7,
    SmtpPort = 8,
    SmtpSecurity = 9,
    SmtpUser = 10,
    FromAddress = 11,
    ToAddresses = 12,
}

/// <summary>What a change of a channel came to.</summary>
public abstract record ChannelOutcome
{
    private ChannelOutcome()
    {
    }

    /// <param name="Sentence">What it means.</param>
    public sealed record Saved(Guid Id, string Sentence) : ChannelOutcome;

    /// <summary>Nothing was stored.</summary>
    /// <param name="Problems">A sentence for each field that is wrong; none repeats a secret.</param>
    public sealed record Refused(IReadOnlyDictionary<ChannelField, string> Problems) : ChannelOutcome;

    /// <summary>Somebody else changed or deleted it first. Nothing was stored.</summary>
    public sealed record ChangedMeanwhile(string Sentence) : ChannelOutcome
    {
        internal static ChangedMeanwhile Gone { get; } = new("This channel was deleted by somebody else. Nothing was changed.");
    }

    /// <summary>A test message was sent and not taken.</summary>
    public sealed record NotTaken(string Sentence) : ChannelOutcome;
}
