using System.Globalization;

namespace LagoConsole.Sandbox.Lago;

/// <summary>The parameters of one request.</summary>
public sealed class LagoQuery(string rawQuery)
{
    private readonly IReadOnlyList<KeyValuePair<string, string>> _pairs = LagoPath.Query(rawQuery);

    /// <summary>First value of a parameter, or null if absent or empty.</summary>
    public string? this[string name] =>
        _pairs.FirstOrDefault(pair => pair.Key == name).Value is { Length: > 0 } value ? value : null;

    /// <summary>1 unless given.</summary>
    public int Page => Positive("page") ?? 1;

    /// <summary>100 unless given.</summary>
    public int PerPage => Positive("per_page") ?? 100;

    /// <summary>All values of <c>name[]</c>.</summary>
    public IReadOnlyList<string> All(string name) =>
        [.. _pairs.Where(pair => pair.Key == name + "[]").Select(pair => pair.Value)];

    /// <summary>A whole number above zero, or null.</summary>
    public int? Positive(string name) =>
        int.TryParse(this[name], NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 ? number : null;
}
