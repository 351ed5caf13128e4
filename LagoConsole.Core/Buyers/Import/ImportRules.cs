using System.Globalization;
using LagoConsole.Core.Money;
using LagoConsole.Core.Products;

namespace LagoConsole.Core.Buyers.Import;

/// <summary>What a line says of a purchase.</summary>
/// <param name="State">Null where the cell is empty, and so below.</param>
/// <param name="Wanted">The purchase as it would be entered, without its buyer.</param>
internal sealed record ImportedPurchase(
    ImportLine Line, Product Product, EntitlementState? State, DateTimeOffset? StartsAt, DateTimeOffset? EndsAt, Entitlement Wanted);

/// <summary>A line by itself, before it is held against what is stored.</summary>
/// <param name="Problems">Empty where there is a purchase.</param>
internal sealed record ImportDraft(ImportLine Line, IReadOnlyList<ImportProblem> Problems, ImportedPurchase? Purchase);

/// <summary>A purchase that is entered.</summary>
/// <param name="FirstBilledSlot">The earliest hour that was billed for it, if any.</param>
internal sealed record EnteredPurchase(Entitlement Entitlement, Buyer Owner, DateTimeOffset? FirstBilledSlot);

/// <summary>What is stored that a file's lines can meet.</summary>
/// <param name="Buyers">By name.</param>
/// <param name="Entered">By identity.</param>
internal sealed record ImportFacts(
    IReadOnlyDictionary<string, Product> Products, ILookup<string, Buyer> Buyers, IReadOnlyDictionary<string, EnteredPurchase> Entered);

/// <summary>
/// Decides what an import does with each line of a file. The checks of each field are those of the dialogs; what is added here is what a
/// file can get wrong: lines that contradict each other, or that could mean two things. Nothing is guessed. Pure.
/// </summary>
internal static class ImportRules
{
    /// <summary>Said of a line that the preview showed otherwise.</summary>
    public const string Meanwhile = "The purchase or its buyer was changed since the preview. Nothing of this line was imported; look at the file again.";

    private static readonly string[] InstantFormats =
        ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd HH:mmK", "yyyy-MM-dd HH:mm:ssK"];

    /// <summary>Reads a line as far as it can be judged by itself.</summary>
    /// <param name="products">By name.</param>
    /// <param name="defaultStart">Of a new purchase that the line gives no start.</param>
    public static ImportDraft Draft(ImportLine line, IReadOnlyDictionary<string, Product> products, DateTimeOffset defaultStart, DateTimeOffset now)
    {
        if (line.Problem is not null)
        {
            return new ImportDraft(line, [new ImportProblem(null, line.Problem)], Purchase: null);
        }

        FieldProblems<BuyerField> problems = new();
        problems.Add(BuyerField.Name, BuyerChecks.Name(line[BuyerField.Name]));
        problems.Add(BuyerField.Email, BuyerChecks.Email(line[BuyerField.Email]));
        Product? product = line[BuyerField.Product] is { } productName ? products.GetValueOrDefault(productName) : null;
        problems.Add(BuyerField.Product, product is not null ? null
            : line[BuyerField.Product] is { } typed ? $"There is no product “{typed}”. Enter it on the page Products first, or correct its name: letters are compared one by one."
            : "Type the product's name, as the page Products shows it.");
        EntitlementState? state = State(line[BuyerField.State], problems);
        DateTimeOffset? startsAt = Instant(line, BuyerField.StartsAt, problems);
        DateTimeOffset? endsAt = Instant(line, BuyerField.EndsAt, problems);
        NewEntitlement input = Input(line, Guid.Empty, state, startsAt, endsAt);
        if (product is not null)
        {
            foreach ((BuyerField field, string? problem) in EntitlementChecks.Identity(input, product))
            {
                problems.Add(field, problem);
            }

            foreach (BuyerField field in line.Cells.Keys.Where(field => MarketplaceOf(field) is { } other && other != product.Marketplace))
            {
                problems.Add(field, $"{product.Name} is listed at {product.Marketplace.Label()}, which has no such thing. Empty the cell, or name another product.");
            }
        }

        return problems.Any
            ? new ImportDraft(line, Problems(problems.All), Purchase: null)
            : new ImportDraft(line, [], new ImportedPurchase(line, product!, state, startsAt, endsAt, EntitlementService.Make(input, product!, startsAt ?? defaultStart, now)));
    }

    /// <summary>Holds the lines of a file against each other and against what is stored.</summary>
    public static IReadOnlyList<PlannedLine> Plan(IReadOnlyList<ImportDraft> drafts, ImportFacts facts, DateTimeOffset now)
    {
        ILookup<string, int> linesOf = drafts.Where(draft => draft.Purchase is not null)
            .ToLookup(draft => draft.Purchase!.Wanted.Identity, draft => draft.Line.Number, StringComparer.Ordinal);
        Dictionary<string, ImportLine> emails = new(StringComparer.Ordinal);
        foreach (ImportLine line in drafts.Where(draft => draft.Purchase is not null && draft.Line[BuyerField.Email] is not null).Select(draft => draft.Line))
        {
            emails.TryAdd(line[BuyerField.Name]!, line);
        }

        return [.. drafts.Select(draft => draft.Purchase is null
            ? PlannedLine.Refuse(draft.Line, draft.Problems)
            : Judge(draft.Purchase, linesOf[draft.Purchase.Wanted.Identity], emails.GetValueOrDefault(draft.Line[BuyerField.Name]!), facts, now) with { Purchase = draft.Purchase })];
    }

    /// <summary>The purchase of a line, for this buyer.</summary>
    public static Entitlement Make(ImportedPurchase purchase, Guid buyerId, DateTimeOffset now) => EntitlementService.Make(
        Input(purchase.Line, buyerId, purchase.State, purchase.StartsAt, purchase.EndsAt), purchase.Product, purchase.Wanted.StartsAt, now);

    /// <summary>The line with what other lines of its file say about its new buyer: it then says the same without them.</summary>
    public static ImportLine Completed(PlannedLine planned) => planned.Step is ImportStep.NewBuyer { Email: { } email }
        ? planned.Line with { Cells = new Dictionary<BuyerField, string>(planned.Line.Cells) { [BuyerField.Email] = email } }
        : planned.Line;

    /// <summary>Whether an import may do this, now, where the preview has shown that. A new buyer may be there by now: an earlier line has created it.</summary>
    public static bool IsAsShown(ImportStep shown, ImportStep now) =>
        now is ImportStep.Refused or ImportStep.Unchanged || shown == now || (shown is ImportStep.NewBuyer && now is ImportStep.NewPurchase);

    /// <summary>Why a change was not made.</summary>
    public static IReadOnlyList<ImportProblem> Problems(BuyerOutcome outcome) => outcome switch
    {
        BuyerOutcome.Refused refused => Problems(refused.Problems),
        BuyerOutcome.ChangedMeanwhile => [new ImportProblem(null, Meanwhile)],
        BuyerOutcome.AsksAboutMoney asks =>
        [
            new ImportProblem(BuyerField.EndsAt,
                $"{string.Join(", ", asks.Lines.Select(line => $"{MoneyText.Format(line.AmountMinor, line.Currency)} of {line.MetricCode}"))} on this purchase "
                + "would not be reported in time, because auto report is off. End it on its buyer's page: its open money needs a decision."),
        ],
        _ => throw new System.Diagnostics.UnreachableException($"Not a refusal: {outcome}."),
    };

    private static PlannedLine Judge(ImportedPurchase purchase, IEnumerable<int> lines, ImportLine? withEmail, ImportFacts facts, DateTimeOffset now)
    {
        ImportLine line = purchase.Line;
        EnteredPurchase? entered = facts.Entered.GetValueOrDefault(purchase.Wanted.Identity);
        if (lines.FirstOrDefault(other => other != line.Number) is not 0 and var twin)
        {
            return PlannedLine.Refuse(line, [new ImportProblem(EntitlementService.IdentityField(purchase.Wanted), $"Line {twin} is the same purchase. Keep one of the two.")]);
        }

        Buyer? buyer = FindBuyer(line, [.. facts.Buyers[line[BuyerField.Name]!]], entered?.Owner.Id, out ImportProblem? problem);
        if (problem is not null)
        {
            return PlannedLine.Refuse(line, [problem]);
        }

        if (entered is null)
        {
            return JudgeNew(purchase, buyer, withEmail, now);
        }

        return entered.Owner.Id == buyer?.Id
            ? JudgeEntered(purchase, entered, facts, now)
            : PlannedLine.Refuse(line, Problems(EntitlementService.Taken(entered.Owner, purchase.Wanted, buyer?.Id).Problems));
    }

    /// <summary>The one buyer that the line can mean; null with no problem for a new one.</summary>
    /// <param name="called">Buyers of the line's name.</param>
    /// <param name="ownerId">Whose the purchase is already, if it is entered.</param>
    private static Buyer? FindBuyer(ImportLine line, List<Buyer> called, Guid? ownerId, out ImportProblem? problem)
    {
        string? email = line[BuyerField.Email];
        List<Buyer> meant = email is null ? called : called.FindAll(buyer => string.Equals(buyer.Email, email, StringComparison.OrdinalIgnoreCase));
        Buyer? found = meant.Find(buyer => buyer.Id == ownerId) ?? (meant is [var only] ? only : null);
        problem = (found, called, meant) switch
        {
            ({ }, _, _) or (_, [], _) => null,
            (_, _, []) => new ImportProblem(BuyerField.Email, called is [{ Email: var stored }]
                ? $"The buyer of this name has {stored ?? "no e-mail address"} in the console. If it is the same one, empty the cell or edit the buyer; if it is another one, enter it by hand first."
                : $"None of the {called.Count} buyers of this name has this e-mail address. Correct it, or enter the buyer by hand first."),
            _ when email is null => new ImportProblem(BuyerField.Name, $"{called.Count} buyers have this name. Add the e-mail address of the one that is meant."),
            _ => new ImportProblem(BuyerField.Email, $"{meant.Count} buyers have this name and e-mail address. Enter the purchase on its buyer's page."),
        };
        return found;
    }

    private static PlannedLine JudgeNew(ImportedPurchase purchase, Buyer? buyer, ImportLine? withEmail, DateTimeOffset now)
    {
        (ImportLine line, Entitlement wanted) = (purchase.Line, purchase.Wanted);
        string? email = withEmail?[BuyerField.Email];
        if (buyer is null && line[BuyerField.Email] is { } own && !string.Equals(own, email, StringComparison.OrdinalIgnoreCase))
        {
            return PlannedLine.Refuse(line, [new ImportProblem(
                BuyerField.Email, $"Line {withEmail!.Number} gives this new buyer the e-mail address {email}. Use one of the two, or enter two buyers of one name by hand first.")]);
        }

        IReadOnlyDictionary<BuyerField, string> problems = EntitlementChecks.Life(wanted.State, wanted.StartsAt, wanted.EndsAt, now, firstBilledSlot: null);
        string purchaseText = EntitlementService.Describe(wanted);
        return problems.Count > 0 ? PlannedLine.Refuse(line, Problems(problems))
            : buyer is not null ? new PlannedLine(line, new ImportStep.NewPurchase(buyer.Id, buyer.Name), $"Enters the purchase: {purchaseText}.")
            : new PlannedLine(line, new ImportStep.NewBuyer(line[BuyerField.Name]!, email), $"Creates the buyer{(email is null ? "" : $" ({email})")} and enters its purchase: {purchaseText}.");
    }

    private static PlannedLine JudgeEntered(ImportedPurchase purchase, EnteredPurchase entered, ImportFacts facts, DateTimeOffset now)
    {
        Entitlement stored = entered.Entitlement;
        if (stored.ProductId != purchase.Product.Id)
        {
            string product = facts.Products.Values.Single(other => other.Id == stored.ProductId).Name;
            return PlannedLine.Refuse(purchase.Line, [new ImportProblem(BuyerField.Product, $"This purchase is entered as one of {product}, and keeps its product. Name that one.")]);
        }

        EntitlementState state = purchase.State ?? stored.State;
        DateTimeOffset startsAt = purchase.StartsAt ?? stored.StartsAt;
        DateTimeOffset? endsAt = purchase.EndsAt ?? stored.EndsAt;
        string? typedPlan = purchase.Line[BuyerField.AzurePlanId];
        string? plan = typedPlan is null ? stored.AzurePlanId : purchase.Wanted.AzurePlanId;
        if ((state, startsAt, endsAt, plan) == (stored.State, stored.StartsAt, stored.EndsAt, stored.AzurePlanId))
        {
            return new PlannedLine(purchase.Line, new ImportStep.Unchanged(), "Stored as the line says.");
        }

        IReadOnlyDictionary<BuyerField, string> problems = EntitlementChecks.Life(state, startsAt, endsAt, now, entered.FirstBilledSlot);
        return problems.Count > 0
            ? PlannedLine.Refuse(purchase.Line, Problems(problems))
            : new PlannedLine(
                purchase.Line,
                new ImportStep.Change(stored.Id, stored.Version, stored.BuyerId, state, startsAt, endsAt, typedPlan, EndChanges: endsAt != stored.EndsAt),
                $"{EntitlementService.Describe(stored)} becomes {EntitlementService.Describe(state, startsAt, endsAt, plan)}.");
    }

    private static NewEntitlement Input(ImportLine line, Guid buyerId, EntitlementState? state, DateTimeOffset? startsAt, DateTimeOffset? endsAt) => new()
    {
        BuyerId = buyerId,
        AwsAccountId = line[BuyerField.AwsAccountId],
        AwsLicenseArn = line[BuyerField.AwsLicenseArn],
        AzureResourceId = line[BuyerField.AzureResourceId],
        AzurePlanId = line[BuyerField.AzurePlanId],
        GcpUsageReportingId = line[BuyerField.GcpUsageReportingId],
        State = state ?? EntitlementState.Active,
        StartsAt = startsAt,
        EndsAt = endsAt,
    };

    private static EntitlementState? State(string? cell, FieldProblems<BuyerField> problems)
    {
        EntitlementState[] meant = [.. Enum.GetValues<EntitlementState>().Where(state => string.Equals(state.Label(), cell, StringComparison.OrdinalIgnoreCase))];
        problems.Add(BuyerField.State, cell is null || meant.Length > 0
            ? null
            : $"“{cell}” is not a state. Type one of {string.Join(", ", Enum.GetValues<EntitlementState>().Select(state => state.Label()))}.");
        return meant is [var state] ? state : null;
    }

    private static DateTimeOffset? Instant(ImportLine line, BuyerField field, FieldProblems<BuyerField> problems)
    {
        if (line[field] is not { } cell)
        {
            return null;
        }

        if (DateTimeOffset.TryParseExact(
            cell, InstantFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset instant))
        {
            return instant;
        }

        problems.Add(field, $"“{cell}” is not a moment in the form 2026-08-01 or 2026-08-01T09:30Z. Type it so, in UTC.");
        return null;
    }

    private static Marketplace? MarketplaceOf(BuyerField field) => field switch
    {
        BuyerField.AwsAccountId or BuyerField.AwsLicenseArn => Marketplace.Aws,
        BuyerField.AzureResourceId or BuyerField.AzurePlanId => Marketplace.Azure,
        BuyerField.GcpUsageReportingId => Marketplace.Gcp,
        _ => null,
    };

    private static List<ImportProblem> Problems(IReadOnlyDictionary<BuyerField, string> problems) =>
        [.. problems.OrderBy(problem => problem.Key).Select(problem => new ImportProblem(problem.Key, problem.Value))];
}
