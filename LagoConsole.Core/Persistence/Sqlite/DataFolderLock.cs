using Microsoft.Extensions.Options;

namespace LagoConsole.Core.Persistence.Sqlite;

/// <summary>
/// The data folder belongs to one process at a time: two schedulers on one SQLite file would each think that it sends alone.
/// The operating system holds the lock and gives it up with the process, however that ends.
/// </summary>
internal sealed class DataFolderLock(IOptions<DatabaseOptions> options) : IDisposable
{
    private FileStream? _held;

    /// <summary>Makes the folder where there is none.</summary>
    /// <exception cref="InvalidOperationException">Another process has it.</exception>
    public void Take()
    {
        string folder = Path.GetFullPath(options.Value.DataFolder);
        Directory.CreateDirectory(folder);
        try
        {
            _held ??= new FileStream(Path.Combine(folder, "lagoconsole.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (IsHeld(exception))
        {
            throw new InvalidOperationException(
                $"Another LagoConsole is working on the data folder {folder}. On SQLite only one process may: two would send the same usage. "
                + "Stop the other one first, or give this one a folder of its own (Database:DataFolder). Several nodes need SQL Server (Database:Provider).",
                exception);
        }
    }

    public void Dispose() => _held?.Dispose();

    /// <summary>Windows: a sharing violation. Linux and macOS: the lock would have to be waited for (EAGAIN).</summary>
    private static bool IsHeld(IOException exception) =>
        exception.HResult == unchecked((int)0x80070020) || (!OperatingSystem.IsWindows() && exception.HResult is 11 or 35);
}
