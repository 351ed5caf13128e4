namespace LagoConsole.Headers;

/// <summary>What browsers are told with every answer, so that a script or a frame that got in somehow gets no further.</summary>
internal static class SecurityHeaders
{
    public static void UseSecurityHeaders(this WebApplication app)
    {
        string policy = ContentPolicy(SignInOrigin(app.Configuration));
        app.Use((context, next) =>
        {
            // As the answer begins: the handler of errors starts it anew without what was set before.
            context.Response.OnStarting(() =>
            {
                IHeaderDictionary headers = context.Response.Headers;
                headers.ContentSecurityPolicy = policy;
                headers.XContentTypeOptions = "nosniff";
                headers.XFrameOptions = "DENY";
                headers["Referrer-Policy"] = "same-origin"; // addresses hold ids
                headers["Cross-Origin-Opener-Policy"] = "same-origin";
                headers["Cross-Origin-Resource-Policy"] = "same-origin";
                headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
                return Task.CompletedTask;
            });
            return next(context);
        });
    }

    /// <summary>Scripts come from the console's own files and nowhere else, not even from the page itself.</summary>
    /// <param name="signInOrigin">Where the form that signs out is sent on to; null where that is the console itself.</param>
    public static string ContentPolicy(string? signInOrigin) => string.Join("; ",
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'", // MudBlazor writes its theme and its places into the page
        "img-src 'self' data:", // MudBlazor's style sheet draws with them
        "font-src 'self'",
        "connect-src 'self'",
        "base-uri 'self'",
        signInOrigin is null ? "form-action 'self'" : $"form-action 'self' {signInOrigin}", // browsers check where a form is redirected to
        "frame-ancestors 'none'");

    private static string? SignInOrigin(IConfiguration configuration) =>
        Uri.TryCreate(configuration["AzureAd:Authority"] ?? configuration["AzureAd:Instance"], UriKind.Absolute, out Uri? provider)
            ? provider.GetLeftPart(UriPartial.Authority)
            : null;
}
