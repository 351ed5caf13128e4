using System.Text.RegularExpressions;
using Azure.Core;
using Azure.Identity;

namespace LagoConsole.Core.Reporting.Azure;

/// <summary>Tokens for Microsoft's metering and fulfilment services, by an app's client credentials.</summary>
/// <param name="credential">Entra's, or in the sandbox the sandbox's own.</param>
/// <param name="clock">What the tokens' expiry is held against.</param>
public sealed partial class AzureTokenSource(TokenCredential credential, TimeProvider clock) : IAccessTokenSource, IDisposable
{
    /// <summary>The resource that both services stand for, in every tenant.</summary>
    public const string Scope = "20e940b3-4c77-4b0b-9a53-9e16a1b010a7/.default";

    /// <summary>A token is not begun with that is about to expire.</summary>
    private static readonly TimeSpan InHand = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _turn = new(1);
    private AccessToken? _kept;

    public async Task<TokenAnswer> FindAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _turn.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return NotInTime;
        }

        try
        {
            if (_kept is not { } kept || kept.ExpiresOn - InHand <= clock.GetUtcNow())
            {
                _kept = kept = await credential.GetTokenAsync(new TokenRequestContext([Scope]), cancellationToken);
            }

            return new TokenAnswer.Found(kept.Token);
        }
        catch (OperationCanceledException)
        {
            return NotInTime;
        }
        catch (CredentialUnavailableException)
        {
            return new TokenAnswer.Missing(
                "No Azure credentials were found, so nothing was sent; the records wait and go by themselves once there are some. Give the console the app of the "
                + "offer's technical configuration: AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET or AZURE_CLIENT_CERTIFICATE_PATH in its environment, or a managed identity.");
        }
        catch (AuthenticationFailedException refused)
        {
            return new TokenAnswer.Missing(
                $"Entra ID gave no token{Code(refused.Message)}, so nothing was sent; the records go again by themselves. Check tenant, app ID and secret or certificate, and whether they have expired.");
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Refused(string token)
    {
        if (_kept?.Token == token)
        {
            _kept = null;
        }
    }

    public void Dispose() => _turn.Dispose();

    private static TokenAnswer.Missing NotInTime { get; } = new(
        "An Azure access token could not be obtained in time, so nothing was sent; the records go again by themselves. If this repeats, check the way to login.microsoftonline.com.");

    /// <summary>Entra's number for what is wrong, which is what its documentation is searched by.</summary>
    private static string Code(string message) => Number().Match(message) is { Success: true, Value: var code } ? $" ({code})" : "";

    [GeneratedRegex(@"AADSTS\d{4,8}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Number();
}
