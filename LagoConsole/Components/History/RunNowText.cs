using System.Diagnostics;
using LagoConsole.Core.History;
using MudBlazor;

namespace LagoConsole.Components.History;

/// <summary>Says what became of Run now and Run again.</summary>
internal static class RunNowText
{
    public static void Tell(this ISnackbar snackbar, RunNowOutcome outcome, string job)
    {
        (string sentence, Severity severity) = outcome switch
        {
            RunNowOutcome.Started => ($"{job} starts now.", Severity.Success),
            RunNowOutcome.AlreadyRunning => ($"{job} is running already.", Severity.Info),
            RunNowOutcome.Resting resting => (resting.Sentence, Severity.Warning),
            RunNowOutcome.Gone => ("The integration was deleted meanwhile; its job is gone.", Severity.Warning),
            _ => throw new UnreachableException(),
        };
        snackbar.Add(sentence, severity);
    }
}
