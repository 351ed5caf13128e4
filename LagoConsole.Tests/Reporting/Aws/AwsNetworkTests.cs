using System.Net;
using System.Net.Sockets;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Aws;
using LagoConsole.Core.Sandbox;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace LagoConsole.Tests.Reporting.Aws;

/// <summary>
/// The line between <i>not sent</i> and <i>maybe billed</i>, on real sockets (R13). A wrong <i>not sent</i> bills twice; a
/// wrong <i>unknown</i> costs a wait.
/// </summary>
public sealed class AwsNetworkTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_refused_connection_was_not_sent()
    {
        TcpListener closed = new(IPAddress.Loopback, 0);
        closed.Start();
        int port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();

        MeteringReceipt.NotProcessed receipt = await NotSentAsync(new Uri($"http://127.0.0.1:{port}/"));

        Assert.Contains("could not be reached", receipt.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_does_not_exist_was_not_sent()
    {
        MeteringReceipt.NotProcessed receipt = await NotSentAsync(new Uri("http://metering.invalid/")); // RFC 6761: never resolves

        Assert.Contains("Nothing was sent", receipt.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_TLS_handshake_was_not_sent()
    {
        await using ScriptedServer plain = new(async exchange => await exchange.WriteAsync("HTTP/1.1 400 This is not TLS\r\n\r\n"));

        MeteringReceipt.NotProcessed receipt = await NotSentAsync(new Uri(plain.Address.AbsoluteUri.Replace("http:", "https:", StringComparison.Ordinal)));

        Assert.Contains("TLS", receipt.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_TLS_handshake_that_never_ends_was_not_sent()
    {
        await using ScriptedServer silent = new(exchange => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, exchange.Stop));
        Uri address = new(silent.Address.AbsoluteUri.Replace("http:", "https:", StringComparison.Ordinal));

        MeteringReceipt.NotProcessed receipt = await NotSentAsync(address, TimeSpan.FromSeconds(1));

        Assert.Contains("given up", receipt.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_cancelled_before_it_began_was_not_sent()
    {
        await using ScriptedServer aws = ScriptedServer.Answering(200, "{}");
        using AwsMarketplaceMeter meter = AwsWorld.Meter(aws.Address);

        MeteringAnswer answer = await meter.ReportAsync(
            AwsWorld.LicenceBatch, [AwsWorld.Record(AwsWorld.Payload(1))], new CancellationToken(canceled: true));

        Assert.IsType<MeteringReceipt.NotProcessed>(Assert.Single(answer.Items).Receipt);
        Assert.Empty(aws.Requests);
    }

    [Fact]
    public async Task A_connection_that_is_closed_before_the_request_was_read_is_unknown()
    {
        await using ScriptedServer aws = new(async exchange =>
        {
            await exchange.WaitForBytesAsync();
            exchange.Reset();
        });

        MeteringAnswer answer = await UnknownAsync(aws);

        Assert.Null(answer.HttpStatus);
    }

    [Fact]
    public async Task A_request_that_was_read_and_not_answered_is_unknown()
    {
        await using ScriptedServer aws = new(async exchange => await exchange.ReadRequestAsync());

        await UnknownAsync(aws);

        Assert.Single(aws.Requests); // and it was not tried again
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le", null)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"Results\":[{\"UsageRecord\":", 200)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"Res", 200)]
    [InlineData("HTTP/1.1 400 Bad\r\nContent-Length: 500\r\n\r\n{\"__type\":\"ThrottlingException\"}", 400)]
    [InlineData("this is not HTTP\r\n\r\n", null)]
    public async Task Half_an_answer_is_unknown(string half, int? status)
    {
        await using ScriptedServer aws = new(async exchange =>
        {
            await exchange.ReadRequestAsync();
            await exchange.WriteAsync(half);
        });

        MeteringAnswer answer = await UnknownAsync(aws);

        Assert.Equal(status, answer.HttpStatus);
        Assert.Single(aws.Requests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"Results\":")]
    public async Task No_answer_in_time_is_unknown(string beginning)
    {
        await using ScriptedServer aws = new(async exchange =>
        {
            await exchange.ReadRequestAsync();
            await exchange.WriteAsync(beginning);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, exchange.Stop);
        });

        await UnknownAsync(aws, TimeSpan.FromSeconds(1));

        Assert.Single(aws.Requests);
    }

    [Fact]
    public async Task A_shutdown_in_the_middle_of_a_call_is_unknown()
    {
        using CancellationTokenSource shutdown = new();
        await using ScriptedServer aws = new(async exchange =>
        {
            await exchange.ReadRequestAsync();
            await shutdown.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, exchange.Stop);
        });
        using AwsMarketplaceMeter meter = AwsWorld.Meter(aws.Address);

        MeteringAnswer answer = await meter.ReportAsync(AwsWorld.LicenceBatch, [AwsWorld.Record(AwsWorld.Payload(1))], shutdown.Token);

        Assert.IsType<MeteringReceipt.Unknown>(Assert.Single(answer.Items).Receipt);
    }

    [Fact]
    public async Task A_kept_connection_that_dies_under_the_next_call_is_unknown_and_not_tried_again()
    {
        await using ScriptedServer aws = new(async exchange =>
        {
            await exchange.ReadRequestAsync();
            await exchange.WriteAsync(ScriptedServer.Answer(200, AwsMarketplaceMeterTests.SuccessFor(AwsWorld.Payload(1), "id-1")));
            await exchange.ReadRequestAsync(); // the second call comes on this connection, and the server dies with it
        });
        using AwsMarketplaceMeter meter = AwsWorld.Meter(aws.Address);

        MeteringAnswer first = await meter.ReportAsync(AwsWorld.LicenceBatch, [AwsWorld.Record(AwsWorld.Payload(1))], Token);
        MeteringAnswer second = await meter.ReportAsync(AwsWorld.LicenceBatch, [AwsWorld.Record(AwsWorld.Payload(1))], Token);

        Assert.IsType<MeteringReceipt.Accepted>(Assert.Single(first.Items).Receipt);
        Assert.IsType<MeteringReceipt.Unknown>(Assert.Single(second.Items).Receipt);
        Assert.Equal(2, aws.Requests.Count);
        Assert.Equal(1, aws.Connections);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_is_unknown()
    {
        await using ScriptedServer elsewhere = ScriptedServer.Answering(200, "{}");
        await using ScriptedServer aws = ScriptedServer.Answering(307, "", $"Location: {elsewhere.Address}");

        MeteringAnswer answer = await UnknownAsync(aws);

        Assert.Equal(307, answer.HttpStatus);
        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public async Task An_endless_answer_is_cut_off_and_unknown()
    {
        await using ScriptedServer aws = new(async exchange =>
        {
            await exchange.ReadRequestAsync();
            await exchange.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 9000000000\r\n\r\n");
            string block = new(' ', 64 * 1024);
            while (!exchange.Stop.IsCancellationRequested)
            {
                await exchange.WriteAsync(block);
            }
        });

        MeteringAnswer answer = await UnknownAsync(aws);

        Assert.Contains("too long", Assert.IsType<MeteringReceipt.Unknown>(answer.Items[0].Receipt).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_credentials_nothing_is_sent_and_the_sentence_says_what_to_set()
    {
        ClosedSandboxDoor closed = new();
        using AwsMarketplaceMeter meter = new(
            MeteringCall.CreateClient(useProxy: false), new AwsCredentialSource(closed, new AwsWorld.NoCredentials(), new MarketplaceStage.NoAccounts()), closed,
            Options.Create(new AwsOptions()), new FakeTimeProvider(AwsWorld.Now));

        MeteringAnswer answer = await meter.ReportAsync(AwsWorld.LicenceBatch, [AwsWorld.Record(AwsWorld.Payload(1))], Token);

        MeteringReceipt.NotProcessed receipt = Assert.IsType<MeteringReceipt.NotProcessed>(Assert.Single(answer.Items).Receipt);
        Assert.Contains("AWS_ACCESS_KEY_ID", receipt.Detail, StringComparison.Ordinal);
        Assert.Contains("nothing was sent", receipt.Detail, StringComparison.Ordinal);
    }

    private static async Task<MeteringReceipt.NotProcessed> NotSentAsync(Uri address, TimeSpan? timeout = null)
    {
        using AwsMarketplaceMeter meter = AwsWorld.Meter(address, timeout);
        MeteringAnswer answer = await meter.ReportAsync(AwsWorld.LicenceBatch, [AwsWorld.Record(AwsWorld.Payload(1))], Token);
        Assert.Null(answer.HttpStatus);
        Assert.False(answer.RefusedWhole);
        return Assert.IsType<MeteringReceipt.NotProcessed>(Assert.Single(answer.Items).Receipt);
    }

    private static async Task<MeteringAnswer> UnknownAsync(ScriptedServer aws, TimeSpan? timeout = null)
    {
        using AwsMarketplaceMeter meter = AwsWorld.Meter(aws.Address, timeout);
        MeteringAnswer answer = await meter.ReportAsync(
            AwsWorld.LicenceBatch, [AwsWorld.Record(AwsWorld.Payload(1)), AwsWorld.Record(AwsWorld.Payload(2, "other"))], Token);
        Assert.False(answer.RefusedWhole);
        Assert.All(answer.Items, item => Assert.IsType<MeteringReceipt.Unknown>(item.Receipt));
        return answer;
    }
}
