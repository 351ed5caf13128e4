using System.Net;
using LagoConsole.Tests.Support;
using Xunit;

namespace LagoConsole.Tests.Nodes;

/// <summary>Real processes: who has the data folder, and how one leaves.</summary>
[Trait("Category", "Crash")]
[Collection(OwnProcess.Name)]
public sealed class ProcessTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_process_on_one_data_folder_is_refused_with_a_sentence_until_the_first_is_gone_however_it_went()
    {
        await using ConsoleProcess first = new();
        await using ConsoleProcess second = new(first.DataFolder);
        await first.StartAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => second.StartAsync()); // it ended at its start
        Assert.NotEqual(0, await second.WaitForEndAsync(TimeSpan.FromSeconds(30)));
        Assert.Contains($"Another LagoConsole is working on the data folder {first.DataFolder}.", second.Output, StringComparison.Ordinal);
        Assert.Contains("Several nodes need SQL Server (Database:Provider).", second.Output, StringComparison.Ordinal);

        // A command that only reads may run beside it.
        (int exitCode, string output, _) = await first.RunAsync("books");
        Assert.Equal(0, exitCode);
        Assert.Contains("books balanced", output, StringComparison.Ordinal);

        await first.KillAsync();
        await second.StartAsync(("Logging:LogLevel:Microsoft.Hosting.Lifetime", "Information"));
        Assert.False(second.HasEnded);
    }

    [Fact]
    public async Task A_node_that_is_told_to_stop_says_so_to_the_load_balancer_first_and_ends_well()
    {
        await using ConsoleProcess console = new();
        await console.StartAsync(("Shutdown:Announce", "00:00:05"));
        using HttpClient balancer = new() { BaseAddress = console.Address };
        Assert.Equal(HttpStatusCode.OK, await UntilAsync(HttpStatusCode.OK)); // the scheduler starts last

        await console.TellToStopAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await UntilAsync(HttpStatusCode.ServiceUnavailable));
        Assert.Equal(HttpStatusCode.OK, (await balancer.GetAsync("/health/live", Stop)).StatusCode); // people who are here are still served
        Assert.Equal(0, await console.WaitForEndAsync(TimeSpan.FromSeconds(60)));

        async Task<HttpStatusCode> UntilAsync(HttpStatusCode wanted)
        {
            HttpStatusCode seen = default;
            for (int attempt = 0; attempt < 40 && seen != wanted; attempt++)
            {
                seen = (await balancer.GetAsync("/health/ready", Stop)).StatusCode;
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Stop);
            }

            return seen;
        }
    }
}
