using Bunit;
using LagoConsole.Components.DryRun;
using LagoConsole.Core.DryRun;
using LagoConsole.Core.Security;
using LagoConsole.Tests.Support;
using Xunit;

namespace LagoConsole.Tests.DryRun;

public sealed class DryRunPanelTests : MudContext
{
    private static readonly ProposedChange Change = new ProposedChange.SetPrice(Guid.NewGuid(), null, "0.01", null);

    private readonly List<(ProposedChange? Change, bool LookAgain)> _runs = [];
    private readonly List<CancellationToken> _tokens = [];
    private Func<Action<DryRunProgress>, Task<DryRunOutcome>> _answer = _ => Task.FromResult<DryRunOutcome>(new DryRunOutcome.Ready(DryRunSamples.Result));

    [Fact]
    public async Task Nothing_runs_before_it_is_asked_for()
    {
        IRenderedComponent<DryRunPanel> panel = ShowPanel();
        Assert.Empty(_runs);
        Assert.Contains("Nothing is stored.", panel.Markup, StringComparison.Ordinal);

        await PressAsync("Dry run");

        Assert.Equal([(Change, false)], _runs);
    }

    [Fact]
    public async Task A_result_says_its_sentence_and_that_nothing_was_stored_and_Lago_goes_on()
    {
        IRenderedComponent<DryRunPanel> panel = ShowPanel();

        await PressAsync("Dry run");

        Assert.StartsWith("The next window, 2026-08-20 13:00–14:00 UTC", panel.Find(".dry-run-sentence").TextContent, StringComparison.Ordinal);
        Assert.Contains("nothing was stored", panel.Markup, StringComparison.Ordinal);
        Assert.Contains("goes on counting", panel.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("As things are now", panel.Markup, StringComparison.Ordinal);
        string stays = panel.Find(".dry-run-stays").TextContent;
        Assert.Contains("No conversion: the buyer's product does not say", stays, StringComparison.Ordinal);
        Assert.Contains("2.00 USD", stays, StringComparison.Ordinal);
        Assert.Equal("/products", panel.FindAll(".dry-run-stays a")[0].GetAttribute("href"));
    }

    [Fact]
    public async Task A_record_opens_to_the_sum_behind_it_and_its_bytes()
    {
        IRenderedComponent<DryRunPanel> panel = ShowPanel();
        await PressAsync("Dry run");
        Assert.Empty(panel.FindAll(".dry-run-sum"));

        await PressAsync("The sum behind Acme, usage_fee, 2026-08-20 13:00");

        string sum = panel.Find(".dry-run-sum").TextContent;
        Assert.Contains("0.10 USD left over from earlier records + 1.40 USD released since", sum, StringComparison.Ordinal);
        Assert.Contains("1.50 USD open ÷ 0.40 USD a unit = 3 whole units, billed 1.20 USD", sum, StringComparison.Ordinal);
        Assert.Contains("0.30 USD stays as money", sum, StringComparison.Ordinal);
        Assert.Contains("{\"Quantity\":3}", sum, StringComparison.Ordinal);
        Assert.Equal(2, panel.FindAll(".dry-run-sum tbody tr").Count);

        await PressAsync("The sum behind Acme, usage_fee, 2026-08-20 13:00");
        Assert.Empty(panel.FindAll(".dry-run-sum"));
    }

    [Fact]
    public async Task With_and_without_the_change_are_compared()
    {
        _answer = _ => Task.FromResult<DryRunOutcome>(new DryRunOutcome.Ready(DryRunSamples.Result, DryRunSamples.Result with { Records = [], Stays = [] }));
        IRenderedComponent<DryRunPanel> panel = ShowPanel();

        await PressAsync("Dry run");

        Assert.Contains("As things are now, it would send nothing.", panel.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_missing_from_the_sums_is_said_and_so_is_that_there_is_nothing()
    {
        _answer = _ => Task.FromResult<DryRunOutcome>(new DryRunOutcome.Ready(
            DryRunSamples.Result with { Records = [], Stays = [], Problems = ["Globex: Lago could not be reached."] }));
        IRenderedComponent<DryRunPanel> panel = ShowPanel();

        await PressAsync("Dry run");

        Assert.Contains("Globex: Lago could not be reached.", panel.Markup, StringComparison.Ordinal);
        Assert.Contains("nothing above what was counted", panel.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_it_runs_it_tells_how_far_it_is_and_can_be_stopped()
    {
        TaskCompletionSource<DryRunOutcome> outcome = new();
        _answer = progress =>
        {
            progress(new DryRunProgress("Reading Lago's present totals", 3, 12));
            return outcome.Task;
        };
        IRenderedComponent<DryRunPanel> panel = ShowPanel();
        Task pressed = Find("Dry run").ClickAsync();
        await WaitAsync(() => panel.Markup.Contains("Reading Lago's present totals: 3 of 12 buyers", StringComparison.Ordinal), "the progress");

        await PressAsync("Stop");
        Assert.True(_tokens[0].IsCancellationRequested);
        outcome.SetResult(new DryRunOutcome.Ready(DryRunSamples.Result));
        await pressed;

        Assert.Empty(panel.FindAll(".dry-run-sentence")); // a late answer is not shown
        Assert.Contains("Stopped.", panel.Markup, StringComparison.Ordinal);
        Find("Dry run");
    }

    [Fact]
    public async Task Without_Lago_it_says_so_and_reads_again_when_tried_again()
    {
        _answer = _ => Task.FromResult<DryRunOutcome>(new DryRunOutcome.Failed("Lago could not be reached. The change can be saved without one."));
        IRenderedComponent<DryRunPanel> panel = ShowPanel();
        await PressAsync("Dry run");
        Assert.Contains("Lago could not be reached.", panel.Markup, StringComparison.Ordinal);

        await PressAsync("Try again");

        Assert.Equal([false, true], _runs.Select(run => run.LookAgain));
    }

    [Fact]
    public async Task A_change_that_would_be_refused_is_told_with_its_reason()
    {
        _answer = _ => Task.FromResult<DryRunOutcome>(new DryRunOutcome.Refused("Another price begins at that very moment."));
        IRenderedComponent<DryRunPanel> panel = ShowPanel();

        await PressAsync("Dry run");

        Assert.Contains("This would not be saved", panel.Markup, StringComparison.Ordinal);
        Assert.Contains("Another price begins at that very moment.", panel.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_that_does_not_suffice_is_told()
    {
        _answer = _ => throw new ForbiddenException(new Actor("vera", Role.Viewer), Role.Operator);
        IRenderedComponent<DryRunPanel> panel = ShowPanel();

        await PressAsync("Dry run");

        Assert.Contains("this needs Operator", panel.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_change_takes_the_result_away_until_it_is_run_again()
    {
        IRenderedComponent<DryRunPanel> panel = ShowPanel();
        await PressAsync("Dry run");

        panel.Render(parameters => parameters.Add(shown => shown.Change, new ProposedChange.SetPrice(Guid.NewGuid(), null, "0.02", null)));

        Assert.Empty(panel.FindAll(".dry-run-sentence"));
        Assert.Contains("This changed since the last dry run.", panel.Markup, StringComparison.Ordinal);
        Assert.Single(_runs);
    }

    [Fact]
    public async Task A_panel_that_follows_runs_again_for_another_change_without_reading_Lago_again()
    {
        IRenderedComponent<DryRunPanel> panel = ShowPanel(atOnce: true, follows: true);
        await WaitAsync(() => panel.Markup.Contains("dry-run-sentence", StringComparison.Ordinal), "the first result");
        ProposedChange other = new ProposedChange.SetPrice(Guid.NewGuid(), null, "0.02", null);

        panel.Render(parameters => parameters.Add(shown => shown.Change, other));
        panel.Render(parameters => parameters.Add(shown => shown.Change, other));

        Assert.Equal([(Change, false), (other, false)], _runs);
    }

    private IRenderedComponent<DryRunPanel> ShowPanel(bool atOnce = false, bool follows = false) => Show<DryRunPanel>(parameters => parameters
        .Add(panel => panel.Run, RunAsync).Add(panel => panel.Change, Change).Add(panel => panel.AtOnce, atOnce).Add(panel => panel.Follows, follows));

    private Task<DryRunOutcome> RunAsync(ProposedChange? change, bool lookAgain, Action<DryRunProgress> progress, CancellationToken cancellationToken)
    {
        _runs.Add((change, lookAgain));
        _tokens.Add(cancellationToken);
        return _answer(progress);
    }
}
