using LagoConsole.Core.Lago;
using LagoConsole.Core.Polling;

namespace LagoConsole.Core.Closing;

/// <summary>What is known of a period's final total.</summary>
internal abstract record FinalTotal
{
    private FinalTotal()
    {
    }

    /// <summary>Lago's final invoice, read.</summary>
    /// <param name="Reading">The totals, for the books.</param>
    /// <param name="CouponsMinor">What coupons took off the invoice; the totals are before them.</param>
    public sealed record Invoiced(string InvoiceLagoId, SubscriptionReading Reading, long? CouponsMinor) : FinalTotal;

    /// <summary>No final invoice comes: the last stored totals stand, and projections wait for a person (R4, R8).</summary>
    /// <param name="Sentence">Why none comes.</param>
    public sealed record NeverComes(string Sentence, DateTimeOffset ReadAt) : FinalTotal;

    /// <summary>Lago is not done with the period.</summary>
    public sealed record NotYet(string Sentence) : FinalTotal;

    /// <summary>Lago could not be asked.</summary>
    public sealed record Failed(LagoFailure Failure) : FinalTotal;
}
