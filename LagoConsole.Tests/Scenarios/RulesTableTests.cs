using Xunit;

namespace LagoConsole.Tests.Scenarios;

/// <summary><c>docs/rules.md</c> says which test keeps which rule: it must not name what is gone, nor leave a rule out.</summary>
public sealed class RulesTableTests
{
    [Fact]
    public void Every_rule_and_trap_has_a_test_that_exists_and_carries_its_number()
    {
        IReadOnlySet<string> tests = TestNames.All;
        (string Number, string[] Tests)[] rows = [.. Rows()];

        Assert.Equal(
            [.. Enumerable.Range(1, 20).Select(number => $"R{number}"), .. Enumerable.Range(1, 31).Select(number => $"T{number}")],
            rows.Select(row => row.Number));
        Assert.Equal([], rows.SelectMany(row => row.Tests).Where(test => !tests.Contains(test)));
        Assert.All(rows, row => Assert.Contains(row.Tests, test => test.Split('.')[1].Split('_').Contains(row.Number, StringComparer.Ordinal)));
    }

    /// <summary>Lines of the form <c>| R1 | what it demands | `Class.Name`&lt;br&gt;`Class.Name` |</c>.</summary>
    private static IEnumerable<(string Number, string[] Tests)> Rows()
    {
        using StreamReader table = new(typeof(RulesTableTests).Assembly.GetManifestResourceStream("rules.md")!);
        while (table.ReadLine() is { } line)
        {
            string[] cells = line.Split('|', StringSplitOptions.TrimEntries);
            if (cells.Length == 5 && cells[1] is ['R' or 'T', ..])
            {
                yield return (cells[1], [.. cells[3].Split("<br>").Select(test => test.Trim('`'))]);
            }
        }
    }
}
