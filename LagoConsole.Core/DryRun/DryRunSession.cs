using LagoConsole.Core.Security;

namespace LagoConsole.Core.DryRun;

/// <summary>One dry run as a page asks for it.</summary>
/// <param name="change">Tried first; null for things as they are.</param>
/// <param name="lookAgain">Read Lago anew, although it was read before.</param>
/// <param name="progress">May be called from several threads.</param>
public delegate Task<DryRunOutcome> RunDry(ProposedChange? change, bool lookAgain, Action<DryRunProgress> progress, CancellationToken cancellationToken);

/// <param name="Doing">What is being done, for a person.</param>
public sealed record DryRunProgress(string Doing, int Done, int Of);

/// <summary>A person's dry runs of one scope: Lago is read once, and each change is tried on what it showed.</summary>
public sealed class DryRunSession(DryRunService service, Actor actor, DryRunScope scope)
{
    private LagoLook? _look;

    /// <inheritdoc cref="RunDry"/>
    /// <exception cref="ForbiddenException">The actor may not save this change, or may not read.</exception>
    public async Task<DryRunOutcome> RunAsync(
        ProposedChange? change, bool lookAgain, Action<DryRunProgress> progress, CancellationToken cancellationToken)
    {
        if (_look is null || lookAgain)
        {
            switch (await service.LookAsync(
                actor, scope, (done, of) => progress(new DryRunProgress("Reading Lago's present totals", done, of)), cancellationToken))
            {
                case LagoLookOutcome.Ready ready:
                    _look = ready.Look;
                    break;
                case LagoLookOutcome.Failed failed:
                    return new DryRunOutcome.Failed(failed.Sentence);
            }
        }

        return await service.RunAsync(
            actor, _look!, change, (done, of) => progress(new DryRunProgress("Working out the next window", done, of)), cancellationToken);
    }
}
