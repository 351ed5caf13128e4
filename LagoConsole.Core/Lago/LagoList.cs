namespace LagoConsole.Core.Lago;

/// <summary>Reads a list of many pages.</summary>
internal static class LagoList
{
    /// <summary>No organization has this many pages; a server that never ends a list must not hold a run for ever.</summary>
    private const int MostPages = 20_000;

    /// <summary>Pages of a list; the integration's own limit lets through fewer.</summary>
    private const int MostAtOnce = 64;

    /// <summary>
    /// All pages, or the first failure: half a list would look like customers that left. Where the first page says how many there
    /// are, the others are read together; what comes to another number is read again, one page after another.
    /// </summary>
    /// <param name="getPage">Takes a page's number, from 1.</param>
    /// <param name="key">What a row is known by.</param>
    /// <param name="isAskedFor">Servers send more than was asked for (T22).</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<LagoAnswer<IReadOnlyList<T>>> ReadAsync<TRoot, T, TKey>(
        Func<int, CancellationToken, Task<LagoAnswer<TRoot>>> getPage, Func<T, TKey> key, Func<T, bool> isAskedFor, CancellationToken cancellationToken)
        where TRoot : class, ILagoPage<T>
        where TKey : notnull
    {
        LagoAnswer<TRoot> answer = await getPage(1, cancellationToken);
        if (answer is LagoAnswer<TRoot>.Failed noList)
        {
            return new LagoAnswer<IReadOnlyList<T>>.Failed(noList.Failure);
        }

        TRoot root = ((LagoAnswer<TRoot>.Ok)answer).Value;
        if (root.Meta is { NextPage: 2, TotalPages: > 2 and <= MostPages, TotalCount: not null })
        {
            switch (await TogetherAsync(root, getPage, key, cancellationToken))
            {
                case LagoAnswer<IReadOnlyList<T>?>.Failed noPage:
                    return new LagoAnswer<IReadOnlyList<T>>.Failed(noPage.Failure);
                case LagoAnswer<IReadOnlyList<T>?>.Ok { Value: { } whole }:
                    return new LagoAnswer<IReadOnlyList<T>>.Ok([.. whole.Where(isAskedFor)]);
            }
        }

        // Rows move to later pages while new ones come in, so one may be seen twice; the later sight is the newer.
        OrderedDictionary<TKey, T> rows = [];
        for (int page = 1, pages = 1; ; pages++)
        {
            foreach (T row in root.Rows.Where(isAskedFor))
            {
                rows[key(row)] = row;
            }

            if (root.Meta.NextPage is not { } next)
            {
                return new LagoAnswer<IReadOnlyList<T>>.Ok([.. rows.Values]);
            }

            if (next <= page || pages > MostPages)
            {
                return new LagoAnswer<IReadOnlyList<T>>.Failed(new LagoFailure.NotLago("a list that does not end"));
            }

            answer = await getPage(page = next, cancellationToken);
            if (answer is LagoAnswer<TRoot>.Failed failed)
            {
                return new LagoAnswer<IReadOnlyList<T>>.Failed(failed.Failure);
            }

            root = ((LagoAnswer<TRoot>.Ok)answer).Value;
        }
    }

    /// <summary>
    /// The pages after the first, as many at once as the rate limit lets through. Null where they are not one list: rows came or
    /// went between two of them, and one may have moved past both.
    /// </summary>
    private static async Task<LagoAnswer<IReadOnlyList<T>?>> TogetherAsync<TRoot, T, TKey>(
        TRoot first, Func<int, CancellationToken, Task<LagoAnswer<TRoot>>> getPage, Func<T, TKey> key, CancellationToken cancellationToken)
        where TRoot : class, ILagoPage<T>
        where TKey : notnull
    {
        int count = first.Meta.TotalCount!.Value;
        TRoot?[] pages = new TRoot?[first.Meta.TotalPages!.Value];
        pages[0] = first;
        LagoFailure? failure = null;
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await Parallel.ForEachAsync(
                Enumerable.Range(2, pages.Length - 1), new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = stop.Token },
                async (page, token) =>
                {
                    switch (await getPage(page, token))
                    {
                        case LagoAnswer<TRoot>.Ok ok:
                            pages[page - 1] = ok.Value;
                            break;
                        case LagoAnswer<TRoot>.Failed failed:
                            Interlocked.CompareExchange(ref failure, failed.Failure, comparand: null);
                            await stop.CancelAsync();
                            break;
                    }
                });
        }
        catch (OperationCanceledException) when (failure is not null && !cancellationToken.IsCancellationRequested)
        {
            // The others are not asked any more: without one page there is no list.
        }

        if (failure is not null)
        {
            return new LagoAnswer<IReadOnlyList<T>?>.Failed(failure);
        }

        List<T> rows = [.. pages.SelectMany(page => page!.Rows)];
        bool isOne = rows.Count == count && rows.DistinctBy(key).Count() == count
            && pages.All(page => page!.Meta.TotalCount == count) && pages[^1]!.Meta.NextPage is null;
        return new LagoAnswer<IReadOnlyList<T>?>.Ok(isOne ? rows : null);
    }
}
