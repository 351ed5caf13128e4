using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Data.Sqlite;

namespace LagoConsole.Tests.Support;

/// <summary>The real console, started in this process on a data folder of its own.</summary>
public sealed class ConsoleFactory(string environment, params (string Key, string Value)[] settings) : WebApplicationFactory<Program>
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lagoconsole-test-").FullName;

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment(environment);
        builder.UseSetting("Database:DataFolder", _folder);
        foreach ((string key, string value) in settings)
        {
            builder.UseSetting(key, value);
        }
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing && Directory.Exists(_folder)) // disposal comes twice, once for each way of it
        {
            SqliteConnection.ClearAllPools();
            Directory.Delete(_folder, recursive: true);
        }
    }
}
