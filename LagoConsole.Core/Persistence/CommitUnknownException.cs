namespace LagoConsole.Core.Persistence;

/// <summary>
/// A commit was sent and not answered: what was to be stored is stored, or not. Repeating it could store it twice, so nobody
/// does. Jobs decide from what they find next time, as after a crash; a person is told to look.
/// </summary>
public sealed class CommitUnknownException(Exception cause) : Exception(
    "The database did not say whether it has stored this. Look at what is there before you do it again; the jobs do so by themselves.", cause);
