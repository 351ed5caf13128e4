using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using LagoConsole.Core.Buyers.Import;
using LagoConsole.Core.Exports;
using Xunit;

namespace LagoConsole.Tests.Exports;

public sealed class CsvTableTests
{
    private static readonly CsvTable<string?> _words = new CsvTable<string?>().Text("Word", word => word).Text("Again", word => word);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_begins_with_the_mark_by_which_spreadsheets_know_UTF_8_and_ends_each_row_with_CR_LF()
    {
        byte[] file = await WriteAsync(_words, "Zürich");

        Assert.Equal("\uFEFFWord,Again\r\nZürich,Zürich\r\n"u8.ToArray(), file);
    }

    [Theory]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("a \"b\"", "\"a \"\"b\"\"\"")]
    [InlineData("a\r\nb", "\"a\r\nb\"")]
    [InlineData("a;b", "\"a;b\"")]
    [InlineData(" a", "\" a\"")]
    [InlineData(null, "")]
    [InlineData("=1,2", "\"'=1,2\"")]
    public async Task Text_is_quoted_where_it_must_be(string? word, string cell) =>
        Assert.Equal($"Word,Again\r\n{cell},{cell}\r\n", Text(await WriteAsync(_words, word)));

    [Fact]
    public async Task A_reader_of_RFC_4180_gets_every_text_back()
    {
        string[] words = ["=cmd|' /C calc'!A0", "two\r\nlines", "\"", "a,b;c\td", " padded ", "-5", "'=x", "\t", "плюс", "@"];

        string text = Text(await WriteAsync(_words, words));

        Assert.Equal(
            words.Select(word => $"{word}|{word}"),
            CsvText.Read(text).Skip(1).Select(record => string.Join('|', record.Fields.Select(CsvGuard.Undo))));
    }

    [Fact]
    public async Task Amounts_are_in_their_currencys_own_decimals_with_the_code_beside_them()
    {
        CsvTable<(decimal? Minor, string? Currency)> table = new CsvTable<(decimal? Minor, string? Currency)>()
            .Money("Amount", row => row.Minor, row => row.Currency).Text("Currency", row => row.Currency);

        string text = Text(await WriteAsync(
            table, (123450m, "USD"), (123450m, "JPY"), (123450m, "KWD"), (0.4m, "USD"), (-5m, "EUR"), (null, "USD"), (7m, "MRO"), (12.5m, "XXX"), (-1m, "XXX")));

        Assert.Equal(
            "Amount,Currency\r\n1234.50,USD\r\n123450,JPY\r\n123.450,KWD\r\n0.004,USD\r\n-0.05,EUR\r\n,USD\r\n1.4,MRO\r\n\"12.5 minor units\",XXX\r\n\"'-1 minor units\",XXX\r\n",
            text);
    }

    [Fact]
    public async Task Numbers_ids_and_instants_are_the_same_in_every_language()
    {
        Guid id = new("0195b000-0000-7000-8000-000000000001");
        CsvTable<int> table = new CsvTable<int>()
            .Number("Big", _ => 1234567.5m).Number("None", _ => null).Id("Id", _ => id)
            .Time("Whole", _ => new DateTimeOffset(2026, 11, 27, 8, 5, 0, TimeSpan.FromHours(2)))
            .Time("Fraction", _ => new DateTimeOffset(2026, 11, 27, 6, 5, 0, TimeSpan.Zero).AddTicks(1_230_000));
        System.Globalization.CultureInfo before = System.Globalization.CultureInfo.CurrentCulture;
        System.Globalization.CultureInfo.CurrentCulture = System.Globalization.CultureInfo.GetCultureInfo("de-DE");
        try
        {
            Assert.Equal(
                "Big,None,Id,Whole,Fraction\r\n1234567.5,,0195b000-0000-7000-8000-000000000001,2026-11-27T06:05:00Z,2026-11-27T06:05:00.123Z\r\n",
                Text(await WriteAsync(table, 1)));
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public async Task A_slow_reader_holds_the_rows_up_and_leaving_ends_them()
    {
        using CancellationTokenSource leaving = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        Endless rows = new();
        Pipe browser = new(new PipeOptions(pauseWriterThreshold: 64 * 1024, resumeWriterThreshold: 32 * 1024));

        Task writing = _words.WriteAsync(browser.Writer, rows.ReadAsync(CancellationToken.None), leaving.Token);
        int held = await HeldUpAsync(rows, 0);
        Assert.InRange(held, 1, 2_000); // some 100 KB of 100 bytes each, of a list without an end

        ReadResult read = await browser.Reader.ReadAsync(Stop);
        browser.Reader.AdvanceTo(read.Buffer.End);
        int later = await HeldUpAsync(rows, held);
        Assert.InRange(later, held + 1, 4_000);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        Assert.True(rows.Ended);
    }

    [Fact]
    public async Task Where_nobody_reads_on_nothing_more_is_asked_for()
    {
        Endless rows = new();
        Pipe browser = new();
        await browser.Reader.CompleteAsync();

        await _words.WriteAsync(browser.Writer, rows.ReadAsync(Stop), Stop);

        Assert.True(rows.Ended);
    }

    [Fact]
    public async Task A_fault_before_the_first_row_leaves_nothing_written()
    {
        using MemoryStream file = new();
        PipeWriter output = PipeWriter.Create(file);
        IAsyncEnumerable<string?> rows = AsyncEnumerable.Range(0, 1).Select<int, string?>(_ => throw new InvalidOperationException("The database is gone."));

        await Assert.ThrowsAsync<InvalidOperationException>(() => _words.WriteAsync(output, rows, Stop));

        Assert.Equal(0, output.UnflushedBytes);
    }

    /// <summary>The count at which no more rows were asked for, above a count.</summary>
    private static async Task<int> HeldUpAsync(Endless rows, int above)
    {
        int last = -1;
        while (rows.Given <= above || rows.Given != last)
        {
            last = rows.Given;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Stop);
        }

        return last;
    }

    private static async Task<byte[]> WriteAsync<TRow>(CsvTable<TRow> table, params TRow[] rows)
    {
        using MemoryStream file = new();
        PipeWriter output = PipeWriter.Create(file);
        await table.WriteAsync(output, rows.ToAsyncEnumerable(), Stop);
        await output.CompleteAsync();
        return file.ToArray();
    }

    private static string Text(byte[] file) => Encoding.UTF8.GetString(file)[1..];

    /// <summary>A list without an end.</summary>
    private sealed class Endless
    {
        private int _given;

        public int Given => Volatile.Read(ref _given);

        public bool Ended { get; private set; }

        public async IAsyncEnumerable<string?> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            try
            {
                while (true)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Interlocked.Increment(ref _given);
                    await Task.Yield();
                    yield return new string('a', 49);
                }
            }
            finally
            {
                Ended = true;
            }
        }
    }
}
