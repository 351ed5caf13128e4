using LagoConsole.Core.Buyers.Import;
using LagoConsole.Core.Lago;

namespace LagoConsole.Core.Buyers.Mapping;

/// <summary>The Lago customer that a buyer has now.</summary>
internal sealed record PresentLink(Guid BuyerId, string BuyerName, Guid IntegrationId, string IntegrationName, string LagoCustomerId);

/// <summary>What is stored that a file's lines can meet.</summary>
/// <param name="Buyers">By name.</param>
/// <param name="Links">Of these buyers, and of the Lago customers that the lines name.</param>
internal sealed record MappingFacts(
    ILookup<string, Buyer> Buyers, IReadOnlyList<LinkableIntegration> Integrations, IReadOnlyList<PresentLink> Links);

/// <summary>
/// Decides which Lago customer each line of a file puts on which buyer. Nothing is guessed: a line that could mean two things, or that
/// would put one customer on two buyers, is refused. Whether Lago has the customer is asked afterwards. Pure.
/// </summary>
internal static class MappingRules
{
    public static IReadOnlyList<MappedLine> Plan(IReadOnlyList<ImportLine> lines, MappingFacts facts)
    {
        Dictionary<Guid, PresentLink> ofBuyer = facts.Links.DistinctBy(link => link.BuyerId).ToDictionary(link => link.BuyerId);
        Dictionary<(Guid, string), PresentLink> ofCustomer = facts.Links.DistinctBy(Customer).ToDictionary(Customer);
        List<(ImportLine Line, MappingStep Step)> read = [.. lines.Select(line => (line, Read(line, facts)))];
        List<LinkWish> wishes = [.. read.Select(one => one.Step).OfType<MappingStep.Wanted>().Select(wanted => wanted.Wish)];
        ILookup<Guid, LinkWish> sameBuyer = wishes.ToLookup(wish => wish.BuyerId);
        ILookup<(Guid, string), LinkWish> sameCustomer = wishes.ToLookup(wish => (wish.IntegrationId, wish.LagoCustomerId));
        return [.. read.Select(one => new MappedLine(
            one.Line.Number, one.Line[BuyerField.Name], one.Line[BuyerField.LagoCustomerId],
            one.Step is MappingStep.Wanted { Wish: var wish } ? Judge(wish) : one.Step))];

        static (Guid, string) Customer(PresentLink link) => (link.IntegrationId, link.LagoCustomerId);

        MappingStep Judge(LinkWish wish)
        {
            if (sameBuyer[wish.BuyerId].FirstOrDefault(other => other != wish) is { } twin)
            {
                return new MappingStep.Refused(BuyerField.Name, $"Line {twin.Number} is about the same buyer. Keep one of the two.");
            }

            if (sameCustomer[(wish.IntegrationId, wish.LagoCustomerId)].FirstOrDefault(other => other != wish) is { } rival)
            {
                return new MappingStep.Refused(
                    BuyerField.LagoCustomerId, $"Line {rival.Number} puts the same Lago customer on {rival.BuyerName}: two buyers on one customer. Its usage belongs to one of them; keep that line.");
            }

            return Hold(wish, ofBuyer.GetValueOrDefault(wish.BuyerId), ofCustomer.GetValueOrDefault((wish.IntegrationId, wish.LagoCustomerId)));
        }
    }

    /// <summary>Holds a wish against what is stored.</summary>
    /// <param name="present">What the buyer has now.</param>
    /// <param name="owner">Who has the customer now.</param>
    private static MappingStep Hold(LinkWish wish, PresentLink? present, PresentLink? owner)
    {
        if (present is not null && owner?.BuyerId == wish.BuyerId)
        {
            return new MappingStep.Unchanged();
        }

        if (present is not null)
        {
            return new MappingStep.Refused(
                BuyerField.LagoCustomerId,
                $"{wish.BuyerName} has the Lago Customer ID {present.LagoCustomerId} of {present.IntegrationName}. Change it on the buyer's page: what becomes of its open money is asked there.");
        }

        return owner is null
            ? new MappingStep.Wanted(wish)
            : new MappingStep.Refused(
                BuyerField.LagoCustomerId, $"This Lago customer belongs to the buyer {owner.BuyerName}: two buyers on one customer. Remove it there first, or name another.");
    }

    private static MappingStep Read(ImportLine line, MappingFacts facts)
    {
        if (line.Problem is not null)
        {
            return new MappingStep.Refused(null, line.Problem);
        }

        List<ImportProblem> problems = [];
        Buyer? buyer = FindBuyer(line, [.. facts.Buyers[line[BuyerField.Name] ?? ""]], problems);
        LinkableIntegration? integration = FindIntegration(line[BuyerField.Integration], facts.Integrations, problems);
        string? customer = line[BuyerField.LagoCustomerId];
        if (customer is null)
        {
            problems.Add(new ImportProblem(BuyerField.LagoCustomerId, "Type the customer's external id, as Lago shows it."));
        }
        else if (LagoId.Problem(customer) is { } problem)
        {
            problems.Add(new ImportProblem(BuyerField.LagoCustomerId, problem));
        }

        return problems.Count > 0
            ? new MappingStep.Refused(problems)
            : new MappingStep.Wanted(new LinkWish(line.Number, buyer!.Id, buyer.Name, integration!.Id, integration.Name, customer!));
    }

    /// <param name="called">Buyers of the line's name.</param>
    private static Buyer? FindBuyer(ImportLine line, List<Buyer> called, List<ImportProblem> problems)
    {
        string? name = line[BuyerField.Name];
        string? email = line[BuyerField.Email];
        List<Buyer> meant = email is null ? called : called.FindAll(buyer => string.Equals(buyer.Email, email, StringComparison.OrdinalIgnoreCase));
        ImportProblem? problem = (name, called.Count, meant.Count) switch
        {
            (null, _, _) => new ImportProblem(BuyerField.Name, "Type the buyer's name."),
            (_, 0, _) => new ImportProblem(BuyerField.Name, $"There is no buyer “{name}”. Enter it first, or correct its name: letters are compared one by one."),
            (_, _, 1) => null,
            (_, _, 0) => new ImportProblem(BuyerField.Email, called is [{ Email: var stored }]
                ? $"The buyer of this name has {stored ?? "no e-mail address"} in the console. Correct the cell, or empty it."
                : $"None of the {called.Count} buyers of this name has this e-mail address. Correct it."),
            _ when email is null => new ImportProblem(BuyerField.Name, $"{called.Count} buyers have this name. Add the e-mail address of the one that is meant."),
            _ => new ImportProblem(BuyerField.Email, $"{meant.Count} buyers have this name and e-mail address. Put the Lago Customer ID on the buyer's page."),
        };
        if (problem is not null)
        {
            problems.Add(problem);
            return null;
        }

        return meant[0];
    }

    private static LinkableIntegration? FindIntegration(string? name, IReadOnlyList<LinkableIntegration> connected, List<ImportProblem> problems)
    {
        List<LinkableIntegration> meant = [.. connected.Where(integration => name is null || integration.Name == name)];
        if (meant is [var only])
        {
            return only;
        }

        problems.Add(new ImportProblem(BuyerField.Integration, (name, meant.Count) switch
        {
            (null, 0) => "No Lago is connected. Connect one under Integrations.",
            (null, _) => $"{meant.Count} integrations are connected. Name the one whose customer this is.",
            (_, 0) => $"There is no integration “{name}”. The page Integrations shows their names.",
            _ => $"{meant.Count} integrations have this name. Put the Lago Customer ID on the buyer's page, where they can be told apart.",
        }));
        return null;
    }
}
