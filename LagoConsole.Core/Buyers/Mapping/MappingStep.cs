using LagoConsole.Core.Buyers.Import;

namespace LagoConsole.Core.Buyers.Mapping;

/// <summary>A Lago customer that shall be put on a buyer.</summary>
/// <param name="Number">Tells it apart in its list: the line of a file, or the place among accepted suggestions.</param>
public sealed record LinkWish(int Number, Guid BuyerId, string BuyerName, Guid IntegrationId, string IntegrationName, string LagoCustomerId);

/// <summary>What saving does with a line.</summary>
public abstract record MappingStep
{
    private MappingStep()
    {
    }

    /// <summary>It may be linked as far as is stored here; Lago has not been asked about it.</summary>
    public sealed record Wanted(LinkWish Wish) : MappingStep;

    /// <summary>Lago has the customer, with these present amounts.</summary>
    public sealed record Link(LinkPreview Preview) : MappingStep;

    /// <summary>The buyer has this Lago Customer ID already.</summary>
    public sealed record Unchanged : MappingStep;

    /// <summary>Nothing of it is stored.</summary>
    public sealed record Refused(IReadOnlyList<ImportProblem> Problems) : MappingStep
    {
        public Refused(BuyerField? field, string sentence)
            : this([new ImportProblem(field, sentence)])
        {
        }
    }
}

/// <summary>A line, and what saving does with it.</summary>
/// <param name="BuyerName">As the line names it; null where it does not.</param>
/// <param name="LagoCustomerId">As the line names it; null where it does not.</param>
public sealed record MappedLine(int Number, string? BuyerName, string? LagoCustomerId, MappingStep Step);

/// <summary>From where the usage of many customers is billed (R7).</summary>
public enum MappingStart
{
    /// <summary>For each what its own page would suggest: from zero where the purchase is older than the period, else from now.</summary>
    Suggested = 1,

    FromZero = 2,

    FromNow = 3,
}

/// <summary>What saving the lines of a file, or accepted suggestions, would do. Nothing is stored.</summary>
/// <param name="File">The file's name; null for accepted suggestions.</param>
public sealed record MappingPreview(string? File, IReadOnlyList<MappedLine> Lines)
{
    public IReadOnlyList<LinkPreview> Links { get; } = [.. Lines.Select(line => line.Step).OfType<MappingStep.Link>().Select(step => step.Preview)];

    /// <summary>Lago has not been asked about these: they are too many for one look. Once the others are saved, a new preview reaches them.</summary>
    public int Later { get; } = Lines.Count(line => line.Step is MappingStep.Wanted);

    public int Unchanged { get; } = Lines.Count(line => line.Step is MappingStep.Unchanged);

    public int Errors { get; } = Lines.Count(line => line.Step is MappingStep.Refused);

    /// <summary>For the audit log.</summary>
    internal string OriginOf(MappedLine line) => File is null ? "an accepted suggestion" : $"{File}, line {line.Number}";

    /// <summary>The same without these lines.</summary>
    public MappingPreview Without(IReadOnlySet<int> numbers) => new(File, [.. Lines.Where(line => !numbers.Contains(line.Number))]);
}

/// <summary>What became of looking at lines.</summary>
public abstract record MappingPreviewOutcome
{
    private MappingPreviewOutcome()
    {
    }

    public sealed record Ready(MappingPreview Preview) : MappingPreviewOutcome;

    /// <summary>None of the lines could be looked at: the file cannot be read, or Lago does not answer.</summary>
    public sealed record Impossible(string Sentence) : MappingPreviewOutcome;
}

/// <summary>What saving came to.</summary>
/// <param name="Failures">Lines that the preview allowed, and that could not be saved any more.</param>
public sealed record MappingResult(int Saved, IReadOnlyList<MappedLine> Failures);
