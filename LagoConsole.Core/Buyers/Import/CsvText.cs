using System.Text;

namespace LagoConsole.Core.Buyers.Import;

/// <summary>One record of a CSV file.</summary>
/// <param name="Line">The line that it begins in, from 1: a quoted field may go over several.</param>
/// <param name="Problem">What is wrong with its form; null where it could be read.</param>
internal sealed record CsvRecord(int Line, IReadOnlyList<string> Fields, string? Problem);

/// <summary>
/// Reads the form of a CSV file (RFC 4180), with comma, semicolon or tab. Stricter than libraries are: what they repair by guessing is
/// a refused record here, because money will be billed by it, and the records after it are read. Pure.
/// </summary>
internal sealed class CsvText
{
    internal const string StrayQuote =
        "A quote stands inside a field that does not begin with one. Put the whole field in quotes, and double the quote where it belongs to the text.";

    internal const string TextAfterQuote =
        "Text follows a closing quote. Double the quote where it belongs to the text, or put a separator after it.";

    internal const string Unclosed =
        "A quote opens here and is never closed, so that the rest of the file is one field. Close it, or double it where it belongs to the text.";

    private static readonly char[] Separators = [',', ';', '\t'];

    private readonly string _text;
    private readonly char _separator;
    private int _at;
    private int _line = 1;

    private CsvText(string text)
    {
        _text = text;
        int firstEnd = text.AsSpan().IndexOfAny('\r', '\n');
        string first = firstEnd < 0 ? text : text[..firstEnd];
        _separator = Separators.MaxBy(separator => first.Count(sign => sign == separator));
    }

    /// <summary>The records in their order; lines without any text are left out.</summary>
    /// <param name="text">Its first line tells the separator.</param>
    public static IEnumerable<CsvRecord> Read(string text)
    {
        CsvText reader = new(text);
        while (reader._at < text.Length)
        {
            CsvRecord record = reader.ReadRecord();
            if (record.Problem is not null || record.Fields.Any(field => !string.IsNullOrWhiteSpace(field)))
            {
                yield return record;
            }
        }
    }

    private CsvRecord ReadRecord()
    {
        int line = _line;
        List<string> fields = [];
        string? problem = null;
        while (true)
        {
            (string field, string? wrong) = At('"') ? ReadQuoted() : ReadPlain();
            fields.Add(field);
            problem ??= wrong;
            if (!At(_separator))
            {
                break;
            }

            _at++;
        }

        SkipLineEnd();
        return new CsvRecord(line, fields, problem);
    }

    private (string Field, string? Problem) ReadPlain()
    {
        int length = _text.AsSpan(_at).IndexOfAny(_separator, '\r', '\n');
        string field = length < 0 ? _text[_at..] : _text.Substring(_at, length);
        _at += field.Length;
        return (field, field.Contains('"', StringComparison.Ordinal) ? StrayQuote : null);
    }

    private (string Field, string? Problem) ReadQuoted()
    {
        StringBuilder field = new();
        _at++;
        while (true)
        {
            int quote = _text.IndexOf('"', _at);
            if (quote < 0)
            {
                GoTo(_text.Length);
                return ("", Unclosed);
            }

            field.Append(_text, _at, quote - _at);
            GoTo(quote + 1);
            if (!At('"'))
            {
                break;
            }

            field.Append('"');
            _at++;
        }

        if (_at == _text.Length || At(_separator) || At('\r') || At('\n'))
        {
            return (field.ToString(), null);
        }

        ReadPlain();
        return ("", TextAfterQuote);
    }

    /// <summary>Counts the lines that it passes.</summary>
    private void GoTo(int end)
    {
        while (_at < end)
        {
            char sign = _text[_at++];
            if (sign == '\n' || (sign == '\r' && !At('\n')))
            {
                _line++;
            }
        }
    }

    private void SkipLineEnd()
    {
        if (At('\r'))
        {
            _at++;
        }

        if (At('\n'))
        {
            _at++;
        }

        _line++;
    }

    private bool At(char sign) => _at < _text.Length && _text[_at] == sign;
}
