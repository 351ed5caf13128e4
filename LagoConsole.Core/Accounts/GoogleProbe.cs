using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Google;
using LagoConsole.Core.Sandbox;

namespace LagoConsole.Core.Accounts;

/// <summary>
/// Asks Google whether an account may report: a token, then a <c>check</c> for a consumer that cannot exist. A refusal of the
/// caller comes before one of the consumer, so the latter shows that the right is there; nothing is reported.
/// </summary>
internal sealed class GoogleProbe(AccountNetwork network, GoogleTokenSource tokens, ISandboxDoor sandbox, TimeProvider clock)
{
    private const string Who = "Google";

    /// <param name="service">Of a product of the account; null where no product names one.</param>
    public async Task<AccountVerdict> AskAsync(AccountCredentials account, string? service, CancellationToken patience)
    {
        TokenAnswer answer = await tokens.AskAsync(account, patience);

        // Without token or service too: the refusal is dated, and a clock that is off may be why there is no token.
        CallOutcome outcome = await CheckAsync(service ?? "service.invalid", (answer as TokenAnswer.Found)?.Token, patience);
        TimeSpan? clockAhead = clock.GetUtcNow() - (outcome as CallOutcome.Answered)?.Headers.Date;
        return (answer, outcome) switch
        {
            (TokenAnswer.Missing, _) when ClockSkew.IsOff(clockAhead) => new AccountVerdict.ClockOff { Who = Who, ClockAhead = clockAhead },
            (TokenAnswer.Missing missing, _) => new AccountVerdict.NoCredentials(missing.Problem, missing.Remedy) { Who = Who, ClockAhead = clockAhead },
            (_, CallOutcome.Broken broken) => new AccountVerdict.Unreachable(broken.Sentence) { Who = Who },
            (_, CallOutcome.Answered answered) => Judge(answered.Status, service, clockAhead),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>Pure.</summary>
    /// <param name="clockAhead">This machine's clock minus Google's.</param>
    internal static AccountVerdict Judge(int status, string? service, TimeSpan? clockAhead) => (status, service) switch
    {
        (200, { } name) => new AccountVerdict.Verified($"Google gives the service account a token, and it may report for {name}.") { Who = Who, ClockAhead = clockAhead },
        (401, _) => new AccountVerdict.NoCredentials("Google does not accept the service account's token", "Check that the service account is not disabled.")
        {
            Who = Who,
            ClockAhead = clockAhead,
        },
        (429, _) => new AccountVerdict.Unreachable("Google limits how often it is called.") { Who = Who, ClockAhead = clockAhead },
        ( >= 500, _) => new AccountVerdict.Unreachable($"Google failed (HTTP {status}).") { Who = Who, ClockAhead = clockAhead },
        (_, null) => new AccountVerdict.Verified(
            "Google gives the service account a token. No product uses the account yet, so its role on a service was not tried: verify again once one does.")
        {
            Who = Who,
            ClockAhead = clockAhead,
        },
        (403, { } name) => new AccountVerdict.RightMissing(
            $"servicemanagement.services.check and .report on {name}",
            "Grant the service account the role Service Controller (roles/servicemanagement.serviceController) on the service.")
        { Who = Who, ClockAhead = clockAhead },
        (404, { } name) => new AccountVerdict.Unclear(
            $"Google does not know the service {name}", "Compare the product's service name with the Producer Portal.")
        { Who = Who, ClockAhead = clockAhead },
        _ => new AccountVerdict.Unclear($"Google answered HTTP {status}", "Verify again later.") { Who = Who, ClockAhead = clockAhead },
    };

    private async Task<CallOutcome> CheckAsync(string service, string? token, CancellationToken patience)
    {
        string now = clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        string json = $$$"""
            {"operation":{"operationId":"{{{Guid.NewGuid()}}}","operationName":"{{{service}}}/verify","consumerId":"project_number:0","startTime":"{{{now}}}","endTime":"{{{now}}}",
            "metricValueSets":[{"metricName":"{{{service}}}/verify","metricValues":[{"int64Value":"0"}]}]}}
            """;
        Uri address = new(sandbox.IsOpen ? sandbox.GoogleBaseAddress : GoogleMarketplaceMeter.Production, $"v1/services/{service}:check");
        using MeteringBody body = new(Encoding.UTF8.GetBytes(json));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using HttpRequestMessage request = MeteringCall.Post(address, body);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await MeteringCall.SendAsync(network.Http, request, body, patience);
    }
}
