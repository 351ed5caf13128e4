namespace LagoConsole.Core.Notifications;

/// <summary>How long a receiver may take.</summary>
/// <param name="Attempt">For one message, from the connection to the answer.</param>
/// <param name="Turn">After that, a channel's other messages wait for the next run: a slow one holds up no run.</param>
public sealed record SendLimits(TimeSpan Attempt, TimeSpan Turn)
{
    public static SendLimits Usual { get; } = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20));
}
