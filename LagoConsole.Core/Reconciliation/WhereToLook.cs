using System.Diagnostics;
using LagoConsole.Core.Products;

namespace LagoConsole.Core.Reconciliation;

/// <summary>Where a marketplace shows what it took, for a person who settles a record (R13). Pure.</summary>
public static class WhereToLook
{
    public static string Sentence(Marketplace marketplace) => marketplace switch
    {
        Marketplace.Aws =>
            "AWS has no call that tells what it stored. Look in CloudTrail's event history, in the region of the product: event source metering-marketplace.amazonaws.com, event name BatchMeterUsage. "
            + "It comes some 15 minutes late and is kept 90 days; the response elements of the hour's events say what AWS answered. Days later the seller reports show what was billed: they are the truth about the money.",
        Marketplace.Azure =>
            "This console compares with Azure's usage events by itself and settles what they prove: see Reconciliation. They are totals of a day; single events are in Partner Center's usage analytics.",
        Marketplace.Gcp =>
            "Google has no call that tells what it counted. Look in the Producer Portal: the customer insights report comes some two days late, the monthly charges report shows what was billed.",
        _ => throw new UnreachableException($"No such marketplace: {marketplace}."),
    };
}
