using LagoConsole.Core.Persistence;
using LagoConsole.Core.Security;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Identity.Web;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace LagoConsole.SignIn;

/// <summary>Registers who may come in: everything needs a role, except signing in.</summary>
internal static class SignInRegistration
{
    public static void AddSignIn(this WebApplicationBuilder builder)
    {
        SignInWay way = SignInWays.Choose(builder.Environment, builder.Configuration);
        bool isForTrying = SignInWays.IsForTrying(builder.Environment);
        builder.Services.AddSingleton(new SignInChoice(way));

        // Who is not signed in, or no longer, is asked by the cookie's own rules, whichever way people sign in.
        AuthenticationBuilder authentication = builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme);
        if (way == SignInWay.EntraId)
        {
            authentication.AddMicrosoftIdentityWebApp(builder.Configuration, "AzureAd");
            builder.Services.Configure<OpenIdConnectOptions>(OpenIdConnectDefaults.AuthenticationScheme, options =>
            {
                options.TimeProvider = TimeProvider.System;
                options.ResponseType = OpenIdConnectResponseType.Code; // Identity.Web's default is the implicit flow

                // The code flow may take a token without a signature, because it came from the provider's own address. Here it may not.
                Func<TokenValidatedContext, Task> validated = options.Events.OnTokenValidated;
                options.Events.OnTokenValidated = context =>
                {
                    if (context.SecurityToken.RawSignature is null or "")
                    {
                        context.Fail("The id token is not signed.");
                        return Task.CompletedTask;
                    }

                    return validated(context);
                };
                options.Events.OnRemoteFailure = static context =>
                {
                    // An aborted or refused sign-in is news for the person, not a fault of the server.
                    context.Response.Redirect("/access-denied?failed=true");
                    context.HandleResponse();
                    return Task.CompletedTask;
                };
            });
        }
        else
        {
            authentication.AddCookie();
        }

        TimeSpan lifetime = SignInEnd.Lifetime(builder.Configuration);
        TimeSpan idle = SignInEnd.Idle(builder.Configuration);
        builder.Services.AddSingleton(services => new SignInSessions(
            services.GetRequiredService<IDbContextFactory<LagoConsoleDbContext>>(), services.GetRequiredService<TimeProvider>())
        {
            Idle = idle,
        });
        builder.Services.Configure<CookieAuthenticationOptions>(CookieAuthenticationDefaults.AuthenticationScheme, options =>
        {
            options.LoginPath = "/login";
            options.AccessDeniedPath = "/access-denied";
            options.ReturnUrlParameter = "returnUrl";
            Secure(options.Cookie, "LagoConsole.SignIn", isForTrying);
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.ExpireTimeSpan = lifetime;
            options.SlidingExpiration = false; // roles are read at sign-in: who goes on working must come back for them
            SignInCookie.Tie(options.Events);

            // The console's clock can be moved forward in Development; a session's cannot.
            options.TimeProvider = TimeProvider.System;
        });

        builder.Services.AddAntiforgery(options => Secure(options.Cookie, "LagoConsole.Antiforgery", isForTrying));
        builder.Services.AddHsts(options =>
        {
            options.MaxAge = TimeSpan.FromDays(365);
            options.IncludeSubDomains = true;
        });
        builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireRole(Roles.Names).Build());
        builder.Services.AddCascadingAuthenticationState();
        builder.Services.AddScoped<AuthenticationStateProvider, SignInEnd>();
        builder.Services.AddScoped<CircuitHandler, SignInCircuit>();
        builder.Services.AddScoped<CurrentActor>();
    }

    public static void MapSignIn(this WebApplication app)
    {
        SignInWay way = app.Services.GetRequiredService<SignInChoice>().Way;
        if (way == SignInWay.EntraId)
        {
            // Both stand before the page of the same address, which is the local way's: here nobody chooses a role.
            app.MapGet("/login", (string? returnUrl) => TypedResults.Challenge(
                    new AuthenticationProperties { RedirectUri = LocalOrHome(returnUrl) }, [OpenIdConnectDefaults.AuthenticationScheme]))
                .WithOrder(-1).AllowAnonymous();
            app.MapPost("/login", () => TypedResults.NotFound()).WithOrder(-1).AllowAnonymous();
        }

        app.MapPost("/logout", async Task<Results<SignOutHttpResult, BadRequest<string>>> (HttpContext context, IAntiforgery antiforgery) =>
                await antiforgery.IsRequestValidAsync(context)
                    ? TypedResults.SignOut(
                        new AuthenticationProperties { RedirectUri = "/login" },
                        way == SignInWay.EntraId
                            ? [CookieAuthenticationDefaults.AuthenticationScheme, OpenIdConnectDefaults.AuthenticationScheme]
                            : [CookieAuthenticationDefaults.AuthenticationScheme])
                    : TypedResults.BadRequest("This did not come from a page of the console. Go back, reload the page and sign out there."))
            .AllowAnonymous();

        // An open page talks over its circuit: so it says here that a person is doing something, which the look at the cookie notes.
        app.MapPost("/signed-in", () => TypedResults.NoContent());
    }

    /// <summary>Only over https, only to this host, never to a script. Over the http of a newcomer's machine browsers would drop such a cookie.</summary>
    private static void Secure(CookieBuilder cookie, string name, bool isForTrying)
    {
        cookie.Name = isForTrying ? name : $"__Host-{name}";
        cookie.SecurePolicy = isForTrying ? CookieSecurePolicy.SameAsRequest : CookieSecurePolicy.Always;
        cookie.HttpOnly = true;
        cookie.Path = "/";
    }

    /// <summary>Where to go after signing in: an address of the console itself, whatever a link says.</summary>
    public static string LocalOrHome(string? returnUrl) =>
        returnUrl is ['/', ..] && RedirectHttpResult.IsLocalUrl(returnUrl) ? returnUrl : "/";
}

/// <summary>The way that was chosen when the process started.</summary>
internal sealed record SignInChoice(SignInWay Way);
