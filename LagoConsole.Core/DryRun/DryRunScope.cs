using LagoConsole.Core.Buyers;

namespace LagoConsole.Core.DryRun;

/// <summary>Whose next window is asked about.</summary>
public abstract record DryRunScope
{
    private DryRunScope()
    {
    }

    /// <summary>Buyers whose usage comes from this integration, and those that it left open money of.</summary>
    public sealed record OfIntegration(Guid IntegrationId) : DryRunScope;

    public sealed record OfBuyer(Guid BuyerId) : DryRunScope;

    /// <summary>Buyers that bought this product.</summary>
    public sealed record OfProduct(Guid ProductId) : DryRunScope;

    /// <summary>The buyer that a Lago Customer ID is about to be put on, with the amounts that its preview read.</summary>
    public sealed record OfLink(LinkPreview Preview) : DryRunScope;
}
