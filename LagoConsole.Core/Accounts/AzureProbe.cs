using System.Globalization;
using System.Net.Http.Headers;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Azure;
using LagoConsole.Core.Sandbox;

namespace LagoConsole.Core.Accounts;

/// <summary>Asks Azure whether an account may report: a token, then a look at the usage of today.</summary>
internal sealed class AzureProbe(AccountNetwork network, AzureTokenSource tokens, ISandboxDoor sandbox, TimeProvider clock)
{
    private const string Who = "Azure";

    public async Task<AccountVerdict> AskAsync(AccountCredentials account, CancellationToken patience)
    {
        TokenAnswer answer = await tokens.AskAsync(account, patience);

        // Without a token too: the refusal is dated, and a clock that is off may be why there is none.
        CallOutcome outcome = await LookAsync((answer as TokenAnswer.Found)?.Token, patience);
        TimeSpan? clockAhead = clock.GetUtcNow() - (outcome as CallOutcome.Answered)?.Headers.Date;
        return (answer, outcome) switch
        {
            (TokenAnswer.Missing, _) when ClockSkew.IsOff(clockAhead) => new AccountVerdict.ClockOff { Who = Who, ClockAhead = clockAhead },
            (TokenAnswer.Missing missing, _) => new AccountVerdict.NoCredentials(missing.Problem, missing.Remedy) { Who = Who, ClockAhead = clockAhead },
            (_, CallOutcome.Broken broken) => new AccountVerdict.Unreachable(broken.Sentence) { Who = Who },
            (_, CallOutcome.Answered answered) => Judge(answered.Status, clockAhead),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>Pure.</summary>
    /// <param name="clockAhead">This machine's clock minus Azure's.</param>
    internal static AccountVerdict Judge(int status, TimeSpan? clockAhead) => status switch
    {
        200 => new AccountVerdict.Verified("Entra ID gives the app a token, and the marketplace's metering service answers it.") { Who = Who, ClockAhead = clockAhead },
        401 => new AccountVerdict.NoCredentials(
            "Azure does not accept the app's token", "Check that the tenant has a service principal for the marketplace's API (20e940b3-4c77-4b0b-9a53-9e16a1b010a7).")
        {
            Who = Who,
            ClockAhead = clockAhead,
        },
        403 => new AccountVerdict.RightMissing(
            "tenant and app ID in the technical configuration of an offer",
            "Enter both there in Partner Center and publish the offer; a change takes effect when the offer is live.")
        { Who = Who, ClockAhead = clockAhead },
        429 => new AccountVerdict.Unreachable("Azure limits how often it is called.") { Who = Who, ClockAhead = clockAhead },
        >= 500 => new AccountVerdict.Unreachable($"Azure failed (HTTP {status}).") { Who = Who, ClockAhead = clockAhead },
        _ => new AccountVerdict.Unclear($"Azure answered HTTP {status}", "Verify again later.") { Who = Who, ClockAhead = clockAhead },
    };

    private async Task<CallOutcome> LookAsync(string? token, CancellationToken patience)
    {
        string today = clock.GetUtcNow().UtcDateTime.Date.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        Uri address = new(
            sandbox.IsOpen ? sandbox.AzureBaseAddress : AzureMarketplaceMeter.Production,
            $"usageEvents?api-version={AzureMarketplaceMeter.ApiVersion}&usageStartDate={Uri.EscapeDataString(today)}");
        using HttpRequestMessage request = new(HttpMethod.Get, address);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using MeteringBody none = new([]); // a look carries no body
        return await MeteringCall.SendAsync(network.Http, request, none, patience);
    }
}
