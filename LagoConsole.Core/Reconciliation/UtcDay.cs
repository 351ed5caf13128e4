using System.Globalization;

namespace LagoConsole.Core.Reconciliation;

/// <summary>Days as Azure adds them up: from midnight to midnight, UTC. Pure.</summary>
public static class UtcDay
{
    /// <summary>The midnight that the instant's day began with.</summary>
    public static DateTimeOffset Of(DateTimeOffset instant) => new(instant.UtcDateTime.Date, TimeSpan.Zero);

    /// <summary>For example <c>2026-08-20</c>.</summary>
    public static string Text(DateTimeOffset day) => day.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
