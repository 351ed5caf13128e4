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

    /// <param name="Problem">What is missing: a sentence without its stop.</param>
    /// <param name="Remedy">What to check or configure: a sentence.</param>
    public sealed record Missing(string Problem, string Remedy) : TokenAnswer
    {
        /// <summary>With what it means for the money.</summary>
        public string Sentence => $"{Problem}, so nothing was sent; the records wait and go by themselves once that is mended. {Remedy}";
    }
}

/// <summary>Where the bearer tokens of a marketplace come from: those of the product's account. Keeps them until shortly before they expire.</summary>
public interface IAccessTokenSource
{
    /// <summary>Never throws for what a database, a network or an identity provider does: that is the answer.</summary>
    Task<TokenAnswer> FindAsync(Guid productId, CancellationToken cancellationToken);

    /// <summary>The marketplace refused this token: the next one asked for is new.</summary>
    void Refused(string token);
}
