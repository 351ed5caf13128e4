using LagoConsole.Core.Exports;
using Xunit;

namespace LagoConsole.Tests.Exports;

public sealed class CsvGuardTests
{
    [Theory]
    [InlineData("=HYPERLINK(\"http://evil.example\",\"Invoice\")", "'=HYPERLINK(\"http://evil.example\",\"Invoice\")")]
    [InlineData("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0")]
    [InlineData("-2+3", "'-2+3")]
    [InlineData("@SUM(A1:A9)", "'@SUM(A1:A9)")]
    [InlineData("\tindented", "'\tindented")]
    [InlineData("\rreturned", "'\rreturned")]
    [InlineData("\nnext line", "'\nnext line")]
    [InlineData(" =1+1", "' =1+1")] // a space before it is skipped by some
    [InlineData("\"=1+1", "'\"=1+1")]
    [InlineData("＝1+1", "'＝1+1")] // full width, which Japanese spreadsheets read alike
    [InlineData("＋1", "'＋1")]
    [InlineData("－1", "'－1")]
    [InlineData("＠A", "'＠A")]
    [InlineData("=", "'=")]
    [InlineData("--5", "'--5")]
    [InlineData("-5 minor units", "'-5 minor units")]
    [InlineData("'=1+1", "''=1+1")] // it was written so: undone, it is so again
    public void What_a_spreadsheet_would_run_is_text(string text, string expected)
    {
        Assert.Equal(expected, CsvGuard.Apply(text));
        Assert.Equal(text, CsvGuard.Undo(expected));
    }

    [Theory]
    [InlineData("Acme;=1+1;x", "Acme;'=1+1;x")] // where the list separator is the semicolon, a cell begins here
    [InlineData("Acme\n=1+1", "Acme\n'=1+1")] // there a quoted line end is a row's end
    [InlineData("Acme\t@A1", "Acme\t'@A1")]
    [InlineData("a; -5", "a;' -5")]
    public void What_another_language_reads_as_the_beginning_of_a_cell_is_text_too(string text, string expected)
    {
        Assert.Equal(expected, CsvGuard.Apply(text));
        Assert.Equal(text, CsvGuard.Undo(expected));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("-0.25")]
    [InlineData("+49301234567")]
    [InlineData("12.50")]
    [InlineData("Acme = best")]
    [InlineData("O'Neill & Sons")]
    [InlineData("'quoted'")]
    [InlineData("a-b@example.com")]
    [InlineData("x; y; z")]
    [InlineData("arn:aws:license-manager::111111111111:license:l-1")]
    public void Numbers_and_plain_words_stay_as_they_are(string text)
    {
        Assert.Equal(text, CsvGuard.Apply(text));
        Assert.Equal(text, CsvGuard.Undo(text));
    }

    [Fact]
    public void Whatever_is_written_can_be_had_back_and_begins_no_formula()
    {
        const string Signs = "=+-@'\"; \t\r\n,a1.\uFF1D";
        Random chance = new(500);
        for (int round = 0; round < 20_000; round++)
        {
            string text = new([.. Enumerable.Range(0, chance.Next(9)).Select(_ => Signs[chance.Next(Signs.Length)])]);

            string guarded = CsvGuard.Apply(text);

            Assert.Equal(text, CsvGuard.Undo(guarded));
            Assert.True(guarded.Length == 0 || !"=+-@\t\r\n\uFF1D".Contains(guarded[0]) || decimal.TryParse(guarded, System.Globalization.CultureInfo.InvariantCulture, out _), guarded);
        }
    }
}
