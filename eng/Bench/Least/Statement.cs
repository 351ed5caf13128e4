using System.Globalization;
using Microsoft.Data.Sqlite;

namespace LagoConsole.Bench.Least;

/// <summary>A statement that is prepared once and run often; its parameters are <c>$0</c>, <c>$1</c> and so on.</summary>
internal sealed class Statement(SqliteCommand command) : IDisposable
{
    public SqliteCommand Command => command;

    public static Statement Of(SqliteConnection connection, SqliteTransaction transaction, string sql)
    {
        SqliteCommand command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        return new Statement(command);
    }

    /// <summary>A connection that writes as safely as the console's own.</summary>
    public static SqliteConnection Open(string file)
    {
        SqliteConnection connection = new($"Data Source={file}");
        connection.Open();
        using SqliteCommand pragmas = connection.CreateCommand();
        pragmas.CommandText = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;";
        pragmas.ExecuteNonQuery();
        return connection;
    }

    public void Execute(params object[] values)
    {
        while (command.Parameters.Count < values.Length)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = string.Create(CultureInfo.InvariantCulture, $"${command.Parameters.Count}") });
        }

        for (int number = 0; number < values.Length; number++)
        {
            command.Parameters[number].Value = values[number];
        }

        command.ExecuteNonQuery();
    }

    public void Dispose() => command.Dispose();
}
