using LagoConsole.Core.History;
using LagoConsole.Core.Integrations;

namespace LagoConsole.Core.Overview;

/// <summary>The billing period that most subscriptions of an integration are in.</summary>
/// <param name="End">Exclusive.</param>
/// <param name="IsOnly">Every subscription with an open period is in it.</param>
public sealed record LagoPeriod(DateTimeOffset Start, DateTimeOffset End, bool IsOnly);

/// <summary>Money of one place since an instant, minor units.</summary>
/// <param name="CountedMinor">Growth seen at Lago.</param>
/// <param name="BilledMinor">Accepted by the marketplace in that time.</param>
/// <param name="WaitingMinor">Of what was counted: waits now for a reason that a person or time takes away.</param>
/// <param name="UnresolvedMinor">On records made in that time that a person has to decide over now.</param>
public sealed record BoardWindow(long CountedMinor, decimal BilledMinor, decimal WaitingMinor, decimal UnresolvedMinor)
{
    public bool IsEmpty => CountedMinor == 0 && BilledMinor == 0 && WaitingMinor == 0 && UnresolvedMinor == 0;
}

/// <summary>One line of the board: an integration's money at one marketplace in one currency.</summary>
/// <param name="Period">In the integration's present Lago period; null where none is open.</param>
public sealed record BoardLine(MoneyPlace Place, BoardWindow Today, BoardWindow? Period, BoardWindow Month)
{
    public bool IsEmpty => Today.IsEmpty && Month.IsEmpty && Period is null or { IsEmpty: true };
}

/// <summary>An integration with its money and its runs.</summary>
/// <param name="Name">Null when it was deleted: its money stays in the books.</param>
/// <param name="Status">Null when it was deleted.</param>
/// <param name="Job">Its poll; null when it was deleted.</param>
public sealed record BoardIntegration(
    Guid Id, string? Name, IntegrationStatus? Status, LagoPeriod? Period, JobStatus? Job, IReadOnlyList<BoardLine> Lines);

/// <summary>What was billed in one hour or day, minor units.</summary>
public sealed record BilledPoint(TimeRange Range, decimal BilledMinor);

/// <summary>What was billed per hour and per day in one currency.</summary>
public sealed record BilledSeries(string Currency, IReadOnlyList<BilledPoint> Hours, IReadOnlyList<BilledPoint> Days);

/// <summary>Is money flowing, is anything stuck, what is to be done about it.</summary>
/// <param name="At">When it was read.</param>
/// <param name="Needs">What does not go on without a person, the most pressing first.</param>
/// <param name="MoreNeeds">How many more there are.</param>
/// <param name="Billed">One per currency that anything was counted in, the largest first.</param>
public sealed record OverviewBoard(
    DateTimeOffset At, IReadOnlyList<FirstStep> Steps, IReadOnlyList<BoardIntegration> Integrations, IReadOnlyList<PersonNeed> Needs, int MoreNeeds,
    IReadOnlyList<BilledSeries> Billed);
