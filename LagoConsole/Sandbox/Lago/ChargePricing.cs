using System.Diagnostics;

namespace LagoConsole.Sandbox.Lago;

/// <summary>What units cost under a charge. Pure, major units, not rounded.</summary>
public static class ChargePricing
{
    /// <summary>Price of the units of one period.</summary>
    /// <param name="charge">The charge.</param>
    /// <param name="units">Aggregated units; below zero counts as zero.</param>
    /// <param name="events">Number of events, for the fixed amount of a percentage.</param>
    public static decimal Price(LagoCharge charge, decimal units, long events)
    {
        decimal billed = Math.Max(units, 0);
        return charge.Model switch
        {
            LagoChargeModel.Standard => billed * charge.Amount,
            LagoChargeModel.Package => decimal.Ceiling(Math.Max(billed - charge.FreeUnits, 0) / charge.PackageSize) * charge.Amount,
            LagoChargeModel.Percentage => (billed * charge.Rate / 100) + (billed == 0 ? 0 : events * charge.FixedAmount),
            LagoChargeModel.Graduated => Graduated(charge.Tiers, billed),
            LagoChargeModel.Volume => Volume(charge.Tiers, billed),
            _ => throw new UnreachableException(),
        };
    }

    private static decimal Graduated(IReadOnlyList<LagoTier> tiers, decimal units)
    {
        decimal price = 0;
        decimal below = 0;
        foreach (LagoTier tier in tiers)
        {
            if (units <= below)
            {
                break;
            }

            decimal upTo = tier.UpTo is { } last && last < units ? last : units;
            price += ((upTo - below) * tier.PerUnit) + tier.Flat;
            below = upTo;
        }

        return price;
    }

    private static decimal Volume(IReadOnlyList<LagoTier> tiers, decimal units)
    {
        if (units == 0)
        {
            return 0;
        }

        LagoTier reached = tiers.First(tier => tier.UpTo is null || units <= tier.UpTo);
        return (units * reached.PerUnit) + reached.Flat;
    }
}
