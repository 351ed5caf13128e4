using LagoConsole.Core.Buyers.Import;
using Xunit;

namespace LagoConsole.Tests.Buyers.Import;

public sealed class CsvTextTests
{
    [Theory]
    [InlineData("")]
    [InlineData("a,b\n1,2", "1: a|b", "2: 1|2")]
    [InlineData("a,b\r\n1,2\r\n", "1: a|b", "2: 1|2")]
    [InlineData("a,b\r1,2\r", "1: a|b", "2: 1|2")]
    [InlineData("a;b\n1,5;2", "1: a|b", "2: 1,5|2")] // a spreadsheet where the comma is the decimal sign
    [InlineData("a\tb\n1\t2", "1: a|b", "2: 1|2")] // pasted cells
    [InlineData("a\n1,2", "1: a", "2: 1|2")]
    [InlineData("a,b\n1,", "1: a|b", "2: 1|")]
    [InlineData("a,b\n,2", "1: a|b", "2: |2")]
    [InlineData("a,b\n\n , \n1,2", "1: a|b", "4: 1|2")] // lines without any text
    [InlineData("a,b\n\"1,5\",2", "1: a|b", "2: 1,5|2")]
    [InlineData("a\n\"say \"\"hi\"\"\"", "1: a", "2: say \"hi\"")]
    [InlineData("a,b\n\"\",2", "1: a|b", "2: |2")]
    [InlineData("a,b\n\"x\r\ny\",2\n3,4", "1: a|b", "2: x\r\ny|2", "4: 3|4")] // a field over two lines
    [InlineData("\"a\",\"b\"\n1,2", "1: a|b", "2: 1|2")]
    public void Fields_are_told_as_they_were_written(string text, params string[] expected) =>
        Assert.Equal(expected, CsvText.Read(text).Select(record => $"{record.Line}: {string.Join('|', record.Fields)}{record.Problem}"));

    [Theory]
    [InlineData("a,b\n5\" disk,2\n3,4", CsvText.StrayQuote, 3)]
    [InlineData("a,b\n\"5\" disk,2\n3,4", CsvText.TextAfterQuote, 3)]
    [InlineData("a,b\n1, \"2\"\n3,4", CsvText.StrayQuote, 3)]
    [InlineData("a,b\n\"1,2\n3,4", CsvText.Unclosed, 2)] // the rest cannot be told from the field
    public void A_quote_out_of_place_is_refused_and_never_repaired_by_guessing(string text, string problem, int records)
    {
        List<CsvRecord> all = [.. CsvText.Read(text)];

        Assert.Equal((2, problem), (all[1].Line, all[1].Problem));
        Assert.Equal(records, all.Count);
        Assert.All(all.Skip(2), record => Assert.Null(record.Problem)); // the lines after it are read
    }
}
