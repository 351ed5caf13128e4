using System.Globalization;
using System.Text;

namespace LagoConsole.Sandbox.Lago;

/// <summary>
/// How Lago's router reads a path (T20). A raw dot ends a segment: in the middle of a path nothing matches then, at
/// its end the rest is taken for a format. An encoded dot, slash or space is part of the id. Empty segments vanish.
/// </summary>
public static class LagoPath
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The decoded segments, or null if no route can match.</summary>
    /// <param name="rawPath">Path after the API's prefix, still encoded.</param>
    /// <exception cref="FormatException">The percent-encoding is not UTF-8.</exception>
    public static string[]? Segments(string rawPath)
    {
        string[] raw = rawPath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < raw.Length; i++)
        {
            // The newest Lago lets a subscription's id hold dots where it ends the path.
            bool last = i == raw.Length - 1;
            bool dotsAllowed = last && i == 1 && raw[0] == "subscriptions";
            if (dotsAllowed || !raw[i].Contains('.', StringComparison.Ordinal))
            {
                continue;
            }

            if (!last || raw[i].Split('.') is not [{ Length: > 0 } name, { Length: > 0 }])
            {
                return null;
            }

            raw[i] = name;
        }

        return [.. raw.Select(Decode)];
    }

    /// <summary>The query's pairs in order, decoded.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Query(string rawQuery) =>
    [
        .. rawQuery.Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Replace('+', ' ').Split('=', 2))
            .Select(pair => KeyValuePair.Create(Decode(pair[0]), pair.Length == 2 ? Decode(pair[1]) : "")),
    ];

    private static string Decode(string raw)
    {
        List<byte> bytes = [];
        for (int i = 0; i < raw.Length; i++)
        {
            if (raw[i] == '%' && i + 2 < raw.Length && byte.TryParse(raw.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
            {
                bytes.Add(value);
                i += 2;
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(raw, i, 1));
            }
        }

        try
        {
            return StrictUtf8.GetString([.. bytes]);
        }
        catch (DecoderFallbackException error)
        {
            throw new FormatException("Invalid UTF-8 in the path or query.", error);
        }
    }
}
