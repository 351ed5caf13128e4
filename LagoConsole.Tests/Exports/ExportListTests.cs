using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using LagoConsole.Exports;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Xunit;

namespace LagoConsole.Tests.Exports;

/// <summary>Every table that a page shows has its file, and every file its table: found by looking through the pages' own text.</summary>
public sealed partial class ExportListTests
{
    /// <summary>Tables without a file, and why.</summary>
    private static readonly Dictionary<string, (int Tables, string Because)> _without = new(StringComparer.Ordinal)
    {
        ["Buyers/ImportEntitlementsPage.razor"] = (1, "explains the columns of a file"),
        ["Buyers/ImportLinesTable.razor"] = (1, "lines of the person's own file"),
        ["Buyers/LinkStartDialog.razor"] = (1, "a question: nothing of it is stored"),
        ["Buyers/MapCustomersPage.razor"] = (1, "explains the columns of a file"),
        ["Buyers/MappedLinesTable.razor"] = (1, "a question: nothing of it is stored"),
        ["Buyers/SuggestionsPanel.razor"] = (1, "a question: nothing of it is stored"),
        ["Buyers/UnbilledCustomersTable.razor"] = (1, "what a look at Lago found: nothing of it is stored"),
        ["DryRun/DryRunResultView.razor"] = (2, "a rehearsal: nothing of it is stored"),
        ["DryRun/DryRunSum.razor"] = (1, "a rehearsal: nothing of it is stored"),
        ["Integrations/DeleteIntegrationDialog.razor"] = (1, "a question: the tables of Waiting and Records have the rows"),
        ["Integrations/EditIntegrationDialog.razor"] = (1, "a question: nothing of it is stored"),
        ["Reports/RecordPage.razor"] = (4, "one record's own fields, a line each"),
        ["Sandbox/SandboxCustomerPanel.razor"] = (1, "Development only"),
        ["Sandbox/SandboxPage.razor"] = (4, "Development only"),
    };

    [Fact]
    public void Every_table_of_a_page_has_a_link_to_its_file()
    {
        Dictionary<string, string> pages = Pages();
        Assert.True(pages.Count > 80); // or the search finds nothing

        string[] wrong =
        [
            .. from page in pages
               let tables = Table().Count(page.Value) - _without.GetValueOrDefault(page.Key).Tables
               let links = Link().Count(page.Value)
               where tables != links
               select $"{page.Key}: {tables} tables, {links} links",
        ];

        Assert.Empty(wrong);
        Assert.Empty(_without.Keys.Except(pages.Keys, StringComparer.Ordinal));
    }

    [Fact]
    public void Every_link_leads_to_an_export_and_every_export_has_one()
    {
        string[] linked = [.. Pages().Values.SelectMany(page => Link().Matches(page)).SelectMany(link => link.Groups["table"].Captures).Select(name => name.Value).Distinct(StringComparer.Ordinal)];

        Assert.Equal(Exports().Select(export => export.RoutePattern.RawText!["/export/".Length..]).Order(StringComparer.Ordinal), linked.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_export_asks_for_a_role() => Assert.All(
        Exports(), export => Assert.Contains(export.Metadata.GetMetadata<AuthorizationPolicy>()!.Requirements, requirement => requirement is RolesAuthorizationRequirement));

    private static IReadOnlyList<RouteEndpoint> Exports()
    {
        WebApplication app = WebApplication.CreateSlimBuilder().Build(); // never started
        app.MapExports();
        return [.. ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).Cast<RouteEndpoint>()];
    }

    private static Dictionary<string, string> Pages()
    {
        string folder = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "LagoConsole", "Components"));
        return Directory.EnumerateFiles(folder, "*.razor", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(folder, file).Replace('\\', '/'), File.ReadAllText, StringComparer.Ordinal);
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;

    [GeneratedRegex("<(MudTable|MudSimpleTable|MudDataGrid|table)\\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Table();

    /// <summary>One name, or one of two.</summary>
    [GeneratedRegex("<ExportLink Table=\"((?<table>[a-z-]+)|@\\([A-Za-z ]+\\? \"(?<table>[a-z-]+)\" : \"(?<table>[a-z-]+)\"\\))\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();
}
