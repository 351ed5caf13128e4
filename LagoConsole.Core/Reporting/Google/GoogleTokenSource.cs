using Google.Apis.Auth.OAuth2;
using Google.Apis.Auth.OAuth2.Responses;

namespace LagoConsole.Core.Reporting.Google;

/// <summary>Tokens for Google's services, by a service account.</summary>
/// <param name="open">Opens the account on first use; throws <see cref="InvalidOperationException"/> where there is none.</param>
public sealed class GoogleTokenSource(Func<CancellationToken, Task<ITokenAccess>> open) : IAccessTokenSource, IDisposable
{
    /// <summary>What metering needs, and no more.</summary>
    public const string Scope = "https://www.googleapis.com/auth/servicecontrol";

    private readonly SemaphoreSlim _turn = new(1);
    private ITokenAccess? _account;

    public async Task<TokenAnswer> FindAsync(CancellationToken cancellationToken)
    {
        try
        {
            ITokenAccess account = await AccountAsync(cancellationToken);
            return new TokenAnswer.Found(await account.GetAccessTokenForRequestAsync(cancellationToken: cancellationToken)); // kept until shortly before it expires
        }
        catch (OperationCanceledException)
        {
            return new TokenAnswer.Missing(
                "A Google access token could not be obtained in time, so nothing was sent; the records go again by themselves. If this repeats, check the way to oauth2.googleapis.com.");
        }
        catch (InvalidOperationException)
        {
            return new TokenAnswer.Missing(
                "No Google credentials were found, so nothing was sent; the records wait and go by themselves once there are some. Give the console a service account: "
                + "GOOGLE_APPLICATION_CREDENTIALS in its environment, or the identity of its machine or workload, with the role Service Controller on the service.");
        }
        catch (TokenResponseException refused)
        {
            return new TokenAnswer.Missing(
                $"Google gave no token ({refused.Error?.Error ?? "no reason given"}), so nothing was sent; the records go again by themselves. Check that the service account and its key still exist, and this machine's clock.");
        }
        catch (HttpRequestException)
        {
            return new TokenAnswer.Missing(
                "Google's token service could not be reached, so nothing was sent; the records go again by themselves. Check the way to oauth2.googleapis.com.");
        }
    }

    /// <summary>An account that was opened anew asks for a token anew.</summary>
    public void Refused(string token) => _account = null;

    public void Dispose() => _turn.Dispose();

    private async Task<ITokenAccess> AccountAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return _account ??= await open(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }
}
