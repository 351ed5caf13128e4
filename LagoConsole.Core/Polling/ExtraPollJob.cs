using Quartz;

namespace LagoConsole.Core.Polling;

/// <summary>Whole system, shortly before each full hour, and earlier when many billing periods end together: <see cref="ExtraPolls"/>.</summary>
[DisallowConcurrentExecution]
public sealed class ExtraPollJob(ExtraPolls polls) : IJob
{
    public static readonly JobKey Key = new("extra-poll", "system");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        ExtraPollOutcome outcome = await polls.RunAsync(cancellationToken);
        context.Result = JobRunReport.Succeeded($"{outcome.Periods} periods polled shortly before their end, {outcome.Increments} increments")
            .With("periods", outcome.Periods).With("increments", outcome.Increments).With("failed", outcome.Failures.Count);
        if (outcome.Failures.Count > 0)
        {
            throw new JobExecutionException($"{outcome.Failures.Count} failed; they are tried again until the period ends, and its close brings what is missed: "
                + string.Join("; ", outcome.Failures.Take(10)));
        }
    }
}
