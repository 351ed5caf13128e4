namespace LagoConsole.Core.Notifications;

/// <summary>Something that is the case now and that a person should hear of.</summary>
/// <param name="Key">The same for as long as it is the same cause: what is told once is not told again.</param>
/// <param name="Kind">One of them.</param>
/// <param name="Text">What happened, what it means for the money, what to do.</param>
/// <param name="Link">The console's page where it is mended, from its root.</param>
/// <param name="Grade">Higher is worse: a rise is told once more. 1 where there is only one.</param>
public sealed record Cause(string Key, CauseKinds Kind, string Text, string Link, int Grade = 1);
