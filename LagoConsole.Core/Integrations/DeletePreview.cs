using LagoConsole.Core.Polling;

namespace LagoConsole.Core.Integrations;

/// <summary>Money of one buyer and metric that no marketplace has accepted yet. Minor units; fractions are remainders below one unit.</summary>
/// <param name="WaitingMinor">Waits with a reason; on no meter.</param>
/// <param name="OnMetersMinor">Accrued on a meter, on no usage record.</param>
/// <param name="OnRecordsMinor">On usage records that are not settled: they are sent and settled either way.</param>
public sealed record UnreportedMoney(
    Guid BuyerId, string BuyerName, string MetricCode, string Currency,
    decimal WaitingMinor, decimal OnMetersMinor, decimal OnRecordsMinor)
{
    /// <summary>What the choice between reporting and writing off is about.</summary>
    public decimal OpenMinor => WaitingMinor + OnMetersMinor;
}

/// <summary>What <i>Delete</i> takes and leaves, shown before anybody confirms.</summary>
/// <param name="Money">Unreported money, by buyer, metric and currency.</param>
/// <param name="BuyerLinks">Lago Customer IDs that go, present and former ones.</param>
/// <param name="Snapshots">Stored totals that go.</param>
/// <param name="Increments">Growth that stays: the vendor's billing record.</param>
/// <param name="Records">Usage records that stay.</param>
/// <param name="UnclosedPeriods">Billing periods whose final total will not be read any more.</param>
/// <param name="LastPollStartedAt">Growth after it is not known to the console.</param>
/// <param name="Stamp">Identifies what the person saw: a deletion of anything else is refused.</param>
public sealed record DeletePreview(
    Guid Id, string Name, IReadOnlyList<UnreportedMoney> Money,
    int BuyerLinks, int Snapshots, int Increments, int Records, int UnclosedPeriods,
    DateTimeOffset? LastPollStartedAt, string Stamp)
{
    public bool HasOpenMoney => Money.Any(line => line.OpenMinor > 0);
}

/// <summary>A confirmed deletion.</summary>
/// <param name="Stamp">Of the preview that was confirmed.</param>
/// <param name="Choice">Null is accepted only while there is no open money to decide on.</param>
/// <param name="TypedName">The integration's name, typed by the person.</param>
public sealed record DeleteIntegration(Guid Id, string Stamp, OpenMoneyChoice? Choice, string TypedName);
