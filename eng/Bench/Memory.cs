using System.Diagnostics;
using System.Globalization;

namespace LagoConsole.Bench;

/// <summary>How much memory a process holds, as the system counts it.</summary>
internal static class Memory
{
    public static async Task<double> ResidentMiBAsync(int processId)
    {
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System); // what the page still did is over
        using Process process = Process.GetProcessById(processId);
        return process.WorkingSet64 / 1024.0 / 1024;
    }

    /// <summary>Linux keeps the highest resident set until it is told to begin anew; elsewhere the set-up counts too.</summary>
    public static async Task ClearPeakAsync()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (OperatingSystem.IsLinux())
        {
            await File.WriteAllTextAsync("/proc/self/clear_refs", "5");
        }
    }

    /// <summary>The highest resident set of this process since then.</summary>
    public static async Task<double> PeakMiBAsync()
    {
        if (!OperatingSystem.IsLinux())
        {
            using Process self = Process.GetCurrentProcess();
            return self.PeakWorkingSet64 / 1024.0 / 1024;
        }

        string line = (await File.ReadAllLinesAsync("/proc/self/status")).First(candidate => candidate.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(line.AsSpan(6, line.LastIndexOf(' ') - 6), CultureInfo.InvariantCulture) / 1024;
    }
}
