using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Azure.Core;
using Azure.Identity;
using LagoConsole.Core.Accounts;

namespace LagoConsole.Core.Reporting.Azure;

/// <summary>Tokens for Microsoft's metering and fulfilment services, by the client credentials of a product's account.</summary>
/// <param name="open">Opens an account, or the usual chain for null, when a token of it is first asked for. May throw.</param>
/// <param name="clock">What the tokens' expiry is held against.</param>
public sealed partial class AzureTokenSource(Func<AccountCredentials?, TokenCredential> open, IProductAccounts accounts, TimeProvider clock) : IAccessTokenSource
{
    /// <summary>The resource that both services stand for, in every tenant.</summary>
    public const string Scope = "20e940b3-4c77-4b0b-9a53-9e16a1b010a7/.default";

    /// <summary>A token is not begun with that is about to expire.</summary>
    private static readonly TimeSpan InHand = TimeSpan.FromMinutes(5);

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

    public void Refused(string token)
    {
        foreach (Pot pot in _pots.Select(entry => entry.Value).Append(_usual).Where(pot => pot.Kept?.Token == token))
        {
            pot.Kept = null;
        }
    }

    /// <summary>A token of an account, or of the usual chain where none is given. Two asked for at once are two good tokens.</summary>
    internal async Task<TokenAnswer> AskAsync(AccountCredentials? account, CancellationToken cancellationToken)
    {
        Pot pot = account is null ? _usual : _pots.GetOrCreateValue(account);
        try
        {
            if (pot.Kept is not { } kept || kept.ExpiresOn - InHand <= clock.GetUtcNow())
            {
                pot.Credential ??= open(account);
                AccessToken given = await pot.Credential.GetTokenAsync(new TokenRequestContext([Scope]), cancellationToken);
                pot.Kept = kept = new KeptToken(given.Token, given.ExpiresOn);
            }

            return new TokenAnswer.Found(kept.Token);
        }
        catch (OperationCanceledException)
        {
            return new TokenAnswer.Missing(
                "An Azure access token could not be obtained in time", "If this repeats, check the way to login.microsoftonline.com, or to the machine's identity service.");
        }
        catch (CredentialUnavailableException)
        {
            return account is null
                ? new TokenAnswer.Missing(
                    "No Azure credentials were found",
                    "Give the console the app of the offer's technical configuration: AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET or "
                    + "AZURE_CLIENT_CERTIFICATE_PATH in its environment, a managed identity, or an account under Settings.")
                : new TokenAnswer.Missing(
                    $"The account {account.AccountName} found no Azure credentials on this machine", "Check that the identity is assigned to the console's machine or workload.");
        }
        catch (AuthenticationFailedException refused)
        {
            return new TokenAnswer.Missing(
                $"Entra ID gave no token{Code(refused.Message)}", "Check tenant, app ID and secret or certificate, and whether they have expired.");
        }
#pragma warning disable CA1031 // The chain throws whatever its links throw (files, sockets, certificates): each of them means that there is no token.
        catch (Exception)
#pragma warning restore CA1031
        {
            return new TokenAnswer.Missing(
                "No Azure access token could be obtained", "Check the credentials in the console's environment or under Settings: a file may be missing, or a certificate unreadable.");
        }
    }

    /// <summary>Entra's number for what is wrong, which is what its documentation is searched by.</summary>
    private static string Code(string message) => Number().Match(message) is { Success: true, Value: var code } ? $" ({code})" : "";

    [GeneratedRegex(@"AADSTS\d{4,8}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Number();

    /// <summary>An account's way to Entra ID and its token; kept as long as the account's credentials are.</summary>
    private sealed class Pot
    {
        public TokenCredential? Credential { get; set; }

        public KeptToken? Kept { get; set; }
    }

    /// <summary>A class, not a record: a record would print its token.</summary>
    private sealed class KeptToken(string token, DateTimeOffset expiresOn)
    {
        public string Token { get; } = token;

        public DateTimeOffset ExpiresOn { get; } = expiresOn;
    }
}
