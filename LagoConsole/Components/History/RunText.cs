using System.Globalization;
using LagoConsole.Core.History;

namespace LagoConsole.Components.History;

/// <summary>How a run is put into words.</summary>
internal static class RunText
{
    public static string Duration(TimeSpan? duration) => duration switch
    {
        null => "end unknown",
        { TotalSeconds: < 1 } short_ => string.Create(CultureInfo.InvariantCulture, $"{short_.TotalMilliseconds:0} ms"),
        { TotalMinutes: < 1 } seconds => string.Create(CultureInfo.InvariantCulture, $"{seconds.TotalSeconds:0.0} s"),
        { } longer => string.Create(CultureInfo.InvariantCulture, $"{(long)longer.TotalMinutes} min {longer.Seconds} s"),
    };

    public static string Start(RunStart start) => start switch
    {
        RunStart.Schedule => "on schedule",
        RunStart.Person => "run now",
        RunStart.Job => "something was due",
        RunStart.Recovery => "after an interruption",
        RunStart.Retry => "retry",
        _ => throw new ArgumentOutOfRangeException(nameof(start), start, "Not a start."),
    };
}
