using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using LagoConsole.Core.Time;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace LagoConsole.Core.Lago;

/// <summary>
/// When a read is repeated, and after how long. Every call to Lago is a GET without effect, so repeating is safe;
/// it is kept short because the next hourly run makes good what one misses.
/// </summary>
internal static class LagoRetry
{
    public static HttpRetryStrategyOptions Options(LagoOptions options, TimeProvider clock) => new()
    {
        // Polly wants one at least; with both counts at zero ShouldHandle says no.
        MaxRetryAttempts = Math.Max(1, Math.Max(options.RateLimitRetries, options.FaultRetries)),
        ShouldHandle = arguments => ValueTask.FromResult(arguments.AttemptNumber < Allowed(arguments.Outcome, options)),
        DelayGenerator = arguments => ValueTask.FromResult<TimeSpan?>(Delay(arguments.Outcome, arguments.AttemptNumber, options, clock)),
    };

    /// <summary>What Lago Cloud asks for: the seconds until its window resets (not an instant), else a proxy's Retry-After.</summary>
    public static TimeSpan? AskedWait(HttpResponseHeaders headers, TimeProvider clock)
    {
        if (headers.TryGetValues("X-RateLimit-Reset", out IEnumerable<string>? values)
            && decimal.TryParse(values.First(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds)
            && seconds > 0)
        {
            return TimeSpan.FromSeconds((double)Math.Min(seconds, 86_400));
        }

        TimeSpan? wait = headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - clock.GetUtcNow(),
            _ => null,
        };
        return wait > TimeSpan.Zero ? wait : null;
    }

    private static int Allowed(Outcome<HttpResponseMessage> outcome, LagoOptions options) => outcome switch
    {
        { Result.StatusCode: HttpStatusCode.TooManyRequests } => options.RateLimitRetries,
        { Result.StatusCode: >= HttpStatusCode.InternalServerError } => options.FaultRetries,
        { Exception: HttpRequestException fault } when IsPassing(fault) => options.FaultRetries,

        // A time-out is not among them: what took too long is not helped by being asked again at once.
        _ => 0,
    };

    /// <summary>A refused address, a bad certificate or an oversized answer would only come again.</summary>
    private static bool IsPassing(HttpRequestException fault) =>
        fault.InnerException is not LagoAddressRefusedException
        && fault.HttpRequestError is not (HttpRequestError.SecureConnectionError or HttpRequestError.ConfigurationLimitExceeded);

    private static TimeSpan Delay(Outcome<HttpResponseMessage> outcome, int attempt, LagoOptions options, TimeProvider clock)
    {
        bool limited = outcome.Result?.StatusCode == HttpStatusCode.TooManyRequests;
        TimeSpan wait = (limited ? AskedWait(outcome.Result!.Headers, clock) : null)
            ?? (limited ? TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(0.5)) * Math.Pow(2, attempt);

        // Clients that were turned away together must not return together.
        TimeSpan jitter = TimeSpan.FromMilliseconds((int)(Jitter.Next() * 100));
        return (wait < options.LongestRetryDelay ? wait : options.LongestRetryDelay) + jitter;
    }
}
