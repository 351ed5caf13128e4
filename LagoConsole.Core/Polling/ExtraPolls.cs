using LagoConsole.Core.Buyers;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace LagoConsole.Core.Polling;

/// <summary>What a round of extra polls did.</summary>
public sealed record ExtraPollOutcome(int Periods, int Increments, IReadOnlyList<string> Failures);

/// <summary>Polls customers once more shortly before a billing period of theirs ends (R4): usage after the last poll is in no later one (T4).</summary>
public sealed class ExtraPolls(
    IDbContextFactory<LagoConsoleDbContext> contexts, UsagePipeline pipeline, IOptions<LagoOptions> lago, TimeProvider clock)
{
    public async Task<ExtraPollOutcome> RunAsync(CancellationToken cancellationToken)
    {
        List<string> failures = [];
        int polled = 0;
        int increments = 0;
        List<BillingPeriod> due;
        await using (LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            due = await DueAsync(db, lago.Value, clock.GetUtcNow(), cancellationToken);
        }

        foreach (IGrouping<Guid, BillingPeriod> ofIntegration in due.GroupBy(period => period.IntegrationId))
        {
            HashSet<string> customers = new(ofIntegration.Select(period => period.LagoCustomerId), StringComparer.Ordinal);
            Integration? integration;
            List<BuyerLink> links;
            await using (LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
            {
                integration = await db.Integrations.AsNoTracking().SingleOrDefaultAsync(row => row.Id == ofIntegration.Key, cancellationToken);
                links = await db.BuyerLinks.AsNoTracking()
                    .Where(link => link.IntegrationId == ofIntegration.Key && link.UnlinkedAt == null && customers.Contains(link.LagoCustomerId))
                    .ToListAsync(cancellationToken);
            }

            if (integration is null)
            {
                continue;
            }

            PollOutcome outcome = await pipeline.RunAsync(integration, links, cancellationToken);
            increments += outcome.Increments;
            failures.AddRange(outcome.Failures.Select(failure => $"buyer:{failure.BuyerId} {failure.Sentence}"));
            if (outcome.Stopped is { } stopped)
            {
                failures.Add(stopped.Sentence);
                continue; // not marked: it is tried again until the period has ended
            }

            HashSet<Guid> failed = [.. outcome.Failures.Select(failure => failure.BuyerId)];
            polled += await MarkAsync([.. ofIntegration.Where(period => !failed.Contains(period.BuyerId)).Select(period => period.Id)], cancellationToken);
        }

        return new ExtraPollOutcome(polled, increments, failures);
    }

    /// <summary>Periods that are about to end and were not polled for it yet.</summary>
    internal static async Task<List<BillingPeriod>> DueAsync(LagoConsoleDbContext db, LagoOptions lago, DateTimeOffset now, CancellationToken cancellationToken)
    {
        DateTimeOffset earliest = now + ExtraPoll.Most;
        List<BillingPeriod> ending = await db.BillingPeriods.AsNoTracking()
            .Where(period => period.State == BillingPeriodState.Open && period.PeriodEnd > now && period.PeriodEnd <= earliest
                && db.Integrations.Any(integration => integration.Id == period.IntegrationId && integration.AutoReport
                    && integration.Status == IntegrationStatus.Verified)
                && db.BuyerLinks.Any(link => link.IntegrationId == period.IntegrationId && link.LagoCustomerId == period.LagoCustomerId && link.UnlinkedAt == null))
            .ToListAsync(cancellationToken);
        return
        [
            .. ending.GroupBy(period => (period.IntegrationId, period.PeriodEnd))
                .Where(together => now >= together.Key.PeriodEnd - ExtraPoll.Lead(together.Count(), lago.RequestsPerSecond))
                .SelectMany(together => together)
                .Where(period => period.ExtraPolledAt is null || period.ExtraPolledAt < period.PeriodEnd - ExtraPoll.Most)
                .OrderBy(period => period.PeriodEnd).ThenBy(period => period.Id),
        ];
    }

    private Task<int> MarkAsync(List<Guid> periodIds, CancellationToken cancellationToken) => MoneyTransaction.RunAsync(
        contexts,
        async db =>
        {
            DateTimeOffset now = clock.GetUtcNow();
            List<BillingPeriod> periods = await db.BillingPeriods.Where(period => periodIds.Contains(period.Id)).ToListAsync(cancellationToken);
            periods.ForEach(period => period.ExtraPolledAt = now);
            return periods.Count;
        },
        cancellationToken);
}
