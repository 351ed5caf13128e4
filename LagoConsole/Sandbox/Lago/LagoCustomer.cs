namespace LagoConsole.Sandbox.Lago;

/// <summary>A customer of the vendor, as Lago knows it.</summary>
/// <param name="ExternalId">The vendor's own id: may hold dots, slashes, spaces, anything.</param>
/// <param name="Name">Shown to people.</param>
/// <param name="TimeZone">IANA name; null for the organization's (UTC).</param>
/// <param name="Currency">Default of its plans; null if unset.</param>
/// <param name="GracePeriodDays">Days an invoice stays a draft; null for the organization's (none).</param>
/// <param name="Email">Null if unset.</param>
/// <param name="Country">ISO code; null if unset.</param>
public sealed record LagoCustomer(
    string ExternalId,
    string Name,
    string? TimeZone = null,
    string? Currency = null,
    int? GracePeriodDays = null,
    string? Email = null,
    string? Country = null)
{
    /// <summary>Lago's own id; given by the sandbox.</summary>
    public Guid LagoId { get; init; }

    /// <summary>Given by the sandbox.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>1 for the first customer; given by the sandbox.</summary>
    public int SequentialId { get; init; }

    /// <summary>The zone whose midnight ends a period.</summary>
    public TimeZoneInfo Zone => TimeZone is null ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(TimeZone);
}
