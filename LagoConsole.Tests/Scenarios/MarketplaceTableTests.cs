using LagoConsole.Core.Reporting;
using Xunit;

namespace LagoConsole.Tests.Scenarios;

/// <summary><c>docs/marketplaces.md</c> says which test shows which outcome at which marketplace: it must not name what is gone, nor leave an outcome out.</summary>
public sealed class MarketplaceTableTests
{
    [Fact]
    public void Every_receipt_has_a_row_and_every_test_that_is_named_exists()
    {
        string[][] rows = [.. Rows()];
        string[] receipts =
        [
            .. typeof(MeteringReceipt).GetNestedTypes().Select(type => type.Name).Where(name => name != nameof(MeteringReceipt.Rejected)),
            .. Enum.GetNames<RejectionCause>().Select(cause => $"{nameof(MeteringReceipt.Rejected)} {cause}"),
        ];

        Assert.Equal([], receipts.Except(rows.Select(row => row[0]), StringComparer.Ordinal));
        Assert.Equal([], rows.SelectMany(row => row[1..]).SelectMany(cell => cell == "–" ? [] : cell.Split("<br>")).Select(test => test.Trim('`')).Except(TestNames.All, StringComparer.Ordinal));
    }

    /// <summary>Lines of the last section of the form <c>| outcome | tests at AWS | at Azure | at Google |</c>, without their headings.</summary>
    private static IEnumerable<string[]> Rows()
    {
        using StreamReader text = new(typeof(MarketplaceTableTests).Assembly.GetManifestResourceStream("marketplaces.md")!);
        string section = text.ReadToEnd().Split("## Which test shows it")[1];
        return section.Split('\n').Select(line => line.Split('|', StringSplitOptions.TrimEntries)).Where(cells => cells.Length == 6 && cells[2] is ['`' or '–', ..]).Select(cells => cells[1..5]);
    }
}
