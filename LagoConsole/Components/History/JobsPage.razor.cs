using LagoConsole.Core.History;
using LagoConsole.Core.Security;
using LagoConsole.SignIn;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using Quartz;

namespace LagoConsole.Components.History;

/// <summary>Schedule, what runs now, and history. Refreshes itself while somebody looks at it.</summary>
public sealed partial class JobsPage(
    JobHistory history, JobControl control, CurrentActor currentActor, IDialogService dialogs, ISnackbar snackbar,
    TimeProvider clock, ILogger<JobsPage> logger) : ComponentBase, IAsyncDisposable
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _leaving = new();
    private Task _refreshing = Task.CompletedTask;
    private Actor _actor = new("", Role.None);
    private IReadOnlyList<JobStatus>? _jobs;
    private IReadOnlyList<RunningJob> _running = [];
    private Timeline? _timeline;
    private RunsTable? _runs;
    private string? _failure;

    private bool CanSteer => _actor.Can(Role.Operator);

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
                    await ReloadAsync();
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
            _timeline = await history.ReadTimelineAsync(_jobs, _running, _leaving.Token);
            _failure = null;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            logger.LogWarning(exception, "The Jobs page could not be filled.");
            _failure = exception.Message;
        }
    }

    /// <summary>The schedule and the history below it, which reads by itself what its address asks for.</summary>
    private async Task ReloadAsync()
    {
        await LoadAsync();
        await (_runs?.ReloadAsync() ?? Task.CompletedTask);
    }

    private async Task RunNowAsync(JobKey job, string title)
    {
        snackbar.Tell(await control.RunNowAsync(_actor, job, _leaving.Token), title);
        await ReloadAsync();
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

        await ReloadAsync();
    }

    private async Task ResumeAsync(JobStatus job)
    {
        bool resumed = await control.ResumeAsync(_actor, job.Job, _leaving.Token);
        snackbar.Add(resumed ? $"{job.Title} goes on." : $"{job.Title} was not paused any more.", resumed ? Severity.Success : Severity.Info);
        await LoadAsync();
    }
}
