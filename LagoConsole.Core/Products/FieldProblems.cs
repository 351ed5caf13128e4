namespace LagoConsole.Core.Products;

/// <summary>Collects a sentence for each field that is wrong, so that a person mends all of them at once.</summary>
internal sealed class FieldProblems<TField>
    where TField : struct, Enum
{
    private readonly Dictionary<TField, string> _all = [];

    public bool Any => _all.Count > 0;

    public IReadOnlyDictionary<TField, string> All => _all;

    /// <summary>The first problem of a field stands; null adds nothing.</summary>
    public void Add(TField field, string? problem)
    {
        if (problem is not null)
        {
            _all.TryAdd(field, problem);
        }
    }
}
