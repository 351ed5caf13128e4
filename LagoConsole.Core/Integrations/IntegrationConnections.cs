using System.Globalization;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Integrations;

/// <summary>
/// The way from an integration to its Lago: address, decrypted key, and the one rate limit that everything of this
/// integration on this node shares. Cheap: open one per run or page, never keep it.
/// </summary>
public sealed class IntegrationConnections(
    IDbContextFactory<LagoConsoleDbContext> databases, ApiKeyVault vault, LagoAddresses addresses, LagoClientFactory clients)
{
    public async Task<LagoConnection> OpenAsync(Guid id, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Integrations.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken) is { } integration
            ? Open(integration)
            : new LagoConnection.Unavailable("The integration is gone: somebody deleted it. Nothing more is polled for it.");
    }

    public LagoConnection Open(Integration integration) => Resolve(integration) switch
    {
        Target.Found found => new LagoConnection.Opened(clients.Create(found.Address, found.Key, LimitId(integration.Id))),
        Target.Missing missing => new LagoConnection.Unavailable(missing.Sentence),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Null for the sandbox's while it is switched off.</summary>
    internal Uri? AddressOf(Integration integration) => addresses.Find(integration.Region, integration.BaseUrl);

    /// <summary>Address and key of a stored integration, for the verifier.</summary>
    internal Target Resolve(Integration integration)
    {
        if (AddressOf(integration) is not { } address)
        {
            return new Target.Missing(
                "This integration uses the sandbox, which is switched off here. Nothing is polled; nothing already counted is lost. "
                + "Start the console in Development, or delete the integration.");
        }

        return vault.Unprotect(integration.Id, integration.ApiKeyCipher) is VaultAnswer.Opened opened
            ? new Target.Found(address, opened.Key)
            : new Target.Missing(VaultAnswer.Unreadable.Sentence);
    }

    internal static string LimitId(Guid id) => id.ToString("N", CultureInfo.InvariantCulture);

    /// <summary>Where to ask, and as whom. The key prints as its last four characters.</summary>
    internal abstract record Target
    {
        private Target()
        {
        }

        public sealed record Found(Uri Address, LagoApiKey Key) : Target;

        public sealed record Missing(string Sentence) : Target;
    }
}

/// <summary>What opening a connection came to.</summary>
public abstract record LagoConnection
{
    private LagoConnection()
    {
    }

    public sealed record Opened(LagoClient Client) : LagoConnection;

    /// <param name="Sentence">What is wrong, what it means for the money, what to do.</param>
    public sealed record Unavailable(string Sentence) : LagoConnection;
}
