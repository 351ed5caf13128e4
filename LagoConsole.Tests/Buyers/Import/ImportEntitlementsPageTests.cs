using AngleSharp.Dom;
using Bunit;
using LagoConsole.Components.Buyers;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Buyers.Import;
using LagoConsole.Core.Security;
using LagoConsole.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.JSInterop;
using Xunit;
using TestContext = Xunit.TestContext;

namespace LagoConsole.Tests.Buyers.Import;

/// <summary>The page on the real services.</summary>
public sealed class ImportEntitlementsPageTests : MudContext
{
    private const string Header = "buyer name,product name,AWS account ID,license ARN";
    private readonly ConsoleWorld _world = new();

    public ImportEntitlementsPageTests() => Services.AddSingleton(_world.Get<EntitlementImport>());

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_line_is_shown_with_what_will_happen_those_with_errors_first_and_nothing_is_stored_before_Import()
    {
        SignIn("olga", Role.Operator);
        await _world.ProductAsync();
        IRenderedComponent<ImportEntitlementsPage> page = Show<ImportEntitlementsPage>();

        await UploadAsync(page, $"{Header}\nGlobex,Vendor Platform,222222222222,{ConsoleWorld.Licence}\nInitech,Nothing,222222222222,");

        Assert.Equal("1 new buyer, 1 new purchase, 0 changes, 0 stored already, 1 line with errors.", Text(page.Find("#import-counts")));
        List<string> rows = Rows(page);
        Assert.StartsWith("3 Initech Nothing Error product name: There is no product “Nothing”.", rows[0], StringComparison.Ordinal);
        Assert.StartsWith("2 Globex Vendor Platform New buyer Creates the buyer and enters its purchase: ACTIVE, from 2026-08-20 13:00 UTC.", rows[1], StringComparison.Ordinal);
        Assert.True(Button(page, "Import").HasAttribute("disabled"));
        Assert.Equal(0, (await BuyersAsync()).Total);

        await Field("Leave out 1 line with errors").ChangeAsync(true);
        await PressAsync("Import");

        Assert.Equal(
            "Imported: 1 new buyer, 1 new purchase, 0 changes. 0 lines stored already. 1 line with errors left out. "
                + "New buyers need their Lago Customer ID next: without it, nothing of theirs is billed.",
            Text(page.Find("#import-result .mud-alert-message")));
        Assert.Equal("Globex", Assert.Single((await BuyersAsync()).Rows).Name);
        Assert.Empty(page.FindAll("#import-counts"));
    }

    [Fact]
    public async Task Only_lines_with_errors_are_shown_where_a_person_asks_for_them()
    {
        SignIn(role: Role.Operator);
        await _world.ProductAsync();
        IRenderedComponent<ImportEntitlementsPage> page = Show<ImportEntitlementsPage>();
        await UploadAsync(page, $"{Header}\nGlobex,Vendor Platform,222222222222,{ConsoleWorld.Licence}\nInitech,Nothing,222222222222,");

        await Field("Only lines with errors").ChangeAsync(true);

        Assert.StartsWith("3 Initech", Assert.Single(Rows(page)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_stored_already_leaves_nothing_to_import()
    {
        SignIn(role: Role.Operator);
        await _world.BuyerAsync(await _world.ProductAsync());
        IRenderedComponent<ImportEntitlementsPage> page = Show<ImportEntitlementsPage>();

        await UploadAsync(page, $"{Header}\nAcme Corporation,Vendor Platform,222222222222,{ConsoleWorld.Licence}");

        Assert.Contains("Nothing to import: everything in the file is stored already.", page.Markup, StringComparison.Ordinal);
        Assert.True(Button(page, "Import").HasAttribute("disabled"));
    }

    [Fact]
    public async Task Lines_that_changed_since_the_preview_are_shown_after_the_import()
    {
        SignIn(role: Role.Operator);
        Guid product = await _world.ProductAsync();
        IRenderedComponent<ImportEntitlementsPage> page = Show<ImportEntitlementsPage>();
        await UploadAsync(page, $"{Header}\nGlobex,Vendor Platform,222222222222,{ConsoleWorld.Licence}");
        await _world.BuyerAsync(product); // somebody else enters the same licence for Acme Corporation

        await PressAsync("Import");

        Assert.Contains("1 line could not be imported any more", page.Markup, StringComparison.Ordinal);
        Assert.StartsWith("2 Globex Vendor Platform Error license ARN: Acme Corporation already has this purchase", Assert.Single(Rows(page)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_says_why()
    {
        SignIn(role: Role.Operator);
        IRenderedComponent<ImportEntitlementsPage> page = Show<ImportEntitlementsPage>();

        await UploadAsync(page, "Globex,Vendor Platform");

        Assert.Contains("The first line names a column “Globex”, which there is not.", page.Find("#import-problem").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_errors_only_says_so_and_imports_nothing()
    {
        SignIn(role: Role.Operator);
        IRenderedComponent<ImportEntitlementsPage> page = Show<ImportEntitlementsPage>();

        await UploadAsync(page, "buyer name,product name\nGlobex,Nothing\n");

        Assert.Contains("Nothing to import: every line has an error.", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pasted_cells_are_read_like_a_file_and_shown_as_text()
    {
        SignIn(role: Role.Operator);
        await _world.ProductAsync();
        JSInterop.Setup<IJSStreamReference>("lagoConsole.textOf", _ => true).SetResult(
            new Pasted($"buyer name\tproduct name\tAWS account ID\tlicense ARN\n<b>=Globex()</b>\tVendor Platform\t222222222222\t{ConsoleWorld.Licence}"));
        IRenderedComponent<ImportEntitlementsPage> page = Show<ImportEntitlementsPage>();

        await PressAsync("Preview");

        Assert.Equal("pasted lines: 1 line", Text(page.Find("#preview-title")));
        Assert.StartsWith("2 <b>=Globex()</b> Vendor Platform New buyer", Assert.Single(Rows(page)), StringComparison.Ordinal);
        Assert.Empty(page.FindAll("tbody b"));
    }

    [Fact]
    public void The_columns_are_explained_and_the_template_has_them()
    {
        SignIn(role: Role.Operator);
        IRenderedComponent<ImportEntitlementsPage> page = Show<ImportEntitlementsPage>();

        Assert.Equal(ImportColumn.All.Select(column => column.Header), page.FindAll("#import-columns tbody th").Select(cell => cell.TextContent));
        IElement template = Find("Download template");
        Assert.Equal("entitlements.csv", template.GetAttribute("download"));
        Assert.Equal(
            "buyer name,buyer e-mail,product name,AWS account ID,license ARN,Azure subscription ID,Azure plan,Google usage reporting ID,state,starts at,ends at\r\n",
            Uri.UnescapeDataString(template.GetAttribute("href")!.Split(',', 2)[1]));
    }

    [Fact]
    public void A_viewer_is_told_what_it_needs()
    {
        SignIn(role: Role.Viewer);

        IRenderedComponent<ImportEntitlementsPage> page = Show<ImportEntitlementsPage>();

        Assert.Contains("Importing needs the role Operator.", page.Markup, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("input"));
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        await _world.DisposeAsync();
    }

    private static async Task UploadAsync(IRenderedComponent<ImportEntitlementsPage> page, string text)
    {
        page.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromText(text, "buyers.csv"));
        await WaitAsync(() => page.FindAll("#import-counts, #import-problem").Count > 0, "the preview");
    }

    private static List<string> Rows(IRenderedComponent<ImportEntitlementsPage> page) => [.. page.FindAll(".import-lines tbody tr").Select(Text)];

    private static IElement Button(IRenderedComponent<ImportEntitlementsPage> page, string text) => page.FindAll("button").Single(button => Text(button) == text);

    private static string Text(IElement element) => string.Join(' ', element.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private Task<BuyerList> BuyersAsync() => _world.Get<BuyerQueries>().ListAsync(null, 0, 20, Stop);

    /// <summary>What the browser hands over of the text field.</summary>
    private sealed class Pasted(string text) : IJSStreamReference
    {
        private readonly byte[] _bytes = System.Text.Encoding.UTF8.GetBytes(text);

        public long Length => _bytes.Length;

        public ValueTask<Stream> OpenReadStreamAsync(long maxAllowedSize = 512_000, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult<Stream>(new MemoryStream(_bytes));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
