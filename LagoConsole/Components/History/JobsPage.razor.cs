using LagoConsole.Core.History;
using LagoConsole.Core.Security;
using LagoConsole.SignIn;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LagoConsole.Components.History;

/// <summary>Schedule, what runs now, and history. Refreshes itself while somebody looks at it.</summary>
public sealed partial class JobsPage(
    JobHistory history, JobControl control, CurrentActor currentActor, IDialogService dialogs, ISnackbar snackbar,
    TimeProvider clock, ILogger<JobsPage> logger) : ComponentBase, IAsyncDisposable
{
    private const string AnyJob = "";
    private const int PageSize = 25;
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _leaving = new();
    private Task _refreshing = Task.CompletedTask;
    private Actor _actor = new("", Role.None);
    private IReadOnlyList<JobStatus>? _jobs;
    private IReadOnlyList<RunningJob> _running = [];
    private JobRunPage _history = new([], 0);
    private string _jobFilter = AnyJob;
    private RunResult? _resultFilter;
    private int _page;
    private string? _failure;

    private bool CanSteer => _actor.Can(Role.Operator);

    private int Pages => (_history.Total + PageSize - 1) / PageSize;

    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        await _refreshing;
        _leaving.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        _actor = await currentActor.GetAsync();
        await LoadAsync();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _refreshing = RefreshAsync(); // not while prerendering: nobody would stop it
        }
    }

    private async Task RefreshAsync()
    {
        using PeriodicTimer timer = new(_interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_leaving.Token))
            {
                await InvokeAsync(async () =>
                {
                    await LoadAsync();
                    StateHasChanged();
                });
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }

    private async Task LoadAsync()
    {
        try
        {
            _jobs = await history.ListJobsAsync(_leaving.Token);
            _running = await history.ListRunningAsync(_leaving.Token);
            _history = await history.ListRunsAsync(
                new JobRunFilter(_jobs.FirstOrDefault(job => job.Job.ToString() == _jobFilter)?.Job, _resultFilter), _page, PageSize, _leaving.Token);
            _failure = null;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            logger.LogWarning(exception, "The Jobs page could not be filled.");
            _failure = exception.Message;
        }
    }

    private async Task FilterByJobAsync(string? job)
    {
        _jobFilter = job ?? AnyJob;
        _page = 0;
        await LoadAsync();
    }

    private async Task FilterByResultAsync(RunResult? result)
    {
        _resultFilter = result;
        _page = 0;
        await LoadAsync();
    }

    private async Task TurnToAsync(int page)
    {
        _page = page - 1;
        await LoadAsync();
    }

    private async Task RunNowAsync(JobStatus job)
    {
        switch (await control.RunNowAsync(_actor, job.Job, _leaving.Token))
        {
            case RunNowOutcome.Started:
                snackbar.Add($"{job.Title} starts now.", Severity.Success);
                break;
            case RunNowOutcome.AlreadyRunning:
                snackbar.Add($"{job.Title} is running already.", Severity.Info);
                break;
            case RunNowOutcome.Resting resting:
                snackbar.Add(resting.Sentence, Severity.Warning);
                break;
            case RunNowOutcome.Gone:
                snackbar.Add("The integration was deleted meanwhile; its job is gone.", Severity.Warning);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }

        await LoadAsync();
    }

    private async Task PauseAsync(JobStatus job)
    {
        IDialogReference dialog = await dialogs.ShowAsync<PauseJobDialog>(
            $"Pause {job.Title}?", new DialogParameters<PauseJobDialog> { { question => question.Title, job.Title } });
        if (await dialog.Result is not { Canceled: false, Data: string reason })
        {
            return;
        }

        switch (await control.PauseAsync(_actor, job.Job, reason, _leaving.Token))
        {
            case PauseOutcome.Paused:
                snackbar.Add($"{job.Title} is paused.", Severity.Success);
                break;
            case PauseOutcome.ReasonInvalid invalid:
                snackbar.Add(invalid.Sentence, Severity.Warning);
                break;
            case PauseOutcome.NotScheduled:
                snackbar.Add($"{job.Title} is not scheduled any more, so there is nothing to pause.", Severity.Warning);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }

        await LoadAsync();
    }

    private async Task ResumeAsync(JobStatus job)
    {
        bool resumed = await control.ResumeAsync(_actor, job.Job, _leaving.Token);
        snackbar.Add(resumed ? $"{job.Title} goes on." : $"{job.Title} was not paused any more.", resumed ? Severity.Success : Severity.Info);
        await LoadAsync();
    }

    private async Task ShowAsync(JobRun run)
    {
        JobRunDetail? detail = await history.FindAsync(run.Id, _leaving.Token);
        if (detail is null)
        {
            snackbar.Add("This run is no longer kept.", Severity.Info);
            return;
        }

        await dialogs.ShowAsync<JobRunDialog>(
            run.Title, new DialogParameters<JobRunDialog> { { dialog => dialog.Detail, detail } }, new DialogOptions { MaxWidth = MaxWidth.Medium, FullWidth = true });
    }
}
