using LagoConsole.Tests.Support;
using Testcontainers.MsSql;
using Xunit;

[assembly: AssemblyFixture(typeof(SqlServerUnderTest))]

namespace LagoConsole.Tests.Support;

/// <summary>
/// The SQL Server of a test run that is asked to use one (<c>LAGOCONSOLE_TEST_STORE=SqlServer</c>, as <c>eng/test-sqlserver.sh</c>
/// does): the one that <c>LAGOCONSOLE_TEST_SQLSERVER</c> names, else a container for the time of the run.
/// </summary>
public sealed class SqlServerUnderTest : IAsyncLifetime
{
    private const string Image = "mcr.microsoft.com/mssql/server:2022-latest";

    private MsSqlContainer? _container;

    /// <summary>Of an administrator, who may create and drop databases. Null: the tests use SQLite.</summary>
    public static string? ConnectionString { get; private set; }

    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("LAGOCONSOLE_TEST_STORE") != "SqlServer")
        {
            return;
        }

        ConnectionString = Environment.GetEnvironmentVariable("LAGOCONSOLE_TEST_SQLSERVER");
        if (string.IsNullOrEmpty(ConnectionString))
        {
            _container = new MsSqlBuilder(Image).Build();
            await _container.StartAsync();
            ConnectionString = _container.GetConnectionString();
        }
    }

    public ValueTask DisposeAsync() => _container?.DisposeAsync() ?? ValueTask.CompletedTask;
}
