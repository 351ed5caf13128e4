using System.Text.RegularExpressions;

namespace LagoConsole.Core.Reporting.Aws;

/// <summary>
/// Judges what a person types about AWS before it can spoil a call of 25 records: a sentence that says what is wrong,
/// or null. Patterns and lengths are those of AWS's service model; texts are judged as they are, untrimmed.
/// </summary>
public static partial class AwsFields
{
    /// <summary>Shorter than AWS's own limit of about 1,200, far longer than any licence seen: it is part of a unique index.</summary>
    public const int MaxLicenseArn = 400;

    /// <summary>AWS's limit for account, product code and dimension.</summary>
    public const int MaxText = 255;

    public static string? AccountId(string? text) =>
        string.IsNullOrEmpty(text) ? "Enter the buyer's AWS account ID: 12 digits."
        : text.Length > MaxText || !text.All(char.IsAsciiDigit) ? "An AWS account ID is 12 digits, without spaces or dashes, for example 222222222222."
        : null;

    public static string? LicenseArn(string? text) =>
        string.IsNullOrEmpty(text) ? "Enter the agreement's License ARN, as AWS sent it with the registration."
        : text.Length > MaxLicenseArn ? $"A License ARN of more than {MaxLicenseArn} characters cannot be stored. Check that only the ARN was pasted."
        : !LicensePattern().IsMatch(text) ? "This is not a License ARN. It looks like arn:aws:license-manager::111111111111:license:l-0123456789abcdef."
        : null;

    public static string? ProductCode(string? text) =>
        string.IsNullOrEmpty(text) ? "Enter the product code that AWS gave the listing."
        : text.Length > MaxText ? $"A product code has at most {MaxText} characters."
        : !ProductCodePattern().IsMatch(text) ? "A product code has letters, digits and - / = : _ . @ only."
        : null;

    /// <remarks>AWS compares dimensions exactly: a space that came with pasting would make every call of the product fail.</remarks>
    public static string? DimensionKey(string? text) =>
        string.IsNullOrWhiteSpace(text) ? "Enter the dimension's key (API name), exactly as on the listing."
        : text.Length > MaxText ? $"A dimension key has at most {MaxText} characters."
        : text != text.Trim() || text.Any(char.IsControl) ? "The dimension key begins or ends with a space, or holds a line break or tab. The marketplace would not know it."
        : null;

    public static string? Region(string? text) => AwsRegions.Find(text) is null
        ? $"Choose the region that this product's usage is reported in; {AwsRegions.Default} unless the listing says otherwise."
        : null;

    [GeneratedRegex(
        @"^arn:aws[a-zA-Z-]*:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.-]{0,1023}\z",
        RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LicensePattern();

    [GeneratedRegex(@"^[-a-zA-Z0-9/=:_.@]+\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ProductCodePattern();
}
