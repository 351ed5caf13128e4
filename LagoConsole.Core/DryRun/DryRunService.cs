using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Scheduling;
using LagoConsole.Core.Security;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LagoConsole.Core.DryRun;

/// <summary>
/// Says which records the next window would send, and why other money would not flow: by running the steps of poll and
/// report themselves on the stored books, and taking everything back. Nothing is stored, sent or scheduled.
/// </summary>
public sealed class DryRunService(
    IDbContextFactory<LagoConsoleDbContext> contexts, LagoLookReader reader, Schedule schedule, IOptions<LagoOptions> lago,
    IOptions<ReportingOptions> reporting, TimeProvider clock, ILogger<DryRunService> logger)
{
    /// <summary>Reads Lago. Nothing is held meanwhile.</summary>
    /// <param name="progress">Called with (buyers read, buyers in all); may be called from several threads.</param>
    /// <exception cref="ForbiddenException">The actor may not read.</exception>
    public Task<LagoLookOutcome> LookAsync(Actor actor, DryRunScope scope, Action<int, int> progress, CancellationToken cancellationToken)
    {
        actor.Require(Role.Viewer);
        return reader.ReadAsync(scope, progress, cancellationToken);
    }

    /// <summary>Rehearses the next window on what was read.</summary>
    /// <param name="change">Tried first; null for things as they are.</param>
    /// <param name="progress">Called with (buyers done, buyers in all).</param>
    /// <exception cref="ForbiddenException">The actor may not save this change, or may not read.</exception>
    public async Task<DryRunOutcome> RunAsync(
        Actor actor, LagoLook look, ProposedChange? change, Action<int, int> progress, CancellationToken cancellationToken)
    {
        actor.Require(change?.Needs ?? Role.Viewer);
        DateTimeOffset now = clock.GetUtcNow();
        List<RehearsedBuyer> changed = [];
        List<RehearsedBuyer> unchanged = [];
        List<string> problems = [.. look.Problems];
        foreach (BuyerLook buyer in look.Buyers.OrderBy(buyer => buyer.Name, StringComparer.OrdinalIgnoreCase).ThenBy(buyer => buyer.BuyerId))
        {
            try
            {
                RehearsedBuyer rehearsed = await RehearseAsync(actor, buyer, change, now, cancellationToken);
                if (rehearsed.Refusal is { } refusal)
                {
                    return new DryRunOutcome.Refused(refusal);
                }

                changed.Add(rehearsed);
                if (change is { IsCompared: true })
                {
                    unchanged.Add(await RehearseAsync(actor, buyer, change: null, now, cancellationToken));
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                logger.LogError(exception, "The dry run of buyer:{BuyerId} failed; the other buyers go on.", buyer.BuyerId);
                problems.Add($"{buyer.Name} could not be worked out and is missing here: {exception.Message}");
            }

            progress(changed.Count, look.Buyers.Count);
        }

        return new DryRunOutcome.Ready(
            Compose(look, changed, problems), change is { IsCompared: true } ? Compose(look, unchanged, problems) : null);
    }

    private Task<RehearsedBuyer> RehearseAsync(Actor actor, BuyerLook buyer, ProposedChange? change, DateTimeOffset now, CancellationToken cancellationToken) =>
        MoneyTransaction.RehearseAsync(
            contexts, db => new Rehearsal(db, buyer, new RehearsalSettings(lago.Value, reporting.Value.DeadlineMargin), now).RunAsync(actor, change, schedule.After(now), cancellationToken), cancellationToken);

    private static DryRunResult Compose(LagoLook look, List<RehearsedBuyer> buyers, List<string> problems) => new(
        look.At,
        [.. buyers.Select(buyer => buyer.Window).OfType<DryRunWindow>().Distinct().OrderBy(window => window.ReleasedAt).ThenBy(window => window.IntegrationName, StringComparer.Ordinal)],
        [.. buyers.SelectMany(buyer => buyer.Records)],
        [.. buyers.SelectMany(buyer => buyer.Stays)],
        [.. problems.Concat(buyers.SelectMany(buyer => buyer.Problems)).Distinct(StringComparer.Ordinal)]);
}
