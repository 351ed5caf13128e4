using LagoConsole.Tests.Lago;
using Microsoft.AspNetCore.Http;
using static LagoConsole.Tests.Lago.LagoServer;

namespace LagoConsole.Tests.Integrations;

/// <summary>Several organizations of one Lago on a real socket: each key opens its own.</summary>
internal sealed class ScriptedOrganizations(LagoServer server) : IAsyncDisposable
{
    private readonly Dictionary<string, Organization> _byKey = new(StringComparer.Ordinal);

    public Uri BaseAddress => server.BaseAddress;

    /// <summary>Answers everything with this status instead.</summary>
    public int? Down { get; set; }

    /// <summary>Runs before an answer, for what happens while somebody waits for Lago.</summary>
    public Func<Task>? Meanwhile { get; set; }

    public static async Task<ScriptedOrganizations> StartAsync()
    {
        ScriptedOrganizations organizations = new(await LagoServer.StartAsync());
        organizations.Listen();
        return organizations;
    }

    public Organization Add(string key, string lagoId, string name)
    {
        Organization organization = new(lagoId, name);
        _byKey[key] = organization;
        return organization;
    }

    public void AddKey(string key, Organization organization) => _byKey[key] = organization;

    public void Revoke(string key) => _byKey.Remove(key);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private void Listen() => server.Otherwise = async context =>
    {
        if (Meanwhile is { } meanwhile)
        {
            Meanwhile = null;
            await meanwhile();
        }

        await Answer(context)(context);
    };

    private RequestDelegate Answer(HttpContext context)
    {
        if (Down is { } status)
        {
            return Json(status, "{}");
        }

        string key = context.Request.Headers.Authorization.ToString().Split(' ')[^1];
        if (!_byKey.TryGetValue(key, out Organization? organization))
        {
            return Json(401, """{"status":401,"error":"Unauthorized"}""");
        }

        string[] path = context.Request.Path.Value!.Split('/')[3..]; // after /api/v1
        string resource = path switch
        {
            ["customers", _, "current_usage"] => "customer_usage",
            [var list, ..] => list.TrimEnd('s'),
            _ => "",
        };
        return organization.Missing.Contains(resource) ? Forbidden(resource) : path switch
        {
            ["organizations"] => Json(200, $$"""{"organization": {"lago_id":"{{organization.LagoId}}","name":"{{organization.Name}}"} }"""),
            ["customers"] => Json(200, LagoAnswers.Customers(1, null)),
            ["customers", var id] when organization.Customers.TryGetValue(id, out string? lagoId) =>
                Json(200, $$"""{"customer": {{LagoAnswers.Customer(lagoId, id)}} }"""),
            ["subscriptions"] => Json(200, LagoAnswers.Subscriptions(1, null)),
            ["billable_metrics"] => Json(200, LagoAnswers.Metrics()),
            _ => Json(404, LagoAnswers.NotFound),
        };
    }

    /// <param name="LagoId">Lago's id.</param>
    internal sealed record Organization(string LagoId, string Name)
    {
        /// <summary>Permissions that its keys lack.</summary>
        public HashSet<string> Missing { get; } = new(StringComparer.Ordinal);

        /// <summary>Customers: external id to Lago's id.</summary>
        public Dictionary<string, string> Customers { get; } = new(StringComparer.Ordinal);
    }
}
