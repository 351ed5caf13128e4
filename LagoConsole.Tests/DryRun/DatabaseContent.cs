using System.Globalization;
using LagoConsole.Tests.Support;
using Microsoft.Data.Sqlite;

namespace LagoConsole.Tests.DryRun;

/// <summary>Every row of every table, as text: two of them are equal only if nothing at all was stored in between.</summary>
internal static class DatabaseContent
{
    public static string Of(TestDatabase database)
    {
        using SqliteConnection connection = new($"Data Source={database.File}");
        connection.Open();
        return string.Join('\n', Read(connection, "select name from sqlite_master where type = 'table' order by name")
            .Select(table => $"{table}\n{string.Join('\n', Read(connection, $"select * from \"{table}\" order by 1, 2"))}"));
    }

    private static List<string> Read(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        using SqliteDataReader reader = command.ExecuteReader();
        List<string> rows = [];
        while (reader.Read())
        {
            object[] values = new object[reader.FieldCount];
            reader.GetValues(values);
            rows.Add(string.Join('|', values.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture))));
        }

        return rows;
    }
}
