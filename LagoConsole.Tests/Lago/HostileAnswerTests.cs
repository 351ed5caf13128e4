using LagoConsole.Core.Lago;
using Xunit;

namespace LagoConsole.Tests.Lago;

/// <summary>Answers that no Lago gives: from a wrong or a taken-over server. Each ends as a failure, with the settings' defaults.</summary>
public sealed class HostileAnswerTests : LagoTest
{
    [Fact]
    public async Task Of_200_MB_no_more_than_the_limit_is_taken_in()
    {
        byte[] piece = new byte[1 << 20];
        Array.Fill(piece, (byte)' ');
        TaskCompletionSource<int> written = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Server.Next(async context =>
        {
            int pieces = 0;
            try
            {
                context.Response.ContentType = "application/json";
                for (; pieces < 200; pieces++)
                {
                    await context.Response.Body.WriteAsync(piece, context.RequestAborted);
                    await Task.Delay(TimeSpan.FromMilliseconds(pieces < 32 ? 0 : 10), TimeProvider.System, context.RequestAborted); // to notice that nobody listens any more
                }
            }
            finally
            {
                written.SetResult(pieces);
            }
        });

        LagoFailure failure = Failure(await Lago.GetOrganizationAsync(Token));

        Assert.Equal(new LagoFailure.Unreachable("its answer is larger than allowed"), failure);
        Assert.InRange(await written.Task.WaitAsync(TimeSpan.FromSeconds(30), Token), 32, 150); // what sockets buffer comes on top
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("""{"a":""", "}")]
    public async Task A_deeply_nested_answer_is_not_followed_down(string open, string close)
    {
        const int depth = 200_000;
        string nest = string.Concat(Enumerable.Repeat(open, depth)) + "1" + string.Concat(Enumerable.Repeat(close, depth));
        Server.Next(LagoServer.Json(200, $$"""{"organization":{"lago_id":"o","name":"Vendor","padding":{{nest}} } }"""));

        Assert.IsType<LagoFailure.NotLago>(Failure(await Lago.GetOrganizationAsync(Token)));
    }

    [Fact]
    public async Task A_byte_now_and_then_does_not_keep_a_call_alive()
    {
        Settings["Lago:RequestTimeout"] = "00:00:01";
        Server.Otherwise = async context =>
        {
            context.Response.ContentType = "application/json";
            while (true)
            {
                await context.Response.Body.WriteAsync(" "u8.ToArray(), context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, context.RequestAborted);
            }
        };

        Assert.Equal("Lago could not be reached: no complete answer within 1 s.", Failure(await Lago.GetOrganizationAsync(Token)).Sentence);
        Assert.Single(Server.Targets);
    }
}
