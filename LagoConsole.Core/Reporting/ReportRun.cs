using LagoConsole.Core.Polling;

namespace LagoConsole.Core.Reporting;

/// <summary>What one run of reporting did.</summary>
public sealed record ReportOutcome(int Expired, int FlowedOn, int Released, int Made, SendOutcome Sent, DateTimeOffset? NextAttemptAt);

/// <summary>
/// One run of reporting over the whole system: lets waiting money flow on, releases windows, makes records, sends them and
/// settles the answers. Each step is its own transactions; any may be the last before a crash, and the next run goes on.
/// </summary>
public sealed class ReportRun(
    WaitingMoney waiting, ReleaseStore releases, AllocationStore allocations, RecordStore records, RecordSender sender)
{
    public async Task<ReportOutcome> RunAsync(CancellationToken cancellationToken)
    {
        int expired = await records.PassTimeAsync(abandonedOwner: null, cancellationToken);
        int flowedOn = await waiting.FlowOnAsync(cancellationToken);
        int released = await releases.ReleaseDueAsync(cancellationToken);
        int made = await allocations.AllocateAsync(cancellationToken);
        SendOutcome sent = await sender.SendDueAsync(cancellationToken);
        return new ReportOutcome(expired, flowedOn, released, made, sent, await records.NextAttemptAtAsync(cancellationToken));
    }
}
