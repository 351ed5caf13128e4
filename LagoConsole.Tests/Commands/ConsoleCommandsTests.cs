using System.CommandLine;
using LagoConsole.Commands;
using Xunit;

namespace LagoConsole.Tests.Commands;

public sealed class ConsoleCommandsTests
{
    [Theory]
    [InlineData]
    [InlineData("--Database:DataFolder=x")]
    [InlineData("--urls", "http://127.0.0.1:0")]
    [InlineData("/Database:DataFolder=x")]
    [InlineData("Database:DataFolder=x")]
    public async Task Settings_alone_start_the_console(params string[] args) =>
        Assert.Null(await ConsoleCommands.RunAsync(args));

    [Fact]
    public async Task A_word_that_is_no_command_is_refused_and_starts_nothing()
    {
        StringWriter output = new(), error = new();

        int? exitCode = await ConsoleCommands.RunAsync(["bokks"], new InvocationConfiguration { Output = output, Error = error });

        Assert.Equal(2, exitCode);
        Assert.Contains("'bokks'", error.ToString());
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public async Task Help_says_what_starts_without_a_command(string arg)
    {
        StringWriter output = new();

        int? exitCode = await ConsoleCommands.RunAsync([arg], new InvocationConfiguration { Output = output });

        Assert.Equal(0, exitCode);
        Assert.Contains("Without a command the console starts", output.ToString());
    }
}
