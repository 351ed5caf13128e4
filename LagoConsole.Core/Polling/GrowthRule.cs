using LagoConsole.Core.HighWater;

namespace LagoConsole.Core.Polling;

/// <summary>What is to become of the growth that a reading shows.</summary>
public abstract record GrowthRule
{
    private GrowthRule()
    {
    }

    /// <summary>To its meter, or waiting where no meter can be told.</summary>
    public sealed record Flow : GrowthRule;

    /// <summary>It waits with this reason, wherever it could go (auto report off, link removed).</summary>
    public sealed record Wait(WaitReason Reason) : GrowthRule;

    /// <summary>Written down and given up: <i>start from now</i> (R16).</summary>
    public sealed record Waive : GrowthRule;

    /// <summary>
    /// The start is chosen (R7): these amounts per metric count as billed elsewhere. A key that does not exist yet takes
    /// its amount as baseline; where a mark exists already, growth up to the amount is an increment that is waived.
    /// Metrics not named start from zero. Growth beyond the amounts is left to the next poll.
    /// </summary>
    public sealed record Baseline(IReadOnlyDictionary<string, long> BilledElsewhere) : GrowthRule;
}
