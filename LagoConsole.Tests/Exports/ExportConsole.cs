using System.Text.RegularExpressions;
using LagoConsole.Core.Audit;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Persistence;
using LagoConsole.Tests.Support;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LagoConsole.Tests.Exports;

/// <summary>One running console for all tests of its exports, with a hostile buyer in it.</summary>
public sealed class ExportConsole : IAsyncLifetime
{
    public const string HostileName = "=cmd|' /C calc'!A0";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ConsoleFactory Console { get; } = new("Testing");

    public async ValueTask InitializeAsync()
    {
        await using LagoConsoleDbContext db = await Console.Services.GetRequiredService<IDbContextFactory<LagoConsoleDbContext>>().CreateDbContextAsync(Stop);
        DateTimeOffset at = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);
        db.Buyers.AddRange(
            new Buyer { Id = Guid.CreateVersion7(at), Name = HostileName, Email = "+1@evil.example", CreatedAt = at },
            new Buyer { Id = Guid.CreateVersion7(at.AddHours(1)), Name = "Acme, Inc. \"EU\"", CreatedAt = at });
        db.AuditEntries.Add(new AuditEntry { At = at, Actor = "ada", Action = "Create buyer", SubjectType = "Buyer", SubjectId = "1", After = HostileName, Address = "192.0.2.44" });
        await db.SaveChangesAsync(Stop);
    }

    public ValueTask DisposeAsync() => Console.DisposeAsync();

    public HttpClient Browser() => Console.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, BaseAddress = new Uri("https://localhost") });

    public async Task<HttpClient> SignInAsync(string role)
    {
        HttpClient browser = Browser();
        using HttpResponseMessage signedIn = await SignInAsync(browser, role);
        return browser;
    }

    /// <summary>Signs Vera in locally at whatever console the browser talks to.</summary>
    public static async Task<HttpResponseMessage> SignInAsync(HttpClient browser, string role)
    {
        string page = await browser.GetStringAsync("/login", Stop);
        string token = Regex.Match(page, "name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["token"].Value;
        using FormUrlEncodedContent form = new(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["_handler"] = "local-sign-in",
            ["__RequestVerificationToken"] = token,
            ["Name"] = "Vera",
            ["Role"] = role,
        });
        return await browser.PostAsync("/login", form, Stop);
    }
}
