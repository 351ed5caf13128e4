namespace LagoConsole.Core.Accounts;

/// <summary>What a marketplace said of an account's credentials: a closed set.</summary>
public abstract record AccountVerdict
{
    private AccountVerdict()
    {
    }

    /// <summary>This machine's clock minus the marketplace's, as its answer was dated; null where no answer was.</summary>
    public TimeSpan? ClockAhead { get; init; }

    /// <summary>The marketplace, as a sentence names it.</summary>
    public required string Who { get; init; }

    public bool IsVerified => this is Verified;

    /// <summary>What was found, what it means for the money, what to do.</summary>
    public string Sentence => this is ClockOff || ClockSkew.Words(ClockAhead, Who) is not { } off
        ? Finding
        : $"{Finding} {off}: set it, before signatures and tokens are refused for it.";

    private protected abstract string Finding { get; }

    public sealed override string ToString() => Sentence;

    /// <summary>The marketplace knows the account, and it may report usage.</summary>
    /// <param name="What">What was tried.</param>
    public sealed record Verified(string What) : AccountVerdict
    {
        private protected override string Finding => $"Verified: {What}";
    }

    /// <summary>There are no credentials, or nobody gives a token for them, or the marketplace does not know them.</summary>
    /// <param name="Problem">A sentence without its stop.</param>
    /// <param name="Remedy">A sentence.</param>
    public sealed record NoCredentials(string Problem, string Remedy) : AccountVerdict
    {
        private protected override string Finding => $"{Problem}. Records of the account's products cannot be sent with it: they wait. {Remedy}";
    }

    /// <summary>The credentials are good, but may not report.</summary>
    /// <param name="Right">The marketplace's own name of what is missing.</param>
    /// <param name="Remedy">A sentence: where to give it.</param>
    public sealed record RightMissing(string Right, string Remedy) : AccountVerdict
    {
        private protected override string Finding =>
            $"{Who} knows the credentials, but a right is missing: {Right}. Records of the account's products are refused until it is given; nothing is billed meanwhile. {Remedy}";
    }

    /// <summary>Refused, with the clocks too far apart to tell whether anything else is wrong.</summary>
    public sealed record ClockOff : AccountVerdict
    {
        private protected override string Finding =>
            $"{ClockSkew.Words(ClockAhead, Who) ?? "The clocks disagree"}, and {Who} refuses what is signed so far from its own time. "
            + "Records cannot be sent: they wait. Set this machine's clock (NTP), then verify again.";
    }

    /// <summary>An answer that neither confirms nor refuses.</summary>
    /// <param name="Problem">A sentence without its stop.</param>
    /// <param name="Remedy">A sentence.</param>
    public sealed record Unclear(string Problem, string Remedy) : AccountVerdict
    {
        private protected override string Finding => $"{Problem}, which does not tell whether usage can be reported. {Remedy}";
    }

    /// <summary>No answer this time. Says nothing about the credentials.</summary>
    /// <param name="Reason">A sentence.</param>
    public sealed record Unreachable(string Reason) : AccountVerdict
    {
        private protected override string Finding => $"{Reason} Nothing is lost: records wait and are sent when there is an answer. Verify again then.";
    }
}
