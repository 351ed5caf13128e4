using System.Text.Json;
using System.Text.RegularExpressions;

namespace LagoConsole.Core.Lago;

/// <summary>The little that is read of an answer that is not the asked-for JSON.</summary>
internal static partial class LagoErrorBody
{
    /// <summary>The permission that a 403 names (<c>read_action_not_allowed_for_customer_usage</c>), or null.</summary>
    public static string? Permission(string? body)
    {
        Match match = PermissionCode().Match(body ?? "");
        return match.Success ? match.Groups["resource"].Value : null;
    }

    /// <summary>What came, in words; nothing of the body itself, which may be anybody's.</summary>
    public static string WhatCame(string? body, Exception? reason) => body?.TrimStart('\uFEFF', ' ', '\t', '\r', '\n') switch
    {
        null or "" => "an empty answer",
        ['<', ..] => "a web page",
        "null" => "an empty answer",
        ['{' or '[', ..] when reason is JsonException { Path: { Length: > 0 } path } => $"JSON that lacks what Lago sends, at {path}",
        _ => "not JSON",
    };

    [GeneratedRegex("\"code\"\\s*:\\s*\"read_action_not_allowed_for_(?<resource>[a-z_]{1,60})\"", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PermissionCode();
}
