using System.Text;
using System.Text.Json;
using LagoConsole.Sandbox;

namespace LagoConsole.Tests.Sandbox;

/// <summary>Gets tokens of the sandbox's Azure and makes calls to it.</summary>
internal sealed class AzureCaller(SandboxWorlds world)
{
    public const string Audience = "20e940b3-4c77-4b0b-9a53-9e16a1b010a7";

    private string? _token;

    public string ApiVersion { get; set; } = "2018-08-31";

    public string ContentType { get; set; } = "application/json; charset=utf-8";

    public string? Authorization
    {
        get => field ?? $"Bearer {_token ??= Login().Body.GetProperty("access_token").GetString()}";
        set;
    }

    public (int Status, JsonElement Body) Login(string? clientId = null, string? secret = null, string audience = Audience, string version = "v2.0/", string grant = "client_credentials")
    {
        string purpose = version.Length > 0 ? $"scope={audience}/.default" : $"resource={audience}";
        string form = $"grant_type={grant}&client_id={clientId ?? SandboxKeys.AzureApp.ClientId}&client_secret={secret ?? SandboxKeys.AzureApp.ClientSecret}&{purpose}";
        return Answered(new SandboxRequest("POST", $"/sandbox/azure/login/any-tenant/oauth2/{version}token", new Dictionary<string, string>(), Encoding.UTF8.GetBytes(form)));
    }

    public (int Status, JsonElement Body) Batch(params object?[] events) => Call("POST", "batchUsageEvent", JsonSerializer.Serialize(new { request = events }));

    public (int Status, JsonElement Body) Single(object? one) => Call("POST", "usageEvent", JsonSerializer.Serialize(one));

    public (int Status, JsonElement Body) Usage(string query) => Answered(Request("GET", "usageEvents", body: "", "&" + query));

    public (int Status, JsonElement Body) Call(string method, string path, string body = "") => Answered(Request(method, path, body));

    public SandboxRequest Request(string method, string path, string body, string query = "") => new(
        method,
        $"/sandbox/azure/api/{path}?api-version={ApiVersion}{query}",
        new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["Authorization"] = Authorization ?? "",
            ["Content-Type"] = ContentType,
            ["x-ms-requestid"] = "b7f0a2c4-5d3e-4f1a-8c9b-1e2d3c4b5a60",
        },
        Encoding.UTF8.GetBytes(body));

    private (int Status, JsonElement Body) Answered(SandboxRequest request)
    {
        SandboxResponse answer = world.World.Azure.Requests.Answer(request);
        return (answer.Status, answer.Body.IsEmpty ? default : JsonDocument.Parse(answer.Body).RootElement);
    }
}
