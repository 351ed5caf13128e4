using System.Text.RegularExpressions;

namespace LagoConsole.Core.Reporting.Azure;

/// <summary>
/// Judges what a person types about Azure before it is sent: a sentence that says what is wrong, or null. Texts are judged as they
/// are, untrimmed. Partner Center's ids are lower case, with digits, hyphens and underscores.
/// </summary>
public static partial class AzureFields
{
    /// <summary>Longer than Partner Center allows (50), as none of its documents states a bound for all.</summary>
    public const int MaxId = 100;

    public static string? ResourceId(string? text) =>
        string.IsNullOrEmpty(text) ? "Enter the subscription's ID, as Partner Center or the landing page shows it."
        : !Guid.TryParseExact(text, "D", out Guid id) || id == Guid.Empty ? "A subscription ID is a GUID, such as 7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f."
        : null;

    public static string? OfferId(string? text) => Id(text, "offer");

    public static string? PlanId(string? text) => Id(text, "plan");

    private static string? Id(string? text, string what) =>
        string.IsNullOrEmpty(text) ? $"Enter the {what} ID, as Partner Center shows it."
        : text.Length > MaxId || !IdPattern().IsMatch(text) ? $"The {what} ID has lower-case letters, digits, - and _ only. It is not the {what}'s name."
        : null;

    [GeneratedRegex(@"^[a-z0-9][a-z0-9_-]*\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex IdPattern();
}
