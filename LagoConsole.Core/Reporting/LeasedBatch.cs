using LagoConsole.Core.Products;

namespace LagoConsole.Core.Reporting;

/// <summary>Records that this node alone may send now, with an attempt stored for each.</summary>
public sealed record LeasedBatch(
    Guid CallId, string Owner, Marketplace Marketplace, string BatchKey, IReadOnlyList<UsageRecord> Records);
