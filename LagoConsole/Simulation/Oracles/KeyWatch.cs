using System.Globalization;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Polling;

namespace LagoConsole.Simulation.Oracles;

/// <summary>
/// Follows one key through a world: after each commit that changed it, what the engines' books and the oracle hold of it
/// goes into the story. Where the two part is where an unsound world went wrong.
/// </summary>
/// <param name="name">Metric code and the first characters of the subscription's Lago id, as complaints name them: <c>seats:8e54bc8c</c>.</param>
internal sealed class KeyWatch(string name, Engines.WorldDatabase database, Oracle oracle, Story story)
{
    private readonly string _code = name.Split(':')[0];
    private readonly string _lagoId = name.Split(':')[^1];
    private readonly Dictionary<KeyName, string> _last = [];

    public void Look(string flow)
    {
        EngineBooks books = EngineBooks.Read(database);
        foreach (KeyBook key in oracle.Keys.Where(key => key.Code == _code && key.Period.LagoId.StartsWith(_lagoId, StringComparison.Ordinal)).ToArray())
        {
            HighWaterMark? mark = books.Marks.FirstOrDefault(candidate => oracle.Find(books.KeyOf(candidate)) == key);
            string now = $"engine: {(mark is null ? $"no mark, {StateOf(books, key)}" : Describe(books, mark))}; oracle: {Describe(key)}";
            if (_last.GetValueOrDefault(key.Name) != now)
            {
                _last[key.Name] = now;
                story.Tell("changes of the watched key", $"[{flow}] {key.Name} {now}");
            }
        }
    }

    private string StateOf(EngineBooks books, KeyBook key) =>
        books.Periods.Values.FirstOrDefault(period => oracle.FindPeriod(period.SubscriptionLagoId, period.PeriodStart) == key.Period)?.State.ToString() ?? "no period";

    private static string Describe(EngineBooks books, HighWaterMark mark)
    {
        UsageIncrement[] increments = [.. books.Increments.Where(increment => increment.MarkId == mark.Id)];
        string waits = string.Join(",", increments.Where(increment => increment is { IsOpen: true, WaitReason: not null }).Select(increment => increment.WaitReason).Distinct());
        BillingPeriod period = books.Periods[mark.PeriodId];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{period.State} until {period.PeriodEnd:MM-dd HH:mm:ss} {(period.CloseDetail is { } detail ? $"({detail}) " : "")}mark {mark.AmountMinor} last {mark.LastTotalMinor} highest {mark.HighestTotalMinor} baseline {mark.BaselineMinor} refused {mark.RefusedMinor} "
            + $"hold {mark.Hold} {mark.HeldMinor}, open {increments.Sum(increment => increment.OpenMinor):0.######} {waits} waived {increments.Sum(increment => increment.WaivedMinor):0.######} "
            + $"regardless {increments.Where(increment => increment.ReportRegardless).Sum(increment => increment.OpenMinor):0.######}");
    }

    private static string Describe(KeyBook key) => string.Create(
        CultureInfo.InvariantCulture,
        $"counted {key.Counted} last {key.Last} final {key.Final} peak {key.Peak} baseline {key.Baseline} carried {key.Carried} refused {key.Refused} "
        + $"{(key.IsJumpHeld ? "jump " : "")}{(key.IsRestoredHeld ? "restored " : "")}{(key.IsSuccessionHeld ? "succession " : "")}{(key.Period.IsClosed ? "closed " : "")}"
        + $"waived {key.Waived:0.######} billed before {key.BilledBefore:0.######} said {key.SaidToReport:0.######} left {key.LeftByDeleted:0.######}");
}
