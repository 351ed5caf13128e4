using System.Globalization;
using System.Text.RegularExpressions;

namespace LagoConsole.Core.Books;

/// <summary>A stored sentence of a failure, and what it speaks of, so that a page can lead there.</summary>
/// <param name="Ids">As the sentence named them; empty where it speaks of a currency.</param>
/// <param name="KeyId">The key, or the key of the increment.</param>
/// <param name="BuyerId">Whose meter it is: a meter is shown with its buyer.</param>
public sealed partial record FailureLine(
    string Sentence, string Ids = "", Guid? KeyId = null, Guid? RecordId = null, Guid? MeterId = null, Guid? BuyerId = null)
{
    /// <summary>Takes a <see cref="BooksFailure.Sentence"/> apart.</summary>
    public static FailureLine Read(string sentence)
    {
        if (Subject().Match(sentence) is not { Success: true } match)
        {
            return new FailureLine(sentence);
        }

        FailureLine line = new(sentence[..match.Index], match.Groups["ids"].Value);
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
        " \\[(?<ids>(increment [0-9a-f-]{36}, )?(?<kind>key|meter|record) (?<id>[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}))\\]$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Subject();
}
