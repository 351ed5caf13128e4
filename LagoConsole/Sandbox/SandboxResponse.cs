using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LagoConsole.Sandbox;

/// <summary>A sandbox service's answer.</summary>
public sealed class SandboxResponse(int status, string contentType, ReadOnlyMemory<byte> body)
{
    private static readonly JsonSerializerOptions SnakeCase = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // both vendors send raw UTF-8
    };

    private static readonly JsonSerializerOptions AsNamed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>Content type; empty for no body.</summary>
    public string ContentType { get; } = contentType;

    /// <summary>The body, UTF-8.</summary>
    public ReadOnlyMemory<byte> Body { get; } = body;

    /// <summary>Further headers.</summary>
    public IDictionary<string, string> Headers { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Lago's way: snake case, numbers as numbers, nulls written.</summary>
    public static SandboxResponse Lago(int status, object body) =>
        new(status, "application/json; charset=utf-8", JsonSerializer.SerializeToUtf8Bytes(body, SnakeCase));

    /// <summary>AWS's way: JSON 1.1, names as they stand.</summary>
    public static SandboxResponse Aws(int status, object body) =>
        new(status, "application/x-amz-json-1.1", JsonSerializer.SerializeToUtf8Bytes(body, AsNamed));

    /// <summary>Names as they stand.</summary>
    public static SandboxResponse Json(int status, object body) =>
        new(status, "application/json; charset=utf-8", JsonSerializer.SerializeToUtf8Bytes(body, AsNamed));

    /// <summary>A page of a proxy in front of the service: not JSON.</summary>
    public static SandboxResponse Html(int status, string title) =>
        new(status, "text/html", Encoding.UTF8.GetBytes($"<html><head><title>{status} {title}</title></head><body>{title}</body></html>"));

    /// <summary>Status and headers only.</summary>
    public static SandboxResponse Empty(int status) => new(status, "", ReadOnlyMemory<byte>.Empty);
}
