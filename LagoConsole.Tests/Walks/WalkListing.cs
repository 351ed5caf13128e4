using LagoConsole.Tests.Support;

namespace LagoConsole.Tests.Walks;

/// <summary>What a newcomer types of a listing and of a purchase of it: what the sandbox's marketplaces have.</summary>
/// <param name="Marketplace">As the dialog calls it; null for the one that it begins with.</param>
/// <param name="Said">A piece of the marketplace's own answer that accepts a record.</param>
public sealed record WalkListing(
    string? Marketplace, Func<Browser, Task> TypeListingAsync, string Dimension, IReadOnlyList<(string Label, string Text)> Purchase, string Said)
{
    public static WalkListing Aws { get; } = new(
        Marketplace: null,
        person => person.ChooseAsync("AWS region", "us-east-1"),
        "usage_fee",
        [("AWS account ID", "222222222222"), ("License ARN", MainJobWalk.Licence)],
        "\"Status\":\"Success\"");

    public static WalkListing Azure { get; } = new(
        "Azure Marketplace",
        async person =>
        {
            await person.TypeAsync("Offer ID", "vendor-platform");
            await person.TypeAsync("Plan ID", "gold");
        },
        "usage_fee",
        [("Subscription ID", "7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f")],
        "\"status\":\"Accepted\"");

    public static WalkListing Google { get; } = new(
        "Google Cloud Marketplace",
        person => person.TypeAsync("Service name", "vendor-platform.endpoints.vendor-public.cloud.goog"),
        "gold_usage_fee",
        [("Usage reporting ID", "project_number:404012345678")],
        "\"serviceConfigId\"");
}
