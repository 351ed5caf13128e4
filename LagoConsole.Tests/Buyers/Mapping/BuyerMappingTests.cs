using System.Text;
using LagoConsole.Core.Audit;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Buyers.Mapping;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Security;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Buyers.Mapping;

/// <summary>Files and accepted suggestions on real books, with the sandbox's Lago. It is 2026-08-20, 13:50 UTC; an API call costs two cents.</summary>
public sealed class BuyerMappingTests : IAsyncDisposable
{
    private const string Globex = "globex.example/eu";
    private static readonly Actor Olga = new("olga", Role.Operator);
    private readonly ConsoleWorld _world = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R7_A_file_is_previewed_with_the_present_amounts_and_saved_from_the_start_that_is_chosen()
    {
        Guid integration = await _world.ConnectAsync();
        Guid product = await _world.ProductAsync();
        Guid acme = await _world.BuyerAsync(product); // ACTIVE since 2026-08-01, as the period
        Guid globex = await _world.BuyerAsync(null, name: "Globex");
        await _world.EntitleAsync(globex, product, _world.Now, ConsoleWorld.Licence.Replace("l-0123", "l-4567", StringComparison.Ordinal));
        await _world.TurnOnAsync(integration);
        _world.Use(100);
        _world.Use(50, subscription: "globex-1");

        MappingPreview preview = await PreviewAsync("Acme Corporation,cus_acme", $"Globex,{Globex}", "Nobody,cus_acme", "Globex,cus_nobody");

        Assert.Equal(
            [
                "2 cus_acme 2.00 USD FromZero", "3 [Name] Line 5 is about the same buyer. Keep one of the two.", "4 [Name] There is no buyer “Nobody”. Enter it first, or correct its name: letters are compared one by one.",
                "5 [Name] Line 3 is about the same buyer. Keep one of the two.",
            ],
            preview.Lines.Select(Text));
        Assert.Empty(await LinksAsync());

        preview = await PreviewAsync("Acme Corporation,cus_acme", $"Globex,{Globex}");
        Assert.Equal(["2 cus_acme 2.00 USD FromZero", $"3 {Globex} 1.00 USD FromNow"], preview.Lines.Select(Text));
        MappingResult result = await _world.Get<BuyerMapping>().SaveAsync(Olga, preview, MappingStart.Suggested, progress: null, Stop);

        Assert.Equal((2, 0), (result.Saved, result.Failures.Count));
        Assert.Equal([$"cus_acme {acme}", $"{Globex} {globex}"], await LinksAsync());
        _world.Use(10, subscription: "globex-1");
        await _world.NextHourAsync(integration);
        Assert.Equal(200 + 20, _world.Billed); // Globex's first dollar was before its start
        await _world.AssertBalancedAsync();
    }

    [Fact]
    public async Task The_audit_log_says_which_line_and_which_start()
    {
        await _world.ConnectAsync();
        await _world.BuyerAsync(null);

        await _world.Get<BuyerMapping>().SaveAsync(Olga, await PreviewAsync("Acme Corporation,cus_acme"), MappingStart.FromNow, progress: null, Stop);

        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        AuditEntry entry = await db.AuditEntries.SingleAsync(row => row.Action == "Set Lago Customer ID", Stop);
        Assert.Equal(("olga", "cus_acme", "billed from now; from map.csv, line 2"), (entry.Actor, entry.After, entry.Note));
    }

    [Fact]
    public async Task A_customer_that_Lago_has_not_is_refused_at_its_field_and_the_others_are_saved()
    {
        await _world.ConnectAsync();
        await _world.BuyerAsync(null);
        await _world.BuyerAsync(null, name: "Globex");

        MappingPreview preview = await PreviewAsync("Acme Corporation,CUS_ACME", $"Globex,{Globex}");
        Assert.StartsWith("2 [LagoCustomerId] Lago (", Text(preview.Lines[0]), StringComparison.Ordinal);
        await _world.Get<BuyerMapping>().SaveAsync(Olga, preview, MappingStart.FromZero, progress: null, Stop);

        Assert.StartsWith(Globex, Assert.Single(await LinksAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_file_again_changes_nothing()
    {
        await _world.ConnectAsync();
        await _world.BuyerAsync(null);
        await _world.Get<BuyerMapping>().SaveAsync(Olga, await PreviewAsync("Acme Corporation,cus_acme"), MappingStart.FromZero, progress: null, Stop);

        MappingPreview again = await PreviewAsync("Acme Corporation,cus_acme");

        Assert.Equal((0, 1, 0), (again.Links.Count, again.Unchanged, again.Errors));
    }

    [Fact]
    public async Task A_customer_that_another_buyer_was_given_since_the_preview_stays_there()
    {
        Guid integration = await _world.ConnectAsync();
        await _world.BuyerAsync(null);
        Guid globex = await _world.BuyerAsync(null, name: "Globex");
        MappingPreview preview = await PreviewAsync("Acme Corporation,cus_acme");
        await _world.LinkAsync(globex, integration);

        MappingResult result = await _world.Get<BuyerMapping>().SaveAsync(Olga, preview, MappingStart.FromZero, progress: null, Stop);

        Assert.Equal(0, result.Saved);
        Assert.StartsWith("2 [] The Lago customer 'cus_acme' belongs to the buyer Globex", Text(Assert.Single(result.Failures)), StringComparison.Ordinal);
        Assert.Equal([$"cus_acme {globex}"], await LinksAsync());
    }

    [Fact]
    public async Task R7_A_buyer_that_was_given_a_customer_since_the_preview_keeps_it_and_its_open_money()
    {
        Guid integration = await _world.ConnectAsync();
        Guid acme = await _world.BuyerAsync(null);
        MappingPreview preview = await PreviewAsync("Acme Corporation,cus_acme");
        await _world.LinkAsync(acme, integration, customer: Globex);

        MappingResult result = await _world.Get<BuyerMapping>().SaveAsync(Olga, preview, MappingStart.FromZero, progress: null, Stop);

        Assert.StartsWith($"2 [] The buyer was given the Lago Customer ID {Globex} meanwhile.", Text(Assert.Single(result.Failures)), StringComparison.Ordinal);
        Assert.Equal([$"{Globex} {acme}"], await LinksAsync());
    }

    [Fact]
    public async Task Accepted_suggestions_are_previewed_like_lines()
    {
        Guid integration = await _world.ConnectAsync();
        Guid acme = await _world.BuyerAsync(null);
        _world.Use(100);

        MappingPreview preview = Assert.IsType<MappingPreviewOutcome.Ready>(await _world.Get<BuyerMapping>().PreviewAsync(
            Olga, [new LinkWish(1, acme, "Acme Corporation", integration, "Sandbox", "cus_acme")], progress: null, Stop)).Preview;

        Assert.Equal(["1 cus_acme 2.00 USD FromNow"], preview.Lines.Select(Text));
    }

    [Fact]
    public async Task A_Lago_that_cannot_be_asked_is_said_once()
    {
        await _world.ConnectAsync();
        await _world.BuyerAsync(null);
        _world.Sandbox.Faults.Always(SandboxService.Lago, FaultKind.Unauthorized);

        string sentence = Assert.IsType<MappingPreviewOutcome.Impossible>(await AskAsync("Acme Corporation,cus_acme")).Sentence;

        Assert.Equal("Lago rejected the API key. Nothing was saved.", sentence);
    }

    [Fact]
    public async Task A_viewer_maps_nothing() => await Assert.ThrowsAsync<ForbiddenException>(
        () => _world.Get<BuyerMapping>().PreviewFileAsync(new Actor("vera", Role.Viewer), "map.csv", ReadOnlyMemory<byte>.Empty, progress: null, Stop));

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private Task<MappingPreviewOutcome> AskAsync(params string[] lines) => _world.Get<BuyerMapping>().PreviewFileAsync(
        Olga, "map.csv", Encoding.UTF8.GetBytes($"buyer name,Lago Customer ID\n{string.Join('\n', lines)}"), progress: null, Stop);

    private async Task<MappingPreview> PreviewAsync(params string[] lines) => Assert.IsType<MappingPreviewOutcome.Ready>(await AskAsync(lines)).Preview;

    private async Task<IReadOnlyList<string>> LinksAsync()
    {
        await using LagoConsoleDbContext db = _world.Database.CreateDbContext();
        return [.. (await db.BuyerLinks.Where(link => link.UnlinkedAt == null).OrderBy(link => link.LagoCustomerId).ToListAsync(Stop)).Select(link => $"{link.LagoCustomerId} {link.BuyerId}")];
    }

    private static string Text(MappedLine line) => line.Step switch
    {
        MappingStep.Link { Preview: var preview } =>
            $"{line.Number} {preview.LagoCustomerId} {string.Join(" + ", MappingMoney.Present(preview).Select(sum => Core.Money.MoneyText.Format(sum.Minor, sum.Currency)))} {preview.Suggested}",
        MappingStep.Refused refused => $"{line.Number} {string.Join(" ", refused.Problems.Select(problem => $"[{problem.Field}] {problem.Sentence}"))}",
        _ => $"{line.Number} {line.Step.GetType().Name}",
    };
}
