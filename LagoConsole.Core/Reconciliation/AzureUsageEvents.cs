using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Azure;
using LagoConsole.Core.Sandbox;
using LagoConsole.Core.Time;
using Microsoft.Extensions.Options;

namespace LagoConsole.Core.Reconciliation;

/// <summary>
/// Asks Microsoft's metering service what it holds: one <c>GET usageEvents</c>, through the connections and with the tokens that
/// usage is reported with. Reads only, and repeats nothing by itself.
/// </summary>
/// <remarks>
/// Not narrowed down to an offer: no event that is sent names one, so a mistyped offer would read as usage that did not arrive.
/// </remarks>
public sealed class AzureUsageEvents(
    HttpClient http, IAccessTokenSource tokens, ISandboxDoor sandbox, IOptions<AzureOptions> options, NetworkClock? network = null)
{
    /// <summary>A row has some 500 bytes; this holds a month of a thousand purchases.</summary>
    private const long MaxAnswerBytes = 32 * 1024 * 1024;

    /// <param name="productId">Whose account's token the question travels with: an app sees the usage of its own offers only.</param>
    /// <param name="from">First day; midnight, UTC.</param>
    /// <param name="until">The day after the last.</param>
    /// <param name="cancellationToken">Ends the call; what a network does is an answer, never an exception.</param>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<UsageEventsAnswer> ReadAsync(Guid productId, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken)
    {
        // Not by the console's clock: the sandbox may move that one, and a socket does not care.
        using CancellationTokenSource limit = new(options.Value.RequestTimeout, (network ?? NetworkClock.Real).Time);
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        UsageEventsAnswer answer = await tokens.FindAsync(productId, patience.Token) switch
        {
            TokenAnswer.Found found => await AskAsync(from, until, found.Token, patience.Token),
            TokenAnswer.Missing missing => new UsageEventsAnswer.NotRead($"{missing.Problem}, so Azure's usage events were not read. {missing.Remedy}"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        cancellationToken.ThrowIfCancellationRequested();
        return answer;
    }

    private async Task<UsageEventsAnswer> AskAsync(DateTimeOffset from, DateTimeOffset until, string token, CancellationToken patience)
    {
        Uri endpoint = new(
            sandbox.IsOpen ? sandbox.AzureBaseAddress : AzureMarketplaceMeter.Production,
            $"usageEvents?api-version={AzureMarketplaceMeter.ApiVersion}&usageStartDate={UtcDay.Text(from)}T00:00:00Z&UsageEndDate={UtcDay.Text(until)}T00:00:00Z");
        using HttpRequestMessage request = new(HttpMethod.Get, endpoint)
        {
            Version = System.Net.HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.TryAddWithoutValidation("x-ms-requestid", Guid.NewGuid().ToString());
        switch (await MeteringCall.SendAsync(http, request, body: null, patience, MaxAnswerBytes))
        {
            case CallOutcome.Answered { Status: 200 } answered:
                return UsageEventsReader.Read(answered.Body) is { } rows
                    ? new UsageEventsAnswer.Read(rows)
                    : new UsageEventsAnswer.NotRead(
                        "Azure's list of usage events is not one that it documents, or it broke off: nothing is concluded from it. If this repeats, it is a defect of the console.");
            case CallOutcome.Answered answered:
                if (answered.Status is 401 or 403)
                {
                    tokens.Refused(token);
                }

                return new UsageEventsAnswer.NotRead(Refusal(answered, token));
            case CallOutcome.Broken broken:
                return new UsageEventsAnswer.NotRead($"{broken.Sentence} Azure's usage events were not read; the next run of the job asks again.");
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static string Refusal(CallOutcome.Answered answered, string token)
    {
        using JsonDocument? json = StrictJson.Parse(answered.Body);
        string said = StrictJson.Shorten((StrictJson.Text(json?.RootElement, "message") ?? "").Replace(token, "[removed]", StringComparison.Ordinal));
        string what = answered.Status switch
        {
            401 or 403 => "Azure does not let this app read usage events. Compare tenant and app ID with the offer's technical configuration in Partner Center.",
            429 => "Azure limits how often it is called; the next run of the job asks again.",
            _ => string.Create(CultureInfo.InvariantCulture, $"Azure answered {answered.Status} instead of its usage events; the next run of the job asks again."),
        };
        return said.Length == 0 ? what : $"{what} Azure says: {said}";
    }
}
