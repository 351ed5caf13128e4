using System.Globalization;
using LagoConsole.Components.Reports;

namespace LagoConsole.Exports;

/// <summary>
/// What the address of an export asks for. A page shows everything where it cannot read a filter; a file that holds more than
/// was asked for would not be noticed, so an export says what it cannot read.
/// </summary>
internal sealed class ExportRequest(HttpContext http)
{
    /// <summary>The first filter that could not be read, in a sentence; null while all could.</summary>
    public string? Problem { get; private set; }

    /// <summary>The browser gave the file up.</summary>
    public CancellationToken Leaving => http.RequestAborted;

    public T Get<T>()
        where T : notnull => http.RequestServices.GetRequiredService<T>();

    /// <summary>Null for nothing.</summary>
    public string? Text(string name) => http.Request.Query[name].ToString() is var text && string.IsNullOrWhiteSpace(text) ? null : text;

    public bool IsOn(string name) => Read<bool>(name, bool.TryParse, "true or false") ?? false;

    /// <summary>The name of an enum's member; null for nothing.</summary>
    public T? Choice<T>(string name)
        where T : struct, Enum => Read(
            name, (string text, out T choice) => Enum.TryParse(text, ignoreCase: true, out choice) && Enum.IsDefined(choice), string.Join(", ", Enum.GetNames<T>()));

    public Guid? Id(string name) => Read(name, (string text, out Guid id) => Guid.TryParse(text, CultureInfo.InvariantCulture, out id), "an id");

    /// <summary>The thing whose rows are asked for.</summary>
    public Guid Of()
    {
        Guid? id = Id("of");
        Problem ??= id is null ? "The address does not say of what: of must be an id." : null;
        return id ?? Guid.Empty;
    }

    /// <summary>The first instant of a day.</summary>
    public DateTimeOffset? From(string name = "from") => Read<DateTimeOffset>(name, TryDay, "a day, such as 2026-11-27");

    /// <summary>The first instant after a day.</summary>
    public DateTimeOffset? Until(string name = "until") => From(name)?.AddDays(1);

    /// <summary>Says what is wrong with filters that can only be judged together.</summary>
    public void Refuse(string problem) => Problem ??= problem;

    private static bool TryDay(string text, out DateTimeOffset day)
    {
        DateTimeOffset? start = Days.Start(text);
        day = start ?? default;
        return start < DateTimeOffset.MaxValue.AddDays(-1); // a day has an end
    }

    private T? Read<T>(string name, TryRead<T> tryRead, string expected)
        where T : struct
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (tryRead(text, out T value))
        {
            return value;
        }

        Refuse($"{name} is {text}. It must be {expected}, or left out.");
        return null;
    }

    private delegate bool TryRead<T>(string text, out T value);
}
