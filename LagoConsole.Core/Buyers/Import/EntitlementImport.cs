using LagoConsole.Core.Conversion;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Scheduling;
using LagoConsole.Core.Security;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Buyers.Import;

/// <summary>
/// Enters purchases from a file, and changes the lives of those that are entered. A preview says what each line would do and stores
/// nothing; the import does that and nothing else: a line that would do something else by then is refused. A file that was imported
/// changes nothing when it is imported again.
/// </summary>
public sealed class EntitlementImport(
    IDbContextFactory<LagoConsoleDbContext> databases, EntitlementService entitlements, EntitlementDrain drain, ScheduleSync schedule, TimeProvider clock)
{
    /// <summary>New purchases of so many lines are one transaction; a change is one of its own, as on its page.</summary>
    internal const int LinesAtOnce = 200;

    /// <summary>Keys asked for in one query.</summary>
    private const int KeysAtOnce = 500;

    /// <param name="source">The file's name, for the audit log.</param>
    /// <param name="file">Its bytes.</param>
    /// <exception cref="ForbiddenException">Needs <see cref="Role.Operator"/>.</exception>
    public async Task<ImportPreviewOutcome> PreviewAsync(Actor actor, string source, ReadOnlyMemory<byte> file, CancellationToken cancellationToken)
    {
        actor.Require(Role.Operator);
        switch (ImportFile.Read(file.Span))
        {
            case ImportReading.Unreadable unreadable:
                return new ImportPreviewOutcome.Unreadable(unreadable.Sentence);

            case ImportReading.Lines read:
                DateTimeOffset now = clock.GetUtcNow();
                DateTimeOffset defaultStart = ReportingWindow.FloorToHour(now);
                List<PlannedLine> lines;
                await using (LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken))
                {
                    lines = [.. await PlanAsync(db, read.All, defaultStart, now, cancellationToken)];
                }

                for (int at = 0; at < lines.Count; at++)
                {
                    lines[at] = await ForeseeAsync(actor, lines[at], cancellationToken);
                }

                return new ImportPreviewOutcome.Ready(new ImportPreview(source, defaultStart, lines));

            case var other:
                throw new System.Diagnostics.UnreachableException($"Not a reading: {other}.");
        }
    }

    /// <summary>Imports what the preview showed. What is stored when it breaks off stays; importing the file again does the rest.</summary>
    /// <param name="leaveOutErrors">Whether the lines with errors are left out; without it, there may be none.</param>
    /// <param name="progress">Lines that are done.</param>
    /// <exception cref="ForbiddenException">Needs <see cref="Role.Operator"/>.</exception>
    /// <exception cref="ArgumentException">There are lines with errors, and they are not left out.</exception>
    public async Task<ImportResult> ImportAsync(
        Actor actor, ImportPreview preview, bool leaveOutErrors, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        actor.Require(Role.Operator);
        if (preview.Errors > 0 && !leaveOutErrors)
        {
            throw new ArgumentException($"{preview.Errors} lines have errors. Nothing was imported.", nameof(preview));
        }

        int buyers = 0;
        List<ImportStep> done = [];
        List<PlannedLine> failures = [];
        try
        {
            foreach (PlannedLine[] seen in preview.Lines.Where(line => line.Step is not ImportStep.Refused).Chunk(LinesAtOnce))
            {
                Entered entered = await MoneyTransaction.RunAsync(databases, db => EnterAsync(db, actor, preview, seen, cancellationToken), cancellationToken);
                buyers += entered.NewBuyers;
                foreach (PlannedLine line in entered.Lines)
                {
                    PlannedLine imported = line.Step is ImportStep.Change change ? await ChangeAsync(actor, preview, line, change, cancellationToken) : line;
                    if (imported.Step is ImportStep.Refused)
                    {
                        failures.Add(imported);
                    }
                    else
                    {
                        done.Add(imported.Step);
                    }

                    progress?.Report(done.Count + failures.Count);
                }
            }
        }
        finally
        {
            if (done.Exists(step => step is not ImportStep.Unchanged))
            {
                await schedule.RequestReportAsync(CancellationToken.None); // money that waited for a purchase flows on
            }
        }

        return new ImportResult(
            buyers, done.Count(step => step is ImportStep.NewBuyer or ImportStep.NewPurchase), done.Count(step => step is ImportStep.Change),
            done.Count(step => step is ImportStep.Unchanged), preview.Errors, failures);
    }

    /// <summary>An end may ask about open money (R18). That is asked where the money is shown, not of a whole file.</summary>
    private async Task<PlannedLine> ForeseeAsync(Actor actor, PlannedLine line, CancellationToken cancellationToken)
    {
        if (line.Step is not ImportStep.Change { EndChanges: true } change)
        {
            return line;
        }

        BuyerOutcome outcome = await entitlements.ForeseeEditAsync(actor, Edit(change, origin: null), cancellationToken);
        return outcome is BuyerOutcome.Saved ? line : PlannedLine.Refuse(line.Line, ImportRules.Problems(outcome));
    }

    /// <summary>Adds the new purchases among these lines; says of the others what they would do by now.</summary>
    private async Task<Entered> EnterAsync(
        LagoConsoleDbContext db, Actor actor, ImportPreview preview, IReadOnlyList<PlannedLine> seen, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        IReadOnlyList<PlannedLine> planned = await PlanAsync(db, [.. seen.Select(ImportRules.Completed)], preview.DefaultStart, now, cancellationToken);
        List<PlannedLine> lines = [];
        Dictionary<string, Guid> newBuyers = new(StringComparer.Ordinal);
        HashSet<Guid> oldBuyers = [];
        foreach ((PlannedLine shown, PlannedLine line) in seen.Zip(planned))
        {
            if (!ImportRules.IsAsShown(shown.Step, line.Step))
            {
                lines.Add(PlannedLine.Refuse(line.Line, [new ImportProblem(null, ImportRules.Meanwhile)]));
                continue;
            }

            lines.Add(line);
            switch (line.Step)
            {
                case ImportStep.NewBuyer buyer:
                    if (!newBuyers.TryGetValue(buyer.Name, out Guid newBuyer))
                    {
                        newBuyer = BuyerService.Add(db, actor, buyer.Name, buyer.Email, Origin(preview, line), now).Id;
                        newBuyers.Add(buyer.Name, newBuyer);
                    }

                    Enter(db, actor, line.Purchase!, newBuyer, buyer.Name, Origin(preview, line), now);
                    break;

                case ImportStep.NewPurchase purchase:
                    Enter(db, actor, line.Purchase!, purchase.BuyerId, purchase.BuyerName, Origin(preview, line), now);
                    oldBuyers.Add(purchase.BuyerId);
                    break;
            }
        }

        foreach (Guid buyer in oldBuyers)
        {
            await PurchaseEnd.LiftAsync(db, buyer, cancellationToken);
        }

        return new Entered(lines, newBuyers.Count);
    }

    private static void Enter(
        LagoConsoleDbContext db, Actor actor, ImportedPurchase purchase, Guid buyerId, string buyerName, string origin, DateTimeOffset now)
    {
        Entitlement entitlement = ImportRules.Make(purchase, buyerId, now);
        db.Entitlements.Add(entitlement);
        EntitlementService.AuditCreated(db, actor, entitlement, buyerName, purchase.Product, origin);
    }

    /// <summary>As a person does it on the purchase's page: where it ends, usage is polled once more first (R18).</summary>
    private async Task<PlannedLine> ChangeAsync(
        Actor actor, ImportPreview preview, PlannedLine line, ImportStep.Change change, CancellationToken cancellationToken)
    {
        if (change.EndChanges)
        {
            await drain.PollAsync(change.BuyerId, cancellationToken);
        }

        BuyerOutcome outcome = await entitlements.EditAsync(actor, Edit(change, Origin(preview, line)), cancellationToken);
        return outcome is BuyerOutcome.Saved ? line : PlannedLine.Refuse(line.Line, ImportRules.Problems(outcome));
    }

    private static EditEntitlement Edit(ImportStep.Change change, string? origin) => new()
    {
        Id = change.EntitlementId,
        SeenVersion = change.Version,
        State = change.State,
        StartsAt = change.StartsAt,
        EndsAt = change.EndsAt,
        AzurePlanId = change.AzurePlanId,
        Origin = origin,
    };

    private static string Origin(ImportPreview preview, PlannedLine line) => $"Imported from {preview.Source}, line {line.Line.Number}.";

    private static async Task<IReadOnlyList<PlannedLine>> PlanAsync(
        LagoConsoleDbContext db, IReadOnlyList<ImportLine> lines, DateTimeOffset defaultStart, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Dictionary<string, Product> products = (await db.Products.AsNoTracking().ToListAsync(cancellationToken))
            .ToDictionary(product => product.Name, StringComparer.Ordinal);
        List<ImportDraft> drafts = [.. lines.Select(line => ImportRules.Draft(line, products, defaultStart, now))];
        List<Entitlement> entitlements = [];
        Dictionary<Guid, DateTimeOffset> firstBilled = [];
        Dictionary<Guid, Buyer> buyers = [];
        foreach (ImportedPurchase[] chunk in drafts.Select(draft => draft.Purchase).OfType<ImportedPurchase>().Chunk(KeysAtOnce))
        {
            List<string> identities = [.. chunk.Select(purchase => purchase.Wanted.Identity).Distinct(StringComparer.Ordinal)];
            List<Entitlement> entered = await db.Entitlements.AsNoTracking()
                .Where(entitlement => identities.Contains(entitlement.Identity)).ToListAsync(cancellationToken);
            entitlements.AddRange(entered);

            List<Guid> ids = [.. entered.Select(entitlement => entitlement.Id)];
            foreach (var first in await db.UsageRecords
                .Where(record => ids.Contains(record.EntitlementId) && record.State != UsageRecordState.Void)
                .GroupBy(record => record.EntitlementId)
                .Select(records => new { EntitlementId = records.Key, Slot = records.Min(record => record.SlotHour) })
                .ToListAsync(cancellationToken))
            {
                firstBilled[first.EntitlementId] = first.Slot;
            }

            List<string> names = [.. chunk.Select(purchase => purchase.Line[BuyerField.Name]!).Distinct(StringComparer.Ordinal)];
            List<Guid> owners = [.. entered.Select(entitlement => entitlement.BuyerId).Distinct()];
            foreach (Buyer buyer in await db.Buyers.AsNoTracking()
                .Where(buyer => names.Contains(buyer.Name) || owners.Contains(buyer.Id)).ToListAsync(cancellationToken))
            {
                buyers[buyer.Id] = buyer;
            }
        }

        return ImportRules.Plan(
            drafts,
            new ImportFacts(
                products,
                buyers.Values.ToLookup(buyer => buyer.Name, StringComparer.Ordinal),
                entitlements.DistinctBy(entitlement => entitlement.Id).ToDictionary(
                    entitlement => entitlement.Identity,
                    entitlement => new EnteredPurchase(
                        entitlement, buyers[entitlement.BuyerId], firstBilled.TryGetValue(entitlement.Id, out DateTimeOffset slot) ? slot : null),
                    StringComparer.Ordinal)),
            now);
    }

    private sealed record Entered(IReadOnlyList<PlannedLine> Lines, int NewBuyers);
}
