namespace LagoConsole.Core.Accounts;

/// <summary>What a change of an account came to.</summary>
public abstract record AccountOutcome
{
    private AccountOutcome()
    {
    }

    /// <param name="Id">Of the account, or of the product whose account was chosen.</param>
    /// <param name="Sentence">What it means for the money.</param>
    public sealed record Saved(Guid Id, string Sentence) : AccountOutcome;

    /// <summary>Nothing was stored.</summary>
    /// <param name="Problems">A sentence for each field that is wrong; none repeats a secret.</param>
    public sealed record Refused(IReadOnlyDictionary<AccountField, string> Problems) : AccountOutcome
    {
        public Refused(AccountField field, string sentence)
            : this(new Dictionary<AccountField, string> { [field] = sentence })
        {
        }
    }

    /// <summary>Somebody else changed or deleted it first. Nothing was stored.</summary>
    public sealed record ChangedMeanwhile(string Sentence) : AccountOutcome
    {
        internal static ChangedMeanwhile Gone { get; } = new("This account was deleted by somebody else. Nothing was changed.");
    }
}

/// <summary>What <i>VERIFY</i> came to; the same is stored on the account.</summary>
public abstract record AccountVerification
{
    private AccountVerification()
    {
    }

    public sealed record Done(AccountVerdict Verdict) : AccountVerification;

    /// <summary>The credentials were replaced, or the account deleted, while the marketplace was asked: the answer is about neither.</summary>
    public sealed record Overtaken(string Sentence) : AccountVerification;
}
