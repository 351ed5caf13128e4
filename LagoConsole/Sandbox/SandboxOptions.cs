namespace LagoConsole.Sandbox;

/// <summary>The sandbox: a Lago and marketplaces inside the app. Section <c>Sandbox</c>; Development only.</summary>
public sealed class SandboxOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Sandbox";

    /// <summary>Folder of its journals. Null keeps everything in memory. Default: null; the app sets <c>sandbox</c> in its data folder.</summary>
    public string? Folder { get; set; }

    /// <summary>Where the console's own clients reach the sandbox. Default: null, the first address that the app listens on.</summary>
    public Uri? Address { get; set; }

    /// <summary>All made-up ids and usage follow from it. Default: 1. An existing journal keeps the seed it began with.</summary>
    public long Seed { get; set; } = 1;

    /// <summary>Whether an empty sandbox is furnished with customers, plans and agreements. Default: true.</summary>
    public bool Furnished { get; set; } = true;

    /// <summary>Whether usage comes by itself from the start. Default: true.</summary>
    public bool Grows { get; set; } = true;
}
