using System.Globalization;

namespace LagoConsole.Core.Accounts;

/// <summary>Whether this machine's clock agrees with a marketplace's. Pure.</summary>
public static class ClockSkew
{
    /// <summary>AWS refuses signatures that are further off, Google assertions that are further ahead.</summary>
    public static readonly TimeSpan Allowed = TimeSpan.FromMinutes(5);

    /// <param name="ahead">This machine's clock minus the marketplace's; null where it was not measured.</param>
    public static bool IsOff(TimeSpan? ahead) => ahead?.Duration() > Allowed;

    /// <summary>How far, in words; null while the clocks agree.</summary>
    public static string? Words(TimeSpan? ahead, string who) => IsOff(ahead)
        ? string.Create(CultureInfo.InvariantCulture, $"This machine's clock is {ahead!.Value.Duration().TotalMinutes:0} min {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} {who}'s")
        : null;
}
