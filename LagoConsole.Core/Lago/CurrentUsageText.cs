using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace LagoConsole.Core.Lago;

/// <summary>
/// An answer to <c>current_usage</c> as it came. Most show what the last one did, to the byte: those need not be read.
/// </summary>
public sealed class CurrentUsageText(byte[] json)
{
    /// <summary>SHA-256 of it: two texts with the same one say the same.</summary>
    public byte[] Digest { get; } = SHA256.HashData(json);

    /// <summary>What an answer says.</summary>
    public static LagoAnswer<UsageResponse> Read(LagoAnswer<CurrentUsageText> answer) => answer switch
    {
        LagoAnswer<CurrentUsageText>.Ok { Value: var text } => text.Read(),
        LagoAnswer<CurrentUsageText>.Failed failed => new LagoAnswer<UsageResponse>.Failed(failed.Failure),
        _ => throw new UnreachableException(),
    };

    private LagoAnswer<UsageResponse> Read()
    {
        JsonException? reason = null;
        try
        {
            using MemoryStream text = new(json, writable: false); // of a stream, the serializer passes a byte order mark by
            if (JsonSerializer.Deserialize<CurrentUsageRoot>(text, LagoJson.Options) is { } root)
            {
                return new LagoAnswer<UsageResponse>.Ok(root.CustomerUsage);
            }
        }
        catch (JsonException unreadable)
        {
            reason = unreadable;
        }

        return new LagoAnswer<UsageResponse>.Failed(new LagoFailure.NotLago(LagoErrorBody.WhatCame(Encoding.UTF8.GetString(json), reason)));
    }
}
