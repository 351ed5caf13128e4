using LagoConsole.Core.Time;
using Polly;

namespace LagoConsole.Core.Reporting.Limits;

/// <summary>
/// The resilience policy of one lane: pace, circuit breaker, adaptive concurrency and time-out around each call. It repeats
/// nothing: a call is one stored attempt of its records, and the ledger repeats those. Whether a call may begin is asked before
/// its records are leased (<see cref="MayBegin"/>), so that no attempt is stored for a call that is not made.
/// </summary>
internal sealed class LaneCalls
{
    private readonly MarketplaceLane _lane;
    private readonly int _most;
    private readonly TimeProvider _clock;
    private readonly TimeProvider _network;
    private readonly long _born;
    private readonly ResiliencePipeline<MeteringAnswer> _pipeline;
    private readonly Lock _gate = new();
    private Circuit _circuit = Circuit.Closed;
    private CallWidth _width = CallWidth.One;
    private CallPace _pace;
    private int _inFlight;
    private long _calls;
    private long _failed;
    private long _throttled;
    private DateTimeOffset? _throttledAt;

    /// <param name="most">Calls at once, at most.</param>
    /// <param name="patience">For one call: the lease of its records, after which another node may send them.</param>
    /// <param name="clock">The console's clock, which people read.</param>
    /// <param name="network">The clock that sockets live by.</param>
    public LaneCalls(MarketplaceLane lane, int most, TimeSpan patience, TimeProvider clock, NetworkClock network)
    {
        _lane = lane;
        _most = most;
        _clock = clock;
        _network = network.Time;
        _born = _network.GetTimestamp();
        _pace = CallPace.Of(lane.Marketplace);
        _pipeline = new ResiliencePipelineBuilder<MeteringAnswer> { Name = lane.Name, TimeProvider = _network }
            .AddStrategy(_ => new Watch(this))
            .AddTimeout(patience)
            .Build();
    }

    /// <summary>True when a call may begin now: there is room for it, and the marketplace does not rest. After a rest one call tries alone.</summary>
    public bool MayBegin
    {
        get
        {
            lock (_gate)
            {
                return _circuit.IsOpen ? _inFlight == 0 && !_circuit.Rests(_clock.GetUtcNow()) : _inFlight < _width.Limit;
            }
        }
    }

    public LaneState State
    {
        get
        {
            lock (_gate)
            {
                return new LaneState(_lane, _circuit, _width.Limit, _inFlight, _calls, _failed, _throttled, _throttledAt);
            }
        }
    }

    /// <summary>Makes the call, always, whatever <see cref="MayBegin"/> says by now: its records are leased.</summary>
    public async Task<MeteringAnswer> CallAsync(Func<CancellationToken, Task<MeteringAnswer>> call, CancellationToken cancellationToken) =>
        await _pipeline.ExecuteAsync(
            async patience =>
            {
                // A run that is being stopped is for the call to tell: only it knows whether its bytes had left.
                using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience, cancellationToken);
                return await call(either.Token);
            },
            CancellationToken.None);

    private Begun Begin()
    {
        lock (_gate)
        {
            (TimeSpan wait, _pace) = _pace.Take(_network.GetElapsedTime(_born));
            _inFlight++;
            return new Begun(_clock.GetUtcNow(), _circuit.IsOpen, _width.Cuts, wait);
        }
    }

    private void End(Begun begun, MeteringAnswer? answer)
    {
        CallHealth health = answer is null ? CallHealth.NotMade : CallJudgement.Of(answer);
        DateTimeOffset now = _clock.GetUtcNow();
        lock (_gate)
        {
            _inFlight--;
            _circuit = _circuit.After(health, begun.IsProbe, begun.At, now, answer is null ? null : CallJudgement.Failure(answer), Jitter.Next());
            _width = _width.After(health, begun.Cuts, _most);
            _calls += health == CallHealth.NotMade ? 0 : 1;
            _failed += health == CallHealth.Failed ? 1 : 0;
            _throttled += health == CallHealth.Throttled ? 1 : 0;
            _throttledAt = health == CallHealth.Throttled ? now : _throttledAt;
        }
    }

    /// <summary>What a call must be held against when it ends.</summary>
    private sealed record Begun(DateTimeOffset At, bool IsProbe, int Cuts, TimeSpan Wait);

    /// <summary>Keeps the pace, counts what is under way, and learns from what came of it.</summary>
    private sealed class Watch(LaneCalls lane) : ResilienceStrategy<MeteringAnswer>
    {
        protected override async ValueTask<Outcome<MeteringAnswer>> ExecuteCore<TState>(
            Func<ResilienceContext, TState, ValueTask<Outcome<MeteringAnswer>>> callback, ResilienceContext context, TState state)
        {
            Begun begun = lane.Begin();
            if (begun.Wait > TimeSpan.Zero)
            {
                await Task.Delay(begun.Wait, lane._network);
            }

            Outcome<MeteringAnswer> outcome = await callback(context, state);
            lane.End(begun, outcome.Result);
            return outcome;
        }
    }
}
