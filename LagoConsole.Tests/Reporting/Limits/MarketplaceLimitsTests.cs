using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Limits;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace LagoConsole.Tests.Reporting.Limits;

public sealed class MarketplaceLimitsTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 8, 20, 13, 5, 0, TimeSpan.Zero));
    private readonly MarketplaceLimits _limits;

    public MarketplaceLimitsTests() => _limits = LimitsStage.Limits(_clock);

    [Theory]
    [InlineData(Marketplace.Aws, "aws|eu-west-1|11111111111111111111111111111111|licence", "aws|eu-west-1|", "AWS Marketplace (eu-west-1)")]
    [InlineData(Marketplace.Aws, "aws|eu-west-1|11111111111111111111111111111111|legacy|a|b", "aws|eu-west-1|", "AWS Marketplace (eu-west-1)")]
    [InlineData(Marketplace.Azure, "azure|11111111111111111111111111111111", "azure|", "Azure Marketplace")]
    [InlineData(Marketplace.Gcp, "gcp|11111111111111111111111111111111|service", "gcp|", "Google Cloud Marketplace")]
    public void A_lane_is_a_marketplace_and_at_AWS_a_region(Marketplace marketplace, string batchKey, string prefix, string name)
    {
        MarketplaceLane lane = MarketplaceLane.Of(marketplace, batchKey);

        Assert.Equal((prefix, name), (lane.Prefix, lane.Name));
    }

    [Fact]
    public async Task As_many_calls_may_be_under_way_as_the_width_says_in_each_lane_by_itself()
    {
        TaskCompletionSource<MeteringAnswer> first = new();
        Task<MeteringAnswer> underWay = _limits.CallAsync(LimitsStage.Virginia, _ => first.Task, CancellationToken.None);

        Assert.Equal([LimitsStage.Virginia], _limits.Full);
        Assert.True(_limits.MayBegin(LimitsStage.Ireland));
        Assert.True(_limits.MayBegin(LimitsStage.Azure));

        first.SetResult(LimitsStage.Answered);
        await underWay;
        Assert.Empty(_limits.Full);
        Assert.Equal((2, 0, 1L), (State.Width, State.InFlight, State.Calls));
    }

    [Fact]
    public async Task Throttling_halves_the_width_and_is_remembered()
    {
        for (int call = 0; call < 6; call++) // 1 + 2 + 3: four at once
        {
            await _limits.CallAsync(LimitsStage.Azure, LimitsStage.Answered);
        }

        Assert.Equal(4, State.Width);
        await _limits.CallAsync(LimitsStage.Azure, LimitsStage.Throttled);
        Assert.Equal((2, 1L, _clock.GetUtcNow()), (State.Width, State.Throttled, State.ThrottledAt));
        Assert.False(State.Circuit.IsOpen);
    }

    [Fact]
    public async Task A_marketplace_that_does_not_answer_rests_and_then_one_call_tries_alone()
    {
        await FailAsync(3);
        Assert.Equal([LimitsStage.Azure], _limits.Full);
        LaneRest rest = Assert.Single(_limits.Rests);
        Assert.InRange(rest.Until - _clock.GetUtcNow(), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30));

        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Empty(_limits.Rests);
        Assert.True(_limits.MayBegin(LimitsStage.Azure));
        TaskCompletionSource<MeteringAnswer> probe = new();
        Task<MeteringAnswer> trying = _limits.CallAsync(LimitsStage.Azure, _ => probe.Task, CancellationToken.None);
        Assert.False(_limits.MayBegin(LimitsStage.Azure)); // alone
        probe.SetResult(LimitsStage.Answered);
        await trying;
        Assert.True(_limits.MayBegin(LimitsStage.Azure));
        Assert.False(State.Circuit.IsOpen);
    }

    [Fact]
    public async Task After_a_rest_one_call_tries_alone_though_several_may_go_together()
    {
        for (int call = 0; call < 6; call++) // 1 + 2 + 3: four at once
        {
            await _limits.CallAsync(LimitsStage.Azure, LimitsStage.Answered);
        }

        TaskCompletionSource<MeteringAnswer>[] answers = [.. Enumerable.Range(0, 4).Select(_ => new TaskCompletionSource<MeteringAnswer>())];
        Task<MeteringAnswer>[] calls = [.. answers.Select(answer => _limits.CallAsync(LimitsStage.Azure, _ => answer.Task, CancellationToken.None))];
        for (int call = 0; call < 3; call++)
        {
            answers[call].SetResult(LimitsStage.Failed);
            await calls[call];
        }

        Assert.Equal((true, 2, 1), (State.Circuit.IsOpen, State.Width, State.InFlight));
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.False(_limits.MayBegin(LimitsStage.Azure)); // a call of before may still be answered
        answers[3].SetResult(LimitsStage.Failed);
        await calls[3];
        Assert.True(_limits.MayBegin(LimitsStage.Azure));

        TaskCompletionSource<MeteringAnswer> probe = new();
        Task<MeteringAnswer> trying = _limits.CallAsync(LimitsStage.Azure, _ => probe.Task, CancellationToken.None);
        Assert.False(_limits.MayBegin(LimitsStage.Azure)); // alone, though two have room
        probe.SetResult(LimitsStage.Answered);
        await trying;
        Assert.True(_limits.MayBegin(LimitsStage.Azure));
    }

    [Fact]
    public async Task A_clock_that_is_put_back_holds_nothing_up()
    {
        await FailAsync(3);

        _clock.AdjustTime(_clock.GetUtcNow().AddHours(-2));

        Assert.Empty(_limits.Rests);
        Assert.True(_limits.MayBegin(LimitsStage.Azure));
    }

    [Fact]
    public async Task A_run_that_is_stopped_still_hears_the_call_out()
    {
        using CancellationTokenSource stopped = new();
        await stopped.CancelAsync();
        bool wasTold = false;

        MeteringAnswer answer = await _limits.CallAsync(
            LimitsStage.Azure,
            patience =>
            {
                wasTold = patience.IsCancellationRequested;
                return Task.FromResult(LimitsStage.Failed);
            },
            stopped.Token);

        Assert.True(wasTold);
        Assert.Equal(LimitsStage.Failed, answer);
    }

    [Fact]
    public async Task A_call_is_given_up_when_the_lease_of_its_records_ends()
    {
        CancellationToken given = CancellationToken.None;
        Task<MeteringAnswer> hanging = _limits.CallAsync(
            LimitsStage.Azure,
            async patience =>
            {
                given = patience;
                await Task.Delay(Timeout.InfiniteTimeSpan, _clock, patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return LimitsStage.Failed;
            },
            CancellationToken.None);
        _clock.Advance(new ReportingOptions().Lease - TimeSpan.FromMilliseconds(1));
        Assert.False(given.IsCancellationRequested);

        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(LimitsStage.Failed, await hanging.WaitAsync(TimeSpan.FromSeconds(5), TimeProvider.System, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_third_call_to_AWS_at_once_waits_an_eighth_of_a_second()
    {
        Task<MeteringAnswer>[] calls = [.. Enumerable.Range(0, 3).Select(_ => _limits.CallAsync(LimitsStage.Virginia, LimitsStage.Answered))];
        Assert.Equal([true, true, false], calls.Select(call => call.IsCompleted));

        _clock.Advance(TimeSpan.FromMilliseconds(125));

        await Task.WhenAll(calls);
    }

    private LaneState State => Assert.Single(_limits.Lanes, lane => lane.Calls > 0);

    private async Task FailAsync(int times)
    {
        for (int call = 0; call < times; call++)
        {
            await _limits.CallAsync(LimitsStage.Azure, LimitsStage.Failed);
        }
    }
}
