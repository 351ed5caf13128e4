using Microsoft.Extensions.Logging;

namespace LagoConsole.Core.Persistence;

/// <summary>
/// Works through the items of a run. One item's failure is collected and the others have their turn; the run then ends as
/// failed and says which. What fails here is a defect or the database, not a network: those are answers, not exceptions.
/// </summary>
public sealed class ItemRun(ILogger logger)
{
    private readonly List<string> _failures = [];

    /// <summary>One sentence for each item that failed, beginning with the item.</summary>
    public IReadOnlyList<string> Failures => _failures;

    /// <returns>Sum of what the items that did not fail returned.</returns>
    public async Task<int> EachAsync<T>(IEnumerable<T> items, Func<T, string> name, Func<T, Task<int>> work, CancellationToken cancellationToken)
    {
        int sum = 0;
        foreach (T item in items)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                sum += await work(item);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                logger.LogError(exception, "{Item} failed; the other items go on.", name(item));
                _failures.Add($"{name(item)}: {exception.Message} Nothing of it was stored; the next run tries again.");
            }
        }

        return sum;
    }
}
