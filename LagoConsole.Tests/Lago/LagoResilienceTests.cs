using LagoConsole.Core.Lago;
using Microsoft.AspNetCore.Http;
using Xunit;
using static LagoConsole.Tests.Lago.LagoServer;

namespace LagoConsole.Tests.Lago;

public sealed class LagoResilienceTests : LagoTest
{
    private static readonly RequestDelegate _ok = Json(200, LagoAnswers.Organization);

    [Fact]
    public async Task After_429_it_waits_the_seconds_that_Lago_names()
    {
        Server.Next(
            Body(429, "text/html", "<html>slow down", ("X-RateLimit-Reset", "7")),
            Json(429, "{}", ("X-RateLimit-Reset", "600")),
            Json(429, "{}", ("Retry-After", "3")),
            _ok);

        Value(await Lago.GetOrganizationAsync(Token));

        Assert.Equal(4, Server.Targets.Length);
        AssertWaits(7, 20, 3); // capped at 20 s
    }

    [Fact]
    public async Task After_429_without_a_word_it_waits_1_2_4_seconds_and_then_gives_up()
    {
        Server.Otherwise = Json(429, "{}", ("X-RateLimit-Reset", "0"));

        Assert.Equal(new LagoFailure.RateLimited(null), Failure(await Lago.GetOrganizationAsync(Token)));

        Assert.Equal(4, Server.Targets.Length);
        AssertWaits(1, 2, 4);
    }

    [Fact]
    public async Task What_Lago_asked_for_is_told_when_it_gives_up()
    {
        Server.Otherwise = Json(429, "{}", ("Retry-After", "Thu, 20 Aug 2026 12:00:09 GMT"));

        LagoFailure failure = Failure(await Lago.GetOrganizationAsync(Token));

        Assert.Equal("Lago limits the rate of calls and asks to wait 9 s.", failure.Sentence);
        AssertWaits(9, 9, 9);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task A_failing_server_is_asked_twice_more(int status)
    {
        Server.Next(Body(status, "text/html", "<html>"), Body(status, "text/html", "<html>"), _ok);
        Value(await Lago.GetOrganizationAsync(Token));
        Assert.Equal(3, Server.Targets.Length);
        AssertWaits(0.5, 1);

        Server.Otherwise = Json(status, "{}");
        Assert.Equal(new LagoFailure.ServerFailed(status), Failure(await Lago.GetOrganizationAsync(Token)));
        Assert.Equal(6, Server.Targets.Length);
    }

    [Fact]
    public async Task A_dropped_connection_and_a_cut_off_body_are_asked_again()
    {
        Server.Next(Drop, CutOff, _ok);

        Assert.Equal("Harbour Software", Value(await Lago.GetOrganizationAsync(Token)).Name);
        Assert.Equal(3, Server.Targets.Length);
    }

    [Fact]
    public async Task A_body_that_is_always_cut_off_is_unreachable_never_half_a_value()
    {
        Server.Otherwise = CutOff;

        Assert.Equal(
            new LagoFailure.Unreachable("the connection broke before the answer was complete"), Failure(await Lago.GetCurrentUsageAsync("c", "s", Token)));
        Assert.Equal(3, Server.Targets.Length);
    }

    [Fact]
    public async Task A_body_that_stops_coming_is_timed_out_in_real_time_and_not_asked_for_again()
    {
        Settings["Lago:RequestTimeout"] = "00:00:00.300";
        Server.Otherwise = Stall;
        long start = TimeProvider.System.GetTimestamp();

        LagoFailure failure = Failure(await Lago.GetOrganizationAsync(Token));

        Assert.Equal("Lago could not be reached: no complete answer within 0.3 s.", failure.Sentence);
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.FromSeconds(0.25), TimeSpan.FromSeconds(20));
        Assert.Single(Server.Targets);
    }

    [Fact]
    public async Task A_clock_that_jumps_does_not_time_a_call_out()
    {
        // Every timer of the injected clock fires at once here: a time-out on it would fail each call.
        Settings["Lago:RequestTimeout"] = "00:00:30";
        Server.Next(async context =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, context.RequestAborted);
            await _ok(context);
        });

        Value(await Lago.GetOrganizationAsync(Token));
        Assert.Empty(Clock.Waits);
    }

    [Fact]
    public async Task An_answer_above_the_limit_is_refused_also_when_it_is_compressed()
    {
        Settings["Lago:MaxResponseBytes"] = "2048";
        string padding = new('x', 5000);
        Server.Next(
            Json(200, $$"""{"organization":{"lago_id":"o"},"padding":"{{padding}}" }"""),
            async context =>
            {
                context.Response.ContentType = "application/json";
                context.Response.Headers.ContentEncoding = "gzip";
                await using System.IO.Compression.GZipStream zip = new(context.Response.Body, System.IO.Compression.CompressionLevel.Fastest);
                await zip.WriteAsync(System.Text.Encoding.UTF8.GetBytes(padding), context.RequestAborted);
            });

        LagoFailure tooLarge = new LagoFailure.Unreachable("its answer is larger than allowed");
        Assert.Equal(tooLarge, Failure(await Lago.GetOrganizationAsync(Token)));
        Assert.Equal(tooLarge, Failure(await Lago.GetOrganizationAsync(Token)));
        Assert.Equal(2, Server.Targets.Length);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_told_and_the_key_never_follows_it(int status)
    {
        await using LagoServer thief = await StartAsync();
        Server.Otherwise = context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = new Uri(thief.BaseAddress, "/api/v1/organizations").ToString();
            return Task.CompletedTask;
        };

        Assert.Equal(new LagoFailure.Redirected("127.0.0.1"), Failure(await Lago.GetOrganizationAsync(Token)));
        Assert.Empty(thief.Targets);
        Assert.Single(Server.Targets);
    }

    [Fact]
    public async Task A_server_that_does_not_listen_is_unreachable()
    {
        LagoClient lago = Lago;
        await Server.DisposeAsync();

        Assert.Equal(new LagoFailure.Unreachable("the connection was refused or timed out"), Failure(await lago.GetOrganizationAsync(Token)));
        AssertWaits(0.5, 1);
    }

    [Fact]
    public async Task All_clients_of_one_integration_share_its_limit_and_another_has_its_own()
    {
        Settings["Lago:RequestsPerSecond"] = "200";
        Settings["Lago:ConcurrentRequests"] = "2";
        int now = 0;
        int most = 0;
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Server.Otherwise = async context =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref now));
            await gate.Task.WaitAsync(context.RequestAborted);
            Interlocked.Decrement(ref now);
            await _ok(context);
        };

        Task[] calls = [.. Enumerable.Range(0, 6).Select(_ => (Task)Client("one").GetOrganizationAsync(Token))];
        Task other = Client("two").GetOrganizationAsync(Token);
        await WaitUntilAsync(() => Server.Targets.Length == 3);
        await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Token); // a fourth would come by now
        Assert.Equal(3, Server.Targets.Length);

        gate.SetResult();
        await Task.WhenAll([.. calls, other]);
        Assert.Equal(7, Server.Targets.Length);
        Assert.Equal(3, most);
    }

    [Fact]
    public async Task Calls_beyond_the_rate_wait_for_the_next_second()
    {
        Settings["Lago:RequestsPerSecond"] = "2";
        Server.Otherwise = _ok;
        long start = TimeProvider.System.GetTimestamp();

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Client("one").GetOrganizationAsync(Token)));

        // Two at once, two a second later, the last one another second later.
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(30));
        Assert.Equal(5, Server.Targets.Length);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (int seen = target; value > seen;)
        {
            int before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(20), "It did not happen in time.");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token);
        }
    }

    /// <summary>The waits asked of the injected clock, each with up to 100 ms of jitter.</summary>
    private void AssertWaits(params double[] seconds) =>
        Assert.Collection(
            Clock.Waits,
            [.. seconds.Select(expected => (Action<TimeSpan>)(wait =>
                Assert.InRange(wait.TotalSeconds, expected, expected + 0.1)))]);
}
