using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using Microsoft.Extensions.Logging;

namespace LagoConsole.Core.Reporting;

/// <summary>What one run of reporting did.</summary>
/// <param name="NextAt">When a record may be sent again, or a purchase is drained.</param>
/// <param name="Failures">Buyers, integrations and meters that could not be worked on; the others were.</param>
public sealed record ReportOutcome(
    int Expired, int FlowedOn, int Released, int Made, SendOutcome Sent, DateTimeOffset? NextAt, IReadOnlyList<string> Failures);

/// <summary>
/// One run of reporting over the whole system: lets waiting money flow on, drains purchases that have ended, releases windows,
/// makes records, sends them and settles the answers. Each step is its own transactions; any may be the last before a crash, and the next run goes on.
/// </summary>
public sealed class ReportRun(
    WaitingMoney waiting, EntitlementDrain drain, ReleaseStore releases, AllocationStore allocations, RecordStore records, RecordSender sender,
    ILogger<ReportRun> logger)
{
    public async Task<ReportOutcome> RunAsync(CancellationToken cancellationToken)
    {
        ItemRun run = new(logger);
        int expired = await records.PassTimeAsync(abandonedOwner: null, cancellationToken);
        int flowedOn = await waiting.FlowOnAsync(run, cancellationToken);
        int made = await drain.RunAsync(run, cancellationToken);
        SendOutcome last = made > 0 ? await sender.SendDueAsync(cancellationToken) : new SendOutcome(0, 0, 0, 0); // minutes are left for these
        int released = await releases.ReleaseDueAsync(run, cancellationToken);
        made += await allocations.AllocateAsync(run, cancellationToken);
        SendOutcome sent = last + await sender.SendDueAsync(cancellationToken);
        DateTimeOffset? next = Earlier(await sender.NextAttemptAtAsync(cancellationToken), await drain.NextDueAtAsync(cancellationToken));
        return new ReportOutcome(expired, flowedOn, released, made, sent, next, run.Failures);
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other : one;
}
