using LagoConsole.Core.Products;
using LagoConsole.Core.Time;

namespace LagoConsole.Core.Reporting;

/// <summary>What a round of sending did.</summary>
public sealed record SendOutcome(int Calls, int Sent, int Accepted, int Failed)
{
    public static SendOutcome operator +(SendOutcome left, SendOutcome right) =>
        new(left.Calls + right.Calls, left.Sent + right.Sent, left.Accepted + right.Accepted, left.Failed + right.Failed);
}

/// <summary>Sends what is due: lease, call, settle. Each of the three may be the last line before a crash.</summary>
public sealed class RecordSender(RecordStore records, IEnumerable<IMarketplaceMeter> marketplaces, TimeProvider clock)
{
    private readonly Dictionary<Marketplace, IMarketplaceMeter> _marketplaces = marketplaces.ToDictionary(meter => meter.Marketplace);

    /// <summary>This process, and only this run of it: a lease of an earlier run is dead.</summary>
    public string Owner { get; } = NewId.At(clock.GetUtcNow()).ToString("N");

    /// <summary>So many calls a run: then deadlines, releases and allocations have their turn again. The next run follows at once.</summary>
    private const int CallsPerRun = 400;

    /// <summary>Sends until nothing is due.</summary>
    public async Task<SendOutcome> SendDueAsync(CancellationToken cancellationToken)
    {
        SendOutcome total = new(0, 0, 0, 0);
        int limit = _marketplaces.Count == 0 ? 0 : _marketplaces.Values.Min(meter => meter.BatchLimit);
        while (limit > 0 && total.Calls < CallsPerRun && await records.LeaseDueAsync(limit, Owner, cancellationToken) is { } batch)
        {
            total = await SendAsync(batch, total, cancellationToken);
        }

        return total;
    }

    private async Task<SendOutcome> SendAsync(LeasedBatch batch, SendOutcome total, CancellationToken cancellationToken)
    {
        MeteringAnswer answer = await _marketplaces[batch.Marketplace].ReportAsync(batch.BatchKey, batch.Records, cancellationToken);

        // The answer is the only proof there is: it is stored even when the run is being stopped.
        await records.SettleAsync(batch, answer, CancellationToken.None);
        int accepted = answer.Items.Count(item => MeterLedger.IsProof(item.Receipt, batch.Records.Single(record => record.Id == item.RecordId).Quantity));
        total = new SendOutcome(
            total.Calls + 1, total.Sent + batch.Records.Count, total.Accepted + accepted, total.Failed + batch.Records.Count - accepted);

        if (!answer.RefusedWhole || batch.Records.Count == 1)
        {
            return total;
        }

        // Nothing of the call was billed: halves, until the bad record stands alone (at most 5 levels for 25).
        List<Guid> ids = [.. batch.Records.Select(record => record.Id)];
        foreach (Guid[] half in ids.Chunk((ids.Count + 1) / 2))
        {
            if (await records.LeaseAsync(half, batch.Owner, cancellationToken) is { } smaller)
            {
                total = await SendAsync(smaller, total with { Failed = total.Failed - half.Length }, cancellationToken);
            }
        }

        return total;
    }
}
