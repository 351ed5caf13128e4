using LagoConsole.Core.Buyers;
using LagoConsole.Core.Polling;

namespace LagoConsole.Components.Buyers;

/// <summary>What a person chose when a Lago Customer ID is saved (R7).</summary>
/// <param name="BilledElsewhere">Minor units per line key; empty unless <see cref="LinkStart.Typed"/>.</param>
/// <param name="OldMoney">What becomes of the old link's open money; null when there is none.</param>
public sealed record LinkChoice(LinkStart Start, IReadOnlyDictionary<string, long> BilledElsewhere, OpenMoneyChoice? OldMoney);
