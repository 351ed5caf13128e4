using System.CommandLine;
using LagoConsole.Commands;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace LagoConsole.Tests.Commands;

public sealed class AppCommandTests
{
    [Theory]
    [InlineData("echo", "--Echo:Text=hello", "--loud")]
    [InlineData("echo", "--loud", "--Echo:Text=hello")]
    public async Task Settings_reach_the_command_before_or_after_its_options(params string[] args)
    {
        (int exitCode, string output, _) = await RunAsync(args);

        Assert.Equal(0, exitCode);
        Assert.Equal("hello!", output);
    }

    [Theory]
    [InlineData("--lout")]
    [InlineData("--lout=true")]
    [InlineData("hello")]
    public async Task What_is_neither_option_nor_setting_is_refused(string arg)
    {
        (int exitCode, string output, string error) = await RunAsync("echo", arg);

        Assert.NotEqual(0, exitCode);
        Assert.Contains($"{arg} is neither an option of echo nor a setting.", error);
        Assert.DoesNotContain("!", output);
    }

    [Fact]
    public async Task A_command_that_breaks_off_answers_nothing_and_says_why()
    {
        (int exitCode, string output, string error) = await RunAsync("echo", "--Echo:Loudness=high");

        Assert.Equal((ConsoleCommands.CouldNotRun, ""), (exitCode, output));
        Assert.StartsWith("echo broke off: ", error);
        Assert.Contains("Echo:Loudness", error);
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args)
    {
        StringWriter output = new(), error = new();
        RootCommand root = [];
        root.Subcommands.Add(new EchoCommand());
        int exitCode = await root.Parse(args).InvokeAsync(
            new InvocationConfiguration { Output = output, Error = error }, TestContext.Current.CancellationToken);
        return (exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Fails where the host, and with it a scheduler, is started.</summary>
    private sealed class EchoCommand : AppCommand
    {
        private readonly Option<bool> _loud = new("--loud");

        public EchoCommand()
            : base("echo", "Says what the settings say.") => Options.Add(_loud);

        protected override void AddServices(WebApplicationBuilder builder) => builder.Services.AddHostedService<NeverStarted>();

        protected override async Task<int> RunAsync(IServiceProvider services, ParseResult arguments, CancellationToken cancellationToken)
        {
            IConfiguration settings = services.GetRequiredService<IConfiguration>();
            string text = string.Concat(Enumerable.Repeat(settings["Echo:Text"], settings.GetValue("Echo:Loudness", 1))) + (arguments.GetValue(_loud) ? "!" : "");
            await arguments.InvocationConfiguration.Output.WriteAsync(text.AsMemory(), cancellationToken);
            return 0;
        }

        private sealed class NeverStarted : BackgroundService
        {
            protected override Task ExecuteAsync(CancellationToken stoppingToken) => throw new InvalidOperationException("Started.");
        }
    }
}
