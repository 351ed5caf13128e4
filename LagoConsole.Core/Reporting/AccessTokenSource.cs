namespace LagoConsole.Core.Reporting;

/// <summary>Whether a call can be authorised.</summary>
public abstract record TokenAnswer
{
    private TokenAnswer()
    {
    }

    /// <summary>Prints no token.</summary>
    public sealed record Found(string Token) : TokenAnswer
    {
        public override string ToString() => "an access token";
    }

    /// <param name="Sentence">What is missing and what to configure.</param>
    public sealed record Missing(string Sentence) : TokenAnswer;
}

/// <summary>Where the bearer tokens of a marketplace come from. Keeps them until shortly before they expire.</summary>
public interface IAccessTokenSource
{
    /// <summary>Never throws for what a network or an identity provider does: that is the answer.</summary>
    Task<TokenAnswer> FindAsync(CancellationToken cancellationToken);

    /// <summary>The marketplace refused this token: the next one asked for is new.</summary>
    void Refused(string token);
}
