namespace LagoConsole.Core.Notifications;

/// <summary>A message as a receiver gets it.</summary>
/// <param name="Id">The same at each attempt.</param>
/// <param name="Link">In full.</param>
public sealed record Message(Guid Id, MessageEvent Event, string Title, string Text, string Link, DateTimeOffset CreatedAt);
