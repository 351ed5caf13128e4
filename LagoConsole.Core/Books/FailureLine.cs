using System.Globalization;
using System.Text.RegularExpressions;

namespace LagoConsole.Core.Books;

/// <summary>A stored sentence of a failure, and what it speaks of, so that a page can lead there.</summary>
/// <param name="KeyId">The key, or the key of the increment.</param>
/// <param name="BuyerId">Whose meter it is: a meter is shown with its buyer.</param>
public sealed partial record FailureLine(string Sentence, Guid? KeyId = null, Guid? RecordId = null, Guid? MeterId = null, Guid? BuyerId = null)
{
    /// <summary>Reads the ids out of a <see cref="BooksFailure.Sentence"/>; none where it speaks of a currency.</summary>
    public static FailureLine Read(string sentence)
    {
        FailureLine line = new(sentence);
        if (Subject().Match(sentence) is not { Success: true } match)
        {
            return line;
        }

        Guid id = Guid.Parse(match.Groups["id"].ValueSpan, CultureInfo.InvariantCulture);
        return match.Groups["kind"].Value switch
        {
            "key" => line with { KeyId = id },
            "record" => line with { RecordId = id },
            "meter" => line with { MeterId = id },
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    [GeneratedRegex(
        "^R14 \\w+, (increment [0-9a-f-]{36} of )?(?<kind>key|meter|record) (?<id>[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})\\b",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Subject();
}
