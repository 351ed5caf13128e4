namespace LagoConsole.Core.Integrations;

/// <summary>What <i>Connect</i> came to.</summary>
public abstract record ConnectOutcome
{
    private ConnectOutcome()
    {
    }

    /// <summary>Stored, with auto report off. Not verified yet.</summary>
    public sealed record Connected(Guid Id, string Name) : ConnectOutcome;

    /// <summary>Nothing was stored.</summary>
    /// <param name="Sentence">What is wrong and what to do; never repeats a key.</param>
    public sealed record Refused(IntegrationField Field, string Sentence) : ConnectOutcome;
}

/// <summary>What <i>VERIFY</i> came to; the same is stored on the integration.</summary>
public abstract record VerifyOutcome
{
    private VerifyOutcome()
    {
    }

    public sealed record Verified(string Sentence) : VerifyOutcome;

    public sealed record Failed(string Sentence) : VerifyOutcome;

    /// <summary>The key was replaced, or the integration deleted, while Lago was asked: the answer is about neither.</summary>
    public sealed record Overtaken(string Sentence) : VerifyOutcome;
}

/// <summary>What <i>Edit</i> came to.</summary>
public abstract record EditOutcome
{
    private EditOutcome()
    {
    }

    /// <param name="Settings">Stamp of what is stored now, for whatever the same dialog does next.</param>
    /// <param name="Sentence">What the change means for the money; null when nothing was different.</param>
    public sealed record Saved(string Settings, string? Sentence) : EditOutcome;

    public sealed record Refused(IntegrationField Field, string Sentence) : EditOutcome;

    /// <summary>Somebody else changed or deleted it first. Nothing was saved.</summary>
    public sealed record ChangedMeanwhile(string Sentence) : EditOutcome;
}

/// <summary>What <i>Delete</i> came to.</summary>
public abstract record DeleteOutcome
{
    private DeleteOutcome()
    {
    }

    public sealed record Deleted(string Sentence) : DeleteOutcome;

    /// <summary>The name was not typed as shown. Nothing was deleted.</summary>
    public sealed record NameDiffers(string Sentence) : DeleteOutcome;

    /// <summary>Money or name changed since the preview: the person decides again on <paramref name="Preview"/>.</summary>
    public sealed record ChangedMeanwhile(string Sentence, DeletePreview Preview) : DeleteOutcome;

    /// <summary>Somebody else deleted it first.</summary>
    public sealed record Gone(string Sentence) : DeleteOutcome;
}
