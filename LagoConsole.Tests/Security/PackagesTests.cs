using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Xml.Linq;
using Xunit;

namespace LagoConsole.Tests.Security;

public sealed class PackagesTests
{
    [Fact]
    public void The_list_of_packages_names_each_that_is_shipped_with_its_version_and_licence()
    {
        string root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", ".."));
        string[] analyzers =
        [
            .. XDocument.Load(Path.Combine(root, "Directory.Packages.props")).Descendants("GlobalPackageReference").Select(package => package.Attribute("Include")!.Value),
        ];
        using JsonDocument locked = JsonDocument.Parse(File.ReadAllText(Path.Combine(root, "LagoConsole", "packages.lock.json")));
        string[] shipped =
        [
            .. locked.RootElement.GetProperty("dependencies").EnumerateObject().SelectMany(framework => framework.Value.EnumerateObject())
                .Where(package => package.Value.GetProperty("type").GetString() != "Project" && !analyzers.Contains(package.Name, StringComparer.Ordinal))
                .Select(package => $"{package.Name} {package.Value.GetProperty("resolved").GetString()}")
                .Order(StringComparer.Ordinal),
        ];

        string[][] listed =
        [
            .. File.ReadAllLines(Path.Combine(root, "docs", "packages.md"))
                .Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(2)
                .Select(line => line.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)),
        ];

        Assert.Equal(shipped, listed.Select(row => $"{row[0]} {row[1]}").Order(StringComparer.Ordinal)); // else: eng/packages.sh > docs/packages.md
        Assert.All(listed, row => Assert.NotEqual("not declared", row[2]));
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
