using System.Globalization;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Money;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;

namespace LagoConsole.Core.Explain;

/// <summary>The way of an amount in sentences that a finance person can follow and print. Pure.</summary>
public static class ExplainText
{
    /// <summary>What the marketplace was told, and what it said.</summary>
    public static string Reported(RecordDetail detail)
    {
        RecordRow record = detail.Record;
        return $"{record.Marketplace.Label()} was told {Units(record.Quantity)} × {record.DimensionKey} for the hour from {Minute(record.SlotHour)} UTC: "
            + $"{Money(record.AmountMinor, record)}. {detail.Explanation.What}";
    }

    /// <summary>How the quantity came out of the money.</summary>
    public static string Sum(RecordDetail detail)
    {
        RecordRow record = detail.Record;
        return $"{Money(detail.RemainderBeforeMinor, record)} left over from earlier records + {Money(detail.ReleasedMinor, record)} released since = "
            + $"{Money(detail.OpenBeforeMinor, record)} open; ÷ {Money(record.UnitPriceMinor, record)} a unit = {Units(record.Quantity)} whole units; "
            + $"{Units(record.Quantity)} × {Money(record.UnitPriceMinor, record)} = {Money(record.AmountMinor, record)} on this record, "
            + $"{Money(detail.RemainderAfterMinor, record)} left over for the next.";
    }

    /// <summary>What Lago showed and how much of it was new.</summary>
    public static string Growth(ExplainedGrowth growth, UsageKeyRow key)
    {
        string rise = $"the mark rose from {Money(growth.FromMinor, key)} to {Money(growth.ToMinor, key)}: {Money(growth.AmountMinor, key)} of growth.";
        return growth.Source switch
        {
            SnapshotSource.Decision => $"A person decided over held growth; {rise}",
            SnapshotSource.Close when growth.TotalMinor is { } final => $"Lago's final total was {Money(final, key)}; {rise}",
            SnapshotSource.Link when growth.TotalMinor is { } seen => $"When the Lago Customer ID was saved, Lago showed {Money(seen, key)}; {rise}",
            _ when growth.TotalMinor is { } total => $"Lago showed {Money(total, key)}; {rise}",
            _ => $"Lago's total was deleted with its integration; {rise}",
        };
    }

    /// <summary>What the period's end says of the key.</summary>
    public static string Period(ExplainedKey key)
    {
        string lasts = $"Billing period {Day(key.Key.PeriodStart)} to {Day(key.Key.PeriodEnd)} of subscription {key.Key.SubscriptionExternalId}";
        return key.Key.PeriodState switch
        {
            BillingPeriodState.Open => $"{lasts}: Lago still counts into it.",
            BillingPeriodState.Ended => $"{lasts}: it has ended, and Lago's final total is awaited.",
            BillingPeriodState.Closed when key.FinalInvoiceLagoId is { } invoice =>
                $"{lasts}: closed. Lago's final total is {Money(key.Key.LastTotalMinor, key.Key)}, from its invoice {invoice}.",
            BillingPeriodState.Closed => $"{lasts}: closed without an invoice; the last total, {Money(key.Key.LastTotalMinor, key.Key)}, stands.",
            _ => throw new ArgumentOutOfRangeException(nameof(key), key.Key.PeriodState, "Not a state."),
        };
    }

    /// <summary>What became of everything that was counted: equal sides, each amount once.</summary>
    public static string Balance(ExplainedKey key)
    {
        List<string> places =
        [
            .. new (decimal Minor, string Where)[]
            {
                (key.BilledMinor, "billed"), (key.OnTheWayMinor, "on the way"), (key.NeedsPersonMinor, "on records that need a person"),
                (key.OnMeterMinor, "open on its meter"), (key.WaitingMinor, "waiting"), (key.WaivedMinor, "waived"),
                (key.BilledBeforeRestoreMinor, "billed before a restore"),
            }
            .Where(place => place.Minor != 0).Select(place => $"{Money(place.Minor, key.Key)} {place.Where}"),
        ];
        return places.Count == 0
            ? "Nothing was counted of it here."
            : $"{Money(key.CountedMinor, key.Key)} counted = {string.Join(" + ", places)}.";
    }

    private static string Money(decimal minor, RecordRow record) => MoneyText.Format(minor, record.Currency);

    private static string Money(decimal minor, UsageKeyRow key) => MoneyText.Format(minor, key.Currency);

    private static string Units(long quantity) => quantity.ToString("#,##0", CultureInfo.InvariantCulture);

    private static string Minute(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string Day(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
