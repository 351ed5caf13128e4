using LagoConsole.Core.History;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reconciliation;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Scheduling;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Tests.Scheduling;
using LagoConsole.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace LagoConsole.Tests.Reconciliation;

/// <summary>The hourly job, run by a real scheduler.</summary>
public sealed class ReconcileJobTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_says_what_it_proved_fails_where_Azure_did_not_answer_and_rests_where_nothing_waits()
    {
        await using ConsoleWorld world = new();
        Guid integration = await world.ConnectAsync();
        Guid buyer = await world.BuyerAsync(await world.ProductAsync(Marketplace.Azure));
        await world.LinkAsync(buyer, integration);
        await world.TurnOnAsync(integration, AutoReportStart.ReportIt);
        world.Use(100);
        world.Sandbox.Faults.Next(SandboxService.Azure, FaultKind.LostAnswer);
        await world.NextHourAsync(integration);
        world.MoveTo(world.Now.AddHours(24));
        await using SchedulingHost host = await new SchedulingHost(world.Database, more: services => services.AddSingleton(world.Get<ReconcileRun>())).StartAsync();
        await host.Sync.SyncAsync(Stop);

        world.Sandbox.Faults.Next(SandboxService.Azure, FaultKind.Throttle);
        JobRun failed = await RunAsync(host, 1);
        Assert.Equal((RunResult.Failed, "Reconcile with Azure"), (failed.Result, failed.Title));
        Assert.Contains("Nothing was concluded and nothing changed. Vendor Platform (Azure Marketplace) was not read: Azure limits how often it is called", failed.Error, StringComparison.Ordinal);

        JobRun read = await RunAsync(host, 2);
        Assert.Equal(RunResult.Succeeded, read.Result);
        Assert.Equal("1 day totals of Azure read; proven of records without an answer: 1 billed, 0 not billed, 0 not yet", read.Summary);
        Assert.Equal(UsageRecordState.Accepted, Assert.Single(await world.RecordsAsync()).State);

        Assert.Equal(RunResult.Skipped, (await RunAsync(host, 3)).Result);
        await world.AssertBalancedAsync();
    }

    [Fact]
    public void A_time_that_is_none_stops_the_start_with_the_name_of_the_setting()
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Scheduling:ReconcileCron"] = "hourly" }).Build();
        using ServiceProvider services = new ServiceCollection().AddLogging().AddScheduling(configuration).BuildServiceProvider();

        OptionsValidationException refused = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<Core.Scheduling.SchedulingOptions>>().Value);
        Assert.StartsWith("Scheduling:ReconcileCron is not a Quartz cron expression", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<JobRun> RunAsync(SchedulingHost host, int number)
    {
        await host.Control.RunNowAsync(ConsoleWorld.Admin, ReconcileJob.Key, Stop);
        return (await host.RunsAsync(number))[0];
    }
}
