using System.Text.RegularExpressions;
using LagoConsole.Tests.Support;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Identity.Web;
using Xunit;

namespace LagoConsole.Tests.SignIn;

/// <summary>One running console whose people sign in at a provider of their own, over HTTP.</summary>
public sealed class EntraConsole : IAsyncLifetime
{
    private ConsoleFactory _factory = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public OpenIdProvider Provider { get; private set; } = null!;

    public WebApplicationFactory<Program> Console { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Provider = await OpenIdProvider.StartAsync();
        _factory = new ConsoleFactory("Testing", Provider.Settings);
        Console = _factory.WithWebHostBuilder(host => host.ConfigureTestServices(services =>
        {
            services.Configure<OpenIdConnectOptions>(OpenIdConnectDefaults.AuthenticationScheme, options => options.BackchannelHttpHandler = Provider.CreateHandler());
            services.AddHttpClient("provider").ConfigurePrimaryHttpMessageHandler(Provider.CreateHandler);
            services.Configure<AadIssuerValidatorOptions>(options => options.HttpClientName = "provider");
        }));
    }

    public async ValueTask DisposeAsync()
    {
        await Console.DisposeAsync();
        await _factory.DisposeAsync();
        await Provider.DisposeAsync();
    }

    /// <param name="cookies">Sent with each request as they are; null for a browser that keeps its own.</param>
    public HttpClient Browser(string? cookies = null)
    {
        HttpClient browser = Console.CreateClient(new WebApplicationFactoryClientOptions
        {
            AllowAutoRedirect = false,
            HandleCookies = cookies is null,
            BaseAddress = new Uri("https://localhost"),
        });
        if (cookies is not null)
        {
            browser.DefaultRequestHeaders.Add("Cookie", cookies);
        }

        return browser;
    }

    /// <summary>Goes to the provider and back; returns the console's answer to what comes from there.</summary>
    public async Task<HttpResponseMessage> SignInAsync(HttpClient browser, string? person, string returnUrl = "/")
    {
        using HttpResponseMessage asked = await browser.GetAsync($"/login?returnUrl={Uri.EscapeDataString(returnUrl)}", Stop);
        return await ReturnAsync(browser, await Provider.AnswerAsync(asked.Headers.Location!, person));
    }

    public static async Task<HttpResponseMessage> ReturnAsync(HttpClient browser, IReadOnlyDictionary<string, string> answer)
    {
        using FormUrlEncodedContent form = new(answer);
        return await browser.PostAsync("/signin-oidc", form, Stop);
    }

    /// <summary>Presses the page's button to sign out.</summary>
    public static async Task<HttpResponseMessage> SignOutAsync(HttpClient browser)
    {
        string page = await browser.GetStringAsync("/", Stop);
        string token = Regex.Match(page, "name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["token"].Value;
        using FormUrlEncodedContent form = new(new Dictionary<string, string>(StringComparer.Ordinal) { ["__RequestVerificationToken"] = token });
        return await browser.PostAsync("/logout", form, Stop);
    }

    /// <summary>The sign-in's cookie, as somebody who copied it could send it; null where the answer sets none.</summary>
    public static string? CookieOf(HttpResponseMessage answer) => answer.Headers.TryGetValues("Set-Cookie", out IEnumerable<string>? set)
        ? set.Select(cookie => cookie.Split(';')[0]).SingleOrDefault(cookie => cookie.StartsWith("LagoConsole.SignIn=", StringComparison.Ordinal) && !cookie.EndsWith('='))
        : null;
}
