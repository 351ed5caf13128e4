using System.Text.RegularExpressions;
using Xunit;

namespace LagoConsole.Tests.Scenarios;

/// <summary><c>docs/rules.md</c> says which test keeps which rule: it must not name what is gone, nor leave a rule out.</summary>
public sealed partial class RulesTableTests
{
    [Fact]
    public void Every_rule_and_trap_has_a_test_that_exists_and_carries_its_number()
    {
        HashSet<string> tests = new(
            typeof(RulesTableTests).Assembly.GetTypes()
                .SelectMany(type => type.GetMethods().Where(method => method.IsDefined(typeof(FactAttribute), inherit: true)).Select(method => $"{type.Name}.{method.Name}")),
            StringComparer.Ordinal);
        List<(string Number, string[] Tests)> rows = [.. Row().Matches(Table()).Select(row => (
            row.Groups["number"].Value, Test().Matches(row.Groups["tests"].Value).Select(test => test.Groups["name"].Value).ToArray()))];

        Assert.Equal(
            [.. Enumerable.Range(1, 20).Select(number => $"R{number}"), .. Enumerable.Range(1, 31).Select(number => $"T{number}")],
            rows.Select(row => row.Number));
        Assert.Equal([], rows.SelectMany(row => row.Tests).Where(test => !tests.Contains(test)));
        Assert.All(rows, row => Assert.Contains(row.Tests, test => $"{test}_".Split('.')[1].Split('_').Contains(row.Number)));
    }

    private static string Table()
    {
        using StreamReader reader = new(typeof(RulesTableTests).Assembly.GetManifestResourceStream("rules.md")!);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"^\| (?<number>[RT]\d+) \| [^|]+ \| (?<tests>[^|]+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`(?<name>[^`]+)`")]
    private static partial Regex Test();
}
