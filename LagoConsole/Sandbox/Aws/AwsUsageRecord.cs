using System.Text.Json.Nodes;

namespace LagoConsole.Sandbox.Aws;

/// <summary>A usage record of a request, read and in shape; whether it fits the marketplace is decided later.</summary>
/// <param name="Timestamp">When the usage was.</param>
/// <param name="Dimension">What.</param>
/// <param name="Quantity">Units; 0 if absent.</param>
/// <param name="CustomerAwsAccountId">The buyer, or null.</param>
/// <param name="LicenseArn">The agreement, or null.</param>
/// <param name="CustomerIdentifier">The buyer's legacy id, or null.</param>
/// <param name="AsSent">The caller's own JSON: answers echo it.</param>
public sealed record AwsUsageRecord(
    DateTimeOffset Timestamp,
    string Dimension,
    int Quantity,
    string? CustomerAwsAccountId,
    string? LicenseArn,
    string? CustomerIdentifier,
    JsonObject AsSent);
