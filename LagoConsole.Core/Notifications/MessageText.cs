using System.Diagnostics;

namespace LagoConsole.Core.Notifications;

/// <summary>The words of a message. Pure.</summary>
public static class MessageText
{
    public static string Label(this MessageEvent message) => message switch
    {
        MessageEvent.Opened => "Opened",
        MessageEvent.Worse => "Worse",
        MessageEvent.Over => "Over",
        MessageEvent.Test => "Test",
        _ => throw new UnreachableException(),
    };

    public static string Title(MessageEvent message, CauseKinds kind) => message switch
    {
        MessageEvent.Opened => kind.Label(),
        MessageEvent.Worse => $"Worse now: {kind.Label()}",
        MessageEvent.Over => $"Over: {kind.Label()}",
        _ => throw new UnreachableException(),
    };

    public static string Body(MessageEvent message, string text) => message switch
    {
        MessageEvent.Opened or MessageEvent.Worse => text,
        MessageEvent.Over => $"This is over, and nothing more is to be done about it. It was: {text}",
        _ => throw new UnreachableException(),
    };
}
