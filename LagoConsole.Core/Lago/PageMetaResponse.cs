namespace LagoConsole.Core.Lago;

/// <summary>Where a page of a list stands. An empty list has page 0 of 0.</summary>
public sealed record PageMetaResponse
{
    public int? CurrentPage { get; init; }

    /// <summary>Null on the last page. Must be present: a list that ends early looks like customers that left.</summary>
    public required int? NextPage { get; init; }

    public int? TotalPages { get; init; }

    public int? TotalCount { get; init; }
}

/// <summary>What every list of Lago has.</summary>
public interface ILagoPage<out T>
{
    IReadOnlyList<T> Rows { get; }

    PageMetaResponse Meta { get; }
}
