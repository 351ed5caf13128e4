using LagoConsole.Core.Persistence;
using LagoConsole.Core.Persistence.Sqlite;
using Microsoft.Extensions.Options;
using Xunit;

namespace LagoConsole.Tests.Persistence;

public sealed class DataFolderLockTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lagoconsole-test-").FullName;

    [Fact]
    public void One_at_a_time_has_the_folder()
    {
        using (DataFolderLock first = Lock())
        {
            first.Take();
            first.Take(); // it has it already
            using DataFolderLock second = Lock();
            InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(second.Take);
            Assert.StartsWith($"Another LagoConsole is working on the data folder {_folder}.", refusal.Message, StringComparison.Ordinal);
        }

        using DataFolderLock next = Lock();
        next.Take();
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_no_other_console()
    {
        File.WriteAllText(Path.Combine(_folder, "file"), "");
        using DataFolderLock none = new(Options.Create(new DatabaseOptions { DataFolder = Path.Combine(_folder, "file") }));

        Assert.Contains(Path.Combine(_folder, "file"), Assert.Throws<IOException>(none.Take).Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private DataFolderLock Lock() => new(Options.Create(new DatabaseOptions { DataFolder = _folder }));
}
