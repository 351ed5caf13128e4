using System.Diagnostics;

namespace LagoConsole.Core.Products;

/// <summary>What the confirmation that nothing else reports a product's usage does at its marketplace (R13), in words. Pure.</summary>
public static class SoleWriterText
{
    public static string Meaning(Marketplace marketplace, bool confirmed) => (marketplace, confirmed) switch
    {
        (Marketplace.Aws, true) => "When AWS calls a resent record a duplicate, it is taken for our own and flagged as assumed.",
        (Marketplace.Aws, false) => "When AWS calls a resent record a duplicate, a person decides whether it was ours.",
        (Marketplace.Azure, _) => "Azure tells what it holds for an hour: a record of somebody else shows as a conflict, and a person decides.",
        (Marketplace.Gcp, _) => "Google counts each operation once, and adds up what others report: nothing here can show it.",
        _ => throw new UnreachableException($"No such marketplace: {marketplace}."),
    };
}
