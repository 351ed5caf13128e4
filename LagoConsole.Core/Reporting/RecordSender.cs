using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting.Limits;
using LagoConsole.Core.Time;
using Microsoft.Extensions.Hosting;

namespace LagoConsole.Core.Reporting;

/// <summary>What a round of sending did.</summary>
public sealed record SendOutcome(int Calls, int Sent, int Accepted, int Failed)
{
    public static SendOutcome operator +(SendOutcome left, SendOutcome right) =>
        new(left.Calls + right.Calls, left.Sent + right.Sent, left.Accepted + right.Accepted, left.Failed + right.Failed);
}

/// <summary>
/// Sends what is due: lease, call, settle. Each of the three may be the last line before a crash. Leases and settlements come one
/// after another; calls overlap, as many for each marketplace as it takes (<see cref="MarketplaceLimits"/>).
/// </summary>
/// <param name="lifetime">A process that is told to stop begins no call and hears those under way to their end. Null: nobody tells it.</param>
public sealed class RecordSender(
    RecordStore records, IEnumerable<IMarketplaceMeter> marketplaces, MarketplaceLimits limits, TimeProvider clock, IHostApplicationLifetime? lifetime = null)
{
    private readonly Dictionary<Marketplace, IMarketplaceMeter> _marketplaces = marketplaces.ToDictionary(meter => meter.Marketplace);

    /// <summary>This process, and only this run of it: a lease of an earlier run is dead.</summary>
    public string Owner { get; } = NewId.At(clock.GetUtcNow()).ToString("N");

    /// <summary>So many calls a run: then deadlines, releases and allocations have their turn again. The next run follows at once.</summary>
    private const int CallsPerRun = 400;

    /// <summary>Sends until nothing is due, or what is due waits for a marketplace that rests.</summary>
    public async Task<SendOutcome> SendDueAsync(CancellationToken cancellationToken)
    {
        Round round = new();
        try
        {
            do
            {
                while (round.Total.Calls + round.UnderWay.Count < CallsPerRun && await LeaseAsync(round, cancellationToken) is { } batch)
                {
                    round.UnderWay.Add(CallAsync(batch, cancellationToken));
                }
            }
            while (await SettleNextAsync(round));
            return round.Total;
        }
        finally
        {
            while (await SettleNextAsync(round))
            {
                // A run that breaks off leaves no call unheard: its answer is the only proof there is.
            }
        }
    }

    /// <summary>When a record may be sent (again); null when none waits.</summary>
    public Task<DateTimeOffset?> NextAttemptAtAsync(CancellationToken cancellationToken) => records.NextAttemptAtAsync(limits.Rests, cancellationToken);

    /// <summary>What to send next, if anything may go.</summary>
    private async Task<LeasedBatch?> LeaseAsync(Round round, CancellationToken cancellationToken)
    {
        if (_marketplaces.Count == 0 || lifetime?.ApplicationStopping.IsCancellationRequested == true)
        {
            return null;
        }

        while (round.Halves.Find(candidate => limits.MayBegin(candidate.Lane)) is { } half)
        {
            round.Halves.Remove(half);
            if (await records.LeaseAsync(half.RecordIds, Owner, cancellationToken) is { } smaller)
            {
                round.Total = round.Total with { Failed = round.Total.Failed - half.RecordIds.Length }; // they have another chance
                return smaller;
            }
        }

        return await records.LeaseDueAsync(_marketplaces.Values.Min(meter => meter.BatchLimit), Owner, cancellationToken, limits.Full);
    }

    private async Task<Call> CallAsync(LeasedBatch batch, CancellationToken cancellationToken)
    {
        MarketplaceLane lane = MarketplaceLane.Of(batch.Marketplace, batch.BatchKey);
        MeteringAnswer answer = await limits.CallAsync(
            lane, patience => _marketplaces[batch.Marketplace].ReportAsync(batch.BatchKey, batch.Records, patience), cancellationToken);
        return new Call(lane, batch, answer);
    }

    /// <summary>Stores what the next call comes to; false when none is under way.</summary>
    private async Task<bool> SettleNextAsync(Round round)
    {
        if (round.UnderWay.Count == 0)
        {
            return false;
        }

        Task<Call> ended = await Task.WhenAny(round.UnderWay);
        round.UnderWay.Remove(ended);
        (MarketplaceLane lane, LeasedBatch batch, MeteringAnswer answer) = await ended;
        await records.SettleAsync(batch, answer, CancellationToken.None);
        int accepted = answer.Items.Count(item => MeterLedger.IsProof(item.Receipt, batch.Records.Single(record => record.Id == item.RecordId).Quantity));
        round.Total += new SendOutcome(1, batch.Records.Count, accepted, batch.Records.Count - accepted);

        if (answer.RefusedWhole && batch.Records.Count > 1)
        {
            // Nothing of the call was billed: halves, until the bad record stands alone (at most 5 levels for 25).
            Guid[] ids = [.. batch.Records.Select(record => record.Id)];
            round.Halves.InsertRange(0, ids.Chunk((ids.Length + 1) / 2).Select(half => new Half(lane, half)));
        }

        return true;
    }

    /// <summary>One run of sending.</summary>
    private sealed class Round
    {
        public SendOutcome Total { get; set; } = new(0, 0, 0, 0);

        public List<Task<Call>> UnderWay { get; } = [];

        public List<Half> Halves { get; } = [];
    }

    private sealed record Call(MarketplaceLane Lane, LeasedBatch Batch, MeteringAnswer Answer);

    /// <summary>Records of a call that was refused because of one of them.</summary>
    private sealed record Half(MarketplaceLane Lane, Guid[] RecordIds);
}
