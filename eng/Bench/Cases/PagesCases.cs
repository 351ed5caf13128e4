using System.Diagnostics;
using System.Globalization;
using LagoConsole.Bench.Servers;
using LagoConsole.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;

namespace LagoConsole.Bench.Cases;

/// <summary>
/// How long each page takes until it stands still, on a large database, beside the same page with one customer: no page may take
/// more than twice that and a tenth of a second.
/// </summary>
internal static class PagesCases
{
    private const double Allowed = 100;

    /// <summary>They have at least one row.</summary>
    private static readonly HashSet<string> Lists = new(StringComparer.Ordinal) { "/buyers", "/products", "/records", "/usage", "/audit" };

    /// <summary>Notes when the page last changed, and when it first had a row.</summary>
    private const string Watch = "window.benchLast = 0; window.benchRow = 0; new MutationObserver(() => { window.benchLast = performance.now(); if (!window.benchRow && document.querySelector('main tbody tr td:nth-child(3)')) window.benchRow = window.benchLast; }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });";

    /// <summary>Nothing changed for half a second, and nothing is still to come.</summary>
    private const string Settled = "document.querySelector('[role=progressbar], .mud-table-loading, .mud-skeleton, #adding-up') || /Loading /.test(document.querySelector('main').innerText) || performance.now() - window.benchLast < 500 ? -1 : window.benchLast";

    public static async Task<IReadOnlyList<Line>> RunAsync(bool full, Action<string> progress)
    {
        (int customers, int records, int snapshots, int visits) = full ? (100_000, 10, 50, 4) : (50, 10, 50, 1);
        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await Application.OpenBrowserAsync(playwright);
        Dictionary<string, Visit> empty = await VisitAsync(browser, 1, records: 1, snapshots: 1, visits, progress);
        Dictionary<string, Visit> large = await VisitAsync(browser, customers, records, snapshots, visits, progress);
        string size = string.Create(CultureInfo.InvariantCulture, $"{customers:#,##0} buyers, {customers * records:#,##0} records, {customers * snapshots:#,##0} snapshots");
        return
        [
            .. large.Select(page => new Line(
                $"{page.Key}, {size}", page.Value.Settled, (2 * empty[page.Key].Settled) + Allowed, "ms", 1,
                string.Create(CultureInfo.InvariantCulture, $"one buyer {empty[page.Key].Settled:0}; answer of the server {page.Value.Server:0} | {empty[page.Key].Server:0}")
                + (page.Value.Row > 0 ? string.Create(CultureInfo.InvariantCulture, $"; first row {page.Value.Row:0} | {empty[page.Key].Row:0}") : ""))),
        ];
    }

    private static async Task<Dictionary<string, Visit>> VisitAsync(IBrowser browser, int customers, int records, int snapshots, int visits, Action<string> progress)
    {
        progress(string.Create(CultureInfo.InvariantCulture, $"a database of {customers} buyers is made"));
        await using ServerProcess server = await ServerProcess.StartAsync(customers, metrics: 1, TimeSpan.Zero);
        await server.NextRoundAsync(customers);
        await using ConsoleEngine engine = await ConsoleEngine.OpenAsync(server.Address, server.Aws, customers, metrics: 1, reports: true);
        new History(engine.DatabaseFile).Add(months: 0, records - 1, snapshots - 1);
        IReadOnlyList<string> pages = await PagesAsync(engine);
        await engine.CloseAsync();
        new History(engine.DatabaseFile).MoveToPresent(TimeProvider.System.GetUtcNow()); // the overview adds up this hour, this day and this month
        await using Application application = await Application.StartAsync(engine.Folder);
        IPage page = await application.SignInAsync(browser);
        await page.Context.AddInitScriptAsync(Watch);
        Dictionary<string, Visit> times = new(StringComparer.Ordinal);
        foreach (string path in pages)
        {
            string name = NameOf(path);
            progress(string.Create(CultureInfo.InvariantCulture, $"{name}, {customers} buyers"));
            List<Visit> seen = [];
            for (int visit = 0; visit < visits; visit++)
            {
                seen.Add(await VisitAsync(page, path));
            }

            List<Visit> counted = seen.Count > 1 ? seen[1..] : seen; // the first one only warms up
            times[name] = new Visit(Runs.Median(counted.Select(one => one.Settled)), Runs.Median(counted.Select(one => one.Server)), Runs.Median(counted.Select(one => one.Row)));
        }

        return times;
    }

    /// <summary>Every list, a search in it, and one of its rows.</summary>
    private static async Task<IReadOnlyList<string>> PagesAsync(ConsoleEngine engine)
    {
        await using LagoConsoleDbContext db = await engine.Get<IDbContextFactory<LagoConsoleDbContext>>().CreateDbContextAsync();
        Guid buyer = await db.Buyers.Where(row => row.Name == "Buyer 0").Select(row => row.Id).SingleAsync();
        Guid record = await db.UsageRecords.Select(row => row.Id).FirstAsync();
        Guid mark = await db.HighWaterMarks.Select(row => row.Id).FirstAsync();
        Guid product = await db.Products.Select(row => row.Id).SingleAsync();
        return
        [
            "/", "/buyers", "/buyers?search=Buyer+0", $"/buyers/{buyer}", "/products", $"/products/{product}", "/records", "/records?search=usage_fee", "/records?search=Buyer+0", $"/records/{record}",
            "/usage", "/usage?search=metric_0", "/usage?search=Buyer+0", $"/usage/{mark}", $"/explain/records/{record}", $"/explain/usage/{mark}", "/waiting", "/purchases", "/reconciliation", "/jobs", "/books", "/audit", "/integrations",
        ];
    }

    private static string NameOf(string path) => string.Join(
        '/', path.Split('/').Select(part => Guid.TryParse(part, out _) ? "{id}" : part)) is { Length: > 0 } name ? $"page {name}" : "page /";

    private static async Task<Visit> VisitAsync(IPage page, string path)
    {
        await page.GotoAsync(path);
        await page.WaitForSelectorAsync("[data-interactive=true]");
        if (Lists.Contains(path.Split('?')[0]))
        {
            await page.WaitForSelectorAsync("main tbody tr td:nth-child(3)"); // a table that is being read stands still, too
        }

        Stopwatch patience = Stopwatch.StartNew();
        double settled;
        do
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            settled = await page.EvaluateAsync<double>(Settled);
        }
        while (settled < 0 && patience.Elapsed < TimeSpan.FromMinutes(1));
        double server = await page.EvaluateAsync<double>("(([entry]) => entry.responseEnd - entry.requestStart)(performance.getEntriesByType('navigation'))");
        return new Visit(settled < 0 ? patience.Elapsed.TotalMilliseconds : settled, server, await page.EvaluateAsync<double>("window.benchRow"));
    }

    /// <param name="Settled">Milliseconds from the start of the navigation until nothing changed any more.</param>
    /// <param name="Server">Milliseconds until the answer was there.</param>
    /// <param name="Row">Milliseconds until a table had a row; 0 where none has.</param>
    private sealed record Visit(double Settled, double Server, double Row);
}
