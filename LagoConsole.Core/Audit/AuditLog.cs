using LagoConsole.Core.Persistence;
using LagoConsole.Core.Security;

namespace LagoConsole.Core.Audit;

/// <summary>Adds an entry to the change that is about to be saved: both are committed, or neither.</summary>
public static class AuditLog
{
    public static void Audit(
        this LagoConsoleDbContext db, DateTimeOffset at, Actor actor, string action, string subjectType, object subjectId,
        string? before = null, string? after = null, string? note = null) =>
        db.AuditEntries.Add(new AuditEntry
        {
            At = at,
            Actor = actor.Name,
            Address = actor.Address,
            Action = action,
            SubjectType = subjectType,
            SubjectId = Convert.ToString(subjectId, System.Globalization.CultureInfo.InvariantCulture) ?? "",
            Before = Cut(before, 4000),
            After = Cut(after, 4000),
            Note = Cut(note, 2000),
        });

    private static string? Cut(string? text, int length) => text is null || text.Length <= length ? text : text[..length];
}
