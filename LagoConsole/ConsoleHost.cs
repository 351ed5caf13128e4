using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;

namespace LagoConsole;

/// <summary>Where the console finds its settings and its static files, however it is started.</summary>
internal static class ConsoleHost
{
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        // Published: wwwroot lies beside the program, wherever it is started from; the working directory as content
        // root would serve empty files with status 200. From source: wwwroot is in the project folder, the default.
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            ContentRootPath = Directory.Exists(Path.Combine(AppContext.BaseDirectory, "wwwroot")) ? AppContext.BaseDirectory : null,
        });

        // The solution's appsettings.json is linked beside the program, where `dotnet run` does not look. Lowest source:
        // environment, command line and appsettings.{Environment}.json still win.
        builder.Configuration.Sources.Insert(0, new JsonConfigurationSource
        {
            Path = "appsettings.json",
            FileProvider = new PhysicalFileProvider(AppContext.BaseDirectory),
            Optional = false,
        });

        // Outside Development an unpublished build would not find its static assets; published, this does nothing.
        builder.WebHost.UseStaticWebAssets();
        return builder;
    }

    /// <summary>A person who asked for a page gets a page that says what went wrong; a program gets the bare status.</summary>
    public static void UseConsoleErrors(this WebApplication app)
    {
        if (!app.Environment.IsDevelopment())
        {
            app.UseExceptionHandler("/error", createScopeForErrors: true);
            app.UseHsts();
        }

        app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        app.Use((context, next) =>
        {
            if (!context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
                && context.Features.Get<IStatusCodePagesFeature>() is { } pages)
            {
                pages.Enabled = false;
            }

            return next(context);
        });
    }
}
