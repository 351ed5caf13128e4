using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Aws;
using LagoConsole.Core.Sandbox;
using LagoConsole.Sandbox;
using LagoConsole.Sandbox.Aws;
using LagoConsole.Sandbox.Faults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace LagoConsole.Tests.Reporting.Aws;

/// <summary>
/// Our client against the sandbox's AWS, which was written apart from it and checks signatures, patterns and hours; its
/// bill is the oracle. Over real sockets, so that a lost answer is one.
/// </summary>
public sealed class AwsAgainstSandboxTests : IAsyncLifetime
{
    private static readonly string _batch = new AwsBatch("us-east-1", Guid.Empty, null).ToString();
    private readonly FakeTimeProvider _clock = new(AwsWorld.Now);
    private WebApplication _app = null!;
    private AwsMarketplaceMeter _meter = null!;

    private SandboxWorld World => _app.Services.GetRequiredService<SandboxWorld>();

    public async ValueTask InitializeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = "Testing" });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<TimeProvider>(_clock);
        builder.Services.AddSandbox(builder.Environment);
        _app = builder.Build();
        _app.UseRouting();
        _app.MapSandbox();
        await _app.StartAsync();
        Door door = new(new Uri(_app.Urls.Single()));
        _meter = new AwsMarketplaceMeter(
            MeteringCall.CreateClient(useProxy: false), new AwsCredentialSource(door, new AwsWorld.NoCredentials(), new MarketplaceStage.NoAccounts()), door,
            Options.Create(new AwsOptions()), _clock);
    }

    public async ValueTask DisposeAsync()
    {
        _meter.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task A_signed_record_is_taken_and_billed()
    {
        MeteringAnswer answer = await ReportAsync(AwsWorld.Payload(1250));

        string id = Assert.IsType<MeteringReceipt.Accepted>(Assert.Single(answer.Items).Receipt).ProviderRecordId;
        AwsBilledRecord billed = Assert.Single(World.Aws.Bill);
        Assert.Equal((id, 1250m), (billed.MeteringRecordId.ToString(), billed.AmountCents)); // usage_fee: 1 cent a unit
    }

    [Fact]
    public async Task One_bad_record_refuses_the_call_whole_and_bills_nothing()
    {
        MeteringAnswer answer = await ReportAsync(AwsWorld.Payload(5), AwsWorld.Payload(7, dimension: "no_such"));

        Assert.True(answer.RefusedWhole);
        Assert.All(answer.Items, item => Assert.Equal(
            RejectionCause.UnknownDimension, Assert.IsType<MeteringReceipt.Rejected>(item.Receipt).Cause));
        Assert.Empty(World.Aws.Bill);
    }

    [Fact]
    public async Task A_second_quantity_for_the_hour_is_already_accepted_and_not_billed()
    {
        await ReportAsync(AwsWorld.Payload(5));

        MeteringAnswer answer = await ReportAsync(AwsWorld.Payload(9));

        Assert.IsType<MeteringReceipt.AlreadyAccepted>(Assert.Single(answer.Items).Receipt);
        Assert.Equal(5m, Assert.Single(World.Aws.Bill).AmountCents);
    }

    [Theory]
    [InlineData(FaultKind.LostRequest, false)]
    [InlineData(FaultKind.LostAnswer, true)]
    [InlineData(FaultKind.ErrorBefore, false)]
    [InlineData(FaultKind.ErrorAfter, true)]
    [InlineData(FaultKind.Outage, false)]
    public async Task What_may_have_been_billed_is_unknown_and_the_same_record_again_bills_it_once(FaultKind fault, bool billedAtOnce)
    {
        World.Faults.Next(SandboxService.Aws, fault);

        MeteringAnswer first = await ReportAsync(AwsWorld.Payload(5));
        int billed = World.Aws.Bill.Count;
        MeteringAnswer second = await ReportAsync(AwsWorld.Payload(5));

        Assert.IsType<MeteringReceipt.Unknown>(Assert.Single(first.Items).Receipt);
        Assert.Equal(billedAtOnce ? 1 : 0, billed);
        Assert.True(Assert.Single(second.Items).Receipt is MeteringReceipt.Accepted or MeteringReceipt.AlreadyAccepted { StoredQuantity: null });
        Assert.Equal(5m, Assert.Single(World.Aws.Bill).AmountCents);
    }

    [Fact]
    public async Task A_throttled_call_was_not_processed()
    {
        World.Faults.Next(SandboxService.Aws, FaultKind.Throttle);

        MeteringAnswer answer = await ReportAsync(AwsWorld.Payload(5));

        Assert.IsType<MeteringReceipt.NotProcessed>(Assert.Single(answer.Items).Receipt);
        Assert.Empty(World.Aws.Bill);
    }

    [Fact]
    public async Task An_unknown_key_is_a_matter_of_configuration()
    {
        World.Faults.Next(SandboxService.Aws, FaultKind.Unauthorized);

        MeteringAnswer answer = await ReportAsync(AwsWorld.Payload(5));

        Assert.Equal(RejectionCause.Configuration, Assert.IsType<MeteringReceipt.Rejected>(Assert.Single(answer.Items).Receipt).Cause);
        Assert.False(answer.RefusedWhole);
    }

    [Fact]
    public async Task A_record_that_AWS_did_not_get_to_goes_again()
    {
        World.Faults.Next(SandboxService.Aws, FaultKind.Unprocessed);

        MeteringAnswer answer = await ReportAsync(AwsWorld.Payload(5), AwsWorld.Payload(7, dimension: "api_units"));

        Assert.IsType<MeteringReceipt.Accepted>(answer.Items[0].Receipt);
        Assert.IsType<MeteringReceipt.NotProcessed>(answer.Items[1].Receipt);
    }

    private Task<MeteringAnswer> ReportAsync(params string[] payloads) => _meter.ReportAsync(
        _batch, [.. payloads.Select(payload => AwsWorld.Record(payload, _batch))], TestContext.Current.CancellationToken);

    private sealed class Door(Uri root) : ISandboxDoor
    {
        public bool IsOpen => true;

        public Uri LagoBaseAddress => throw new NotSupportedException();

        public (string AccessKeyId, string SecretAccessKey) AwsCredentials => (SandboxKeys.Aws.AccessKeyId, SandboxKeys.Aws.SecretAccessKey);

        public Uri AwsEndpoint(string region) => new(root, $"/sandbox/aws/{region}/");
    }
}
