using System.Globalization;
using LagoConsole.Core.Polling;
using Quartz;

namespace LagoConsole.Core.History;

/// <summary>Which runs to list. Null means all.</summary>
/// <param name="JobGroup">Every job of this group: the polls of all integrations, those that are gone too.</param>
/// <param name="From">Runs that started at this instant or later.</param>
/// <param name="Until">Runs that started before it.</param>
public sealed record JobRunFilter(
    JobKey? Job = null, RunResult? Result = null, string? JobGroup = null, DateTimeOffset? From = null, DateTimeOffset? Until = null)
{
    private static readonly string[] _instants = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss"];

    /// <summary>Reads the filter from the words of an address. What cannot be read filters nothing.</summary>
    /// <param name="integration">An integration's id: only its polls. It wins over <paramref name="job"/>.</param>
    /// <param name="job">A job as <c>group.name</c>, or a group alone.</param>
    /// <param name="result">Name of a <see cref="RunResult"/>.</param>
    /// <param name="from">A UTC day, or a day and a time such as 2026-11-27T09:30.</param>
    /// <param name="until">The same; a day alone is meant to its end.</param>
    public static JobRunFilter Of(string? integration, string? job, string? result, string? from, string? until)
    {
        (JobKey? key, string? group) = Guid.TryParse(integration, CultureInfo.InvariantCulture, out Guid id) ? (PollUsageJob.KeyOf(id), null) : JobOf(job);
        return new JobRunFilter(
            key,
            Enum.TryParse(result, ignoreCase: true, out RunResult named) && Enum.IsDefined(named) ? named : null,
            group,
            DayOf(from) ?? InstantOf(from),
            DayOf(until)?.AddDays(1) ?? InstantOf(until));
    }

    private static (JobKey? Job, string? Group) JobOf(string? text) => text?.Split('.', 2, StringSplitOptions.RemoveEmptyEntries) switch
    {
        [var group, var name] => (new JobKey(name, group), null),
        [var group] => (null, group),
        _ => (null, null),
    };

    private static DateTimeOffset? DayOf(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day) && day < DateOnly.MaxValue
            ? new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero)
            : null;

    private static DateTimeOffset? InstantOf(string? text) =>
        DateTimeOffset.TryParseExact(text, _instants, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset instant) ? instant : null;
}
