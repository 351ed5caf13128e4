namespace LagoConsole.Core.Buyers.Import;

/// <summary>A sentence about a line.</summary>
/// <param name="Field">Null where it is about the whole line.</param>
public sealed record ImportProblem(BuyerField? Field, string Sentence);

/// <summary>What an import does with a line.</summary>
public abstract record ImportStep
{
    private ImportStep()
    {
    }

    /// <summary>A buyer and its purchase; several lines may be of one new buyer.</summary>
    /// <param name="Email">The one that the file gives this buyer, in whichever line.</param>
    public sealed record NewBuyer(string Name, string? Email) : ImportStep;

    public sealed record NewPurchase(Guid BuyerId, string BuyerName) : ImportStep;

    /// <summary>The life, or the plan, of a purchase that is entered.</summary>
    /// <param name="Version"><see cref="Entitlement.Version"/> of what it was held against.</param>
    /// <param name="AzurePlanId">As <see cref="EditEntitlement.AzurePlanId"/>.</param>
    /// <param name="EndChanges">Its money is looked at first (R18).</param>
    public sealed record Change(
        Guid EntitlementId, int Version, Guid BuyerId, EntitlementState State, DateTimeOffset StartsAt, DateTimeOffset? EndsAt, string? AzurePlanId,
        bool EndChanges) : ImportStep;

    /// <summary>It is stored as the line says.</summary>
    public sealed record Unchanged : ImportStep;

    /// <summary>Nothing of it is stored.</summary>
    public sealed record Refused(IReadOnlyList<ImportProblem> Problems) : ImportStep;
}

/// <summary>A line, and what an import does with it.</summary>
/// <param name="Sentence">For people; the problems of a refused line are its own sentences.</param>
public sealed record PlannedLine(ImportLine Line, ImportStep Step, string Sentence)
{
    /// <summary>What the line says of a purchase; null where it is refused by itself.</summary>
    internal ImportedPurchase? Purchase { get; init; }

    internal bool IsNew => Step is ImportStep.NewBuyer or ImportStep.NewPurchase;

    internal static PlannedLine Refuse(ImportLine line, IReadOnlyList<ImportProblem> problems) => new(line, new ImportStep.Refused(problems), "");
}

/// <summary>What an import of a file would do, line by line. Nothing is stored.</summary>
/// <param name="Source">The file's name.</param>
/// <param name="DefaultStart">Of new purchases that the file gives no start.</param>
public sealed record ImportPreview(string Source, DateTimeOffset DefaultStart, IReadOnlyList<PlannedLine> Lines)
{
    public int NewBuyers { get; } = Lines.Select(line => (line.Step as ImportStep.NewBuyer)?.Name).OfType<string>().Distinct(StringComparer.Ordinal).Count();

    public int NewPurchases { get; } = Lines.Count(line => line.IsNew);

    public int Changed { get; } = Lines.Count(line => line.Step is ImportStep.Change);

    public int Unchanged { get; } = Lines.Count(line => line.Step is ImportStep.Unchanged);

    public int Errors { get; } = Lines.Count(line => line.Step is ImportStep.Refused);
}

/// <summary>What became of looking at a file.</summary>
public abstract record ImportPreviewOutcome
{
    private ImportPreviewOutcome()
    {
    }

    public sealed record Ready(ImportPreview Preview) : ImportPreviewOutcome;

    /// <summary>None of its lines can be told.</summary>
    public sealed record Unreadable(string Sentence) : ImportPreviewOutcome;
}

/// <summary>What an import came to.</summary>
/// <param name="LeftOut">Lines whose errors were in the preview.</param>
/// <param name="Failures">Lines that the preview allowed, and that could not be imported any more.</param>
public sealed record ImportResult(int NewBuyers, int NewPurchases, int Changed, int Unchanged, int LeftOut, IReadOnlyList<PlannedLine> Failures);
