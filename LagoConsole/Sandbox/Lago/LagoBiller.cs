namespace LagoConsole.Sandbox.Lago;

/// <summary>What stands on an invoice. Pure.</summary>
internal static class LagoBiller
{
    /// <summary>The biller's next run at or after the instant: minute 10 of an hour.</summary>
    public static DateTimeOffset NextBilling(DateTimeOffset instant) => NextMinute(instant, 10);

    /// <summary>The finalizer's first run on a UTC date: minute 20.</summary>
    public static DateTimeOffset Finalizing(DateOnly date) =>
        new(date.ToDateTime(new TimeOnly(0, 20)), TimeSpan.Zero);

    /// <summary>The subscription fee of a period, by the days of it that count.</summary>
    public static long SubscriptionFee(LagoPlan plan, LagoPeriod period, TimeZoneInfo zone) =>
        Prorate(plan.AmountCents, period, zone);

    /// <summary>Fees of the charges that are billed in arrears, and the true-ups to their minimums. Nothing for zero.</summary>
    public static IEnumerable<LagoFee> ChargeFees(LagoSubscription subscription, LagoPeriod period, IEnumerable<ChargeUsage> usage, Func<string, Guid> id)
    {
        foreach (ChargeUsage line in usage.Where(line => !line.Charge.PayInAdvance))
        {
            Guid feeId = id("charge:" + line.Charge.Code);
            if (line.AmountCents > 0)
            {
                yield return new LagoFee(feeId, subscription, line, line.AmountCents, line.Units);
            }

            long shortfall = Prorate(line.Charge.MinAmountCents, period, subscription.Customer.Zone) - line.AmountCents;
            if (shortfall > 0)
            {
                yield return new LagoFee(id("true-up:" + line.Charge.Code), subscription, line, shortfall, Units: 1, TrueUpParentId: feeId);
            }
        }
    }

    private static long Prorate(long amountCents, LagoPeriod period, TimeZoneInfo zone)
    {
        int days = BillingPeriods.LocalDay(period.ToInclusive, zone).DayNumber - BillingPeriods.LocalDay(period.From, zone).DayNumber + 1;
        return (long)decimal.Round((decimal)amountCents * Math.Min(days, period.FullDays) / period.FullDays, 0, MidpointRounding.AwayFromZero);
    }

    private static DateTimeOffset NextMinute(DateTimeOffset instant, int minute)
    {
        DateTimeOffset hour = new(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);
        DateTimeOffset candidate = hour.AddMinutes(minute);
        return candidate >= instant ? candidate : candidate.AddHours(1);
    }
}
