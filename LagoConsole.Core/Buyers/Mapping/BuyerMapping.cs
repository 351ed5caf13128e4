using System.Collections.Concurrent;
using System.Diagnostics;
using LagoConsole.Core.Buyers.Import;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Security;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Buyers.Mapping;

/// <summary>
/// Puts Lago Customer IDs on many buyers, from a file or from suggestions that a person accepted. A preview shows what Lago counts for
/// each and stores nothing; saving is that of <see cref="BuyerLinkService"/>, one buyer after the other.
/// </summary>
public sealed class BuyerMapping(IDbContextFactory<LagoConsoleDbContext> databases, IntegrationConnections connections, BuyerLinkService links)
{
    /// <summary>Customers asked about in one preview: each takes a few calls of Lago's rate limit, which polls share.</summary>
    public const int MostLooks = 1_000;

    private const int LooksAtOnce = 4;

    /// <summary>Keys asked for in one query.</summary>
    private const int KeysAtOnce = 500;

    /// <param name="name">Of the file, for the audit log.</param>
    /// <param name="file">Its bytes.</param>
    /// <param name="progress">Customers that Lago was asked about.</param>
    /// <exception cref="ForbiddenException">Needs <see cref="Role.Operator"/>.</exception>
    public async Task<MappingPreviewOutcome> PreviewFileAsync(
        Actor actor, string name, ReadOnlyMemory<byte> file, IProgress<LookProgress>? progress, CancellationToken cancellationToken)
    {
        actor.Require(Role.Operator);
        return ImportFile.ReadMapping(file.Span) switch
        {
            ImportReading.Unreadable unreadable => new MappingPreviewOutcome.Impossible(unreadable.Sentence),
            ImportReading.Lines read => await AskAsync(actor, name, await PlanAsync(read.All, cancellationToken), progress, cancellationToken),
            var other => throw new UnreachableException($"Not a reading: {other}."),
        };
    }

    /// <param name="accepted">What a person accepted of the suggestions.</param>
    /// <param name="progress">Customers that Lago was asked about.</param>
    /// <exception cref="ForbiddenException">Needs <see cref="Role.Operator"/>.</exception>
    public Task<MappingPreviewOutcome> PreviewAsync(
        Actor actor, IReadOnlyList<LinkWish> accepted, IProgress<LookProgress>? progress, CancellationToken cancellationToken)
    {
        actor.Require(Role.Operator);
        List<MappedLine> lines = [.. accepted.Select(wish => new MappedLine(wish.Number, wish.BuyerName, wish.LagoCustomerId, new MappingStep.Wanted(wish)))];
        return AskAsync(actor, file: null, lines, progress, cancellationToken);
    }

    /// <summary>Saves what the preview showed. What is saved when it breaks off stays; a new preview shows what is left.</summary>
    /// <param name="progress">Lines that are done.</param>
    /// <exception cref="ForbiddenException">Needs <see cref="Role.Operator"/>.</exception>
    public async Task<MappingResult> SaveAsync(
        Actor actor, MappingPreview preview, MappingStart start, IProgress<LookProgress>? progress, CancellationToken cancellationToken)
    {
        actor.Require(Role.Operator);
        int saved = 0;
        List<MappedLine> failures = [];
        foreach (MappedLine line in preview.Lines)
        {
            if (line.Step is not MappingStep.Link { Preview: var link })
            {
                continue;
            }

            LinkSaveOutcome outcome = await links.SaveAsync(
                actor, link, MappingMoney.StartOf(start, link), billedElsewhere: new Dictionary<string, long>(StringComparer.Ordinal), oldMoney: null, cancellationToken, preview.OriginOf(line));
            if (outcome is LinkSaveOutcome.Refused refused)
            {
                failures.Add(line with { Step = new MappingStep.Refused(null, refused.Sentence) });
            }
            else
            {
                saved++;
            }

            progress?.Report(new LookProgress("saved", saved + failures.Count, preview.Links.Count));
        }

        return new MappingResult(saved, failures);
    }

    private async Task<MappingPreviewOutcome> AskAsync(
        Actor actor, string? file, IReadOnlyList<MappedLine> lines, IProgress<LookProgress>? progress, CancellationToken cancellationToken)
    {
        Dictionary<int, LinkWish> wanted = lines.Select(line => line.Step).OfType<MappingStep.Wanted>().Take(MostLooks).ToDictionary(step => step.Wish.Number, step => step.Wish);
        foreach (Guid integration in wanted.Values.Select(wish => wish.IntegrationId).Distinct())
        {
            if (await UnreachableAsync(integration, cancellationToken) is { } sentence)
            {
                return new MappingPreviewOutcome.Impossible($"{sentence} Nothing was saved.");
            }
        }

        ConcurrentDictionary<int, MappingStep> asked = new();
        await Parallel.ForEachAsync(
            wanted.Values, new ParallelOptions { MaxDegreeOfParallelism = LooksAtOnce, CancellationToken = cancellationToken },
            async (wish, token) =>
            {
                asked[wish.Number] = await links.PreviewAsync(actor, wish.BuyerId, wish.IntegrationId, wish.LagoCustomerId, token) switch
                {
                    // Its buyer was given another one since the lines were read: what becomes of that one's money is asked on its page.
                    LinkPreviewOutcome.Ready { Preview.ReplacesLink: true } => new MappingStep.Refused(BuyerField.Name, "The buyer was given a Lago Customer ID meanwhile. Look at it again."),
                    LinkPreviewOutcome.Ready ready => new MappingStep.Link(ready.Preview),
                    LinkPreviewOutcome.Refused refused => new MappingStep.Refused(BuyerField.LagoCustomerId, refused.Sentence),
                    var other => throw new UnreachableException($"Not a preview: {other}."),
                };
                progress?.Report(new LookProgress("customers", asked.Count, wanted.Count));
            });
        return new MappingPreviewOutcome.Ready(new MappingPreview(file, [.. lines.Select(line => asked.TryGetValue(line.Number, out MappingStep? step) ? line with { Step = step } : line)]));
    }

    /// <summary>A Lago that refuses the key, or does not answer, refuses every line: it is asked once.</summary>
    private async Task<string?> UnreachableAsync(Guid integrationId, CancellationToken cancellationToken) =>
        await connections.OpenAsync(integrationId, cancellationToken) switch
        {
            LagoConnection.Unavailable unavailable => unavailable.Sentence,
            LagoConnection.Opened opened => (await opened.Client.ProbeAsync("customer", cancellationToken))?.Sentence,
            var other => throw new UnreachableException($"Not a connection: {other}."),
        };

    private async Task<IReadOnlyList<MappedLine>> PlanAsync(IReadOnlyList<ImportLine> lines, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        List<LinkableIntegration> integrations = await db.Integrations.AsNoTracking()
            .Select(integration => new LinkableIntegration(integration.Id, integration.Name, integration.Status)).ToListAsync(cancellationToken);
        List<Buyer> buyers = [];
        foreach (List<string> names in Values(lines, BuyerField.Name))
        {
            buyers.AddRange(await db.Buyers.AsNoTracking().Where(buyer => names.Contains(buyer.Name)).ToListAsync(cancellationToken));
        }

        List<PresentLink> present = [];
        foreach (List<Guid> ids in buyers.Select(buyer => buyer.Id).Chunk(KeysAtOnce).Select(part => part.ToList()))
        {
            present.AddRange(await Present(db, db.BuyerLinks.Where(link => ids.Contains(link.BuyerId))).ToListAsync(cancellationToken));
        }

        foreach (List<string> ids in Values(lines, BuyerField.LagoCustomerId))
        {
            present.AddRange(await Present(db, db.BuyerLinks.Where(link => ids.Contains(link.LagoCustomerId))).ToListAsync(cancellationToken));
        }

        return MappingRules.Plan(lines, new MappingFacts(
            buyers.DistinctBy(buyer => buyer.Id).ToLookup(buyer => buyer.Name, StringComparer.Ordinal), integrations, present));
    }

    private static IEnumerable<List<string>> Values(IReadOnlyList<ImportLine> lines, BuyerField field) =>
        lines.Select(line => line[field]).OfType<string>().Distinct(StringComparer.Ordinal).Chunk(KeysAtOnce).Select(part => part.ToList());

    private static IQueryable<PresentLink> Present(LagoConsoleDbContext db, IQueryable<BuyerLink> links) =>
        from link in links
        where link.UnlinkedAt == null
        join buyer in db.Buyers on link.BuyerId equals buyer.Id
        join integration in db.Integrations on link.IntegrationId equals integration.Id
        select new PresentLink(buyer.Id, buyer.Name, integration.Id, integration.Name, link.LagoCustomerId);
}
