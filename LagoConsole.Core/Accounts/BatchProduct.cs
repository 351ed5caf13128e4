namespace LagoConsole.Core.Accounts;

/// <summary>Which product the records of a call are of. Pure.</summary>
internal static class BatchProduct
{
    /// <param name="batchKey">Of Azure or Google: the marketplace, the product, and what else tells calls apart.</param>
    /// <exception cref="FormatException">The key names no product.</exception>
    public static Guid Of(string batchKey) => batchKey.Split('|') is [_, var product, ..] && Guid.TryParseExact(product, "N", out Guid id)
        ? id
        : throw new FormatException($"'{batchKey}' is not the key of a batch: it names no product.");
}
