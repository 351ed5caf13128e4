using System.Runtime.CompilerServices;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Auth.OAuth2.Responses;
using LagoConsole.Core.Accounts;

namespace LagoConsole.Core.Reporting.Google;

/// <summary>Tokens for Google's services, by the service account of a product's account.</summary>
/// <param name="open">Opens an account, or the application default credentials for null, when a token of it is first asked for. May throw.</param>
public sealed class GoogleTokenSource(Func<AccountCredentials?, CancellationToken, Task<ITokenAccess>> open, IProductAccounts accounts) : IAccessTokenSource
{
    /// <summary>What metering needs, and no more.</summary>
    public const string Scope = "https://www.googleapis.com/auth/servicecontrol";

    private readonly ConditionalWeakTable<AccountCredentials, Pot> _pots = new();
    private readonly Pot _usual = new();

    public async Task<TokenAnswer> FindAsync(Guid productId, CancellationToken cancellationToken) =>
        await accounts.FindAsync(productId, cancellationToken) switch
        {
            AccountAnswer.UsualChain => await AskAsync(account: null, cancellationToken),
            AccountAnswer.Found found => await AskAsync(found.Credentials, cancellationToken),
            AccountAnswer.Missing missing => new TokenAnswer.Missing(missing.Problem, missing.Remedy),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>An account that is opened anew asks for a token anew.</summary>
    public void Refused(string token)
    {
        foreach (Pot pot in _pots.Select(entry => entry.Value).Append(_usual).Where(pot => pot.Given == token))
        {
            pot.Account = null;
        }
    }

    /// <summary>A token of an account, or of the application default credentials where none is given.</summary>
    internal async Task<TokenAnswer> AskAsync(AccountCredentials? account, CancellationToken cancellationToken)
    {
        Pot pot = account is null ? _usual : _pots.GetOrCreateValue(account);
        try
        {
            ITokenAccess opened = pot.Account ??= await open(account, cancellationToken);
            string token = await opened.GetAccessTokenForRequestAsync(cancellationToken: cancellationToken); // kept until shortly before it expires
            pot.Given = token;
            return new TokenAnswer.Found(token);
        }
        catch (OperationCanceledException)
        {
            return new TokenAnswer.Missing("A Google access token could not be obtained in time", "If this repeats, check the way to oauth2.googleapis.com.");
        }
        catch (InvalidOperationException) when (account is null)
        {
            return new TokenAnswer.Missing(
                "No Google credentials were found",
                "Give the console a service account: GOOGLE_APPLICATION_CREDENTIALS in its environment, the identity of its machine or workload, "
                + "or an account under Settings, with the role Service Controller on the service.");
        }
        catch (TokenResponseException refused)
        {
            return new TokenAnswer.Missing(
                $"Google gave no token ({refused.Error?.Error ?? "no reason given"})", "Check that the service account and its key still exist, and this machine's clock.");
        }
        catch (HttpRequestException)
        {
            return new TokenAnswer.Missing("Google's token service could not be reached", "Check the way to oauth2.googleapis.com.");
        }
#pragma warning disable CA1031 // The default credentials throw whatever their links throw (files, sockets, JSON): each of them means that there is no token.
        catch (Exception)
#pragma warning restore CA1031
        {
            return new TokenAnswer.Missing(
                "No Google access token could be obtained", "Check the credentials in the console's environment or under Settings: a file may be missing or unreadable.");
        }
    }

    /// <summary>An account's way to the token service; kept as long as the account's credentials are.</summary>
    private sealed class Pot
    {
        public ITokenAccess? Account { get; set; }

        public string? Given { get; set; }
    }
}
