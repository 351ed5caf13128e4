using System.Text;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Buyers.Import;
using Xunit;

namespace LagoConsole.Tests.Buyers.Import;

public sealed class ImportFileTests
{
    [Fact]
    public void Columns_are_found_by_their_names_in_any_order_and_case()
    {
        ImportLine line = Assert.Single(Lines("PRODUCT NAME; Buyer Name ;ends at\n Vendor Platform ;Globex;\n"));

        Assert.Equal((2, "Vendor Platform", "Globex", null), (line.Number, line[BuyerField.Product], line[BuyerField.Name], line[BuyerField.EndsAt]));
    }

    [Fact]
    public void The_template_is_a_header_that_is_read()
    {
        ImportLine line = Assert.Single(Lines(ImportColumn.Template + "a,b@x,c,1,2,3,4,5,6,7,8\r\n"));

        Assert.Equal(ImportColumn.All.Select(column => column.Field).Order(), line.Cells.Keys.Order());
        Assert.Equal(("a", "b@x", "8"), (line[BuyerField.Name], line[BuyerField.Email], line[BuyerField.EndsAt]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void UTF_8_is_read_with_and_without_its_mark(bool marked)
    {
        byte[] file = [.. marked ? Encoding.UTF8.GetPreamble() : [], .. Encoding.UTF8.GetBytes("buyer name,product name\nMüller,Platform")];

        Assert.Equal("Müller", Assert.Single(Assert.IsType<ImportReading.Lines>(ImportFile.Read(file)).All)[BuyerField.Name]);
    }

    [Fact]
    public void Another_encoding_is_refused_and_does_not_garble_names() =>
        Assert.Contains("not UTF-8", Unreadable(Encoding.Latin1.GetBytes("buyer name,product name\nMüller,Platform")), StringComparison.Ordinal);

    [Theory]
    [InlineData("", "The file is empty.")]
    [InlineData("buyer name,product name\n\n", "no line below its header")]
    [InlineData("buyer name,product name,colour\na,b,c", "a column “colour”, which there is not")]
    [InlineData("buyer name,product name,\na,b,c", "a column “”, which there is not")]
    [InlineData("buyer name,product name,State,state\na,b,c,d", "names the column “state” twice")]
    [InlineData("buyer name\na", "Missing in the first line: “product name”")]
    [InlineData("state\na", "Missing in the first line: “buyer name”, “product name”")]
    [InlineData("buyer \"name\",product name\na,b", "cannot be read")]
    public void A_file_whose_lines_cannot_be_told_says_why(string text, string expected) =>
        Assert.Contains(expected, Unreadable(Encoding.UTF8.GetBytes(text)), StringComparison.Ordinal);

    [Theory]
    [InlineData("Globex", 1)]
    [InlineData("Globex,Platform,ACTIVE", 3)]
    public void A_line_of_another_length_than_the_header_is_refused_by_itself(string line, int fields)
    {
        IReadOnlyList<ImportLine> lines = Lines($"buyer name,product name\n{line}\nInitech,Platform");

        Assert.StartsWith($"This line has {fields} fields and the header 2", lines[0].Problem, StringComparison.Ordinal);
        Assert.Null(lines[1].Problem);
    }

    [Fact]
    public void A_file_is_read_up_to_its_bounds()
    {
        Assert.Equal(ImportFile.MaxLines, Lines(Many(ImportFile.MaxLines)).Count);
        Assert.Contains("more than 50,000 lines", Unreadable(Encoding.UTF8.GetBytes(Many(ImportFile.MaxLines + 1))), StringComparison.Ordinal);
        Assert.Equal(ImportFile.TooLarge, Unreadable(new byte[ImportFile.MaxBytes + 1]));

        static string Many(int lines) => "buyer name,product name\n" + string.Concat(Enumerable.Repeat("Globex,Platform\n", lines));
    }

    private static IReadOnlyList<ImportLine> Lines(string text) => Assert.IsType<ImportReading.Lines>(ImportFile.Read(Encoding.UTF8.GetBytes(text))).All;

    private static string Unreadable(byte[] file) => Assert.IsType<ImportReading.Unreadable>(ImportFile.Read(file)).Sentence;
}
