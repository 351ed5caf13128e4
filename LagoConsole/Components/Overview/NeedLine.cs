using System.Diagnostics;
using LagoConsole.Core.Held;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Overview;
using LagoConsole.Core.Reporting;

namespace LagoConsole.Components.Overview;

/// <summary>What needs a person, in words, and the page that resolves it.</summary>
internal sealed record NeedLine(string What, string LinkText, string Href)
{
    public static NeedLine Of(PersonNeed need) => need switch
    {
        PersonNeed.NotVerified lost => new($"{lost.IntegrationName} is not verified any more: nothing of it is polled. {lost.Detail}".TrimEnd(), "Integrations", "/integrations"),
        PersonNeed.NeverVerified never => new($"{never.IntegrationName} was never verified: nothing of it is polled.", "Integrations", "/integrations"),
        PersonNeed.BooksWrong books => new(
            $"The books do not balance: {Many(books.Failures, "identity is", "identities are")} wrong. Settle nothing by hand before you know why.", "Books", "/books"),
        PersonNeed.JobFails job => new($"{job.Title} failed {(job.Times == 1 ? "in its last run" : $"{job.Times} times in a row")}.", "Jobs", "/jobs"),
        PersonNeed.Records { RecordId: { } id } one => new($"{one.BuyerName}: a record is {one.State.Label()}.", "The record", $"/records/{id}"),
        PersonNeed.Records many => new(
            $"{many.BuyerName}: {many.Count} records are {many.State.Label()}.", "The records", $"/records?state={many.State}&search={Uri.EscapeDataString(many.BuyerName)}"),
        PersonNeed.Waits waits => new(
            $"{waits.BuyerName}: growth waits, {waits.Reason.Label()}.", "Waiting", $"/waiting?reason={waits.Reason}&buyer={Uri.EscapeDataString(waits.BuyerName)}"),
        PersonNeed.Held held => new(
            $"{held.BuyerName}: growth is held, {held.Reason.Label().ToLowerInvariant()}.", "Waiting", $"/waiting?reason={held.Reason}&buyer={Uri.EscapeDataString(held.BuyerName)}"),
        PersonNeed.LateClosings late => new(
            $"{Many(late.Count, "billing period", "billing periods")} ended more than two days ago and still {(late.Count == 1 ? "has" : "have")} no final total.", "Waiting", "/waiting"),
        PersonNeed.Notices notices => new($"{Many(notices.Count, "notice of a purchase", "notices of purchases")} could not be carried out.", "Purchases", "/purchases"),
        _ => throw new UnreachableException(),
    };

    private static string Many(int count, string one, string several) => $"{count} {(count == 1 ? one : several)}";
}
