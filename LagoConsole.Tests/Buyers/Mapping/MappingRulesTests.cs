using System.Text;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Buyers.Import;
using LagoConsole.Core.Buyers.Mapping;
using LagoConsole.Core.Integrations;
using Xunit;

namespace LagoConsole.Tests.Buyers.Mapping;

public sealed class MappingRulesTests
{
    private static readonly LinkableIntegration Main = new(Guid.NewGuid(), "Main", IntegrationStatus.Verified);
    private static readonly LinkableIntegration Europe = new(Guid.NewGuid(), "Europe", IntegrationStatus.Verified);
    private static readonly Buyer Acme = Buyer("Acme", "ap@acme.example");
    private static readonly Buyer Globex = Buyer("Globex");
    private static readonly Buyer Taken = Buyer("Taken");
    private static readonly Buyer TwinA = Buyer("Twin", "a@twin.example");
    private static readonly Buyer TwinB = Buyer("Twin", "b@twin.example");

    [Fact]
    public void A_line_names_a_buyer_and_a_customer_and_the_only_integration_is_meant() =>
        Assert.Equal(["2 Acme = cus_1 of Main", "3 Twin b@twin.example = 00-CUS 2 of Main"], Plan([Main], "Acme,,cus_1,", "Twin,B@twin.example,00-CUS 2,Main"));

    [Theory]
    [InlineData(",,cus_1,Main", "[Name] Type the buyer's name.")]
    [InlineData("acme,,cus_1,Main", "[Name] There is no buyer “acme”. Enter it first")]
    [InlineData("Twin,,cus_1,Main", "[Name] 2 buyers have this name. Add the e-mail address of the one that is meant.")]
    [InlineData("Twin,c@twin.example,cus_1,Main", "[Email] None of the 2 buyers of this name has this e-mail address.")]
    [InlineData("Acme,x@acme.example,cus_1,Main", "[Email] The buyer of this name has ap@acme.example in the console.")]
    [InlineData("Acme,,,Main", "[LagoCustomerId] Type the customer's external id")]
    [InlineData("Acme,,..,Main", "[LagoCustomerId] The id cannot be a single or double dot")]
    [InlineData("Acme,,cus_1,", "[Integration] 2 integrations are connected. Name the one whose customer this is.")]
    [InlineData("Acme,,cus_1,main", "[Integration] There is no integration “main”.")]
    [InlineData("Acme,cus_1,Main", "[] This line has 3 fields and the header 4")]
    [InlineData("Acme,,cus_taken,Main", "[LagoCustomerId] This Lago customer belongs to the buyer Taken: two buyers on one customer.")]
    [InlineData("Taken,,cus_1,Main", "[LagoCustomerId] Taken has the Lago Customer ID cus_taken of Main. Change it on the buyer's page")]
    [InlineData("Taken,,cus_taken,Europe", "[LagoCustomerId] Taken has the Lago Customer ID cus_taken of Main.")]
    public void A_line_that_cannot_be_mapped_says_why_at_its_field(string line, string expected) =>
        Assert.StartsWith($"2 {expected}", Assert.Single(Plan([Main, Europe], line)), StringComparison.Ordinal);

    [Fact]
    public void No_integration_is_said_once_it_is_needed() =>
        Assert.Equal(["2 [Integration] No Lago is connected. Connect one under Integrations."], Plan([], "Acme,,cus_1,"));

    [Fact]
    public void Two_buyers_on_one_customer_are_refused_both() => Assert.Equal(
        [
            "2 [LagoCustomerId] Line 3 puts the same Lago customer on Globex: two buyers on one customer. Its usage belongs to one of them; keep that line.",
            "3 [LagoCustomerId] Line 2 puts the same Lago customer on Acme: two buyers on one customer. Its usage belongs to one of them; keep that line.",
        ],
        Plan([Main], "Acme,,cus_1,", "Globex,,cus_1,"));

    [Fact]
    public void The_same_external_id_of_two_integrations_is_two_customers() =>
        Assert.Equal(["2 Acme = cus_1 of Main", "3 Globex = cus_1 of Europe"], Plan([Main, Europe], "Acme,,cus_1,Main", "Globex,,cus_1,Europe"));

    [Fact]
    public void One_buyer_in_two_lines_is_refused_in_both() => Assert.Equal(
        ["2 [Name] Line 3 is about the same buyer. Keep one of the two.", "3 [Name] Line 2 is about the same buyer. Keep one of the two."],
        Plan([Main], "Acme,,cus_1,", "Acme,,cus_2,"));

    [Fact]
    public void A_line_that_is_stored_changes_nothing() => Assert.Equal(["2 Unchanged"], Plan([Main, Europe], "Taken,,cus_taken,Main"));

    [Fact]
    public void A_file_needs_its_two_columns() => Assert.Equal(
        "Missing in the first line: “Lago Customer ID”. Name the columns there, as in the template.",
        Assert.IsType<ImportReading.Unreadable>(ImportFile.ReadMapping("buyer name\nAcme"u8)).Sentence);

    private static IEnumerable<string> Plan(LinkableIntegration[] integrations, params string[] lines)
    {
        string file = ImportColumn.MappingTemplate + string.Join('\n', lines);
        MappingFacts facts = new(
            new[] { Acme, Globex, Taken, TwinA, TwinB }.ToLookup(buyer => buyer.Name, StringComparer.Ordinal), integrations,
            [new PresentLink(Taken.Id, Taken.Name, Main.Id, Main.Name, "cus_taken")]);
        return MappingRules.Plan(Assert.IsType<ImportReading.Lines>(ImportFile.ReadMapping(Encoding.UTF8.GetBytes(file))).All, facts)
            .Select(line => $"{line.Number} {Text(line.Step)}");
    }

    private static string Text(MappingStep step) => step switch
    {
        MappingStep.Wanted { Wish: var wish } => $"{wish.BuyerName}{(wish.BuyerId == TwinB.Id ? $" {TwinB.Email}" : "")} = {wish.LagoCustomerId} of {wish.IntegrationName}",
        MappingStep.Refused refused => string.Join(" ", refused.Problems.Select(problem => $"[{problem.Field}] {problem.Sentence}")),
        _ => step.GetType().Name,
    };

    private static Buyer Buyer(string name, string? email = null) => new() { Id = Guid.NewGuid(), Name = name, Email = email, CreatedAt = DateTimeOffset.UnixEpoch };
}
