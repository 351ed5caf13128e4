using System.Globalization;

namespace LagoConsole.Core.Lago;

/// <summary>Why a call to Lago gave no value: a closed set, decided on the HTTP status. Never holds the API key.</summary>
public abstract record LagoFailure
{
    private LagoFailure()
    {
    }

    /// <summary>What happened, in a sentence for run outcomes and pages.</summary>
    public abstract string Sentence { get; }

    public sealed override string ToString() => Sentence;

    /// <summary>401: the key is unknown, expired, or of another Lago.</summary>
    public sealed record KeyRejected : LagoFailure
    {
        public override string Sentence => "Lago rejected the API key.";
    }

    /// <summary>403: the key may not read this.</summary>
    /// <param name="Resource">Lago's name of the permission, such as <c>customer_usage</c>; of the call that was made if Lago named none.</param>
    public sealed record PermissionMissing(string Resource) : LagoFailure
    {
        public override string Sentence => $"The API key lacks the read permission for {Resource}.";
    }

    /// <summary>404: a state, not a fault (T21). The customer, subscription or invoice is not, or no longer, there.</summary>
    /// <param name="What">What was asked for.</param>
    public sealed record NotFound(string What) : LagoFailure
    {
        public override string Sentence => $"Lago has no {What}.";
    }

    /// <summary>405: a state, not a fault (T21). The customer is there, the subscription is not active.</summary>
    public sealed record NoActiveSubscription : LagoFailure
    {
        public override string Sentence => "The customer has no active subscription with this id.";
    }

    /// <summary>429, after all repetitions.</summary>
    /// <param name="RetryAfter">How long Lago asked to wait, if it said.</param>
    public sealed record RateLimited(TimeSpan? RetryAfter) : LagoFailure
    {
        public override string Sentence => RetryAfter is { } wait
            ? string.Create(CultureInfo.InvariantCulture, $"Lago limits the rate of calls and asks to wait {Math.Ceiling(wait.TotalSeconds):0} s.")
            : "Lago limits the rate of calls.";
    }

    /// <summary>5xx, after all repetitions.</summary>
    public sealed record ServerFailed(int Status) : LagoFailure
    {
        public override string Sentence => string.Create(CultureInfo.InvariantCulture, $"Lago failed with status {Status}.");
    }

    /// <summary>400, 422 or another 4xx: Lago did not accept the question. Asking again will not help.</summary>
    public sealed record Refused(int Status) : LagoFailure
    {
        public override string Sentence => string.Create(CultureInfo.InvariantCulture, $"Lago refused the request with status {Status}.");
    }

    /// <summary>The server sends callers elsewhere. The key is never sent after it.</summary>
    /// <param name="Host">Where to, if it said.</param>
    public sealed record Redirected(string? Host) : LagoFailure
    {
        public override string Sentence => Host is null
            ? "The server redirects instead of answering; the API key is not sent after a redirect."
            : $"The server redirects to {Host} instead of answering; the API key is not sent after a redirect.";
    }

    /// <summary>An answer that is not Lago's: not JSON, another root key, or a part that money depends on is absent.</summary>
    /// <param name="Got">What came instead.</param>
    public sealed record NotLago(string Got) : LagoFailure
    {
        public override string Sentence => $"The answer is not Lago's: {Got}.";
    }

    /// <summary>No complete answer: name, connection, encryption, time-out, an answer cut short or too large.</summary>
    public sealed record Unreachable(string Reason) : LagoFailure
    {
        public override string Sentence => $"Lago could not be reached: {Reason}.";
    }

    /// <summary>The id cannot be asked for; no call was made.</summary>
    public sealed record InvalidId(string Problem) : LagoFailure
    {
        public override string Sentence => Problem;
    }
}
