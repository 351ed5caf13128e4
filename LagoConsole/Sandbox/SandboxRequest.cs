namespace LagoConsole.Sandbox;

/// <summary>A request as it came over the wire, before any framework has interpreted it.</summary>
/// <param name="Method">Upper case.</param>
/// <param name="RawTarget">Path and query exactly as sent: whether a dot was encoded decides what Lago sees.</param>
/// <param name="Headers">Case-insensitive; values as sent, in order.</param>
/// <param name="Body">May be empty.</param>
public sealed record SandboxRequest(
    string Method, string RawTarget, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body)
{
    /// <summary>The path, still encoded.</summary>
    public string RawPath => RawTarget.Split('?', 2)[0];

    /// <summary>The query without its question mark, still encoded; empty without one.</summary>
    public string RawQuery => RawTarget.Split('?', 2) is [_, string query] ? query : "";

    /// <summary>Whether its body is called JSON, with or without a charset.</summary>
    public bool IsJson => Header("Content-Type")?.Split(';', 2)[0].Trim().Equals("application/json", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>A header's value, or null.</summary>
    public string? Header(string name) => Headers.GetValueOrDefault(name);
}
