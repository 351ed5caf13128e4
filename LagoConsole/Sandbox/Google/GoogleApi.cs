using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace LagoConsole.Sandbox.Google;

/// <summary>Google's Service Control and token service, over HTTP.</summary>
public sealed class GoogleApi
{
    /// <summary>Where Google stands in the app.</summary>
    public const string Root = "/sandbox/google/";

    private const string Services = "v1/services/";

    private readonly SandboxGoogle _google;

    internal GoogleApi(SandboxGoogle google) => _google = google;

    /// <summary>Answers a request.</summary>
    public SandboxResponse Answer(SandboxRequest request)
    {
        string path = Uri.UnescapeDataString(request.RawPath[Root.Length..]);
        try
        {
            return (request.Method, path) switch
            {
                ("POST", "token") => _google.Tokens.Answer(Form(request.Body)),
                ("POST", _) when path.StartsWith(Services, StringComparison.Ordinal) => Called(request, path[Services.Length..]),
                _ when path.StartsWith("v1/", StringComparison.Ordinal) => _google.Fulfilment.Answer(request, path),
                _ => SandboxResponse.Empty(404),
            };
        }
        catch (GoogleRefusedException refusal)
        {
            return refusal.ToResponse();
        }
    }

    private SandboxResponse Called(SandboxRequest request, string target)
    {
        if (!_google.Tokens.IsGood(request.Header("Authorization"), "https://www.googleapis.com/auth/servicecontrol", "https://www.googleapis.com/auth/cloud-platform"))
        {
            throw new GoogleRefusedException(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.");
        }

        int colon = target.LastIndexOf(':');
        (string service, string verb) = colon < 0 ? (target, "") : (target[..colon], target[(colon + 1)..]);
        if (!_google.Read(state => state.Services.ContainsKey(service)))
        {
            throw new GoogleRefusedException(404, "NOT_FOUND", $"Service '{service}' not found.");
        }

        JsonObject body = Parse(request.Body);
        return verb switch
        {
            "check" => Check(service, body),
            "report" => Report(service, body),
            _ => SandboxResponse.Empty(404),
        };
    }

    private SandboxResponse Check(string service, JsonObject body)
    {
        GoogleOperation operation = GoogleOperation.Read(body["operation"]);
        string? error = _google.Read(state => state.CheckError(service, operation.Consumer, _google.Now));
        return error is null
            ? SandboxResponse.Json(200, new
            {
                operationId = operation.OperationId,
                serviceConfigId = SandboxGoogle.ServiceConfigId,
                serviceRolloutId = SandboxGoogle.ServiceConfigId,
                checkInfo = new { consumerInfo = new { projectNumber = operation.Consumer.Split(':')[^1], type = "PROJECT", consumerNumber = operation.Consumer.Split(':')[^1] } },
            })
            : SandboxResponse.Json(200, new { operationId = operation.OperationId, checkErrors = new[] { new { code = error, subject = operation.Consumer } } });
    }

    private SandboxResponse Report(string service, JsonObject body)
    {
        if (body["operations"] is not JsonArray { Count: > 0 } sent)
        {
            throw new GoogleRefusedException(400, "INVALID_ARGUMENT", "operations is missing.");
        }

        IReadOnlyList<GoogleVerdict> verdicts = _google.Report(service, [.. sent.Select(GoogleOperation.Read)]);
        GoogleVerdict[] failed = [.. verdicts.Where(verdict => verdict.Code != 0)];
        return failed.Length == 0
            ? SandboxResponse.Json(200, new { serviceConfigId = SandboxGoogle.ServiceConfigId, serviceRolloutId = SandboxGoogle.ServiceConfigId })
            : SandboxResponse.Json(200, new
            {
                reportErrors = failed.Select(verdict => new { operationId = verdict.Operation.OperationId, status = new { code = verdict.Code, message = verdict.Message } }).ToArray(),
                serviceConfigId = SandboxGoogle.ServiceConfigId,
                serviceRolloutId = SandboxGoogle.ServiceConfigId,
            });
    }

    private static JsonObject Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonNode.Parse(body.Span) as JsonObject ?? throw new GoogleRefusedException("The body is not an object.");
        }
        catch (JsonException notJson)
        {
            throw new GoogleRefusedException("The body is not JSON.", notJson);
        }
    }

    private static Dictionary<string, string> Form(ReadOnlyMemory<byte> body) => QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body.Span))
        .ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.Ordinal);
}
