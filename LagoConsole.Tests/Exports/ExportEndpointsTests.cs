using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LagoConsole.Tests.Exports;

/// <summary>Every export over HTTP, as a browser fetches it.</summary>
public sealed class ExportEndpointsTests(ExportConsole console) : IClassFixture<ExportConsole>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string[] Tables =>
    [
        .. console.Console.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Select(endpoint => endpoint.RoutePattern.RawText!).Where(route => route.StartsWith("/export/", StringComparison.Ordinal))
            .Select(route => route["/export/".Length..]).Order(StringComparer.Ordinal),
    ];

    [Fact]
    public async Task A_Viewer_gets_each_table_as_a_file_with_its_name_and_time()
    {
        using HttpClient viewer = await console.SignInAsync("Viewer");
        Assert.True(Tables.Length > 30); // or the search finds nothing
        foreach (string table in Tables)
        {
            using HttpResponseMessage answer = await viewer.GetAsync(Address(table), Stop);
            string file = Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync(Stop));

            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{table}: {answer.StatusCode}");
            Assert.Equal("text/csv; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
            Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
            Assert.Matches($"^\"?{table}-20[0-9]{{6}}T[0-9]{{6}}Z\\.csv\"?$", answer.Content.Headers.ContentDisposition.FileName!);
            Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
            Assert.Equal('\uFEFF', file[0]);
            Assert.Contains("\r\n", file, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Without_a_role_there_is_no_file()
    {
        using HttpClient stranger = console.Browser();
        foreach (string table in Tables)
        {
            using HttpResponseMessage answer = await stranger.GetAsync(Address(table), Stop);

            Assert.True(answer.StatusCode == HttpStatusCode.Redirect, $"{table}: {answer.StatusCode}");
            Assert.StartsWith("/login", answer.Headers.Location!.PathAndQuery, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Nothing_but_GET_is_answered()
    {
        using HttpClient viewer = await console.SignInAsync("Viewer");

        using HttpResponseMessage answer = await viewer.PostAsync("/export/buyers", content: null, Stop);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
    }

    [Fact]
    public async Task A_formula_in_a_buyers_name_is_text_in_every_file_that_holds_it()
    {
        using HttpClient viewer = await console.SignInAsync("Viewer");

        string buyers = await viewer.GetStringAsync("/export/buyers", Stop);
        string audit = await viewer.GetStringAsync("/export/audit", Stop);

        Assert.Contains(",\"'=cmd|' /C calc'!A0\",'+1@evil.example,", buyers, StringComparison.Ordinal);
        Assert.Contains(",\"Acme, Inc. \"\"EU\"\"\",", buyers, StringComparison.Ordinal);
        Assert.Contains(",2026-11-26T12:00:00Z,ada,192.0.2.44,\"Create buyer\",Buyer,1,,\"'=cmd|' /C calc'!A0\",\r\n", audit, StringComparison.Ordinal);
        Assert.DoesNotMatch("(^|[,;\\r\\n])\"?[=+@]", buyers + audit);
    }

    [Theory]
    [InlineData("buyers?search=ACME", 1)]
    [InlineData("buyers?search=%25", 0)] // a sign that LIKE would read
    [InlineData("buyers?search=", 2)]
    [InlineData("audit?search=ada&action=Create%20buyer&from=2026-11-26&until=2026-11-26", 1)]
    [InlineData("audit?from=2026-11-27", 0)]
    [InlineData("audit?search=';DROP%20TABLE%20AuditEntries;--", 0)]
    public async Task Only_what_the_address_asks_for_is_in_the_file(string address, int rows)
    {
        using HttpClient viewer = await console.SignInAsync("Viewer");

        string file = await viewer.GetStringAsync($"/export/{address}", Stop);

        Assert.Equal(rows + 1, Regex.Count(file, "\r\n", RegexOptions.None, TimeSpan.FromSeconds(1)));
    }

    [Theory]
    [InlineData("records?state=Paid", "state is Paid. It must be ")]
    [InlineData("records?state=99", "state is 99.")]
    [InlineData("records?from=yesterday", "from is yesterday. It must be a day")]
    [InlineData("records?until=9999-12-31", "until is 9999-12-31.")]
    [InlineData("records?person=perhaps", "person is perhaps. It must be true or false")]
    [InlineData("record-parts", "of must be an id")]
    [InlineData("record-parts?of=1", "of is 1. It must be an id")]
    [InlineData("reconciliation?from=2026-01-01&until=2026-11-27", "from and until must span 1 to 31 days.")]
    [InlineData("unresolved", "of which marketplace")]
    public async Task A_filter_that_cannot_be_read_is_refused_and_not_left_out(string address, string sentence)
    {
        using HttpClient viewer = await console.SignInAsync("Viewer");

        using HttpResponseMessage answer = await viewer.GetAsync($"/export/{address}", Stop);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(sentence, await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    /// <summary>With everything that any export asks for.</summary>
    private static string Address(string table) =>
        $"/export/{table}?of=0195b000-0000-7000-8000-000000000001" + table switch
        {
            "reconciliation" => "&from=2026-11-20&until=2026-11-27",
            "unresolved" => "&marketplace=Aws",
            _ => "",
        };
}
