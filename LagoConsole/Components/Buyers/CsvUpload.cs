using LagoConsole.Core.Buyers.Import;
using Microsoft.JSInterop;

namespace LagoConsole.Components.Buyers;

/// <summary>A file that a person chose, or lines that were pasted; not read yet.</summary>
/// <param name="Size">In bytes.</param>
public sealed record CsvUpload(string Name, long Size, Func<CancellationToken, Task<Stream>> Open)
{
    /// <summary>All of it, or what keeps it from being read.</summary>
    public async Task<(byte[]? Bytes, string? Problem)> ReadAsync(CancellationToken cancellationToken)
    {
        if (Size > ImportFile.MaxBytes)
        {
            return (null, ImportFile.TooLarge);
        }

        try
        {
            using MemoryStream bytes = new();
            await using Stream stream = await Open(cancellationToken);
            await stream.CopyToAsync(bytes, cancellationToken);
            return (bytes.ToArray(), null);
        }
        catch (Exception failure) when (failure is IOException or JSException)
        {
            return (null, "The browser could not read the file to its end. Choose it again.");
        }
    }
}
