using System.Text.RegularExpressions;

namespace LagoConsole.Core.Reporting.Google;

/// <summary>
/// Judges what a person types about Google before it is sent: a sentence that says what is wrong, or null. Texts are judged as they
/// are, untrimmed.
/// </summary>
public static partial class GoogleFields
{
    public const int MaxText = 255;

    public static string? ServiceName(string? text) =>
        string.IsNullOrEmpty(text) ? "Enter the service's name, as the Producer Portal shows it."
        : text.Length > MaxText || !ServicePattern().IsMatch(text) ? "A service name looks like example.endpoints.vendor-public.cloud.goog: lower case, with dots, without https://."
        : null;

    public static string? UsageReportingId(string? text) =>
        string.IsNullOrEmpty(text) ? "Enter the entitlement's usage reporting ID, as the Producer Portal or the Procurement API shows it."
        : text.Length > MaxText || !ConsumerPattern().IsMatch(text) ? "A usage reporting ID looks like project_number:404012345678; copy it whole."
        : null;

    /// <remarks>The service's name is put before it, so it must not be typed too.</remarks>
    public static string? MetricId(string? text) =>
        string.IsNullOrWhiteSpace(text) ? "Enter the metric's ID, as the Producer Portal shows it; the plan is often part of it."
        : text.Length > MaxText || !MetricPattern().IsMatch(text) ? "A metric ID has letters, digits, - _ and . only. Leave out the service's name and the slash after it."
        : null;

    [GeneratedRegex(@"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ServicePattern();

    [GeneratedRegex(@"^[a-z_]+:[A-Za-z0-9._:-]+\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ConsumerPattern();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9_.-]*\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MetricPattern();
}
