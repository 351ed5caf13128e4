using LagoConsole.Core.History;
using LagoConsole.Core.Security;
using LagoConsole.SignIn;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LagoConsole.Components.History;

/// <summary>One run that has ended, with an address of its own.</summary>
public sealed partial class RunPage(JobHistory history, JobControl control, CurrentActor currentActor, ISnackbar snackbar, ILogger<RunPage> logger)
    : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private Actor _actor = new("", Role.None);
    private JobRunDetail? _detail;
    private bool _loaded;
    private bool _failed;

    /// <summary>A <see cref="JobRun.Id"/>.</summary>
    [Parameter]
    public required string Id { get; set; }

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
    }

    protected override async Task OnInitializedAsync() => _actor = await currentActor.GetAsync();

    protected override Task OnParametersSetAsync() => LoadAsync();

    private async Task LoadAsync()
    {
        try
        {
            _detail = await history.FindAsync(Id, _leaving.Token);
            (_loaded, _failed) = (true, false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            logger.LogError(failure, "A run could not be read.");
            _failed = true;
        }
    }

    private async Task RunAgainAsync()
    {
        JobRun run = _detail!.Run;
        snackbar.Tell(await control.RunNowAsync(_actor, run.Job, _leaving.Token), run.Title);
    }
}
