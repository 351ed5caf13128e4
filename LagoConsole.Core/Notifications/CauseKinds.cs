namespace LagoConsole.Core.Notifications;

/// <summary>What the console tells of. A cause has one of them; a channel takes any of them.</summary>
[Flags]
public enum CauseKinds
{
    None = 0,
    IntegrationUnverified = 1,
    RunFailed = 2,
    RecordRefused = 4,
    MoneyAtRisk = 8,
    JumpHeld = 16,
    SecretExpiring = 32,
    BooksNotBalanced = 64,
    All = IntegrationUnverified | RunFailed | RecordRefused | MoneyAtRisk | JumpHeld | SecretExpiring | BooksNotBalanced,
}

/// <summary>The words for them.</summary>
public static class CauseKindNames
{
    /// <summary>Each by itself, in the order in which people are asked.</summary>
    public static IReadOnlyList<CauseKinds> Each { get; } =
    [
        CauseKinds.IntegrationUnverified, CauseKinds.RunFailed, CauseKinds.RecordRefused, CauseKinds.MoneyAtRisk, CauseKinds.JumpHeld,
        CauseKinds.SecretExpiring, CauseKinds.BooksNotBalanced,
    ];

    /// <summary>Of one kind. Never a name that somebody chose: it is safe wherever a message shows it.</summary>
    public static string Label(this CauseKinds kind) => kind switch
    {
        CauseKinds.IntegrationUnverified => "Integration lost its verification",
        CauseKinds.RunFailed => "Run failed",
        CauseKinds.RecordRefused => "Record refused",
        CauseKinds.MoneyAtRisk => "Money at risk",
        CauseKinds.JumpHeld => "Jump held",
        CauseKinds.SecretExpiring => "Secret expiring",
        CauseKinds.BooksNotBalanced => "Books do not balance",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not one kind."),
    };
}
