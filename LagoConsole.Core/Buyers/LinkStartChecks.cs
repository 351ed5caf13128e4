using LagoConsole.Core.Money;

namespace LagoConsole.Core.Buyers;

/// <summary>Checks what was typed as billed elsewhere when a Lago Customer ID is saved (R7). Pure.</summary>
public static class LinkStartChecks
{
    /// <summary>Reads one amount; empty is nothing billed elsewhere.</summary>
    /// <param name="minor">Minor units of the line's currency, at most what Lago counts now.</param>
    /// <param name="problem">A sentence for the field, or null.</param>
    public static bool TryReadBilledElsewhere(LinkPreviewLine line, string? text, out long minor, out string? problem)
    {
        minor = 0;
        problem = null;
        if (string.IsNullOrWhiteSpace(text))
        {
            return true;
        }

        if (!MoneyText.TryParse(text, line.Currency, out minor, out problem))
        {
            return false;
        }

        if (minor > line.TotalMinor)
        {
            problem = $"Lago counts {MoneyText.Format(line.TotalMinor, line.Currency)} in this period so far. Type at most that: more could not have been billed from it.";
            return false;
        }

        return true;
    }

    /// <summary>What the choice does with the amounts shown, for the person who chooses.</summary>
    /// <param name="billedElsewhere">For <see cref="LinkStart.Typed"/>, per line key.</param>
    public static string Meaning(LinkStart start, IReadOnlyList<LinkPreviewLine> lines, IReadOnlyDictionary<string, long> billedElsewhere)
    {
        if (lines.Count == 0)
        {
            return "Lago counts nothing for this customer yet. Everything that comes is billed.";
        }

        // What an earlier link counted is behind it, whatever is chosen now.
        string present = Sum(lines, line => Above(line, 0));
        return start switch
        {
            LinkStart.FromZero => $"Of the present amounts, {present} is billed, and all growth from now on.",
            LinkStart.FromNow => $"Of the present amounts, {present} is never billed here; all growth from now on is.",
            LinkStart.Typed => $"Of the present amounts, {Sum(lines, line => Above(line, billedElsewhere.GetValueOrDefault(line.Key)))} is billed, and all growth from now on.",
            _ => throw new ArgumentOutOfRangeException(nameof(start), start, "Not a start."),
        };
    }

    private static long Above(LinkPreviewLine line, long billedElsewhere) =>
        Math.Max(0, line.TotalMinor - Math.Max(line.MarkMinor ?? 0, billedElsewhere));

    private static string Sum(IReadOnlyList<LinkPreviewLine> lines, Func<LinkPreviewLine, long> part) => string.Join(
        " and ",
        lines.GroupBy(line => line.Currency, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => MoneyText.Format(group.Sum(part), group.Key)));
}
