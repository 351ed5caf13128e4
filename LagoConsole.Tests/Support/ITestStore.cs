using LagoConsole.Core.Persistence;

namespace LagoConsole.Tests.Support;

/// <summary>Where a test's database is: all in which the two providers differ for the tests.</summary>
internal interface ITestStore : IDisposable
{
    IReadOnlyDictionary<string, string?> Settings { get; }

    LagoConsoleDbContext Open();

    /// <summary>What the console does beside making tables.</summary>
    void Prepare(LagoConsoleDbContext db);
}
