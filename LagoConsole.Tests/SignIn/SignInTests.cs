using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using LagoConsole.SignIn;
using LagoConsole.Tests.Support;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LagoConsole.Tests.SignIn;

public sealed class SignInTests
{
    private static readonly (string Key, string Value)[] _entraId =
    [
        ("AzureAd:TenantId", "11111111-1111-1111-1111-111111111111"), ("AzureAd:ClientId", "22222222-2222-2222-2222-222222222222"), ("AzureAd:ClientSecret", "s"),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Production_without_a_certificate_or_a_vault_for_its_keys_does_not_start()
    {
        using ConsoleFactory console = new("Production", _entraId);

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => console.CreateClient());

        Assert.Contains("Neither KeyRing:Certificate:Path nor KeyRing:KeyVault:Key is set", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Production_with_both_does_not_start_either()
    {
        using TestCertificate certificate = new();
        using ConsoleFactory console = new("Production", [.. _entraId, .. certificate.Settings, .. FakeKeyVault.Settings("lagoconsole")]);

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => console.CreateClient());

        Assert.Contains("KeyRing:Certificate:Path and KeyRing:KeyVault:Key are both set", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_Production_cookies_travel_over_https_only_and_browsers_are_told_to_stay_there()
    {
        using TestCertificate certificate = new();
        await using ConsoleFactory console = new("Production", [.. _entraId, .. certificate.Settings]);
        using HttpClient browser = console.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, BaseAddress = new Uri("https://console.example") });

        using HttpResponseMessage answer = await browser.GetAsync("/access-denied", Cancellation);

        string cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith("__Host-LagoConsole.Antiforgery=", cookie, StringComparison.Ordinal);
        Assert.Contains("; path=/; secure; samesite=strict; httponly", cookie, StringComparison.Ordinal);
        Assert.Equal("max-age=31536000; includeSubDomains", Assert.Single(answer.Headers.GetValues("Strict-Transport-Security")));
        Assert.Contains("form-action 'self' https://login.microsoftonline.com;", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }

    [Fact]
    public void Production_without_Entra_ID_does_not_start()
    {
        using TestCertificate certificate = new();
        using ConsoleFactory console = new("Production", certificate.Settings);

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => console.CreateClient());

        Assert.Contains("AzureAd:TenantId", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Production_with_Entra_ID_offers_no_role_to_choose()
    {
        using TestCertificate certificate = new();
        await using ConsoleFactory console = new("Production", [.. _entraId, .. certificate.Settings]);
        using HttpClient browser = Browser(console);

        string form = await Antiforgery(browser, "/access-denied");
        using HttpResponseMessage answer = await browser.PostAsync(
            "/login", Form(("_handler", "local-sign-in"), ("__RequestVerificationToken", form), ("Name", "eve"), ("Role", "Admin")), Cancellation);

        Assert.False(answer.Headers.TryGetValues("Set-Cookie", out IEnumerable<string>? cookies) && cookies.Any(cookie => cookie.Contains("LagoConsole.SignIn", StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/integrations?page=2")]
    [InlineData("/no-such-page")]
    public async Task Every_page_asks_to_sign_in_and_remembers_where_one_was_going(string path)
    {
        await using ConsoleFactory console = new("Testing");
        using HttpClient browser = Browser(console);

        using HttpResponseMessage answer = await browser.GetAsync(path, Cancellation);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal("/login?returnUrl=" + Uri.EscapeDataString(path), answer.Headers.Location!.PathAndQuery);
    }

    [Fact]
    public async Task The_circuit_is_closed_to_strangers()
    {
        await using ConsoleFactory console = new("Testing");
        using HttpClient browser = Browser(console);

        using HttpResponseMessage answer = await browser.PostAsync("/_blazor/negotiate?negotiateVersion=1", null, Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Signing_in_locally_opens_the_page_one_was_going_to_and_signing_out_closes_it()
    {
        await using ConsoleFactory console = new("Testing");
        using HttpClient browser = Browser(console);

        using HttpResponseMessage signedIn = await SignInAsync(browser, "Ada", "Viewer", "/?from=mail");
        Assert.Equal("/?from=mail", signedIn.Headers.Location!.PathAndQuery);

        string page = await browser.GetStringAsync("/", Cancellation);
        Assert.Matches("(?s)id=\"signed-in\".*Ada.*Viewer", page);

        using HttpRequestMessage lost = new(HttpMethod.Get, "/no-such-page") { Headers = { Accept = { new MediaTypeWithQualityHeaderValue("text/html") } } };
        using HttpResponseMessage notFound = await browser.SendAsync(lost, Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, notFound.StatusCode);
        Assert.Contains("There is no page at this address", await notFound.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);

        using HttpResponseMessage forged = await browser.PostAsync("/logout", Form(), Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        string token = await Antiforgery(browser, "/");
        using HttpResponseMessage signedOut = await browser.PostAsync("/logout", Form(("__RequestVerificationToken", token)), Cancellation);
        using HttpResponseMessage after = await browser.GetAsync("/", Cancellation);
        Assert.Equal("/login", signedOut.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.Redirect, after.StatusCode);
    }

    [Fact]
    public async Task Nothing_that_is_posted_without_antiforgery_is_done()
    {
        await using ConsoleFactory console = new("Testing");
        using HttpClient browser = Browser(console);
        using HttpResponseMessage signedIn = await SignInAsync(browser, "Ada", "Admin", "/");
        List<string> done = [];
        int called = 0;

        foreach (RouteEndpoint endpoint in console.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("POST") != false))
        {
            string path = "/" + Regex.Replace(endpoint.RoutePattern.RawText!.TrimStart('/'), "\\{[^}]*\\}", Guid.Empty.ToString(), RegexOptions.None, TimeSpan.FromSeconds(1));
            if (path is "/signed-in" or "/marketplaces/azure/webhook" || path.StartsWith("/_blazor", StringComparison.Ordinal) || path.StartsWith("/health/", StringComparison.Ordinal))
            {
                continue; // changes nothing but when somebody was here; shows a token of Azure's; belongs to a page; tells and does nothing
            }

            using HttpResponseMessage answer = await browser.PostAsync(path, Form(("Name", "eve"), ("Role", "Admin"), ("_handler", "local-sign-in")), Cancellation);
            called++;
            if (answer.StatusCode != HttpStatusCode.BadRequest)
            {
                done.Add($"{path}: {answer.StatusCode}");
            }
        }

        Assert.True(called > 5); // or the search finds nothing
        Assert.Empty(done);
    }

    [Theory]
    [InlineData("/login?returnUrl=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E")]
    [InlineData("/sign-in-ended?returnUrl=%2F%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E")]
    [InlineData("/access-denied?failed=%3Cscript%3Ealert(1)%3C%2Fscript%3E")]
    [InlineData("/")]
    public async Task What_an_address_or_a_name_says_is_text_on_the_pages_around_signing_in(string address)
    {
        await using ConsoleFactory console = new("Testing");
        using HttpClient browser = Browser(console);
        using HttpResponseMessage signedIn = await SignInAsync(browser, "<script>alert(1)</script>", "Viewer", "/");

        using HttpResponseMessage answer = await browser.GetAsync(address, Cancellation);

        Assert.DoesNotContain("<script>alert", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_signed_in_without_a_name_is_asked_again()
    {
        await using ConsoleFactory console = new("Testing");
        using HttpClient browser = Browser(console);

        using HttpResponseMessage answer = await SignInAsync(browser, "  ", "Admin", "/");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("Type a name", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/records?page=2", "/records?page=2")]
    [InlineData(null, "/")]
    [InlineData("", "/")]
    [InlineData("records", "/")]
    [InlineData("https://evil.example/", "/")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("~/records", "/")]
    [InlineData("/\n/evil.example", "/")]
    public void Only_an_address_of_the_console_itself_is_returned_to(string? asked, string expected) =>
        Assert.Equal(expected, SignInRegistration.LocalOrHome(asked));

    private static HttpClient Browser(ConsoleFactory console) => console.CreateClient(new WebApplicationFactoryClientOptions
    {
        AllowAutoRedirect = false,
        BaseAddress = new Uri("https://localhost"),
    });

    private static async Task<HttpResponseMessage> SignInAsync(HttpClient browser, string name, string role, string returnUrl)
    {
        string address = "/login?returnUrl=" + Uri.EscapeDataString(returnUrl);
        string token = await Antiforgery(browser, address);
        return await browser.PostAsync(
            address, Form(("_handler", "local-sign-in"), ("__RequestVerificationToken", token), ("Name", name), ("Role", role)), Cancellation);
    }

    private static async Task<string> Antiforgery(HttpClient browser, string path)
    {
        string page = await browser.GetStringAsync(path, Cancellation);
        return Regex.Match(page, "name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["token"].Value;
    }

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) =>
        new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
}
