using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Persistence;

/// <summary>Which version made the tables.</summary>
internal static class MigrationCheck
{
    /// <returns>True where migrations of this version are missing.</returns>
    /// <exception cref="InvalidOperationException">A newer version made them: this one would not fill what it does not know.</exception>
    public static async Task<bool> IsOlderAsync(LagoConsoleDbContext db, CancellationToken cancellationToken)
    {
        List<string> known = [.. db.Database.GetMigrations()];
        List<string> applied = [.. await db.Database.GetAppliedMigrationsAsync(cancellationToken)];
        return applied.Except(known, StringComparer.Ordinal).FirstOrDefault() is { } unknown
            ? throw new InvalidOperationException(
                $"The database was made by a newer version of LagoConsole: it has the migration {unknown}. Start that version. Nothing was changed.")
            : applied.Count < known.Count;
    }
}
