using LagoConsole.Core.Products;

namespace LagoConsole.Core.Reporting;

/// <summary>
/// The way out to one marketplace. Knows its wire format and nothing of money: records come in stored and leased,
/// receipts go out, one for each record.
/// </summary>
public interface IMarketplaceMeter
{
    Marketplace Marketplace { get; }

    /// <summary>Most records in one call.</summary>
    int BatchLimit { get; }

    /// <summary>
    /// Sends the records in one HTTP call, their payloads byte for byte. Never throws for what a network or a
    /// marketplace does: that is the answer. Does not retry: the ledger does, with an attempt stored for each try.
    /// </summary>
    /// <param name="batchKey">The <see cref="UsageRecord.BatchKey"/> that all of the records share.</param>
    /// <param name="records">1 to <see cref="BatchLimit"/> records.</param>
    Task<MeteringAnswer> ReportAsync(string batchKey, IReadOnlyList<UsageRecord> records, CancellationToken cancellationToken);
}

/// <summary>The answer to one call.</summary>
/// <param name="Items">One for each record sent, in the order sent.</param>
/// <param name="RefusedWhole">
/// The marketplace refused the call because of one or more of its records without saying which (AWS): nothing of it was
/// billed, and the sender tries halves until the bad record stands alone.
/// </param>
/// <param name="HttpStatus">Null when no answer arrived.</param>
/// <param name="RequestId">The marketplace's id of the call.</param>
public sealed record MeteringAnswer(
    IReadOnlyList<MeteringAnswerItem> Items, bool RefusedWhole, int? HttpStatus, string? RequestId);

/// <summary>What was said of one record.</summary>
/// <param name="Request">What was asked as far as this record goes, secrets and signatures removed; kept on the attempt.</param>
/// <param name="Response">What was answered as far as this record goes; kept on the attempt.</param>
public sealed record MeteringAnswerItem(Guid RecordId, MeteringReceipt Receipt, string? Request, string? Response);
