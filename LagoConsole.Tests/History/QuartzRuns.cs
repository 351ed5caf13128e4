using LagoConsole.Core.Polling;
using LagoConsole.Core.Scheduling;
using Microsoft.Data.Sqlite;
using Quartz;

namespace LagoConsole.Tests.History;

/// <summary>Runs as Quartz would have written them, in bulk: one a minute, the newest now.</summary>
internal static class QuartzRuns
{
    /// <summary>
    /// Of four runs one is a poll of the first integration, one of the second, and two report usage. Each thousandth, a poll of
    /// the first, failed.
    /// </summary>
    /// <param name="file">Quartz's SQLite file, with its tables.</param>
    public static async Task InsertAsync(string file, int count, DateTimeOffset now, Guid first, Guid second, CancellationToken cancellationToken)
    {
        await using SqliteConnection connection = new($"Data Source={file};Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await using SqliteCommand insert = connection.CreateCommand();
        insert.CommandText =
            """
            WITH RECURSIVE run(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM run WHERE i + 1 < $count)
            INSERT INTO QRTZ_EXECUTION_HISTORY
                (SCHED_NAME, ENTRY_ID, INSTANCE_NAME, JOB_NAME, JOB_GROUP, TRIGGER_NAME, TRIGGER_GROUP, FIRED_TIME, RUN_TIME, SUCCEEDED, RESULT, ERROR_MESSAGE, SUMMARY, METRICS)
            SELECT $scheduler, 'run-' || i, 'node',
                CASE i % 4 WHEN 0 THEN $first WHEN 1 THEN $second ELSE 'report' END, CASE WHEN i % 4 < 2 THEN $polls ELSE 'system' END,
                't', 't', $now - i * 600000000, 10000000,
                i % 1000 <> 0, CASE i % 1000 WHEN 0 THEN $failed ELSE $succeeded END, CASE i % 1000 WHEN 0 THEN '1 of 3 buyers failed' END,
                'run ' || i, '{"buyers":3}'
            FROM run
            """;
        foreach ((string name, object value) in new (string, object)[]
        {
            ("$count", count), ("$scheduler", SchedulingRegistration.SchedulerName), ("$first", first.ToString("D")), ("$second", second.ToString("D")),
            ("$polls", PollUsageJob.Group), ("$now", now.UtcTicks), ("$failed", (int)JobRunResult.Failed), ("$succeeded", (int)JobRunResult.Succeeded),
        })
        {
            insert.Parameters.AddWithValue(name, value);
        }

        await insert.ExecuteNonQueryAsync(cancellationToken);
    }
}
