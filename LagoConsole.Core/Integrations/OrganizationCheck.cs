using System.Security.Cryptography;
using System.Text;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Integrations;

/// <summary>
/// Keeps one organization to one integration, and an integration to one organization: the same usage polled twice would
/// be billed twice, and another organization's usage would be billed to the wrong buyers.
/// </summary>
public sealed class OrganizationCheck(
    IDbContextFactory<LagoConsoleDbContext> databases, ApiKeyVault vault, IntegrationConnections connections, LagoClientFactory clients)
{
    /// <summary>A person waits for the answer, and it is a courtesy: VERIFY and the unique index ask again. Real time: the network does not move with the console's clock.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    /// <summary>How many linked customers are asked for at most when the organization cannot tell its name.</summary>
    private const int MostProofs = 10;

    public static string ConnectedSentence(OrganizationResponse organization, string connectedAs) =>
        $"This key belongs to the organization {organization.Name ?? organization.LagoId}, which is already connected as {connectedAs}. "
        + "Polled twice, its usage would be billed twice. Use the integration that is there, or delete it first.";

    public static string SameKeySentence(string connectedAs) =>
        $"This key is already in use by the integration {connectedAs}. "
        + "Polled twice, its usage would be billed twice. Use the integration that is there, or delete it first.";

    public static string OtherOrganizationSentence(Integration integration, OrganizationResponse organization) =>
        $"This key belongs to another organization, {organization.Name ?? organization.LagoId}; this integration is {integration.Name}. "
        + "Its usage would be billed to the wrong buyers, so nothing is polled with it. "
        + $"Enter a key of {integration.Name}, or connect the other organization as an integration of its own.";

    /// <summary>Name of another integration of this organization; null when there is none.</summary>
    public async Task<string?> FindConnectedAsync(string organizationLagoId, Guid except, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Integrations.Where(row => row.OrganizationLagoId == organizationLagoId && row.Id != except)
            .Select(row => row.Name).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Name of another integration with this very key at this address: also where a key may not read its organization.</summary>
    internal async Task<string?> FindSameKeyAsync(
        LagoRegion region, Uri address, LagoApiKey key, Guid except, CancellationToken cancellationToken)
    {
        string baseUrl = region == LagoRegion.Sandbox ? "" : address.AbsoluteUri;
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        List<Integration> candidates = await db.Integrations.AsNoTracking()
            .Where(row => row.Region == region && row.BaseUrl == baseUrl && row.Id != except).ToListAsync(cancellationToken);
        return candidates.Find(row => IsKeyOf(row, key))?.Name;
    }

    /// <summary>The key's organization; null when Lago does not tell now, for whatever reason.</summary>
    internal async Task<OrganizationResponse?> TryReadAsync(Uri address, LagoApiKey key, Guid integrationId, CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = new(_patience);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            return await clients.Create(address, key, IntegrationConnections.LimitId(integrationId)).GetOrganizationAsync(both.Token)
                is LagoAnswer<OrganizationResponse>.Ok ok ? ok.Value : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>
    /// Why a key cannot replace an integration's present one; null when it can. Only proof counts: a key of which nobody
    /// knows whose it is could bill one organization's usage to another's buyers.
    /// </summary>
    internal async Task<string?> ProblemOfReplacementAsync(Integration integration, LagoApiKey newKey, CancellationToken cancellationToken)
    {
        if (IsKeyOf(integration, newKey))
        {
            return "This is the key that is stored already. Leave the field empty to keep it.";
        }

        // The address does not depend on whether the present key can be read: a lost key ring is a reason to replace it.
        if (connections.AddressOf(integration) is not { } address)
        {
            return "The sandbox is switched off here, so the console cannot see whose key this is. The present key stays.";
        }

        if (await FindSameKeyAsync(integration.Region, address, newKey, integration.Id, cancellationToken) is { } twin)
        {
            return SameKeySentence(twin);
        }

        LagoClient lago = clients.Create(address, newKey, IntegrationConnections.LimitId(integration.Id));
        return await lago.GetOrganizationAsync(cancellationToken) switch
        {
            LagoAnswer<OrganizationResponse>.Ok { Value: var organization } when integration.OrganizationLagoId is { } known =>
                organization.LagoId == known ? null : OtherOrganizationSentence(integration, organization) + " The present key stays.",
            LagoAnswer<OrganizationResponse>.Ok { Value: var organization }
                when await FindConnectedAsync(organization.LagoId, integration.Id, cancellationToken) is { } connected =>
                ConnectedSentence(organization, connected),
            LagoAnswer<OrganizationResponse>.Failed { Failure: LagoFailure.KeyRejected } =>
                "Lago rejected this key: it is mistyped, expired or of another region. The present key stays. Copy the key again from Lago's developer page.",
            LagoAnswer<OrganizationResponse>.Failed { Failure: var failure } when integration.OrganizationLagoId is not null =>
                $"{failure.Sentence} So the console cannot see whether the key is of the same organization. The present key stays. "
                + (failure is LagoFailure.PermissionMissing
                    ? "Give the key read permission for organization on Lago's developer page, then save again."
                    : "Try again when Lago answers."),
            _ => await ProblemByCustomersAsync(integration, lago, cancellationToken),
        };
    }

    /// <summary>Where the organization was never told, a linked customer proves it: Lago's own ids are unique.</summary>
    private async Task<string?> ProblemByCustomersAsync(Integration integration, LagoClient lago, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        var links = await db.BuyerLinks
            .Where(link => link.IntegrationId == integration.Id && link.UnlinkedAt == null)
            .OrderByDescending(link => link.LinkedAt)
            .Select(link => new { link.LagoCustomerId, link.CustomerLagoId })
            .Take(MostProofs).ToListAsync(cancellationToken);
        foreach (var link in links)
        {
            switch (await lago.GetCustomerAsync(link.LagoCustomerId, cancellationToken))
            {
                case LagoAnswer<CustomerResponse>.Ok { Value.LagoId: var lagoId } when lagoId == link.CustomerLagoId:
                    return null;
                case LagoAnswer<CustomerResponse>.Ok or LagoAnswer<CustomerResponse>.Failed { Failure: LagoFailure.NotFound }:
                    break; // another organization's, or this one customer was deleted: the next one tells
                case LagoAnswer<CustomerResponse>.Failed failed:
                    return $"{failed.Failure.Sentence} So the console cannot see whether the key is of the same organization. The present key stays. Try again when Lago answers.";
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }

        return links.Count == 0
            ? null
            : "With this key Lago knows none of the customers that buyers are linked to: it is of another organization. The present key stays. "
                + "Connect the other organization as an integration of its own.";
    }

    private bool IsKeyOf(Integration integration, LagoApiKey key) =>
        vault.Unprotect(integration.Id, integration.ApiKeyCipher) is VaultAnswer.Opened opened
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(opened.Key.Reveal()), Encoding.UTF8.GetBytes(key.Reveal()));
}
