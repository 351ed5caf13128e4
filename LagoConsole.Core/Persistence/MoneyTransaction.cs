using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace LagoConsole.Core.Persistence;

/// <summary>
/// Runs one step of money as one transaction on a fresh context. A conflict (another node changed a row first, or
/// inserted the same key first) rolls everything back and the step is thought through again from what is stored now:
/// every step can be repeated, because it decides from rows and writes by condition.
/// </summary>
public static class MoneyTransaction
{
    private const int Tries = 5;

    /// <param name="step">Reads, decides, adds to the context. It is saved and committed here.</param>
    /// <param name="name">What is about to be committed, for <see cref="MoneySteps"/>; null where no money moves.</param>
    /// <exception cref="DbUpdateException">The conflict did not go away, or it is not one. Nothing was written.</exception>
    public static async Task<T> RunAsync<T>(
        IDbContextFactory<LagoConsoleDbContext> contexts, Func<LagoConsoleDbContext, Task<T>> step,
        CancellationToken cancellationToken, string? name = null)
    {
        for (int attempt = 1; ; attempt++)
        {
            await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
            try
            {
                await using IDbContextTransaction transaction = await db.BeginMoneyTransactionAsync(cancellationToken);
                T result = await step(db);
                await db.SaveChangesAsync(cancellationToken);
                MoneySteps.Before(name);
                await transaction.CommitAsync(cancellationToken);
                MoneySteps.After(name);
                return result;
            }
            catch (DbUpdateException) when (attempt < Tries)
            {
                // Includes DbUpdateConcurrencyException. What is not a conflict fails again and is then thrown.
            }
        }
    }
}
