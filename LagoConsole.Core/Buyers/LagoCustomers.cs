using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Buyers;

/// <summary>A customer of a connected Lago, as the picker shows it.</summary>
/// <param name="LagoCustomerId">Lago's <c>external_id</c>, exact case.</param>
/// <param name="LinkedBuyer">The buyer that already has it; it cannot be chosen then.</param>
public sealed record LagoCustomerChoice(string LagoCustomerId, string? Name, string? Email, string? LinkedBuyer);

/// <summary>What a search came to.</summary>
public abstract record LagoCustomerSearch
{
    private LagoCustomerSearch()
    {
    }

    /// <summary>The first matches, newest customers first.</summary>
    public sealed record Found(IReadOnlyList<LagoCustomerChoice> Customers) : LagoCustomerSearch;

    /// <summary>Lago could not be asked. The id can still be typed; it is checked when it is saved.</summary>
    public sealed record Failed(string Sentence) : LagoCustomerSearch;
}

/// <summary>An integration whose customers can be linked.</summary>
public sealed record LinkableIntegration(Guid Id, string Name, IntegrationStatus Status);

/// <summary>Searches the customers of a connected Lago, for the Lago Customer ID's picker.</summary>
public sealed class LagoCustomers(IDbContextFactory<LagoConsoleDbContext> databases, IntegrationConnections connections)
{
    /// <summary>As many as a person reads before typing another letter.</summary>
    private const int MostChoices = 20;

    /// <summary>All integrations by name: one that is not verified is shown too, so that its absence is not a riddle.</summary>
    public async Task<IReadOnlyList<LinkableIntegration>> ListIntegrationsAsync(CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Integrations.AsNoTracking().OrderBy(integration => integration.Name)
            .Select(integration => new LinkableIntegration(integration.Id, integration.Name, integration.Status))
            .ToListAsync(cancellationToken);
    }

    /// <param name="integrationId">Whose customers.</param>
    /// <param name="term">Part of a name, id or e-mail address; empty for the newest customers.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public async Task<LagoCustomerSearch> SearchAsync(Guid integrationId, string? term, CancellationToken cancellationToken)
    {
        LagoConnection connection = await connections.OpenAsync(integrationId, cancellationToken);
        if (connection is not LagoConnection.Opened opened)
        {
            return new LagoCustomerSearch.Failed(((LagoConnection.Unavailable)connection).Sentence);
        }

        LagoAnswer<LagoPage<CustomerResponse>> answer = await opened.Client.SearchCustomersAsync(term, page: 1, MostChoices, cancellationToken);
        if (answer is not LagoAnswer<LagoPage<CustomerResponse>>.Ok ok)
        {
            return new LagoCustomerSearch.Failed(((LagoAnswer<LagoPage<CustomerResponse>>.Failed)answer).Failure.Sentence);
        }

        List<string> ids = [.. ok.Value.Rows.Select(customer => customer.ExternalId)];
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        Dictionary<string, string> linked = await db.BuyerLinks
            .Where(link => link.IntegrationId == integrationId && link.UnlinkedAt == null && ids.Contains(link.LagoCustomerId))
            .Join(db.Buyers, link => link.BuyerId, buyer => buyer.Id, (link, buyer) => new { link.LagoCustomerId, buyer.Name })
            .ToDictionaryAsync(row => row.LagoCustomerId, row => row.Name, StringComparer.Ordinal, cancellationToken);
        return new LagoCustomerSearch.Found([.. ok.Value.Rows.Select(customer => new LagoCustomerChoice(
            customer.ExternalId, NamesOf(customer) is [var name, ..] ? name : null, customer.Email, linked.GetValueOrDefault(customer.ExternalId)))]);
    }

    /// <summary>Its name, legal name and person's name, as far as there are any: Lago leaves the name empty for persons.</summary>
    internal static IReadOnlyList<string> NamesOf(CustomerResponse customer) =>
        [.. new[] { customer.Name, customer.LegalName, $"{customer.Firstname} {customer.Lastname}".Trim() }
            .OfType<string>().Where(name => !string.IsNullOrWhiteSpace(name)).Distinct(StringComparer.Ordinal)];
}
