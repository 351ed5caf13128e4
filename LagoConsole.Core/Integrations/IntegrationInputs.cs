using LagoConsole.Core.HighWater;

namespace LagoConsole.Core.Integrations;

/// <summary>The fields that a refusal can point at: the dialogs show the sentence there.</summary>
public enum IntegrationField
{
    ApiKey = 1,
    BillingMode = 2,
    Region = 3,
    Url = 4,
    AutoReport = 5,
    JumpFactor = 6,
    JumpFloor = 7,
    JumpLimit = 8,
}

/// <summary>What a person typed into <i>Connect</i>. A class, because a record would print the key.</summary>
public sealed class ConnectIntegration
{
    /// <summary>As typed, spaces included: what is wrong with it is said, not repaired.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Null until chosen: no billing mode is a default that nobody looked at.</summary>
    public BillingMode? BillingMode { get; set; }

    public LagoRegion? Region { get; set; }

    /// <summary>Address of a self-hosted Lago, with or without <c>/api/v1</c>; not looked at for other regions.</summary>
    public string? Url { get; set; }
}

/// <summary>What a person changed in <i>Edit</i>. A class, because a record would print the key.</summary>
public sealed class EditIntegration
{
    public required Guid Id { get; init; }

    /// <summary>
    /// <see cref="IntegrationSettings.Stamp"/> of what the person was looking at. Not the row's version: a poll that ran
    /// while the dialog was open changes that, and overwrites nobody.
    /// </summary>
    public required string SeenSettings { get; init; }

    public required BillingMode BillingMode { get; set; }

    /// <summary>Null or empty keeps the present key.</summary>
    public string? NewApiKey { get; set; }

    /// <summary>
    /// True switches auto report off. There is no switching on here: that asks what becomes of the money that has
    /// accrued (R16), which is <c>AutoReportService</c>'s question.
    /// </summary>
    public bool SwitchAutoReportOff { get; set; }

    /// <summary>When growth is held (R15); null keeps the present limits.</summary>
    public JumpLimits? Limits { get; set; }

    /// <summary>Whether spending-minimum true-ups are billed too (T16); null keeps what is.</summary>
    public bool? IncludeTrueUps { get; set; }
}
