using System.Net;
using LagoConsole.Tests.Support;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace LagoConsole.Tests.Headers;

public sealed class SecurityHeadersTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/login")]
    [InlineData("/app.css")]
    [InlineData("/integrations")]
    [InlineData("/no-such-page")]
    [InlineData("/_blazor/negotiate")]
    public async Task Every_answer_allows_the_consoles_own_scripts_only_and_no_frame(string path)
    {
        await using ConsoleFactory console = new("Testing");
        using HttpClient browser = console.CreateClient(new() { AllowAutoRedirect = false });

        using HttpResponseMessage answer = await browser.GetAsync(path, Stop);

        string policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("DENY", Assert.Single(answer.Headers.GetValues("X-Frame-Options")));
        Assert.Equal("same-origin", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
    }

    [Fact]
    public async Task Signed_out_pages_have_no_script_of_their_own()
    {
        await using ConsoleFactory console = new("Testing");
        using HttpClient browser = console.CreateClient();

        string page = await browser.GetStringAsync("/login", Stop);

        Assert.DoesNotMatch("<script(?![^>]* src=)", page);
        Assert.DoesNotMatch("(?i)\\son[a-z]+=\"", page);
    }

    [Theory]
    [InlineData("198.51.100.9", "198.51.100.9", "http")] // nobody's proxy
    [InlineData("127.0.0.1", "127.0.0.1", "http")] // the framework's default
    [InlineData("10.1.2.3", "192.0.2.44", "https")]
    [InlineData("::1", "192.0.2.44", "https")]
    public async Task Only_a_configured_proxy_is_believed_from_where_a_request_came(string from, string seenFrom, string seenScheme)
    {
        await using ConsoleFactory console = new("Testing", ("Proxies:Networks:0", "10.1.0.0/16"), ("Proxies:Networks:1", "::1"));

        HttpContext seen = await AskAsync(console, from);

        Assert.Equal(seenFrom, seen.Connection.RemoteIpAddress!.ToString());
        Assert.Equal(seenScheme, seen.Request.Scheme);
    }

    [Fact]
    public async Task Without_a_configured_proxy_not_even_this_machine_is_believed()
    {
        await using ConsoleFactory console = new("Testing");

        HttpContext seen = await AskAsync(console, "127.0.0.1");

        Assert.Equal(("127.0.0.1", "http"), (seen.Connection.RemoteIpAddress!.ToString(), seen.Request.Scheme));
    }

    [Theory]
    [InlineData("proxy.example")]
    [InlineData("10.1.0.0/99")]
    public void A_proxy_that_is_no_network_stops_the_start_by_name(string entry)
    {
        using ConsoleFactory console = new("Testing", ("Proxies:Networks:0", entry));

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => console.CreateClient());

        Assert.Contains($"Proxies:Networks holds {entry}", error.Message, StringComparison.Ordinal);
    }

    private static async Task<HttpContext> AskAsync(ConsoleFactory console, string from) => await console.Server.SendAsync(context =>
    {
        context.Request.Path = "/login";
        context.Connection.RemoteIpAddress = IPAddress.Parse(from);
        context.Request.Headers["X-Forwarded-For"] = "192.0.2.44";
        context.Request.Headers["X-Forwarded-Proto"] = "https";
    }, Stop);
}
