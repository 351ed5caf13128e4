namespace LagoConsole.Core.Reporting.Aws;

/// <summary>
/// What the records of one <c>BatchMeterUsage</c> call share. One product and one kind of identity per call.
/// </summary>
/// <param name="LegacyProductCode">Null for agreements with a licence, which name no product code.</param>
public sealed record AwsBatch(string Region, Guid ProductId, string? LegacyProductCode)
{
    public override string ToString() => LegacyProductCode is null
        ? $"aws|{Region}|{ProductId:N}|licence"
        : $"aws|{Region}|{ProductId:N}|legacy|{LegacyProductCode}";

    /// <exception cref="FormatException">The text is not one that <see cref="ToString"/> made.</exception>
    public static AwsBatch Parse(string key) => key.Split('|', 5) switch
    {
        ["aws", var region, var product, "licence"] => new AwsBatch(region, Guid.ParseExact(product, "N"), null),
        ["aws", var region, var product, "legacy", var code] => new AwsBatch(region, Guid.ParseExact(product, "N"), code),
        _ => throw new FormatException($"'{key}' is not the key of an AWS batch."),
    };
}
