using System.Text;
using System.Text.Json;

namespace LagoConsole.Sandbox.Journal;

/// <summary>
/// Append-only list of what happened to one sandbox service, a JSON line an entry. An entry is with the operating
/// system before <see cref="Append"/> returns, and so before any answer is sent: killing the process loses nothing.
/// </summary>
/// <typeparam name="TEntry">The closed set of entries, told apart by their <c>type</c> field.</typeparam>
/// <remarks>Without a file it keeps nothing: for tests and simulations. Not thread safe; its owner holds a lock.</remarks>
public sealed class SandboxJournal<TEntry> : IDisposable
    where TEntry : class
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly FileStream? _file;

    /// <summary>Opens or creates a journal and reads what it holds.</summary>
    /// <param name="path">The file; null for a journal that forgets.</param>
    /// <exception cref="InvalidDataException">A complete line is no entry: the file was edited or is another's.</exception>
    public SandboxJournal(string? path)
    {
        Past = [];
        if (path is null)
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            Past = ReadAll(_file, path);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>The entries found when the journal was opened, oldest first.</summary>
    public IReadOnlyList<TEntry> Past { get; }

    /// <summary>Adds entries in one write: all or, if the process is killed, none. When this returns, they survive its end.</summary>
    public void Append(params IEnumerable<TEntry> entries)
    {
        if (_file is null)
        {
            return;
        }

        using MemoryStream lines = new();
        foreach (TEntry entry in entries)
        {
            JsonSerializer.Serialize(lines, entry, Json);
            lines.WriteByte((byte)'\n');
        }

        _file.Write(lines.ToArray());
        _file.Flush(); // to the operating system: what is asked for is to survive kill -9, not a power cut
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private static List<TEntry> ReadAll(FileStream file, string path)
    {
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);

        // A line without its end was being written when the process was killed. No answer followed it, so it never happened.
        int end = Array.LastIndexOf(bytes, (byte)'\n') + 1;
        file.SetLength(end);
        file.Position = end;

        List<TEntry> entries = [];
        foreach (string line in Encoding.UTF8.GetString(bytes, 0, end).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            entries.Add(Read(line, path, entries.Count + 1));
        }

        return entries;
    }

    private static TEntry Read(string line, string path, int number)
    {
        try
        {
            return JsonSerializer.Deserialize<TEntry>(line, Json)
                ?? throw new InvalidDataException($"{path}, line {number}: empty entry.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path}, line {number}: not an entry of the sandbox's journal.", error);
        }
    }
}
