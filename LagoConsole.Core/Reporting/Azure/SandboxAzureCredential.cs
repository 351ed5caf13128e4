using System.Globalization;
using System.Text.Json;
using Azure.Core;
using Azure.Identity;
using LagoConsole.Core.Sandbox;

namespace LagoConsole.Core.Reporting.Azure;

/// <summary>Client credentials against the sandbox's login, which stands at plain HTTP: Azure's own library speaks to https only.</summary>
/// <param name="app">Who asks: what was entered, or the app that the sandbox knows.</param>
internal sealed class SandboxAzureCredential(HttpClient http, ISandboxDoor sandbox, (string ClientId, string ClientSecret) app, TimeProvider clock) : TokenCredential
{
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        throw new NotSupportedException("The sandbox's tokens are asked for without blocking.");

    public override async ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        using FormUrlEncodedContent form = new(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = app.ClientId,
            ["client_secret"] = app.ClientSecret,
            ["scope"] = string.Join(' ', requestContext.Scopes),
        });
        try
        {
            using HttpResponseMessage response = await http.PostAsync(sandbox.AzureTokenAddress, form, cancellationToken);
            using JsonDocument? answer = StrictJson.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            if (StrictJson.Text(answer?.RootElement, "access_token") is not { } token || StrictJson.Number(answer?.RootElement, "expires_in") is not { } seconds)
            {
                throw new AuthenticationFailedException(
                    string.Create(CultureInfo.InvariantCulture, $"The sandbox's login answered {(int)response.StatusCode}: {StrictJson.Text(answer?.RootElement, "error_description")}"));
            }

            return new AccessToken(token, clock.GetUtcNow().AddSeconds((double)seconds));
        }
        catch (HttpRequestException unreachable)
        {
            throw new AuthenticationFailedException("The sandbox's login could not be reached.", unreachable);
        }
    }
}
