namespace LagoConsole.Core.Lago;

/// <summary>What a call to Lago came to: the value, or one of the closed set of failures.</summary>
public abstract record LagoAnswer<T>
{
    private LagoAnswer()
    {
    }

    public sealed record Ok(T Value) : LagoAnswer<T>;

    public sealed record Failed(LagoFailure Failure) : LagoAnswer<T>;
}
