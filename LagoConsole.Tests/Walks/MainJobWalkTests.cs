using LagoConsole.Tests.Support;
using Xunit;

namespace LagoConsole.Tests.Walks;

/// <summary>From an empty data folder to an accepted record, in the real process and a real browser.</summary>
[Trait("Category", "Browser")]
[Collection(Walk.Name)]
public sealed class MainJobWalkTests
{
    [Fact]
    public async Task A_newcomer_connects_a_Lago_and_sees_a_record_accepted_with_the_sum_behind_it_and_its_run()
    {
        await using ConsoleProcess console = new();
        await console.StartAsync();
        await using Browser person = await Browser.OpenAsync(console.Address, "main-job");

        await person.SignInAsync();
        await person.ShootAsync("overview-empty");
        await MainJobWalk.ConnectAndVerifyAsync(person);
        await MainJobWalk.AddProductAsync(person);
        await MainJobWalk.AddBuyerAsync(person);
        await MainJobWalk.EnableAutoReportAsync(person);
        await MainJobWalk.LetAnHourPassAsync(person);
        await person.ShootAsync("sandbox");
        await MainJobWalk.OpenAcceptedRecordAsync(person);
        await person.Page.Locator("details > summary").First.ClickAsync();
        await person.SeeAsync("\"Status\":\"Success\"");
        await person.ShootAsync("record");
        await person.GoAsync("/usage");
        await person.SeeAsync("api_calls");
        await person.ShootAsync("usage");
        await person.GoAsync("/jobs");
        await person.SeeAsync("increments from");
        await person.ShootAsync("jobs");
        await person.GoAsync("/books");
        await person.PressAsync("Check now");
        await person.SeeAsync("every cent that was counted is accounted for");
        await person.ShootAsync("books");
        await person.GoAsync("/integrations");
        await person.ShootAsync("integrations");
        await person.GoAsync("/");
        await person.ShootAsync("overview");

        Assert.Empty(person.ConsoleErrors);
    }

    /// <summary>Azure's is a part of <see cref="PurchasesWalkTests"/>.</summary>
    [Fact]
    public async Task The_same_clicks_report_to_Google()
    {
        WalkListing listing = WalkListing.Google;
        await using ConsoleProcess console = new();
        await console.StartAsync();
        await using Browser person = await Browser.OpenAsync(console.Address, "main-job-google");

        await person.SignInAsync();
        await MainJobWalk.ConnectAndVerifyAsync(person);
        await MainJobWalk.AddProductAsync(person, listing);
        await MainJobWalk.AddBuyerAsync(person, listing);
        await MainJobWalk.EnableAutoReportAsync(person);
        await MainJobWalk.LetAnHourPassAsync(person);
        await person.ShootAsync("sandbox");
        await MainJobWalk.OpenAcceptedRecordAsync(person);
        await person.Page.Locator("details > summary").First.ClickAsync();
        await person.SeeAsync(listing.Said);
        await person.ShootAsync("record");

        Assert.Empty(person.ConsoleErrors);
    }
}
