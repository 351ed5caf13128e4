using System.Globalization;

namespace LagoConsole.Tests.Crashes;

/// <summary>How often the tests that kill do it, and from which seed: another one each time finds what one never would, and the one that failed can be given again.</summary>
internal static class CrashSetting
{
    /// <summary><c>LAGOCONSOLE_KILLS</c>; default: 10.</summary>
    public static int Kills => Read("LAGOCONSOLE_KILLS") ?? 10;

    /// <summary><c>LAGOCONSOLE_CRASH_SEED</c>.</summary>
    public static int Seed => Read("LAGOCONSOLE_CRASH_SEED") ?? Random.Shared.Next();

    private static int? Read(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int given) ? given : null;
}
