namespace LagoConsole.Core.Integrations;

/// <summary>The names that the product's users know.</summary>
public static class LagoRegionNames
{
    public static string Label(this LagoRegion region) => region switch
    {
        LagoRegion.Us => "US",
        LagoRegion.Eu => "EU",
        LagoRegion.SelfHosted => "Self-hosted URL",
        LagoRegion.Sandbox => "Sandbox",
        _ => throw new ArgumentOutOfRangeException(nameof(region), region, "Not a region."),
    };
}
