namespace LagoConsole.Core.Fulfilment;

/// <summary>What came of asking a marketplace about a purchase.</summary>
public abstract record PurchaseAnswer
{
    private PurchaseAnswer()
    {
    }

    public sealed record Read(PurchaseReading Purchase) : PurchaseAnswer;

    /// <summary>The marketplace knows no such purchase, or none that usage is reported for.</summary>
    public sealed record NotFound(string Sentence) : PurchaseAnswer;

    /// <summary>The same question would be refused again: a person mends what the sentence names.</summary>
    public sealed record Refused(string Sentence) : PurchaseAnswer;

    /// <summary>No answer, or none that is understood: it is asked again.</summary>
    public sealed record Failed(string Sentence) : PurchaseAnswer;
}
