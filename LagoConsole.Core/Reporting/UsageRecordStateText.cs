using LagoConsole.Core.Products;

namespace LagoConsole.Core.Reporting;

/// <summary>What is the case with a record, and what a person has to do about it.</summary>
/// <param name="NeedsPerson">Nothing goes on by itself.</param>
public sealed record RecordExplanation(string What, string Todo, bool NeedsPerson);

/// <summary>Says a record's state in words that a finance person can act on. Pure.</summary>
public static class UsageRecordStateText
{
    private const string Nothing = "Nothing to do.";

    public static string Label(this UsageRecordState state) => state switch
    {
        UsageRecordState.Pending => "PENDING",
        UsageRecordState.Sending => "SENDING",
        UsageRecordState.Accepted => "ACCEPTED",
        UsageRecordState.Retry => "RETRY",
        UsageRecordState.Unknown => "UNKNOWN",
        UsageRecordState.Void => "VOID",
        UsageRecordState.Blocked => "BLOCKED",
        UsageRecordState.Conflict => "CONFLICT",
        UsageRecordState.Unresolved => "UNRESOLVED",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Not a state."),
    };

    /// <summary>Nothing goes on by itself: a person decides.</summary>
    public static bool NeedsPerson(this UsageRecordState state) =>
        state is UsageRecordState.Blocked or UsageRecordState.Conflict or UsageRecordState.Unresolved;

    /// <param name="decided">A person settled it.</param>
    /// <param name="error">The record's own sentence, where it has one.</param>
    public static RecordExplanation Explain(
        UsageRecordState state, Marketplace marketplace, bool assumed, bool decided, string? providerRecordId, string? error)
    {
        string at = marketplace.Label();
        (string what, string todo) = state switch
        {
            UsageRecordState.Pending => ("Stored, not sent yet; not billed.", Nothing),
            UsageRecordState.Sending => ("Being sent now. If no answer comes, the identical record is sent again.", Nothing),
            UsageRecordState.Accepted when decided => (
                $"Settled as billed by a person; {at} did not confirm it to the console. Its money is not reported again.",
                "Compare with the marketplace's own report when it comes."),
            UsageRecordState.Void when decided => (
                "Settled as not billed by a person.", "Its money was given back and is reported in a later hour. " + Nothing),
            UsageRecordState.Accepted when assumed => (
                $"Taken as billed, not confirmed: an attempt went unanswered, {at} then said that it holds a record for this hour, "
                + "and it was confirmed that nothing else writes this product's usage.",
                "Compare with the marketplace's own report when it comes."),
            UsageRecordState.Accepted => ($"Billed: {at} confirmed it{(providerRecordId is null ? "" : $" as {providerRecordId}")}.", Nothing),
            UsageRecordState.Retry => (Sentence("Not billed yet.", error), $"The identical record is sent again by itself until its deadline. {Nothing}"),
            UsageRecordState.Unknown => (
                Sentence("It may have been billed or not.", error),
                marketplace == Marketplace.Gcp
                    ? "The identical operation is reported again by itself: it counts once. " + Nothing
                    : "The identical record is sent again by itself: the hour is billed once at most. New money of this dimension waits meanwhile. " + Nothing),
            UsageRecordState.Void => (Sentence("Not billed, and it will not be.", error), "Its money was given back and is reported in a later hour. " + Nothing),
            UsageRecordState.Blocked => (
                Sentence("Refused, not billed.", error),
                "Its money stays on this record, and new money of this dimension waits. Mend what the sentence names, the buyer's entitlement or the product's dimension, then press Send again. "
                + "Where the record itself is wrong, an administrator presses Settle as not billed: its money then goes into a later hour."),
            UsageRecordState.Conflict => (
                Sentence($"{at} holds another record for this hour; this one was not added to it.", error),
                "Its money is not billed again by itself. Find out what else reports usage of this product and stop it; then compare quantities with the marketplace. "
                + "An administrator presses Settle as billed if what it holds bills this usage, else Settle as not billed: the money then goes into a later hour."),
            UsageRecordState.Unresolved => (
                Sentence("Nobody can say whether it was billed.", error),
                $"Its money is not billed again by itself. Look it up at {at}{Where(marketplace)}; an administrator then presses Settle as billed, and its money is never reported again, or Settle as not billed, and it goes into a later hour."),
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Not a state."),
        };
        return new RecordExplanation(what, todo, state.NeedsPerson());
    }

    /// <summary>Where a marketplace shows what it took.</summary>
    private static string Where(Marketplace marketplace) => marketplace switch
    {
        Marketplace.Aws => " (CloudTrail of the product's region, event BatchMeterUsage, kept 90 days and some 15 minutes late; later the seller reports)",
        Marketplace.Azure => ", whose usage events this console reads by itself, and settles it once they prove it (page Reconciliation; Partner Center, usage analytics)",
        Marketplace.Gcp => " (Producer Portal, customer insights report, some two days late; later the charges report)",
        _ => throw new ArgumentOutOfRangeException(nameof(marketplace), marketplace, "Not a marketplace."),
    };

    private static string Sentence(string what, string? error) => string.IsNullOrWhiteSpace(error) ? what : $"{what} {error}";
}
