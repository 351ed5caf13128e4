namespace LagoConsole.Core.Reporting;

/// <summary>Why a marketplace refused a record for good: decides what a person is told and whether its money can go elsewhere.</summary>
public enum RejectionCause
{
    /// <summary>Too late (or, with a wrong clock, too early) for its slot: the money can go into a later one.</summary>
    OutOfWindow = 1,

    /// <summary>The buyer has no active agreement, or the identity is wrong.</summary>
    NotSubscribed = 2,

    /// <summary>The product has no such dimension.</summary>
    UnknownDimension = 3,

    /// <summary>Quantity, tags or another field is not acceptable.</summary>
    InvalidRecord = 4,

    /// <summary>Credentials, permission, product code or region: nothing of this connection can be sent.</summary>
    Configuration = 5,
}

/// <summary>
/// What a marketplace said of one record: one closed set for all marketplaces. Anything not understood is
/// <see cref="Unknown"/>, never a success and never a refusal.
/// </summary>
public abstract record MeteringReceipt
{
    private MeteringReceipt()
    {
    }

    /// <summary>Billed, with the marketplace's own id.</summary>
    public sealed record Accepted(string ProviderRecordId) : MeteringReceipt;

    /// <summary>
    /// The marketplace holds a record of this slot already. <paramref name="StoredQuantity"/> is what it holds, where it
    /// tells (Azure); AWS echoes our own record, which proves nothing, hence null.
    /// </summary>
    public sealed record AlreadyAccepted(string? ProviderRecordId, decimal? StoredQuantity) : MeteringReceipt;

    /// <summary>The slot holds a record that differs from ours.</summary>
    public sealed record Conflict(decimal? StoredQuantity, string Detail) : MeteringReceipt;

    /// <summary>Refused and not billed; will not be accepted unchanged.</summary>
    public sealed record Rejected(RejectionCause Cause, string Code, string Detail) : MeteringReceipt;

    /// <summary>Known not processed (throttled, unprocessed, never left us): the same record may go again.</summary>
    public sealed record NotProcessed(string Detail, TimeSpan? RetryAfter = null) : MeteringReceipt;

    /// <summary>Maybe processed: no answer, an answer that is cut off or not understood, or a server failure.</summary>
    public sealed record Unknown(string Detail, TimeSpan? RetryAfter = null) : MeteringReceipt;
}
