using System.Globalization;
using LagoConsole.Core.Audit;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Money;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Scheduling;
using LagoConsole.Core.Security;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Integrations;

/// <summary>
/// <i>Delete</i>: immediate, permanent, nothing to restore. Takes the integration with its key, its buyers' Lago Customer
/// IDs and its stored totals. Leaves what was counted and reported: periods, marks, increments, records and their links,
/// so that the books stay whole and the same growth is never billed again when the organization is connected anew.
/// </summary>
public sealed class IntegrationDeletion(
    IDbContextFactory<LagoConsoleDbContext> databases, KeyErasure erasure, ScheduleSync schedule, TimeProvider clock)
{
    private const string GoneSentence = "This integration was deleted by somebody else. Nothing is left to do.";

    /// <summary>What would go and what would stay; null when the integration is gone.</summary>
    /// <exception cref="ForbiddenException">The actor is not an administrator.</exception>
    public async Task<DeletePreview?> PreviewAsync(Actor actor, Guid id, CancellationToken cancellationToken)
    {
        actor.Require(Role.Admin);
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Integrations.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken) is { } integration
            ? await UnreportedMoneyReader.ReadAsync(db, integration, cancellationToken)
            : null;
    }

    /// <summary>Deletes what the person saw, or nothing.</summary>
    /// <exception cref="ForbiddenException">The actor is not an administrator.</exception>
    public async Task<DeleteOutcome> DeleteAsync(Actor actor, DeleteIntegration request, CancellationToken cancellationToken)
    {
        actor.Require(Role.Admin);
        DeleteOutcome outcome = await MoneyTransaction.RunAsync(
            databases, db => DeleteAsync(db, actor, request, cancellationToken), cancellationToken);
        if (outcome is not DeleteOutcome.Deleted deleted)
        {
            return outcome;
        }

        // The rows are gone: what follows must not be given up because the person closed the page. A run that is under
        // way writes nothing any more, as each of its writes asks for the row; it is stopped, and its job removed.
        await schedule.RequestAsync(CancellationToken.None);
        return await erasure.EraseAsync(CancellationToken.None)
            ? deleted
            : new DeleteOutcome.Deleted(
                deleted.Sentence + " A copy of the encrypted key is still in the database's write-ahead log, because other work"
                + " kept the log in use; it disappears with the next checkpoint, at the latest when the console stops.");
    }

    private async Task<DeleteOutcome> DeleteAsync(
        LagoConsoleDbContext db, Actor actor, DeleteIntegration request, CancellationToken cancellationToken)
    {
        // The row first: a poll that is about to store growth relies on it, and waits or starts over. So what is
        // decided on below cannot grow any more.
        int locked = await db.Integrations.Where(row => row.Id == request.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Version, row => row.Version + 1), cancellationToken);
        if (locked == 0)
        {
            return new DeleteOutcome.Gone(GoneSentence);
        }

        Integration integration = await db.Integrations.SingleAsync(row => row.Id == request.Id, cancellationToken);
        DeletePreview preview = await UnreportedMoneyReader.ReadAsync(db, integration, cancellationToken);
        if (preview.Stamp != request.Stamp)
        {
            return new DeleteOutcome.ChangedMeanwhile(
                "The unreported money changed while you were deciding. Nothing was deleted: look at it again.", preview);
        }

        if (request.TypedName.Trim() != integration.Name)
        {
            return new DeleteOutcome.NameDiffers($"Type {integration.Name} exactly as shown. Nothing was deleted.");
        }

        if (preview.HasOpenMoney && request.Choice is null)
        {
            return new DeleteOutcome.ChangedMeanwhile(
                "There is unreported money: choose whether it is reported or written off. Nothing was deleted.", preview);
        }

        DateTimeOffset now = clock.GetUtcNow();
        await DecideAsync(db, actor, now, preview, request.Choice, cancellationToken);
        await db.BuyerLinks.Where(link => link.IntegrationId == request.Id).ExecuteDeleteAsync(cancellationToken);
        await UnreportedMoneyReader.Snapshots(db, request.Id).ExecuteDeleteAsync(cancellationToken);
        db.Integrations.Remove(integration);
        db.Audit(
            now, actor, "Delete integration", "Integration", request.Id,
            before: string.Create(
                CultureInfo.InvariantCulture,
                $"{integration.Name}, {integration.Place()}, {integration.BillingMode.Label()}, auto report {(integration.AutoReport ? "on" : "off")}, {preview.BuyerLinks} Lago Customer IDs, {preview.Snapshots} stored totals"),
            note: request.Choice switch
            {
                OpenMoneyChoice.Report => "Report it",
                OpenMoneyChoice.WriteOff => "Write it off",
                _ => "No unreported money",
            });
        return new DeleteOutcome.Deleted($"{integration.Name} is deleted, and its API key with it.");
    }

    private static async Task DecideAsync(
        LagoConsoleDbContext db, Actor actor, DateTimeOffset now, DeletePreview preview, OpenMoneyChoice? choice, CancellationToken cancellationToken)
    {
        if (choice is not { } decided)
        {
            return;
        }

        List<UsageIncrement> open = await OpenMoneyStore.Open(db, preview.Id, buyerId: null).ToListAsync(cancellationToken);
        await OpenMoneyStore.DecideAsync(db, open, decided, now, cancellationToken);

        string action = decided == OpenMoneyChoice.Report ? "Report usage of a deleted integration" : "Write off usage";
        foreach (UnreportedMoney line in preview.Money.Where(line => line.OpenMinor > 0))
        {
            db.Audit(
                now, actor, action, "Buyer", line.BuyerId,
                after: $"{line.BuyerName}, {line.MetricCode}: {MoneyText.Format(line.OpenMinor, line.Currency)}",
                note: $"{preview.Name} was deleted");
        }
    }
}
