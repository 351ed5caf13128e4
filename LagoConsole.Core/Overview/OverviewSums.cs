namespace LagoConsole.Core.Overview;

/// <summary>Adds up the board of the overview from ranges. Pure.</summary>
public static class OverviewSums
{
    /// <param name="flows">By range; a range that is missing had none.</param>
    /// <param name="periods">Since when the present Lago period of an integration runs; none where no period is open.</param>
    public static IReadOnlyList<BoardLine> Lines(
        IReadOnlyDictionary<TimeRange, IReadOnlyList<MoneyFlow>> flows, IReadOnlyList<WaitingPart> waiting, IReadOnlyList<StuckRecord> stuck,
        IReadOnlyDictionary<Guid, LagoPeriod> periods, DateTimeOffset now)
    {
        HashSet<MoneyPlace> places =
        [
            .. flows.Values.SelectMany(range => range).Select(flow => flow.Place),
            .. waiting.Select(part => new MoneyPlace(part.IntegrationId, Marketplace: null, part.Currency)),
            .. stuck.Select(record => record.Place),
        ];
        return
        [
            .. places
                .Select(place => new BoardLine(
                    place,
                    Window(place, OverviewRanges.Today(now), isOpenPeriod: false),
                    periods.TryGetValue(place.IntegrationId, out LagoPeriod? period) ? Window(place, period.Start, isOpenPeriod: true) : null,
                    Window(place, OverviewRanges.Month(now), isOpenPeriod: false)))
                .Where(line => !line.IsEmpty)
                .OrderBy(line => line.Place.Marketplace is null).ThenBy(line => line.Place.Marketplace).ThenBy(line => line.Place.Currency, StringComparer.Ordinal),
        ];

        BoardWindow Window(MoneyPlace place, DateTimeOffset start, bool isOpenPeriod)
        {
            List<MoneyFlow> moved =
            [
                .. OverviewRanges.Since(start, now).SelectMany(range => flows.GetValueOrDefault(range) ?? []).Where(flow => flow.Place == place),
            ];
            return new BoardWindow(
                moved.Sum(flow => flow.CountedMinor + (isOpenPeriod ? 0 : flow.ClosedMinor)),
                moved.Sum(flow => flow.BilledMinor),
                place.Marketplace is not null
                    ? 0 // what waits is on no meter
                    : waiting.Where(part => part.IntegrationId == place.IntegrationId && part.Currency == place.Currency
                        && part.SeenAt >= start && !(isOpenPeriod && part.IsOfClosing)).Sum(part => part.OpenMinor),
                stuck.Where(record => record.Place == place && record.CreatedAt >= start).Sum(record => record.AmountMinor));
        }
    }

    /// <summary>What was billed in each hour or day, all integrations and marketplaces together, in one currency.</summary>
    public static IReadOnlyList<BilledPoint> Billed(
        IReadOnlyDictionary<TimeRange, IReadOnlyList<MoneyFlow>> flows, IReadOnlyList<TimeRange> points, string currency, DateTimeOffset now) =>
    [
        .. points.Select(point => new BilledPoint(
            point,
            (flows.ContainsKey(point) ? [point] : OverviewRanges.Since(point.From, now).Where(range => range.Until <= point.Until)) // today is its hours
                .SelectMany(range => flows.GetValueOrDefault(range) ?? [])
                .Where(flow => flow.Place.Currency == currency).Sum(flow => flow.BilledMinor))),
    ];
}
