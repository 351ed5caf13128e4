using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LagoConsole.Sandbox.Faults;
using Microsoft.AspNetCore.WebUtilities;

namespace LagoConsole.Sandbox.Google;

/// <summary>Google's Service Control and token service, over HTTP.</summary>
public sealed class GoogleApi
{
    /// <summary>Where Google stands in the app.</summary>
    public const string Root = "/sandbox/google/";

    /// <summary>Below <see cref="Root"/>: where tokens are given.</summary>
    internal const string Token = "token";

    private const string Services = "v1/services/";
    private const int MostBytes = 1024 * 1024;

    private readonly SandboxGoogle _google;
    private readonly SandboxFaults _faults;

    internal GoogleApi(SandboxGoogle google, SandboxFaults faults)
    {
        _google = google;
        _faults = faults;
    }

    /// <summary>Whether a request brings usage.</summary>
    internal static bool IsReport(SandboxRequest request) => request.RawPath.EndsWith(":report", StringComparison.Ordinal);

    /// <summary>Whether a request asks for a token, or whether usage may be brought.</summary>
    internal static bool IsTokenOrCheck(SandboxRequest request) =>
        request.RawPath == Root + Token || request.RawPath.EndsWith(":check", StringComparison.Ordinal);

    /// <summary>Answers a request.</summary>
    public SandboxResponse Answer(SandboxRequest request)
    {
        string path = Uri.UnescapeDataString(request.RawPath[Root.Length..]);
        try
        {
            return (request.Method, path) switch
            {
                ("POST", Token) => _google.Tokens.Answer(Form(request.Body)),
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
        string? authorization = request.Header("Authorization");
        string account = _google.Tokens.AccountOf(authorization)
            ?? throw new GoogleRefusedException(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.");
        if (!_google.Tokens.IsGood(authorization, "https://www.googleapis.com/auth/servicecontrol", "https://www.googleapis.com/auth/cloud-platform"))
        {
            throw new GoogleRefusedException(403, "PERMISSION_DENIED", "Request had insufficient authentication scopes.");
        }

        int colon = target.LastIndexOf(':');
        (string service, string verb) = colon < 0 ? (target, "") : (target[..colon], target[(colon + 1)..]);
        GoogleService known = _google.Read(state => state.Services.GetValueOrDefault(service))
            ?? throw new GoogleRefusedException(404, "NOT_FOUND", $"Service '{service}' not found.");
        if (known.Controller != account)
        {
            throw new GoogleRefusedException(403, "PERMISSION_DENIED", $"Permission 'servicemanagement.services.{verb}' denied on service '{service}'.");
        }

        JsonObject body = Parse(request);
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

        GoogleOperation[] operations = [.. sent.Select(GoogleOperation.Read)];
        IReadOnlyList<GoogleVerdict> verdicts = _google.Report(service, operations, _faults.DrawUnprocessed(SandboxService.Google));
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

    private static JsonObject Parse(SandboxRequest request)
    {
        if (request.Body.Length > MostBytes)
        {
            throw new GoogleRefusedException($"Request payload size exceeds the limit: {MostBytes} bytes.");
        }

        if (!request.IsJson)
        {
            throw new GoogleRefusedException("The content type must be application/json.");
        }

        try
        {
            return JsonNode.Parse(request.Body.Span, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject ?? throw new GoogleRefusedException("The body is not an object.");
        }
        catch (JsonException notJson)
        {
            throw new GoogleRefusedException("The body is not JSON.", notJson);
        }
    }

    private static Dictionary<string, string> Form(ReadOnlyMemory<byte> body) => QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body.Span))
        .ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.Ordinal);
}
