using System.Text;

namespace LagoConsole.Core.Buyers.Import;

/// <summary>One line of a file.</summary>
/// <param name="Number">Where it begins in the file, from 1.</param>
/// <param name="Cells">Without spaces around them; what is empty is not among them.</param>
/// <param name="Problem">What is wrong with its form; null where it could be read.</param>
public sealed record ImportLine(int Number, IReadOnlyDictionary<BuyerField, string> Cells, string? Problem = null)
{
    /// <summary>Null where the cell is empty or the file has no such column.</summary>
    public string? this[BuyerField field] => Cells.GetValueOrDefault(field);
}

/// <summary>What became of reading a file.</summary>
internal abstract record ImportReading
{
    private ImportReading()
    {
    }

    public sealed record Lines(IReadOnlyList<ImportLine> All) : ImportReading;

    /// <summary>None of its lines can be told.</summary>
    public sealed record Unreadable(string Sentence) : ImportReading;
}

/// <summary>Reads a file: UTF-8, its first line the names of its columns. Pure.</summary>
public static class ImportFile
{
    public const int MaxBytes = 5 * 1024 * 1024;

    public const int MaxLines = 50_000;

    /// <summary>Said of a file of more than <see cref="MaxBytes"/>, which need not be read for it.</summary>
    public const string TooLarge = "The file is larger than 5 MB. Nothing was read: split it, and import the parts one after the other.";

    private static readonly BuyerField[] RequiredForPurchases = [BuyerField.Name, BuyerField.Product];

    private static readonly BuyerField[] RequiredForMapping = [BuyerField.Name, BuyerField.LagoCustomerId];

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A file of entitlements.</summary>
    internal static ImportReading Read(ReadOnlySpan<byte> file) => Read(file, ImportColumn.All, RequiredForPurchases);

    /// <summary>A file that says which Lago customer each buyer is.</summary>
    internal static ImportReading ReadMapping(ReadOnlySpan<byte> file) => Read(file, ImportColumn.Mapping, RequiredForMapping);

    private static ImportReading Read(ReadOnlySpan<byte> file, IReadOnlyList<ImportColumn> known, BuyerField[] required)
    {
        if (file.Length > MaxBytes)
        {
            return new ImportReading.Unreadable(TooLarge);
        }

        string text;
        try
        {
            text = Utf8.GetString(file).TrimStart('\uFEFF'); // the byte order mark
        }
        catch (DecoderFallbackException)
        {
            return new ImportReading.Unreadable("The file is not UTF-8, so that names would be garbled. Save it as “CSV UTF-8” and choose it again.");
        }

        using IEnumerator<CsvRecord> records = CsvText.Read(text).GetEnumerator();
        if (!records.MoveNext())
        {
            return new ImportReading.Unreadable("The file is empty. Its first line names the columns, as in the template.");
        }

        ImportColumn?[] columns = [.. records.Current.Fields.Select(name =>
            known.FirstOrDefault(column => string.Equals(column.Header, name.Trim(), StringComparison.OrdinalIgnoreCase)))];
        if (HeaderProblem(records.Current, columns, known, required) is { } problem)
        {
            return new ImportReading.Unreadable(problem);
        }

        List<ImportLine> lines = [];
        while (records.MoveNext())
        {
            if (lines.Count == MaxLines)
            {
                return new ImportReading.Unreadable("The file has more than 50,000 lines. Split it, and import the parts one after the other.");
            }

            lines.Add(Line(records.Current, columns));
        }

        return lines.Count == 0 ? new ImportReading.Unreadable("The file has no line below its header.") : new ImportReading.Lines(lines);
    }

    private static string? HeaderProblem(CsvRecord header, ImportColumn?[] columns, IReadOnlyList<ImportColumn> known, BuyerField[] required)
    {
        if (header.Problem is not null)
        {
            return $"The first line, which names the columns, cannot be read. {header.Problem}";
        }

        if (Array.IndexOf(columns, null) is >= 0 and var unknown)
        {
            return $"The first line names a column “{header.Fields[unknown].Trim()}”, which there is not. "
                + $"The columns are {string.Join(", ", known.Select(column => column.Header))}; the template has them.";
        }

        if (columns.GroupBy(column => column).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            return $"The first line names the column “{twice.Key!.Header}” twice. Take one of them out.";
        }

        List<string> missing = [.. required.Where(field => columns.All(column => column!.Field != field)).Select(field => $"“{ImportColumn.HeaderOf(field)}”")];
        return missing.Count == 0 ? null : $"Missing in the first line: {string.Join(", ", missing)}. Name the columns there, as in the template.";
    }

    private static ImportLine Line(CsvRecord record, ImportColumn?[] columns)
    {
        string? problem = record.Problem ?? (record.Fields.Count == columns.Length
            ? null
            : $"This line has {record.Fields.Count} fields and the header {columns.Length}: a separator is missing, or one belongs to a text that must stand in quotes.");
        return problem is not null
            ? new ImportLine(record.Line, new Dictionary<BuyerField, string>(), problem)
            : new ImportLine(record.Line, columns.Zip(record.Fields).Where(cell => !string.IsNullOrWhiteSpace(cell.Second))
                .ToDictionary(cell => cell.First!.Field, cell => cell.Second.Trim()));
    }
}
