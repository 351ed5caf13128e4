using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using Microsoft.Extensions.Logging;

namespace LagoConsole.Core.Reporting;

/// <summary>What one run of reporting did.</summary>
/// <param name="Failures">Buyers, integrations and meters that could not be worked on; the others were.</param>
public sealed record ReportOutcome(
    int Expired, int FlowedOn, int Released, int Made, SendOutcome Sent, DateTimeOffset? NextAttemptAt, IReadOnlyList<string> Failures);

/// <summary>
/// One run of reporting over the whole system: lets waiting money flow on, releases windows, makes records, sends them and
/// settles the answers. Each step is its own transactions; any may be the last before a crash, and the next run goes on.
/// </summary>
public sealed class ReportRun(
    WaitingMoney waiting, ReleaseStore releases, AllocationStore allocations, RecordStore records, RecordSender sender,
    ILogger<ReportRun> logger)
{
    public async Task<ReportOutcome> RunAsync(CancellationToken cancellationToken)
    {
        ItemRun run = new(logger);
        int expired = await records.PassTimeAsync(abandonedOwner: null, cancellationToken);
        int flowedOn = await waiting.FlowOnAsync(run, cancellationToken);
        int released = await releases.ReleaseDueAsync(run, cancellationToken);
        int made = await allocations.AllocateAsync(run, cancellationToken);
        SendOutcome sent = await sender.SendDueAsync(cancellationToken);
        return new ReportOutcome(expired, flowedOn, released, made, sent, await records.NextAttemptAtAsync(cancellationToken), run.Failures);
    }
}
