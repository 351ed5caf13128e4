using LagoConsole.Core.Products;

namespace LagoConsole.Core.Reporting.Limits;

/// <summary>What answers, fails and throttles together: a whole marketplace; at AWS one region of it, whose quota is its own.</summary>
/// <param name="Region">AWS's region; null elsewhere.</param>
public sealed record MarketplaceLane(Marketplace Marketplace, string? Region)
{
    /// <summary>What people call it.</summary>
    public string Name => Region is null ? Marketplace.Label() : $"{Marketplace.Label()} ({Region})";

    /// <summary>What the batch keys of its records begin with, and no other ones.</summary>
    public string Prefix => Marketplace switch
    {
        Marketplace.Aws => $"aws|{Region}|",
        Marketplace.Azure => "azure|",
        Marketplace.Gcp => "gcp|",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <param name="batchKey">The <see cref="UsageRecord.BatchKey"/>.</param>
    public static MarketplaceLane Of(Marketplace marketplace, string batchKey) =>
        new(marketplace, marketplace == Marketplace.Aws ? Aws.AwsBatch.Parse(batchKey).Region : null);
}
