using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Encodings.Web;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace LagoConsole.Tests.Support;

/// <summary>
/// An OpenID Connect provider that speaks as Entra ID does, on the loopback interface over https, with a certificate of its own
/// making: discovery, keys, a form to sign in, the authorization code flow with PKCE, and the end of a session.
/// </summary>
public sealed class OpenIdProvider : IAsyncDisposable
{
    private const string Tenant = "11111111-1111-1111-1111-111111111111";
    private const string ClientId = "22222222-2222-2222-2222-222222222222";
    private const string ClientSecret = "known-to-the-console-alone";

    private readonly ConcurrentDictionary<string, string[]> _people = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Grant> _grants = new(StringComparer.Ordinal);
    private readonly RSA _key = RSA.Create(2048);
    private readonly X509Certificate2 _certificate = MakeCertificate();
    private readonly string _certificateFile = Path.Combine(Path.GetTempPath(), $"lagoconsole-test-{Guid.NewGuid():N}.pem");
    private readonly WebApplication _app;
    private int _signOuts;

    private OpenIdProvider()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(_certificate)));
        builder.Services.AddRoutingCore();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.UseRouting();
        _app.MapGet($"/{Tenant}/v2.0/.well-known/openid-configuration", Discover);
        _app.MapGet("/keys", Keys);
        _app.MapGet("/authorize", Ask);
        _app.MapPost("/authorize", (Delegate)DecideAsync);
        _app.MapPost("/token", (Delegate)RedeemAsync); // else what it returns would be dropped
        _app.MapGet("/logout", SignOut);
    }

    public Uri Address => new(_app.Urls.Single());

    /// <summary>How often a session was ended here.</summary>
    public int SignOuts => _signOuts;

    /// <summary>Makes of each id token what another could make of it. Default: it stays as it is.</summary>
    public Action<SecurityTokenDescriptor> Falsify { get; set; } = _ => { };

    /// <summary>What a console is told, so that people sign in here.</summary>
    public (string Key, string Value)[] Settings =>
    [
        ("AzureAd:Instance", Address.ToString()), ("AzureAd:TenantId", Tenant), ("AzureAd:ClientId", ClientId), ("AzureAd:ClientSecret", ClientSecret),
    ];

    /// <summary>What another process is told, so that it takes this certificate for that of an authority.</summary>
    public (string Key, string Value) Trust => ("SSL_CERT_FILE", _certificateFile);

    public static async Task<OpenIdProvider> StartAsync()
    {
        OpenIdProvider provider = new();
        await File.WriteAllTextAsync(provider._certificateFile, provider._certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await provider._app.StartAsync(TestContext.Current.CancellationToken);
        return provider;
    }

    /// <summary>The person is known here, and has these app roles from now on.</summary>
    public void Give(string person, params string[] roles) => _people[person] = roles;

    /// <summary>Trusts this provider and nobody else.</summary>
    public HttpMessageHandler CreateHandler() => new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == _certificate.GetCertHashString() },
    };

    /// <summary>What a browser would post to the console after a person has answered the form.</summary>
    /// <param name="asked">Where the console has sent the browser.</param>
    /// <param name="person">Who signs in; null refuses.</param>
    public async Task<IReadOnlyDictionary<string, string>> AnswerAsync(Uri asked, string? person)
    {
        using HttpClient browser = new(CreateHandler());
        using FormUrlEncodedContent form = new(new Dictionary<string, string> { ["who"] = person ?? "", ["answer"] = person is null ? "refuse" : "sign in" });
        using HttpResponseMessage answer = await browser.PostAsync(asked, form, TestContext.Current.CancellationToken);
        string page = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, page);
        return new HtmlParser().ParseDocument(page).QuerySelectorAll("input[type=hidden]")
            .ToDictionary(field => field.GetAttribute("name")!, field => field.GetAttribute("value")!, StringComparer.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _key.Dispose();
        _certificate.Dispose();
        File.Delete(_certificateFile);
    }

    private string Issuer => $"{Address}{Tenant}/v2.0";

    private static X509Certificate2 MakeCertificate()
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new("CN=provider", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), password: null); // with a key that TLS can use
    }

    private IResult Discover() => Results.Json(new Dictionary<string, object>(StringComparer.Ordinal)
    {
        ["issuer"] = Issuer,
        ["authorization_endpoint"] = new Uri(Address, "authorize"),
        ["token_endpoint"] = new Uri(Address, "token"),
        ["jwks_uri"] = new Uri(Address, "keys"),
        ["end_session_endpoint"] = new Uri(Address, "logout"),
        ["response_types_supported"] = (string[])["code"],
        ["response_modes_supported"] = (string[])["form_post"],
        ["subject_types_supported"] = (string[])["pairwise"],
        ["id_token_signing_alg_values_supported"] = (string[])["RS256"],
        ["token_endpoint_auth_methods_supported"] = (string[])["client_secret_post"],
    });

    private IResult Keys()
    {
        RSAParameters key = _key.ExportParameters(includePrivateParameters: false);
        return Results.Json(new
        {
            keys = new[] { new { kty = "RSA", use = "sig", kid = "one", n = Base64Url.EncodeToString(key.Modulus), e = Base64Url.EncodeToString(key.Exponent) } },
        });
    }

    private static IResult Ask(HttpContext request) => Problem(request.Request.Query) is { } problem
        ? Results.BadRequest(problem)
        : Page("""
            <h1>The provider</h1>
            <form method="post">
              <label>Who <input name="who"></label>
              <button name="answer" value="sign in">Sign in</button>
              <button name="answer" value="refuse">Refuse</button>
            </form>
            """);

    private async Task<IResult> DecideAsync(HttpContext request)
    {
        IQueryCollection asked = request.Request.Query;
        if (Problem(asked) is { } problem)
        {
            return Results.BadRequest(problem);
        }

        IFormCollection form = await request.Request.ReadFormAsync(request.RequestAborted);
        string who = form["who"].ToString();
        (string Name, string Value)[] answer;
        if (form["answer"] == "refuse")
        {
            answer = [("error", "access_denied"), ("error_description", "The person refused."), ("state", asked["state"].ToString())];
        }
        else if (!_people.ContainsKey(who))
        {
            return Results.BadRequest($"{who} is not known here.");
        }
        else
        {
            string code = Guid.NewGuid().ToString("N");
            _grants[code] = new Grant(who, asked["redirect_uri"].ToString(), asked["nonce"].ToString(), asked["code_challenge"].ToString());
            answer = [("code", code), ("state", asked["state"].ToString())];
        }

        IEnumerable<string> fields = answer.Select(field => $"""<input type="hidden" name="{field.Name}" value="{HtmlEncoder.Default.Encode(field.Value)}">""");
        return Page($"""
            <form method="post" action="{HtmlEncoder.Default.Encode(asked["redirect_uri"].ToString())}">{string.Concat(fields)}</form>
            <script>document.forms[0].submit()</script>
            """);
    }

    /// <summary>A code works once, for whoever asked for it, and only with what was promised then.</summary>
    private async Task<IResult> RedeemAsync(HttpContext request)
    {
        IFormCollection form = await request.Request.ReadFormAsync(request.RequestAborted);
        if (form["grant_type"] != "authorization_code" || form["client_id"] != ClientId || form["client_secret"] != ClientSecret
            || !_grants.TryRemove(form["code"].ToString(), out Grant? grant) || form["redirect_uri"] != grant.RedirectUri
            || Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) != grant.Challenge)
        {
            return Results.BadRequest(new { error = "invalid_grant" });
        }

        DateTime now = TimeProvider.System.GetUtcNow().UtcDateTime;
        SecurityTokenDescriptor token = new()
        {
            Issuer = Issuer,
            Audience = ClientId,
            IssuedAt = now,
            NotBefore = now.AddMinutes(-5),
            Expires = now.AddHours(1),
            SigningCredentials = new SigningCredentials(new RsaSecurityKey(_key) { KeyId = "one" }, SecurityAlgorithms.RsaSha256),
            Claims = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["sub"] = grant.Person,
                ["oid"] = Guid.NewGuid().ToString(),
                ["tid"] = Tenant,
                ["ver"] = "2.0",
                ["nonce"] = grant.Nonce,
                ["preferred_username"] = grant.Person,
                ["roles"] = _people[grant.Person],
            },
        };
        Falsify(token);
        return Results.Json(new { token_type = "Bearer", expires_in = 3600, access_token = "none", id_token = new JsonWebTokenHandler().CreateToken(token) });
    }

    private IResult SignOut(HttpContext request)
    {
        Interlocked.Increment(ref _signOuts);
        StringValues state = request.Request.Query["state"];
        return Results.Redirect(QueryHelpers.AddQueryString(request.Request.Query["post_logout_redirect_uri"].ToString(), "state", state.ToString()));
    }

    private static string? Problem(IQueryCollection asked) =>
        asked["client_id"] != ClientId ? "client_id is not known here."
        : asked["response_type"] != "code" ? "response_type is not code."
        : asked["response_mode"] != "form_post" ? "response_mode is not form_post."
        : asked["code_challenge_method"] != "S256" || StringValues.IsNullOrEmpty(asked["code_challenge"]) ? "There is no PKCE."
        : StringValues.IsNullOrEmpty(asked["nonce"]) || StringValues.IsNullOrEmpty(asked["state"]) ? "nonce or state is missing."
        : null;

    private static IResult Page(string body) => Results.Content($"<!DOCTYPE html><html lang=\"en\"><title>Provider</title><body>{body}", "text/html; charset=utf-8");

    private sealed record Grant(string Person, string RedirectUri, string Nonce, string Challenge);
}
