using LagoConsole.Core.Products;

namespace LagoConsole.Core.Overview;

/// <summary>Whose money it is.</summary>
/// <param name="Marketplace">Null while the money is on no meter: where it is billed is not known yet.</param>
public sealed record MoneyPlace(Guid IntegrationId, Marketplace? Marketplace, string Currency);

/// <summary>What moved in one range, minor units.</summary>
/// <param name="CountedMinor">Growth seen at Lago, by polls and by a person's decisions.</param>
/// <param name="ClosedMinor">Growth that final totals of ended periods added: of no period that is open.</param>
/// <param name="BilledMinor">Records that the marketplace accepted in it, whatever hour they are for.</param>
public sealed record MoneyFlow(MoneyPlace Place, long CountedMinor, long ClosedMinor, decimal BilledMinor);

/// <summary>Growth that waits now.</summary>
/// <param name="AmountMinor">The whole increment.</param>
/// <param name="OpenMinor">What of it waits.</param>
/// <param name="IsOfClosing">A final total of an ended period added it.</param>
public sealed record WaitingPart(
    Guid IntegrationId, string Currency, DateTimeOffset SeenAt, bool IsOfClosing, long AmountMinor, decimal OpenMinor);

/// <summary>A record that does not go on without a person.</summary>
public sealed record StuckRecord(MoneyPlace Place, DateTimeOffset CreatedAt, decimal AmountMinor);
