using LagoConsole.Tests.Support;
using Xunit;

namespace LagoConsole.Tests.Nodes;

/// <summary>A setting that cannot be is found by the start, not by a job at night.</summary>
public sealed class ConfigurationTests
{
    [Theory]
    [InlineData("Database:Provider", "Oracle")]
    [InlineData("Database:DataFolder", "")]
    [InlineData("Database:UpdateAtStart", "perhaps")]
    [InlineData("Polling:Cron", "hourly")]
    [InlineData("Scheduling:ReportCron", "61 * * * * ?")]
    [InlineData("Scheduling:Concurrency", "0")]
    [InlineData("Scheduling:HistoryRetention", "for ever")]
    [InlineData("Reporting:Lease", "-00:00:01")]
    [InlineData("Lago:RequestsPerSecond", "fast")]
    [InlineData("Aws:RequestTimeout", "99.00:00:00")]
    [InlineData("Shutdown:Patience", "00:00:00")]
    public async Task A_corrupt_setting_stops_the_start_and_is_named(string setting, string value)
    {
        await using ConsoleFactory console = new("Testing", (setting, value));

        Exception? stopped = Record.Exception(() => console.CreateClient());

        Assert.NotNull(stopped);
        string name = setting.Split(':')[1];
        Assert.True(stopped.ToString().Contains(name, StringComparison.Ordinal), $"{setting} is not named: {stopped}");
    }

    [Theory]
    [InlineData("appsettings.json")]
    [InlineData("appsettings.Production.json")]
    public void A_corrupt_file_stops_the_start_and_is_named(string name)
    {
        string folder = Directory.CreateTempSubdirectory("lagoconsole-test-").FullName;
        string file = Path.Combine(folder, name);
        File.WriteAllText(file, "{ \"Polling\": { \"Cron\": \"0 5 * * * ?\""); // cut off

        Exception? stopped = Record.Exception(() => ConsoleHost.CreateBuilder(["--contentRoot", folder, "--environment", "Production"]));
        Directory.Delete(folder, recursive: true);

        Assert.NotNull(stopped);
        Assert.Contains($"'{file}'", stopped.Message, StringComparison.Ordinal);
    }
}
