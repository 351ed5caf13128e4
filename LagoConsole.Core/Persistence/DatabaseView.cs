using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Persistence;

/// <summary>
/// Reads the whole database as it is at one instant, however long that takes. It changes nothing, and no writer waits for it.
/// A fault of the network that passes begins the reading anew, at a later instant.
/// </summary>
public static class DatabaseView
{
    /// <param name="read">Reads through the context that it is given, and through nothing else.</param>
    public static async Task<T> ReadAsync<T>(
        IDbContextFactory<LagoConsoleDbContext> contexts, Func<LagoConsoleDbContext, Task<T>> read, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext provider = await contexts.CreateDbContextAsync(cancellationToken);
        return await provider.Database.CreateExecutionStrategy().ExecuteAsync(
            async token =>
            {
                await using LagoConsoleDbContext view = await contexts.CreateDbContextAsync(token);
                await view.BeginViewAsync(token);
                return await read(view);
            },
            cancellationToken);
    }
}
