using LagoConsole.Core.Fulfilment;
using LagoConsole.Core.Sandbox;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace LagoConsole.Fulfilment;

/// <summary>Whether a call of the webhook comes from Microsoft's marketplace.</summary>
internal enum WebhookCaller
{
    Marketplace = 1,

    /// <summary>No token, or none that holds: key, issuer, audience or lifetime.</summary>
    Unknown = 2,

    /// <summary>A good token of somebody else.</summary>
    Other = 3,

    /// <summary>Nobody can be known: the webhook is not configured, or Entra ID's keys could not be read.</summary>
    Undecided = 4,
}

/// <summary>
/// Checks the tokens of Azure's webhook: signed by a key of the publisher's Entra ID, which is found by its metadata, for the offer's app,
/// and not expired. In the sandbox by the sandbox's keys.
/// </summary>
internal sealed class WebhookTokens(
    HttpClient http, ISandboxDoor sandbox, IOptions<AzureNoticeOptions> options, TimeProvider clock, ILogger<WebhookTokens> logger) : IDisposable
{
    /// <summary>The app that Microsoft's marketplace calls as; also the resource that its services stand for.</summary>
    internal const string MarketplaceApp = "20e940b3-4c77-4b0b-9a53-9e16a1b010a7";

    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private ConfigurationManager<OpenIdConnectConfiguration>? _metadata;

    /// <param name="authorization">The header as it came.</param>
    public async Task<WebhookCaller> CheckAsync(string? authorization, CancellationToken cancellationToken)
    {
        string? audience = sandbox.IsOpen ? sandbox.AzureApp.ClientId : options.Value.WebhookAppId;
        if (audience is null)
        {
            return WebhookCaller.Undecided;
        }

        if (authorization?.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) != true)
        {
            return WebhookCaller.Unknown;
        }

        OpenIdConnectConfiguration keys;
        try
        {
            keys = await Metadata().GetConfigurationAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is InvalidOperationException or IOException or HttpRequestException)
        {
            logger.LogError(failure, "Entra ID's keys could not be read, so a call of Azure's webhook was put off. Azure calls again.");
            return WebhookCaller.Undecided;
        }

        TokenValidationResult result = await new JsonWebTokenHandler().ValidateTokenAsync(authorization["Bearer ".Length..].Trim(), new TokenValidationParameters
        {
            ValidIssuers = [keys.Issuer, .. options.Value.WebhookTenantId is { } tenant ? (string[])[$"https://login.microsoftonline.com/{tenant}/v2.0"] : []],
            ValidAudience = audience,
            IssuerSigningKeys = keys.SigningKeys,
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            LifetimeValidator = (notBefore, expires, _, _) => expires is { } end && IsBefore(clock.GetUtcNow(), end + Skew) && (notBefore is not { } start || IsBefore(start - Skew, clock.GetUtcNow())),
        });
        if (!result.IsValid)
        {
            if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
            {
                Metadata().RequestRefresh(); // keys are exchanged now and then; Azure calls again
            }

            logger.LogWarning("A call of Azure's webhook was refused: its token does not hold ({Reason}).", result.Exception?.GetType().Name);
            return WebhookCaller.Unknown;
        }

        return Claim(result, "appid") == MarketplaceApp || Claim(result, "azp") == MarketplaceApp ? WebhookCaller.Marketplace : WebhookCaller.Other;
    }

    public void Dispose() => http.Dispose();

    private static string? Claim(TokenValidationResult result, string name) => result.Claims.TryGetValue(name, out object? value) ? value as string : null;

    /// <summary>The library hands over UTC without saying so.</summary>
    private static bool IsBefore(DateTimeOffset one, DateTime utc) => one < new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc));

    private static bool IsBefore(DateTime utc, DateTimeOffset other) => new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc)) < other;

    /// <summary>Made at the first call: only then does the sandbox have an address.</summary>
    private ConfigurationManager<OpenIdConnectConfiguration> Metadata()
    {
        lock (_gate)
        {
            return _metadata ??= new ConfigurationManager<OpenIdConnectConfiguration>(
                sandbox.IsOpen
                    ? new Uri(sandbox.AzureTokenAddress, "../../.well-known/openid-configuration").AbsoluteUri
                    : $"https://login.microsoftonline.com/{options.Value.WebhookTenantId}/.well-known/openid-configuration",
                new OpenIdConnectConfigurationRetriever(),
                new HttpDocumentRetriever(http) { RequireHttps = !sandbox.IsOpen });
        }
    }
}
