using LagoConsole.Core.HighWater;

namespace LagoConsole.Core.Integrations;

/// <summary>Judges typed limits for held growth (R15). Pure.</summary>
public static class JumpLimitChecks
{
    /// <summary>A larger factor is a slip: it would hold nothing, which 0 says plainly.</summary>
    public const int MaxFactor = 1000;

    /// <summary>The first field that is wrong, with a sentence; null when none is.</summary>
    public static (IntegrationField Field, string Sentence)? Problem(JumpLimits limits) => limits switch
    {
        { Factor: < 0 or > MaxFactor } => (IntegrationField.JumpFactor, $"Type a whole number from 0 to {MaxFactor}; 0 holds nothing by it."),
        { FloorMinor: < 0 } => (IntegrationField.JumpFloor, "Type a whole number of minor units, 0 or more."),
        { AbsoluteMinor: < 0 } => (IntegrationField.JumpLimit, "Type a whole number of minor units, 0 or more; 0 sets no limit."),
        _ => null,
    };
}
