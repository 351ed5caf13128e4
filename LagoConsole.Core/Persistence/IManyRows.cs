namespace LagoConsole.Core.Persistence;

/// <summary>Rows that were taken out of a save, to be written within the same transaction.</summary>
internal interface IManyRows
{
    /// <returns>How many were written.</returns>
    /// <exception cref="Microsoft.EntityFrameworkCore.DbUpdateException">A row met a conflict, or could not be written.</exception>
    Task<int> WriteAsync(CancellationToken cancellationToken);
}
