namespace LagoConsole.Core.Reporting.Aws;

/// <summary>A region whose metering endpoint takes usage.</summary>
/// <param name="Code">As AWS writes it, for example <c>us-east-1</c>.</param>
/// <param name="Name">As AWS's console shows it.</param>
public sealed record AwsRegion(string Code, string Name)
{
    /// <summary>The region's metering endpoint; regions in China live under a name of their own.</summary>
    public Uri Endpoint { get; } = new(Code.StartsWith("cn-", StringComparison.Ordinal)
        ? $"https://metering.marketplace.{Code}.amazonaws.com.cn/"
        : $"https://metering.marketplace.{Code}.amazonaws.com/");
}

/// <summary>
/// The closed list of regions that offer <c>BatchMeterUsage</c>; elsewhere AWS answers <c>DisabledApiException</c>.
/// Closed, because a region becomes part of a host name that signed requests are sent to.
/// </summary>
public static class AwsRegions
{
    /// <summary>What most products use.</summary>
    public const string Default = "us-east-1";

    public static IReadOnlyList<AwsRegion> All { get; } =
    [
        new("us-east-1", "US East (N. Virginia)"),
        new("us-east-2", "US East (Ohio)"),
        new("us-west-1", "US West (N. California)"),
        new("us-west-2", "US West (Oregon)"),
        new("ca-central-1", "Canada (Central)"),
        new("sa-east-1", "South America (São Paulo)"),
        new("eu-west-1", "Europe (Ireland)"),
        new("eu-west-2", "Europe (London)"),
        new("eu-west-3", "Europe (Paris)"),
        new("eu-central-1", "Europe (Frankfurt)"),
        new("eu-central-2", "Europe (Zurich)"),
        new("eu-north-1", "Europe (Stockholm)"),
        new("eu-south-1", "Europe (Milan)"),
        new("eu-south-2", "Europe (Spain)"),
        new("af-south-1", "Africa (Cape Town)"),
        new("me-south-1", "Middle East (Bahrain)"),
        new("me-central-1", "Middle East (UAE)"),
        new("il-central-1", "Israel (Tel Aviv)"),
        new("ap-east-1", "Asia Pacific (Hong Kong)"),
        new("ap-south-1", "Asia Pacific (Mumbai)"),
        new("ap-south-2", "Asia Pacific (Hyderabad)"),
        new("ap-northeast-1", "Asia Pacific (Tokyo)"),
        new("ap-northeast-2", "Asia Pacific (Seoul)"),
        new("ap-northeast-3", "Asia Pacific (Osaka)"),
        new("ap-southeast-1", "Asia Pacific (Singapore)"),
        new("ap-southeast-2", "Asia Pacific (Sydney)"),
        new("ap-southeast-3", "Asia Pacific (Jakarta)"),
        new("ap-southeast-4", "Asia Pacific (Melbourne)"),
        new("cn-northwest-1", "China (Ningxia)"),
    ];

    /// <summary>Null when usage cannot be reported in a region of that name.</summary>
    public static AwsRegion? Find(string? code) => All.FirstOrDefault(region => region.Code == code);
}
