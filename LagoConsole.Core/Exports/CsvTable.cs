using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using LagoConsole.Core.Money;

namespace LagoConsole.Core.Exports;

/// <summary>
/// The columns of a CSV file (RFC 4180): UTF-8 with a byte order mark, by which spreadsheets know it; a comma between cells,
/// CR LF after each row. Numbers have a point and no separators between thousands, instants are ISO 8601 in UTC, an amount
/// is in units of its currency, whose code has a column of its own. Text is guarded by <see cref="CsvGuard"/>.
/// </summary>
public sealed class CsvTable<TRow>
{
    /// <summary>Bytes that may wait for the reader of the file.</summary>
    private const int MostWaiting = 32 * 1024;

    private static readonly SearchValues<char> _quoted = SearchValues.Create(",;\"\t\r\n ");

    private readonly List<string> _headers = [];
    private readonly List<Func<TRow, string>> _cells = [];

    public IReadOnlyList<string> Headers => _headers;

    /// <summary>Adds words of whatever origin.</summary>
    public CsvTable<TRow> Text(string header, Func<TRow, string?> value) => Add(header, row => Quote(CsvGuard.Apply(value(row) ?? "")));

    /// <summary>Adds an id in full.</summary>
    public CsvTable<TRow> Id(string header, Func<TRow, Guid?> value) => Add(header, row => value(row)?.ToString() ?? "");

    public CsvTable<TRow> Number(string header, Func<TRow, decimal?> value) =>
        Add(header, row => value(row)?.ToString("0.############################", CultureInfo.InvariantCulture) ?? "");

    /// <summary>Adds an instant, down to the last digit that is not zero.</summary>
    public CsvTable<TRow> Time(string header, Func<TRow, DateTimeOffset?> value) =>
        Add(header, row => value(row)?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture) ?? "");

    /// <summary>Adds an amount. The code of its currency is a <see cref="Text"/> of its own.</summary>
    /// <param name="minor">Minor units.</param>
    /// <param name="currency">ISO code; of one that the console does not know, the bare minor units are written.</param>
    public CsvTable<TRow> Money(string header, Func<TRow, decimal?> minor, Func<TRow, string?> currency) => Add(header, row => minor(row) is not { } amount
        ? ""
        : currency(row) is { } code && Currencies.TryGet(code, out _) ? MoneyText.FormatPlain(amount, code) : Quote(CsvGuard.Apply(string.Create(CultureInfo.InvariantCulture, $"{amount:0.############} minor units"))));

    /// <summary>Writes the file as its rows come: a reader that is slow holds the rows up, and no more than one of their parts is in memory.</summary>
    public async Task WriteAsync(PipeWriter output, IAsyncEnumerable<TRow> rows, CancellationToken cancellationToken)
    {
        await using IAsyncEnumerator<TRow> reader = rows.GetAsyncEnumerator(cancellationToken);
        bool isMore = await reader.MoveNextAsync(); // before anything is written: a fault here is an error, and no broken file
        StringBuilder line = new("\uFEFF");
        line.AppendJoin(',', _headers.Select(Quote)).Append("\r\n");
        long waiting = Send(line, output);
        while (isMore)
        {
            TRow row = reader.Current;
            line.AppendJoin(',', _cells.Select(cell => cell(row))).Append("\r\n");
            waiting += Send(line, output);
            if (waiting >= MostWaiting)
            {
                if ((await output.FlushAsync(cancellationToken)).IsCompleted)
                {
                    return; // nobody reads on
                }

                waiting = 0;
            }

            isMore = await reader.MoveNextAsync();
        }

        await output.FlushAsync(cancellationToken);
    }

    private static long Send(StringBuilder line, PipeWriter output)
    {
        long bytes = Encoding.UTF8.GetBytes(line.ToString(), output);
        line.Clear();
        return bytes;
    }

    private static string Quote(string text) => text.AsSpan().ContainsAny(_quoted) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    private CsvTable<TRow> Add(string header, Func<TRow, string> cell)
    {
        _headers.Add(header);
        _cells.Add(cell);
        return this;
    }
}
