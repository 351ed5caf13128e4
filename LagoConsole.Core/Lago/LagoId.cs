using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace LagoConsole.Core.Lago;

/// <summary>Ids that the vendor chose in Lago (<c>external_id</c>, metric codes): any text, case-sensitive.</summary>
public static class LagoId
{
    private const int LongestId = 255;

    /// <summary>
    /// Tells why an id cannot be asked for, or null. An empty one would list other things, <c>.</c> and
    /// <c>..</c> would leave the path, and a broken surrogate would be sent as another id (T20).
    /// </summary>
    public static string? Problem(string? id) => id switch
    {
        _ when string.IsNullOrWhiteSpace(id) => "The id is empty.",
        "." or ".." => "The id cannot be a single or double dot: no address can carry it.",
        { Length: > LongestId } => "The id is longer than 255 characters.",
        _ when id.Any(char.IsControl) || !IsWellFormed(id) => "The id contains characters that no address can carry.",
        _ => null,
    };

    /// <summary>Same as <see cref="Problem"/>, as a failure.</summary>
    internal static bool IsRefused(string? id, [NotNullWhen(true)] out LagoFailure? failure)
    {
        string? problem = Problem(id);
        failure = problem is null ? null : new LagoFailure.InvalidId(problem);
        return failure is not null;
    }

    private static bool IsWellFormed(string id)
    {
        for (ReadOnlySpan<char> rest = id; !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out int length) != System.Buffers.OperationStatus.Done)
            {
                return false;
            }

            rest = rest[length..];
        }

        return true;
    }
}
