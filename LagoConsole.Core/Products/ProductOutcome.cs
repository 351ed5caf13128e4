namespace LagoConsole.Core.Products;

/// <summary>What a change of a product, its dimensions, prices or conversions came to.</summary>
public abstract record ProductOutcome
{
    private ProductOutcome()
    {
    }

    /// <param name="Id">Of the thing that was added or changed.</param>
    /// <param name="Sentence">What it means for the money.</param>
    public sealed record Saved(Guid Id, string Sentence) : ProductOutcome;

    /// <summary>Nothing was stored.</summary>
    /// <param name="Problems">A sentence for each field that is wrong.</param>
    public sealed record Refused(IReadOnlyDictionary<ProductField, string> Problems) : ProductOutcome
    {
        public Refused(ProductField field, string sentence)
            : this(new Dictionary<ProductField, string> { [field] = sentence })
        {
        }
    }

    /// <summary>Somebody else changed or removed it first. Nothing was stored.</summary>
    public sealed record ChangedMeanwhile(string Sentence) : ProductOutcome
    {
        internal static ChangedMeanwhile Product { get; } =
            new("Somebody else changed this product at the same moment. Nothing was saved; look at it again and repeat your change.");
    }
}
