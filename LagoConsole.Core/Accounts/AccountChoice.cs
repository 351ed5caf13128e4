using LagoConsole.Core.Products;

namespace LagoConsole.Core.Accounts;

/// <summary>An account that a product can report with.</summary>
public sealed record AccountChoice(Guid Id, string Name, Marketplace Marketplace, AccountStatus Status)
{
    /// <summary>What a product without an account reports with, in words.</summary>
    public const string UsualChain = "the usual chain";

    /// <summary>Why a product cannot report with it; null when it can. Pure.</summary>
    /// <param name="id">Null for the usual chain, which every product can.</param>
    /// <param name="account">Null when there is none of that id.</param>
    internal static string? Problem(Guid? id, MarketplaceAccount? account, Marketplace marketplace) => (id, account) switch
    {
        (null, _) => null,
        (_, null) => "This account was deleted by somebody else. Choose another, or the usual chain.",
        var (_, found) when found.Marketplace != marketplace =>
            $"{found.Name} is an account of {found.Marketplace.Label()}; the product is listed at {marketplace.Label()}. Choose one of its own marketplace.",
        _ => null,
    };
}
