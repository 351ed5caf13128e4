using System.Globalization;
using LagoConsole.Core.Money;

namespace LagoConsole.Core.DryRun;

/// <summary>What a dry run says in a sentence. Pure.</summary>
public static class DryRunText
{
    /// <summary>
    /// <c>The next window, 2026-08-20 13:00–14:00 UTC, released about 14:05, would send 3 records for 41.20 USD; 2.00 USD would
    /// wait: no conversion.</c>
    /// </summary>
    public static string Sentence(this DryRunResult result) => $"{Windows(result)} would send {Sent(result)}{Waiting(result)}.";

    /// <summary>What comes without the change, for comparison.</summary>
    /// <param name="changed">What comes with it.</param>
    public static string ComparisonSentence(this DryRunResult unchanged, DryRunResult changed)
    {
        string window = Windows(unchanged);
        return $"As things are now, {(window == Windows(changed) ? "it" : char.ToLowerInvariant(window[0]) + window[1..])} would send {Sent(unchanged)}{Waiting(unchanged)}.";
    }

    /// <summary>Money a currency, added up: <c>41.20 USD and 3.00 EUR</c>; <c>nothing</c> for none.</summary>
    public static string Sum(IEnumerable<(decimal Minor, string Currency)> amounts)
    {
        List<string> sums = [.. amounts.GroupBy(amount => amount.Currency, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => MoneyText.Format(group.Sum(amount => amount.Minor), group.Key))];
        return sums.Count == 0 ? "nothing" : string.Join(" and ", sums);
    }

    private static string Windows(DryRunResult result)
    {
        List<string> windows = [.. result.Windows
            .Select(window => $"{Span(window.Start, window.End)}, released about {Time(window.ReleasedAt)}").Distinct(StringComparer.Ordinal)];
        return windows switch
        {
            [] => "Nothing is polled now, and reporting",
            [var only] => $"The next window, {only},",
            _ => $"The next windows, {string.Join(", and ", windows)},",
        };
    }

    private static string Sent(DryRunResult result) => result.Records.Count switch
    {
        0 => "nothing",
        1 => $"1 record for {Sum(result.Records.Select(record => (record.AmountMinor, record.Currency)))}",
        var count => $"{count.ToString("#,##0", CultureInfo.InvariantCulture)} records for {Sum(result.Records.Select(record => (record.AmountMinor, record.Currency)))}",
    };

    private static string Waiting(DryRunResult result)
    {
        List<string> reasons = [.. result.Stays.Where(stay => stay.Reason.IsWaiting)
            .GroupBy(stay => stay.Reason.Label(), StringComparer.Ordinal)
            .Select(group => $"{Sum(group.Select(stay => (stay.AmountMinor, stay.Currency)))} would wait: {group.Key}")];
        return reasons.Count == 0 ? "" : "; " + string.Join("; ", reasons);
    }

    /// <summary>An hour as <c>2026-08-20 13:00–14:00 UTC</c>, a day as <c>2026-08-20 (UTC)</c>.</summary>
    private static string Span(DateTimeOffset start, DateTimeOffset end) =>
        end - start == TimeSpan.FromDays(1)
            ? $"{start.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)} (UTC)"
            : $"{start.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}–{Time(end)} UTC";

    private static string Time(DateTimeOffset instant) => instant.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture);
}
