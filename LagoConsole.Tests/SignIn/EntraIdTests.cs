using System.Net;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using LagoConsole.Core.Security;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace LagoConsole.Tests.SignIn;

/// <summary>Signing in at a real provider, message by message. The provider itself checks the code flow, its secret and PKCE.</summary>
public sealed class EntraIdTests(EntraConsole console) : IClassFixture<EntraConsole>, IDisposable
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => console.Provider.Falsify = _ => { };

    [Fact]
    public async Task A_person_comes_back_with_the_roles_that_the_provider_says()
    {
        console.Provider.Give("olga@vendor.example", "Viewer", "Operator", "Gardener");
        using HttpClient browser = console.Browser();
        using HttpResponseMessage closed = await browser.GetAsync("/buyers", Stop);
        using HttpResponseMessage asked = await browser.GetAsync(closed.Headers.Location, Stop);
        Dictionary<string, StringValues> question = QueryHelpers.ParseQuery(asked.Headers.Location!.Query);
        Assert.Equal(("code", "form_post", "S256", "https://localhost/signin-oidc"), (question["response_type"].ToString(), question["response_mode"].ToString(), question["code_challenge_method"].ToString(), question["redirect_uri"].ToString()));

        using HttpResponseMessage signedIn = await EntraConsole.ReturnAsync(browser, await console.Provider.AnswerAsync(asked.Headers.Location, "olga@vendor.example"));

        Assert.Equal("/buyers", signedIn.Headers.Location!.OriginalString);
        Assert.Matches("(?s)id=\"signed-in\".*olga@vendor.example.*Operator", await browser.GetStringAsync("/buyers", Stop));
    }

    [Fact]
    public async Task A_person_who_refuses_reads_a_sentence()
    {
        using HttpClient browser = console.Browser();

        using HttpResponseMessage back = await console.SignInAsync(browser, person: null);

        await AssertRefusedAsync(browser, back);
        Assert.Contains("The sign-in was not completed", await browser.GetStringAsync(back.Headers.Location, Stop), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("another's signature")]
    [InlineData("no signature")]
    [InlineData("another console's")]
    [InlineData("another tenant's")]
    [InlineData("of another sign-in")]
    [InlineData("of yesterday")]
    [InlineData("of tomorrow")]
    public async Task A_token_that_is_not_the_providers_own_for_this_sign_in_lets_nobody_in(string token)
    {
        console.Provider.Give("eve", "Admin");
        using RSA another = RSA.Create(2048);
        console.Provider.Falsify = made =>
        {
            switch (token)
            {
                case "another's signature":
                    made.SigningCredentials = new SigningCredentials(new RsaSecurityKey(another) { KeyId = "one" }, SecurityAlgorithms.RsaSha256);
                    break;
                case "no signature":
                    made.SigningCredentials = null;
                    break;
                case "another console's":
                    made.Audience = Guid.NewGuid().ToString();
                    break;
                case "another tenant's":
                    made.Issuer = made.Issuer.Replace("1111-1111", "9999-9999", StringComparison.Ordinal);
                    break;
                case "of another sign-in":
                    made.Claims["nonce"] = "4711";
                    break;
                case "of yesterday":
                    (made.IssuedAt, made.NotBefore, made.Expires) = (made.IssuedAt!.Value.AddDays(-1), made.NotBefore!.Value.AddDays(-1), made.Expires!.Value.AddDays(-1));
                    break;
                case "of tomorrow":
                    (made.NotBefore, made.Expires) = (made.NotBefore!.Value.AddDays(1), made.Expires!.Value.AddDays(1));
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(token));
            }
        };
        using HttpClient browser = console.Browser();

        await AssertRefusedAsync(browser, await console.SignInAsync(browser, "eve"));
    }

    [Fact]
    public async Task An_answer_that_this_browser_did_not_ask_for_signs_nobody_in_and_one_works_once()
    {
        console.Provider.Give("eve", "Viewer");
        using HttpClient eve = console.Browser();
        using HttpClient victim = console.Browser();
        using HttpResponseMessage asked = await eve.GetAsync("/login", Stop);
        IReadOnlyDictionary<string, string> answer = await console.Provider.AnswerAsync(asked.Headers.Location!, "eve");

        await AssertRefusedAsync(victim, await EntraConsole.ReturnAsync(victim, answer)); // else the victim would work as Eve
        using HttpResponseMessage signedIn = await EntraConsole.ReturnAsync(eve, answer);
        Assert.NotNull(EntraConsole.CookieOf(signedIn));
        using HttpResponseMessage again = await EntraConsole.ReturnAsync(eve, answer);
        Assert.Equal("/access-denied?failed=true", again.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task A_person_without_a_role_is_told_so_and_gets_no_answer_from_any_endpoint()
    {
        console.Provider.Give("nobody@vendor.example", "Gardener");
        using HttpClient browser = console.Browser();
        using HttpResponseMessage signedIn = await console.SignInAsync(browser, "nobody@vendor.example");
        Assert.NotNull(EntraConsole.CookieOf(signedIn));
        List<string> answered = [];
        int called = 0;

        foreach (RouteEndpoint endpoint in console.Console.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null))
        {
            string path = "/" + Regex.Replace(endpoint.RoutePattern.RawText!.TrimStart('/'), "\\{[^}]*\\}", Guid.Empty.ToString(), RegexOptions.None, TimeSpan.FromSeconds(1));
            foreach (string method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST"])
            {
                using HttpRequestMessage request = new(new HttpMethod(method), path);
                using HttpResponseMessage answer = await browser.SendAsync(request, Stop);
                called++;
                if (answer.StatusCode != HttpStatusCode.Forbidden && answer.Headers.Location?.OriginalString.StartsWith("https://localhost/access-denied", StringComparison.Ordinal) != true)
                {
                    answered.Add($"{method} {path}: {answer.StatusCode}");
                }
            }
        }

        Assert.True(called > 60); // or the search finds nothing
        Assert.Empty(answered);
        Assert.Contains("Your account has no role in this console", await browser.GetStringAsync("/access-denied", Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signing_out_ends_the_session_at_the_provider_too_and_a_copy_of_the_cookie_opens_nothing_after_it()
    {
        console.Provider.Give("vera@vendor.example", "Viewer");
        using HttpClient browser = console.Browser();
        using HttpResponseMessage signedIn = await console.SignInAsync(browser, "vera@vendor.example");
        using HttpClient thief = console.Browser(EntraConsole.CookieOf(signedIn)!);
        Assert.Equal(HttpStatusCode.OK, (await thief.GetAsync("/buyers", Stop)).StatusCode); // until then it is as good as the original

        using HttpResponseMessage signedOut = await EntraConsole.SignOutAsync(browser);
        Assert.StartsWith($"{console.Provider.Address}logout?post_logout_redirect_uri=https%3A%2F%2Flocalhost%2Fsignout-callback-oidc", signedOut.Headers.Location!.OriginalString, StringComparison.Ordinal);

        await AssertEndedAsync(thief);
    }

    [Fact]
    public async Task An_administrator_ends_a_persons_sign_ins_and_the_next_has_the_roles_of_that_moment()
    {
        console.Provider.Give("oskar@vendor.example", "Admin");
        using HttpClient browser = console.Browser();
        using HttpResponseMessage signedIn = await console.SignInAsync(browser, "oskar@vendor.example");
        using HttpClient copy = console.Browser(EntraConsole.CookieOf(signedIn)!);
        console.Provider.Give("oskar@vendor.example", "Viewer"); // not seen yet
        Assert.Matches("(?s)id=\"signed-in\".*Admin", await copy.GetStringAsync("/buyers", Stop));

        await console.Console.Services.GetRequiredService<SignInSessions>().EndAllAsync(new Actor("ada", Role.Admin), "oskar@vendor.example", Stop);

        await AssertEndedAsync(copy);
        using HttpResponseMessage again = await console.SignInAsync(browser, "oskar@vendor.example");
        Assert.Matches("(?s)id=\"signed-in\".*Viewer", await browser.GetStringAsync("/buyers", Stop));
    }

    [Fact]
    public async Task Who_signs_in_again_in_the_same_browser_leaves_no_session_behind()
    {
        console.Provider.Give("ida@vendor.example", "Viewer");
        using HttpClient browser = console.Browser();
        using HttpResponseMessage first = await console.SignInAsync(browser, "ida@vendor.example");
        using HttpResponseMessage second = await console.SignInAsync(browser, "ida@vendor.example");

        using HttpClient copy = console.Browser(EntraConsole.CookieOf(first)!);
        await AssertEndedAsync(copy);
        Assert.Equal(HttpStatusCode.NoContent, (await browser.PostAsync("/signed-in", content: null, Stop)).StatusCode);
    }

    private static async Task AssertRefusedAsync(HttpClient browser, HttpResponseMessage back)
    {
        Assert.Equal(HttpStatusCode.Redirect, back.StatusCode);
        Assert.Equal("/access-denied?failed=true", back.Headers.Location!.OriginalString);
        Assert.Null(EntraConsole.CookieOf(back));
        using HttpResponseMessage closed = await browser.GetAsync("/buyers", Stop);
        Assert.Equal("/login?returnUrl=%2Fbuyers", closed.Headers.Location!.PathAndQuery);
    }

    private static async Task AssertEndedAsync(HttpClient browser)
    {
        using HttpResponseMessage page = await browser.GetAsync("/buyers?page=2", Stop);
        Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
        Assert.Equal("/sign-in-ended?returnUrl=%2Fbuyers%3Fpage%3D2", page.Headers.Location!.OriginalString);
        using HttpResponseMessage circuit = await browser.PostAsync("/_blazor/negotiate?negotiateVersion=1", content: null, Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, circuit.StatusCode);
        Assert.Contains("href=\"/login?returnUrl=%2Fbuyers%3Fpage%3D2\"", await browser.GetStringAsync(page.Headers.Location, Stop), StringComparison.Ordinal);
    }
}
